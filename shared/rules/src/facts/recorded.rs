//! Facts from what describes resources itself: configuration items of a whole account, as a snapshot has them, and what
//! `aws ec2 describe-…` prints. Both spell a resource's fields alike, but for the first letter.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{
    DenyAllIgwTraffic, Fact, Facts, Filed, Image, KeyPair, NetworkInterfaceId, PrefixList, SubnetPath,
};
use crate::{
    ec2::{NetworkAcl, NetworkInterface, RouteTable, RouteTableAssociation, SecurityGroup, Subnet},
    embedded::Fields,
    item::{RawItem, Status},
    spelling::config_spelling,
};

/// Collects what resources tell of others. What is added later about the same resource counts.
#[derive(Debug, Default)]
pub struct Recorded {
    facts: Facts,
    subnets: BTreeMap<String, Subnet>,
    route_tables: BTreeMap<String, RouteTable>,
    network_acls: BTreeMap<String, NetworkAcl>,
}

impl Recorded {
    /// Whether items of this type tell of something that another resource's evaluation may need.
    #[must_use]
    pub fn reads(resource_type: &str) -> bool {
        Kind::of(resource_type).is_some()
    }

    /// Adds what an item tells. What cannot be read of it stays unknown.
    pub fn add(&mut self, item: &RawItem) {
        let Some(kind) = Kind::of(&item.resource_type) else { return };
        let is_there = matches!(item.configuration_item_status, Status::Ok | Status::ResourceDiscovered);
        let text = item.configuration.as_ref().map_or("{}", |configuration| configuration.get());
        self.add_resource(kind, &item.resource_id, is_there.then_some(text));
    }

    /// Adds what a command such as `aws ec2 describe-images` printed: an object with one of [`LISTS`].
    ///
    /// # Errors
    /// The key of a list that facts do not come from.
    pub fn add_described(&mut self, answer: Map<String, Value>) -> Result<(), String> {
        for (key, value) in answer {
            let Value::Array(resources) = value else { continue };
            if resources.is_empty() {
                continue;
            }
            if !LISTS.contains(&key.as_str()) {
                return Err(key);
            }
            for resource in resources {
                self.add_listed(&key, &config_spelling(resource));
            }
        }
        Ok(())
    }

    fn add_listed(&mut self, key: &str, resource: &Value) {
        let text = |name: &str| resource[name].as_str().map(str::to_owned);
        let of_kind = |kind, id: &str| text(id).map(|id| (kind, id));
        let resource_kind = match key {
            "SecurityGroups" => of_kind(Kind::SecurityGroup, "groupId"),
            "PrefixLists" => of_kind(Kind::PrefixList, "prefixListId"),
            "NetworkInterfaces" => of_kind(Kind::NetworkInterface, "networkInterfaceId"),
            "Subnets" => of_kind(Kind::Subnet, "subnetId"),
            "RouteTables" => of_kind(Kind::RouteTable, "routeTableId"),
            "NetworkAcls" => of_kind(Kind::NetworkAcl, "networkAclId"),
            "Images" => {
                if let Some(id) = text("imageId") {
                    self.facts.set(id, Fact::Known(image(resource)));
                }
                None
            }
            "KeyPairs" => {
                if let Some(name) = text("keyName") {
                    let fingerprint = text("keyFingerprint");
                    let (key_pair_id, key_type) = (text("keyPairId"), text("keyType"));
                    let create_time = text("createTime");
                    let key_pair = KeyPair { key_pair_id, key_type, fingerprint, create_time };
                    self.facts.set(name, Fact::Known(key_pair));
                }
                None
            }
            // Parameter Store's own.
            _ => {
                if let (Some(name), Some(value)) = (text("name"), text("value")) {
                    self.facts.set(name, Fact::Known(value));
                }
                None
            }
        };
        if let Some((kind, id)) = resource_kind {
            self.add_resource(kind, &id, Some(&resource.to_string()));
        }
    }

    /// Adds a resource's configuration; without one, that it is gone.
    fn add_resource(&mut self, kind: Kind, id: &str, text: Option<&str>) {
        match kind {
            Kind::SecurityGroup => self.set::<SecurityGroup>(id, text.map(serde_json::from_str)),
            Kind::PrefixList => self.set(id, text.map(prefix_list)),
            Kind::NetworkInterface => self.add_network_interface(id, text),
            Kind::Subnet => keep(&mut self.subnets, id, text),
            Kind::RouteTable => keep(&mut self.route_tables, id, text),
            Kind::NetworkAcl => keep(&mut self.network_acls, id, text),
        }
    }

    fn set<T: Filed>(&mut self, id: &str, read: Option<serde_json::Result<T>>) {
        match read {
            Some(Ok(fact)) => self.facts.set(id, Fact::Known(fact)),
            Some(Err(error)) => {
                self.facts.set::<T>(id, Fact::Unavailable(format!("its record cannot be read: {error}")));
            }
            None => self.facts.set::<T>(id, Fact::Absent),
        }
    }

    /// That no interface has a group is not said: perhaps interfaces are not recorded.
    fn add_network_interface(&mut self, id: &str, text: Option<&str>) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Recorded {
            deny_all_igw_traffic: Option<bool>,
            #[serde(flatten)]
            interface: NetworkInterface,
        }
        let Some(Ok(Recorded { deny_all_igw_traffic, interface })) = text.map(serde_json::from_str) else {
            return;
        };
        if let Some(denies) = deny_all_igw_traffic {
            self.facts.set(id, Fact::Known(DenyAllIgwTraffic(denies)));
        }
        for group in interface.groups.into_iter().flatten().filter_map(|group| group.group_id) {
            self.facts.set(format!("group-id={group}"), Fact::Known(NetworkInterfaceId(id.to_owned())));
        }
    }

    /// All that is known. A subnet's way to the internet is put together from what was recorded of its VPC.
    #[must_use]
    pub fn into_facts(mut self) -> Facts {
        fn by_vpc<T>(all: BTreeMap<String, T>, vpc: fn(&T) -> &Option<String>) -> BTreeMap<String, Vec<T>> {
            let mut by_vpc: BTreeMap<String, Vec<T>> = BTreeMap::new();
            for one in all.into_values() {
                by_vpc.entry(vpc(&one).clone().unwrap_or_default()).or_default().push(one);
            }
            by_vpc
        }
        let tables = by_vpc(self.route_tables, |table| &table.vpc_id);
        let acls = by_vpc(self.network_acls, |acl| &acl.vpc_id);
        for (id, subnet) in self.subnets {
            let vpc = subnet.vpc_id.clone().unwrap_or_default();
            let (tables, acls) = (tables.get(&vpc), acls.get(&vpc));
            let path =
                SubnetPath::of(subnet, tables.map_or(&[], Vec::as_slice), acls.map_or(&[], Vec::as_slice));
            let unknown = |missing| Fact::Unavailable(format!("{missing} of {id} is not recorded"));
            let path = path.map_or_else(unknown, Fact::Known);
            self.facts.set(id, path);
        }
        self.facts
    }
}

/// The types whose items tell of something that another resource's evaluation may need.
#[derive(Clone, Copy, Debug)]
enum Kind {
    SecurityGroup,
    PrefixList,
    NetworkInterface,
    Subnet,
    RouteTable,
    NetworkAcl,
}

impl Kind {
    fn of(resource_type: &str) -> Option<Self> {
        Some(match resource_type {
            "AWS::EC2::SecurityGroup" => Self::SecurityGroup,
            "AWS::EC2::PrefixList" => Self::PrefixList,
            "AWS::EC2::NetworkInterface" => Self::NetworkInterface,
            "AWS::EC2::Subnet" => Self::Subnet,
            "AWS::EC2::RouteTable" => Self::RouteTable,
            "AWS::EC2::NetworkAcl" => Self::NetworkAcl,
            _ => return None,
        })
    }
}

/// The lists that [`Recorded::add_described`] reads: of `aws ec2 describe-images`, `describe-key-pairs`,
/// `describe-security-groups`, `describe-prefix-lists`, `describe-network-interfaces`, `describe-subnets`,
/// `describe-route-tables`, `describe-network-acls`, and `aws ssm get-parameters`.
pub const LISTS: [&str; 9] = [
    "Images",
    "KeyPairs",
    "SecurityGroups",
    "PrefixLists",
    "NetworkInterfaces",
    "Subnets",
    "RouteTables",
    "NetworkAcls",
    "Parameters",
];

fn keep<T: DeserializeOwned>(all: &mut BTreeMap<String, T>, id: &str, text: Option<&str>) {
    match text.map(serde_json::from_str) {
        Some(Ok(one)) => drop(all.insert(id.to_owned(), one)),
        // What is not known must not look like what it was.
        Some(Err(_)) | None => drop(all.remove(id)),
    }
}

/// AWS Config records it as its resource schema spells it (`Entries`, `Cidr`), and EC2 lists it as texts (`cidrs`).
fn prefix_list(text: &str) -> serde_json::Result<PrefixList> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        Block(String),
        Described {
            #[serde(alias = "Cidr")]
            cidr: String,
        },
    }
    let fields: Fields<'_> = Fields::read(text).unwrap_or_default();
    let entries: Option<Vec<Entry>> = fields.get("entries").or_else(|| fields.get("cidrs"));
    let entries = entries.ok_or_else(|| serde::de::Error::custom("it has no entries"))?;
    let block = |entry| match entry {
        Entry::Block(cidr) | Entry::Described { cidr } => cidr,
    };
    Ok(PrefixList { name: fields.get("prefixListName"), entries: entries.into_iter().map(block).collect() })
}

fn image(described: &Value) -> Image {
    let text = |name: &str| described[name].as_str().map(str::to_owned);
    let codes = described["productCodes"].as_array();
    let code = |code: &Value| code["productCodeId"].as_str().map(str::to_owned);
    Image {
        owner_id: text("ownerId"),
        owner_alias: text("imageOwnerAlias"),
        name: text("name"),
        state: text("state"),
        creation_date: text("creationDate"),
        deprecation_time: text("deprecationTime"),
        public: described["public"].as_bool(),
        product_codes: Some(codes.into_iter().flatten().filter_map(code).collect()),
        tags: serde_json::from_value(described["tags"].clone()).ok(),
    }
}

/// What every subnet has, and is not known of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingPart {
    /// Its route table.
    RouteTable,
    /// Its network ACL.
    NetworkAcl,
}

impl fmt::Display for MissingPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::RouteTable => "the route table",
            Self::NetworkAcl => "the network ACL",
        })
    }
}

impl SubnetPath {
    /// The path of a subnet: its own route table, or else the main one of its VPC; the one of the internet gateway that this
    /// leads to; and its network ACL. `tables` and `acls` are all of the VPC.
    ///
    /// # Errors
    /// What is missing. Every subnet has both: without them, it would look closed.
    pub fn of(subnet: Subnet, tables: &[RouteTable], acls: &[NetworkAcl]) -> Result<Self, MissingPart> {
        let id = subnet.subnet_id.as_deref();
        let with = |is: &dyn Fn(&RouteTableAssociation) -> bool| {
            let has = |table: &&RouteTable| {
                table.associations.iter().flatten().any(|own| is(own) && own.is_in_effect())
            };
            tables.iter().filter(|table| table.vpc_id == subnet.vpc_id).find(has)
        };
        let own = with(&|own| own.subnet_id.is_some() && own.subnet_id.as_deref() == id);
        let table = own.or_else(|| with(&|own| own.main == Some(true)));
        let table = table.ok_or(MissingPart::RouteTable)?;
        let has_subnet = |acl: &&NetworkAcl| {
            acl.associations
                .iter()
                .flatten()
                .any(|own| own.subnet_id.is_some() && own.subnet_id.as_deref() == id)
        };
        let acl = acls.iter().find(has_subnet).ok_or(MissingPart::NetworkAcl)?;
        // A VPC has one internet gateway at most.
        let mut gateways = table.routes.iter().flatten().filter_map(|route| route.gateway_id.as_deref());
        let gateway = gateways.find(|gateway| gateway.starts_with("igw-"));
        let of_gateway = gateway.and_then(|gateway| with(&|own| own.gateway_id.as_deref() == Some(gateway)));
        Ok(Self {
            route_table: table.clone(),
            gateway_route_table: of_gateway.cloned(),
            network_acl: acl.clone(),
            subnet,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(resource_type: &str, id: &str, status: &str, configuration: &Value) -> RawItem {
        let item = json!({"resourceType": resource_type, "resourceId": id, "configurationItemStatus": status,
            "configurationItemCaptureTime": "2026-03-01T10:00:00Z", "configuration": configuration});
        RawItem::from_json(&item.to_string()).unwrap()
    }

    fn facts(items: &[RawItem]) -> Facts {
        let mut recorded = Recorded::default();
        for item in items {
            recorded.add(item);
        }
        recorded.into_facts()
    }

    #[test]
    fn groups_lists_and_interfaces_are_known_from_their_items() {
        let group = json!({"groupId": "sg-1", "ipPermissions": []});
        let list =
            json!({"PrefixListName": "office", "Entries": [{"Cidr": "192.0.2.0/24", "Description": "x"}]});
        let interface = json!({"networkInterfaceId": "eni-1", "groups": [{"groupId": "sg-1"}]});
        let facts = facts(&[
            item("AWS::EC2::SecurityGroup", "sg-1", "OK", &group),
            item("AWS::EC2::SecurityGroup", "sg-2", "ResourceDeleted", &Value::Null),
            item("AWS::EC2::PrefixList", "pl-1", "ResourceDiscovered", &list),
            item("AWS::EC2::PrefixList", "pl-2", "OK", &json!({})),
            item("AWS::EC2::NetworkInterface", "eni-1", "OK", &interface),
            item("AWS::EC2::Volume", "vol-1", "OK", &json!({})),
        ]);
        assert!(matches!(facts.security_group("sg-1"), Fact::Known(group) if group.ip_permissions.is_some()));
        assert_eq!(facts.security_group("sg-2"), Fact::Absent);
        let expected =
            PrefixList { name: Some("office".to_owned()), entries: vec!["192.0.2.0/24".to_owned()] };
        assert_eq!(facts.prefix_list("pl-1"), Fact::Known(&expected));
        assert!(matches!(facts.prefix_list("pl-2"), Fact::Unavailable(why) if why.contains("no entries")));
        assert_eq!(facts.network_interface_of("sg-1"), Fact::Known(&NetworkInterfaceId("eni-1".to_owned())));
        assert!(matches!(facts.network_interface_of("sg-3"), Fact::Unavailable(_)));
        assert!(matches!(facts.deny_all_igw_traffic("eni-1"), Fact::Unavailable(_)));
    }

    fn vpc() -> Vec<RawItem> {
        let table = |id: &str, associations: Value| {
            let routes = json!([{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]);
            let table =
                json!({"routeTableId": id, "vpcId": "vpc-1", "routes": routes, "associations": associations});
            item("AWS::EC2::RouteTable", id, "OK", &table)
        };
        let subnet =
            |id: &str| item("AWS::EC2::Subnet", id, "OK", &json!({"subnetId": id, "vpcId": "vpc-1"}));
        let acl = json!({"networkAclId": "acl-1", "vpcId": "vpc-1",
            "associations": [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]});
        vec![
            table("rtb-own", json!([{"subnetId": "subnet-1"}])),
            table("rtb-main", json!([{"main": true}])),
            table(
                "rtb-gone",
                json!([{"subnetId": "subnet-2", "associationState": {"state": "disassociated"}}]),
            ),
            table("rtb-gateway", json!([{"gatewayId": "igw-1", "main": false}])),
            item("AWS::EC2::NetworkAcl", "acl-1", "OK", &acl),
            subnet("subnet-1"),
            subnet("subnet-2"),
            subnet("subnet-3"),
        ]
    }

    #[test]
    fn the_path_of_a_subnet_is_put_together() {
        let facts = facts(&vpc());
        let table = |id: &str| match facts.subnet_path(id) {
            Fact::Known(path) => {
                let gateway =
                    path.gateway_route_table.as_ref().and_then(|table| table.route_table_id.clone());
                assert_eq!(gateway.as_deref(), Some("rtb-gateway"));
                path.route_table.route_table_id.clone().unwrap()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!((table("subnet-1").as_str(), table("subnet-2").as_str()), ("rtb-own", "rtb-main"));
        let missing = Fact::Unavailable("the network ACL of subnet-3 is not recorded".to_owned());
        assert_eq!(facts.subnet_path("subnet-3"), missing);
    }

    #[test]
    fn what_is_deleted_later_is_gone() {
        let mut items = vpc();
        items.push(item("AWS::EC2::RouteTable", "rtb-main", "ResourceDeleted", &Value::Null));
        items.push(item("AWS::EC2::Subnet", "subnet-1", "ResourceDeleted", &Value::Null));
        let facts = facts(&items);
        assert_eq!(
            facts.subnet_path("subnet-2"),
            Fact::Unavailable("the route table of subnet-2 is not recorded".to_owned())
        );
        assert!(matches!(facts.subnet_path("subnet-1"), Fact::Unavailable(_)));
    }

    #[test]
    fn what_commands_print_are_facts() {
        let described = json!({
            "Images": [{"ImageId": "ami-1", "OwnerId": "111122223333", "Public": false, "State": "available",
                "Tags": [{"Key": "Team", "Value": "web"}]}],
            "KeyPairs": [{"KeyName": "ops", "KeyPairId": "key-1", "KeyType": "rsa"}],
            "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": []}],
            "PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-east-1.s3", "Cidrs": ["192.0.2.0/24"]}],
            "Parameters": [{"Name": "/golden", "Value": "ami-1"}],
            "InvalidParameters": ["/none"],
        });
        let Value::Object(mut described) = described else { panic!() };
        let mut recorded = Recorded::default();
        assert_eq!(recorded.add_described(described.clone()), Err("InvalidParameters".to_owned()));
        described.remove("InvalidParameters");
        recorded.add_described(described).unwrap();
        let facts = recorded.into_facts();
        let Fact::Known(image) = facts.image("ami-1", None) else { panic!() };
        assert_eq!((image.public, image.tags.as_ref().unwrap().get("Team")), (Some(false), Some("web")));
        assert!(
            matches!(facts.key_pair("ops"), Fact::Known(pair) if pair.key_type.as_deref() == Some("rsa"))
        );
        assert!(matches!(facts.security_group("sg-1"), Fact::Known(_)));
        assert!(matches!(facts.prefix_list("pl-1"), Fact::Known(list) if list.entries == ["192.0.2.0/24"]));
        assert_eq!(facts.parameter("/golden"), Ok(Fact::Known("ami-1")));
    }
}
