//! The files in which people have configuration items: events, notifications, items, histories, snapshots, results of
//! queries, and what EC2 and the tagging API list.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};

use crate::{
    Error,
    ec2::{Listing, Place},
    event::Event,
    item::{DamagedItem, RawItem, Status, Tags},
    spelling::config_spelling,
};

/// What a file has in it.
#[derive(Debug)]
pub enum Document {
    /// An event for a rule's function.
    Event(Event),
    /// Configuration items, in the order of the file; one that is damaged spoils no other.
    Items(Vec<Result<RawItem, DamagedItem>>),
}

/// What [`Document::from_json`] reads, in words for people.
pub const FORMS: &str = "an event for a rule's function, AWS Config's notification as EventBridge or SNS wraps it, a \
    configuration item, a history or snapshot, what `aws configservice` prints (get-resource-config-history, \
    batch-get-resource-config, select-resource-config and their like for aggregators), what `aws ec2` prints \
    (describe-instances, describe-launch-templates, describe-security-groups, describe-security-group-rules, \
    describe-volumes) and `aws autoscaling` (describe-auto-scaling-groups, describe-launch-configurations), or what `aws \
    resourcegroupstaggingapi get-resources` prints; also as a list, as one resource of it, or as lines of JSON";

/// How many envelopes may stand around what counts: a notification in a message in a record, and lists of lists.
const DEPTH: usize = 6;

impl Document {
    /// Reads a file's text in whichever of the forms it has.
    ///
    /// What is listed bears no time, and what a query selects may bear none: `described_at` stands for it.
    ///
    /// # Errors
    /// [`Error::MalformedEvent`] when the text has none of the forms, or not quite.
    pub fn from_json(text: &str, described_at: Timestamp) -> Result<Self, Error> {
        let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let values: Vec<_> =
            values.collect::<Result<_, _>>().map_err(|error| Error::malformed("file", error.to_string()))?;
        if let [value] = values.as_slice()
            && let Ok(top) = serde_json::from_str::<BTreeMap<String, &RawValue>>(value.get())
            && (top.contains_key("invokingEvent") || top.contains_key("resultToken"))
        {
            return Event::from_json(value.get()).map(Self::Event);
        }
        if values.is_empty() {
            return Err(Error::malformed("file", "empty"));
        }
        let mut reader = Reader { at: described_at, items: Vec::new(), rules: BTreeMap::new() };
        for value in values {
            reader.value(value, DEPTH)?;
        }
        Ok(Self::Items(reader.finish()))
    }
}

/// Collects the items of a file.
struct Reader {
    at: Timestamp,
    items: Vec<Result<RawItem, DamagedItem>>,
    /// Rules of security groups that were listed one by one, by the groups' ids.
    rules: BTreeMap<String, Map<String, Value>>,
}

/// The keys under which others than EC2 put items, each one or a list; AWS Config's aggregators write them with a capital.
const ITEMS: [&str; 6] = [
    "configurationItems",
    "configurationItem",
    "baseConfigurationItems",
    "ConfigurationItem",
    "BaseConfigurationItems",
    "Results",
];

/// The keys of envelopes, whose values are JSON or text that holds JSON.
const ENVELOPES: [&str; 5] = ["detail", "Message", "Records", "Sns", "body"];

impl Reader {
    fn value(&mut self, raw: &RawValue, depth: usize) -> Result<(), Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(Error::malformed("file", "envelopes in envelopes, without end"));
        };
        match raw.get().as_bytes().first() {
            Some(b'[') => {
                let list: Vec<&RawValue> = read("file", raw.get())?;
                list.into_iter().try_for_each(|value| self.value(value, depth))
            }
            Some(b'{') => self.object(raw, depth),
            Some(b'"') => {
                let text: String = read("file", raw.get())?;
                let inner: &RawValue = serde_json::from_str(&text).map_err(|_| not_read("text"))?;
                // A text in a text would be nobody's JSON.
                if inner.get().starts_with(['{', '[']) {
                    self.value(inner, depth)
                } else {
                    Err(not_read("text"))
                }
            }
            _ => Err(not_read(raw.get())),
        }
    }

    fn object(&mut self, raw: &RawValue, depth: usize) -> Result<(), Error> {
        let fields: BTreeMap<String, &RawValue> = read("file", raw.get())?;
        let of = |keys: &[&'static str]| keys.iter().find_map(|key| Some((*key, *fields.get(*key)?)));
        if let Some((key, items)) = of(&ITEMS) {
            return self.each(items, |reader, item| reader.item(key, item));
        }
        if fields.contains_key("resourceType") {
            return self.item("file", raw);
        }
        if let Some((key, inner)) = of(&ENVELOPES) {
            return self.value(inner, depth).map_err(|error| within(key, error));
        }
        if fields.contains_key("invokingEvent") {
            return Err(Error::malformed("file", "several events: each stands in a file of its own"));
        }
        self.described(read("file", raw.get())?)
    }

    /// Hands over the items of a list, or the one that stands in its place.
    fn each(
        &mut self,
        raw: &RawValue,
        mut on_item: impl FnMut(&mut Self, &RawValue) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if !raw.get().starts_with('[') {
            return on_item(self, raw);
        }
        let list: Vec<&RawValue> = read("file", raw.get())?;
        list.into_iter().try_for_each(|item| on_item(self, item))
    }

    /// Reads an item. What a query selects is text that holds JSON, and may lack what nobody asked for.
    fn item(&mut self, place: &'static str, raw: &RawValue) -> Result<(), Error> {
        let text = crate::embedded::text(raw).map_err(|error| Error::malformed(place, error.to_string()))?;
        let text = text.ok_or_else(|| Error::malformed(place, "null"))?;
        if place != "Results" {
            self.items.push(RawItem::read(&text));
            return Ok(());
        }
        let mut item: Map<String, Value> = read(place, &text)?;
        if let Some(missing) = ["resourceType", "resourceId"].iter().find(|key| !item.contains_key(**key)) {
            let problem =
                format!("a result without {missing}: SELECT resourceType, resourceId, tags, configuration …");
            self.items.push(Err(DamagedItem { problem, ..read(place, &text).unwrap_or_default() }));
            return Ok(());
        }
        item.entry("configurationItemStatus").or_insert_with(|| "OK".into());
        item.entry("configurationItemCaptureTime").or_insert_with(|| self.at.to_string().into());
        self.items.push(RawItem::read(&Value::Object(item).to_string()));
        Ok(())
    }

    /// Reads what `aws ec2 describe-…` and its like print: the whole answer, or one resource of it.
    fn described(&mut self, mut answer: Map<String, Value>) -> Result<(), Error> {
        if let Some(Value::Array(reservations)) = answer.remove("Reservations") {
            answer.insert("Instances".to_owned(), instances(reservations));
        } else if answer.contains_key("ReservationId") {
            let instances = instances(vec![Value::Object(answer)]);
            answer = Map::from_iter([("Instances".to_owned(), instances)]);
        }
        for listing in Listing::ALL {
            if let Some(Value::Array(resources)) = answer.remove(listing.key) {
                for resource in resources {
                    self.resource(listing, resource);
                }
                return Ok(());
            }
        }
        if let Some(Value::Array(rules)) = answer.remove("SecurityGroupRules") {
            for rule in rules {
                self.security_group_rule(rule);
            }
            return Ok(());
        }
        if let Some(Value::Array(mappings)) = answer.remove("ResourceTagMappingList") {
            for mapping in mappings {
                self.tagged(mapping);
            }
            return Ok(());
        }
        let alone = Value::Object(answer);
        if alone["SecurityGroupRuleId"].is_string() {
            self.security_group_rule(alone);
        } else if alone["ResourceARN"].is_string() {
            self.tagged(alone);
        } else if let Some(listing) = Listing::ALL.iter().find(|listing| listing.is_of(&alone)) {
            self.resource(listing, alone);
        } else {
            return Err(not_read(&found(&alone)));
        }
        Ok(())
    }

    fn resource(&mut self, listing: &Listing, resource: Value) {
        let place = Place { account_id: None, region: None, at: self.at };
        let item = listing.item(&config_spelling(resource), &place);
        self.items
            .push(item.ok_or_else(|| DamagedItem::new(format!("{}: a resource without an id", listing.key))));
    }

    /// Adds a rule to its group, which other rules may belong to as well.
    fn security_group_rule(&mut self, rule: Value) {
        let rule = config_spelling(rule);
        let Some(id) = rule["groupId"].as_str() else {
            self.items.push(Err(DamagedItem::new("SecurityGroupRules: a rule without GroupId")));
            return;
        };
        let group = self.rules.entry(id.to_owned()).or_insert_with(|| {
            let known = json!({"groupId": id, "ownerId": rule["groupOwnerId"], "ipPermissions": [], "ipPermissionsEgress": []});
            if let Value::Object(known) = known { known } else { Map::new() }
        });
        let key = if rule["isEgress"] == true { "ipPermissionsEgress" } else { "ipPermissions" };
        if let Some(Value::Array(permissions)) = group.get_mut(key) {
            permissions.push(permission(&rule));
        }
    }

    /// A resource of any service, of which the tagging API knows the ARN and the tags. It calls a type `ec2:instance`.
    fn tagged(&mut self, mapping: Value) {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Mapping {
            #[serde(rename = "ResourceARN")]
            resource_arn: String,
            #[serde(default)]
            tags: Tags,
        }
        let damaged = |problem: String| DamagedItem::new(format!("ResourceTagMappingList: {problem}"));
        let mapping: Mapping = match serde_json::from_value(mapping) {
            Ok(mapping) => mapping,
            Err(error) => return self.items.push(Err(damaged(error.to_string()))),
        };
        let parts: Vec<_> = mapping.resource_arn.splitn(6, ':').collect();
        let [_, _, service, region, account, resource] = parts.as_slice() else {
            let problem = format!("{:?} is not an ARN", mapping.resource_arn);
            return self.items.push(Err(damaged(problem)));
        };
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (kind, id) = resource.split_once(['/', ':']).unwrap_or(("", resource));
        self.items.push(Ok(RawItem {
            resource_type: if kind.is_empty() { (*service).to_owned() } else { format!("{service}:{kind}") },
            resource_id: id.to_owned(),
            resource_name: None,
            arn: Some(mapping.resource_arn.clone()),
            account_id: filled(account),
            aws_region: filled(region),
            configuration_item_status: Status::Ok,
            configuration_item_capture_time: self.at,
            tags: mapping.tags,
            configuration: None,
            supplementary_configuration: None,
        }));
    }

    fn finish(mut self) -> Vec<Result<RawItem, DamagedItem>> {
        for group in std::mem::take(&mut self.rules).into_values() {
            self.resource(&Listing::SECURITY_GROUPS, Value::Object(group));
        }
        self.items
    }
}

fn read<'a, T: Deserialize<'a>>(place: &'static str, text: &'a str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::malformed(place, error.to_string()))
}

fn not_read(found: &str) -> Error {
    let shown: String = found.chars().take(80).collect();
    Error::malformed("file", format!("found {shown}, and reads {FORMS}"))
}

/// What an object is, as far as its keys tell.
fn found(object: &Value) -> String {
    let keys: Vec<_> = object.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect();
    match keys.as_slice() {
        [] => "an object without keys".to_owned(),
        keys => format!("an object with {}", crate::parameters::first_of(keys, 5)),
    }
}

fn within(key: &str, error: Error) -> Error {
    match error {
        Error::MalformedEvent { place, problem } => {
            Error::MalformedEvent { place, problem: format!("in {key}: {problem}") }
        }
        other => other,
    }
}

/// A rule of `describe-security-group-rules` as a permission of its own.
fn permission(rule: &Value) -> Value {
    let mut permission = json!({
        "ipProtocol": rule["ipProtocol"], "fromPort": rule["fromPort"], "toPort": rule["toPort"],
    });
    let description = &rule["description"];
    if let Some(cidr) = rule["cidrIpv4"].as_str() {
        permission["ipv4Ranges"] = json!([{"cidrIp": cidr, "description": description}]);
    }
    if let Some(cidr) = rule["cidrIpv6"].as_str() {
        permission["ipv6Ranges"] = json!([{"cidrIpv6": cidr, "description": description}]);
    }
    if let Some(id) = rule["prefixListId"].as_str() {
        permission["prefixListIds"] = json!([{"prefixListId": id, "description": description}]);
    }
    if rule["referencedGroupInfo"].is_object() {
        permission["userIdGroupPairs"] = json!([rule["referencedGroupInfo"]]);
    }
    permission
}

/// The instances of all reservations; the account stands on the reservation only.
fn instances(reservations: Vec<Value>) -> Value {
    let mut instances = Vec::new();
    for reservation in reservations {
        let Value::Object(mut reservation) = reservation else {
            // What is none is refused as what is no instance.
            instances.push(reservation);
            continue;
        };
        let owner = reservation.remove("OwnerId").unwrap_or_default();
        let Some(Value::Array(members)) = reservation.remove("Instances") else {
            continue;
        };
        instances.extend(members.into_iter().map(|mut instance| {
            if let Value::Object(instance) = &mut instance {
                instance.insert("OwnerId".to_owned(), owner.clone());
            }
            instance
        }));
    }
    Value::Array(instances)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(text: &str) -> Vec<RawItem> {
        match Document::from_json(text, Timestamp::UNIX_EPOCH).unwrap() {
            Document::Items(items) => items.into_iter().map(Result::unwrap).collect(),
            Document::Event(event) => panic!("{event:?}"),
        }
    }

    /// What the first damaged item of the file says, or why the file cannot be read.
    fn problem(text: &str) -> Option<String> {
        match Document::from_json(text, Timestamp::UNIX_EPOCH) {
            Ok(Document::Items(items)) => {
                items.into_iter().find_map(|item| item.err().map(|damaged| damaged.problem))
            }
            Ok(Document::Event(_)) => None,
            Err(error) => Some(error.to_string()),
        }
    }

    const ITEM: &str = r#"{"resourceType":"AWS::EC2::Volume","resourceId":"vol-1","configurationItemStatus":"OK",
        "configurationItemCaptureTime":"2026-03-01T10:00:00Z"}"#;

    #[test]
    fn items_come_alone_in_a_history_or_in_an_invoking_event() {
        for text in [
            ITEM.to_owned(),
            format!(r#"{{"configurationItems":[{ITEM}]}}"#),
            format!(r#"{{"configurationItem":{ITEM}}}"#),
        ] {
            assert_eq!(items(&text)[0].resource_id, "vol-1", "{text}");
        }
    }

    #[test]
    fn described_instances_get_the_account_of_their_reservation() {
        let items = items(
            r#"{"Reservations":[{"OwnerId":"111122223333","Instances":[
                {"InstanceId":"i-1","ImageId":"ami-1","Placement":{"AvailabilityZone":"us-gov-east-1b"},"State":{"Name":"running"},"Tags":[{"Key":"Owner","Value":"ops"}]}]}]}"#,
        );
        assert_eq!(items[0].resource_id, "i-1");
        assert_eq!(items[0].account_id.as_deref(), Some("111122223333"));
        assert_eq!(items[0].aws_region.as_deref(), Some("us-gov-east-1"));
        assert_eq!(items[0].tags.get("Owner"), Some("ops"));
        let configuration = items[0].configuration.as_ref().unwrap().get();
        assert!(configuration.contains(r#""state":{"name":"running"}"#), "{configuration}");
    }

    #[test]
    fn what_launches_instances_is_read_from_listings_and_alone() {
        const ARN: &str =
            "arn:aws:autoscaling:eu-west-1:111122223333:launchConfiguration:1:launchConfigurationName/web";
        for (key, resource, resource_type, id) in [
            (
                "LaunchConfigurations",
                json!({"LaunchConfigurationName": "web", "LaunchConfigurationARN": ARN, "ImageId": "ami-1"}),
                "AWS::AutoScaling::LaunchConfiguration",
                ARN,
            ),
            (
                "AutoScalingGroups",
                json!({"AutoScalingGroupName": "web", "AutoScalingGroupARN": ARN, "MaxSize": 1, "LaunchConfigurationName": "web"}),
                "AWS::AutoScaling::AutoScalingGroup",
                ARN,
            ),
            (
                "LaunchTemplates",
                json!({"LaunchTemplateName": "web", "LaunchTemplateId": "lt-1", "LatestVersionNumber": 2}),
                "AWS::EC2::LaunchTemplate",
                "lt-1",
            ),
        ] {
            for text in [json!({key: [resource]}), json!([resource])] {
                let item = items(&text.to_string()).remove(0);
                assert_eq!(
                    (item.resource_type.as_str(), item.resource_id.as_str()),
                    (resource_type, id),
                    "{text}"
                );
                assert_eq!(item.resource_name.as_deref(), Some("web"));
            }
        }
    }

    #[test]
    fn an_empty_listing_is_no_error_and_another_file_is() {
        assert!(items(r#"{"SecurityGroups":[]}"#).is_empty());
        for text in [
            "{}",
            "7",
            "",
            r#"{"Reservations":7}"#,
            r#"{"Reservations":[7]}"#,
            r#"{"Reservations":[{"Instances":[7]}]}"#,
            r#"{"SecurityGroups":[{}]}"#,
            r#"{"SecurityGroups":[7]}"#,
        ] {
            assert!(problem(text).is_some(), "{text}");
        }
    }

    const GROUP: &str = r#"{"GroupId":"sg-1","OwnerId":"111122223333","IpPermissions":[]}"#;

    fn ids(text: &str) -> Vec<String> {
        items(text).into_iter().map(|item| item.resource_id).collect()
    }

    /// Case: the list, or the one, that `--query` leaves; and lines of JSON.
    #[test]
    fn lists_single_resources_and_lines_are_read() {
        for (text, expected) in [
            (format!("[{ITEM},{ITEM}]"), vec!["vol-1", "vol-1"]),
            (format!("{ITEM}\n{ITEM}\n"), vec!["vol-1", "vol-1"]),
            (format!("[[{GROUP}],[{GROUP}]]"), vec!["sg-1", "sg-1"]),
            (GROUP.to_owned(), vec!["sg-1"]),
            (r#"{"ReservationId":"r-1","Instances":[{"InstanceId":"i-1"}]}"#.to_owned(), vec!["i-1"]),
            (r#"[{"InstanceId":"i-1","ImageId":"ami-1"}]"#.to_owned(), vec!["i-1"]),
            (r#"{"VolumeId":"vol-2","Size":8}"#.to_owned(), vec!["vol-2"]),
            ("[]".to_owned(), vec![]),
        ] {
            assert_eq!(ids(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_aws_config_prints_is_read() {
        let selected = r#"{\"resourceType\":\"AWS::EC2::Volume\",\"resourceId\":\"vol-1\"}"#;
        for text in [
            format!(r#"{{"baseConfigurationItems":[{ITEM}],"unprocessedResourceKeys":[]}}"#),
            format!(r#"{{"BaseConfigurationItems":[{ITEM}]}}"#),
            format!(r#"{{"ConfigurationItem":{ITEM}}}"#),
            format!(r#"{{"Results":["{selected}"],"QueryInfo":{{"SelectFields":[]}}}}"#),
            format!(r#"["{selected}"]"#).replace(r#"\"resourceId"#, r#"\"configurationItemStatus\":\"OK\",\"configurationItemCaptureTime\":\"2026-03-01T10:00:00Z\",\"resourceId"#),
        ] {
            assert_eq!(ids(&text), ["vol-1"], "{text}");
        }
    }

    #[test]
    fn notifications_are_read_in_their_envelopes() {
        let notification =
            format!(r#"{{"messageType":"ConfigurationItemChangeNotification","configurationItem":{ITEM}}}"#);
        let text = serde_json::to_string(&notification).unwrap();
        for enveloped in [
            notification.clone(),
            format!(r#"{{"detail-type":"Config Configuration Item Change","detail":{notification}}}"#),
            format!(r#"{{"Type":"Notification","Message":{text}}}"#),
            format!(r#"{{"Records":[{{"Sns":{{"Message":{text}}}}}]}}"#),
            format!(r#"{{"Records":[{{"body":{text}}}]}}"#),
        ] {
            assert_eq!(ids(&enveloped), ["vol-1"], "{enveloped}");
        }
    }

    #[test]
    fn rules_that_are_listed_one_by_one_come_together_in_their_groups() {
        let items = items(
            r#"{"SecurityGroupRules":[
                {"SecurityGroupRuleId":"sgr-1","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":false,
                 "IpProtocol":"tcp","FromPort":22,"ToPort":22,"CidrIpv4":"0.0.0.0/0","Description":"ssh"},
                {"SecurityGroupRuleId":"sgr-2","GroupId":"sg-1","GroupOwnerId":"111122223333","IsEgress":true,
                 "IpProtocol":"-1","FromPort":-1,"ToPort":-1,"CidrIpv6":"::/0"},
                {"SecurityGroupRuleId":"sgr-3","GroupId":"sg-2","IsEgress":false,"IpProtocol":"tcp","FromPort":443,
                 "ToPort":443,"ReferencedGroupInfo":{"GroupId":"sg-1","UserId":"111122223333"}}]}"#,
        );
        assert_eq!(items.len(), 2);
        let group = |index: usize| -> crate::ec2::SecurityGroup {
            serde_json::from_str(items[index].configuration.as_ref().unwrap().get()).unwrap()
        };
        let (first, second) = (group(0), group(1));
        assert_eq!(first.owner_id.as_deref(), Some("111122223333"));
        assert_eq!(first.ip_permissions.unwrap()[0].ipv4_ranges[0].cidr, "0.0.0.0/0");
        assert_eq!(first.ip_permissions_egress.unwrap()[0].ipv6_ranges[0].cidr, "::/0");
        let pairs = &second.ip_permissions.as_ref().unwrap()[0].user_id_group_pairs;
        assert_eq!(pairs[0].group_id.as_deref(), Some("sg-1"));
    }

    #[test]
    fn what_the_tagging_api_knows_are_tags() {
        let items = items(
            r#"{"ResourceTagMappingList":[
                {"ResourceARN":"arn:aws:sqs:us-east-1:111122223333:orders","Tags":[{"Key":"Owner","Value":"ops"}]},
                {"ResourceARN":"arn:aws:ec2:us-east-1:111122223333:instance/i-1"},
                {"ResourceARN":"arn:aws:s3:::logs","Tags":[]}]}"#,
        );
        let ids: Vec<_> =
            items.iter().map(|item| (item.resource_type.as_str(), item.resource_id.as_str())).collect();
        assert_eq!(ids, [("sqs", "orders"), ("ec2:instance", "i-1"), ("s3", "logs")]);
        assert_eq!(items[0].tags.get("Owner"), Some("ops"));
        assert_eq!(
            (items[2].account_id.as_deref(), items[1].aws_region.as_deref()),
            (None, Some("us-east-1"))
        );
    }

    #[test]
    fn what_is_not_read_says_what_was_found_and_what_is() {
        let error = |text: &str| problem(text).unwrap();
        let keys = error(r#"{"key1":"value1","key2":"value2"}"#);
        assert!(keys.starts_with("file: found an object with key1, key2, and reads an event"), "{keys}");
        assert!(error("\"text\"").starts_with("file: found text, and reads "));
        assert!(
            error(r#"{"Results":["{\"resourceId\":\"x\"}"]}"#)
                .contains("a result without resourceType: SELECT")
        );
        assert!(error(r#"{"detail":{"state":"running"}}"#).contains("in detail: found an object with state"));
        assert!(error(r#"[{"invokingEvent":"{}"}]"#).contains("several events"));
        let nested = format!("{}{}", "[".repeat(20), "]".repeat(20));
        assert!(error(&nested).contains("without end"));
    }
}
