//! What rules need to know from Amazon EC2: images, versions of launch templates, managed prefix lists, security groups and
//! what has them, key pairs and their use; and the instances and security groups that an account has.

mod call;
#[cfg(test)]
mod fake_ec2;
mod image;
mod inventory;
mod key_pair;
mod key_pair_use;
mod launch_template;
mod launch_template_version;
mod network_interface;
mod prefix_list;
mod resource;
mod security_group;
mod user_data;

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_ec2::Client;
use config_rules::{
    ec2::SecurityGroup,
    facts::{
        Fact, FactRequest, FactSource, Facts, Image, ImageAlias, KeyPair, LaunchTemplateVersions, PrefixList,
    },
};
use config_rules_aws::{Cache, ConfigInventory, Session, Source};

/// The types of resources that EC2 lists, and the IAM action that each needs; AWS Config lists the others.
#[cfg(test)]
const INVENTORY_ACTIONS: &[(&str, &str)] = &[
    ("AWS::EC2::Instance", "ec2:DescribeInstances"),
    ("AWS::EC2::SecurityGroup", "ec2:DescribeSecurityGroups"),
];

/// Amazon EC2, in the Region and with the credentials of a session.
///
/// What it has told about an image, a launch template, a prefix list, a security group or a key pair is kept for five
/// minutes. What it could not tell, or only in part, is asked again; and so is what has a security group, because that
/// changes without the group, who uses the key pairs, because that is asked once in a run, and user data, because it is a
/// secret.
#[derive(Debug)]
pub struct Ec2 {
    client: Client,
    auto_scaling: aws_sdk_autoscaling::Client,
    recorded: ConfigInventory,
    images: Cache<Image>,
    image_aliases: Cache<ImageAlias>,
    launch_template_versions: Cache<LaunchTemplateVersions>,
    prefix_lists: Cache<PrefixList>,
    security_groups: Cache<SecurityGroup>,
    key_pairs: Cache<KeyPair>,
}

impl Source for Ec2 {
    fn new(session: &Session) -> Self {
        Self::with_sdk_config(session.sdk_config())
    }
}

impl Ec2 {
    /// With these settings of the SDK. Nothing is called yet.
    #[must_use]
    pub fn with_sdk_config(sdk_config: &SdkConfig) -> Self {
        Self {
            client: Client::new(sdk_config),
            auto_scaling: aws_sdk_autoscaling::Client::new(sdk_config),
            recorded: ConfigInventory::with_sdk_config(sdk_config),
            images: Cache::default(),
            image_aliases: Cache::default(),
            launch_template_versions: Cache::default(),
            prefix_lists: Cache::default(),
            security_groups: Cache::default(),
            key_pairs: Cache::default(),
        }
    }

    /// Sorts the requests by kind, and answers those whose answer is still fresh.
    fn open(&self, requests: &BTreeSet<FactRequest>, facts: &mut Facts) -> Open {
        let mut open = Open::default();
        for request in requests {
            match request {
                FactRequest::Image { image_id, instance_id } => match self.images.get(image_id) {
                    Some(fact) => facts.set(image_id, fact),
                    None => {
                        open.images.entry(image_id.clone()).or_default().extend(instance_id.clone());
                    }
                },
                FactRequest::ImageAlias { alias, version } => match self.image_aliases.get(alias) {
                    Some(fact) => facts.set(alias, fact),
                    None => {
                        open.image_aliases.insert(alias.clone(), version.clone());
                    }
                },
                FactRequest::LaunchTemplateVersions(name) => match self.launch_template_versions.get(name) {
                    Some(fact) => facts.set(name, fact),
                    None => {
                        open.launch_template_versions.insert(name.clone());
                    }
                },
                FactRequest::PrefixList(id) => match self.prefix_lists.get(id) {
                    Some(fact) => facts.set(id, fact),
                    None => {
                        open.prefix_lists.insert(id.clone());
                    }
                },
                FactRequest::SecurityGroup(id) => match self.security_groups.get(id) {
                    Some(fact) => facts.set(id, fact),
                    None => {
                        open.security_groups.insert(id.clone());
                    }
                },
                FactRequest::NetworkInterface(filter) => {
                    open.network_interfaces.insert(filter.clone());
                }
                FactRequest::KeyPair(name) => match self.key_pairs.get(name) {
                    Some(fact) => facts.set(name, fact),
                    None => {
                        open.key_pairs.insert(name.clone());
                    }
                },
                FactRequest::KeyPairUse => open.key_pair_use = true,
                FactRequest::UserData(id) => {
                    open.user_data.insert(id.clone());
                }
                // IAM's.
                FactRequest::InstanceProfile(_) | FactRequest::RolePolicies(_) => (),
            }
        }
        open
    }
}

impl FactSource for Ec2 {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        let mut facts = Facts::default();
        let open = self.open(requests, &mut facts);
        // In boxes: the compiler sizes a future through all levels of it, and stops at 128.
        self.images.keep(Box::pin(image::look_up(&self.client, &open.images)).await, &mut facts);
        let versions =
            Box::pin(launch_template_version::look_up(&self.client, &open.launch_template_versions));
        self.launch_template_versions.keep(versions.await, &mut facts);
        let aliases = Box::pin(launch_template_version::resolve(&self.client, &open.image_aliases)).await;
        self.image_aliases.keep(aliases, &mut facts);
        let prefix_lists = Box::pin(prefix_list::look_up(&self.client, &open.prefix_lists)).await;
        self.prefix_lists.keep(prefix_lists, &mut facts);
        let security_groups = Box::pin(security_group::look_up(&self.client, &open.security_groups)).await;
        self.security_groups.keep(security_groups, &mut facts);
        self.key_pairs.keep(Box::pin(key_pair::look_up(&self.client, &open.key_pairs)).await, &mut facts);
        let interfaces = Box::pin(network_interface::look_up(&self.client, &open.network_interfaces)).await;
        for (filter, answer) in interfaces {
            facts.set_result(filter, answer.fact);
        }
        let user_data = Box::pin(user_data::look_up(&self.client, &open.user_data)).await;
        for (id, answer) in user_data {
            facts.set_result(id, answer.fact);
        }
        if open.key_pair_use {
            let found = Box::pin(key_pair_use::look_up(&self.client, &self.auto_scaling)).await;
            facts.set_key_pair_use(
                found.map_or_else(|failure| failure.fact(), |found| Ok(Fact::Known(found))),
            );
        }
        facts
    }
}

/// What EC2 has to be asked about.
#[derive(Debug, Default)]
struct Open {
    images: image::Launches,
    image_aliases: launch_template_version::Aliases,
    launch_template_versions: BTreeSet<String>,
    prefix_lists: BTreeSet<String>,
    security_groups: BTreeSet<String>,
    network_interfaces: BTreeSet<String>,
    key_pairs: BTreeSet<String>,
    key_pair_use: bool,
    user_data: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use config_rules::{
        facts::{
            Fact, IMAGE_ACTIONS, KEY_PAIR_ACTIONS, KEY_PAIR_USE_ACTIONS, LAUNCH_TEMPLATE_ACTIONS,
            NETWORK_INTERFACE_ACTIONS, PREFIX_LIST_ACTIONS, SECURITY_GROUP_ACTIONS, USER_DATA_ACTIONS,
        },
        inventory::Inventory,
    };
    use jiff::Timestamp;

    use super::*;
    use crate::fake_ec2::{FakeEc2, refused};

    fn request(name: &str) -> BTreeSet<FactRequest> {
        [FactRequest::KeyPair(name.to_owned())].into()
    }

    #[tokio::test]
    async fn calls_nobody_when_nothing_is_asked() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        fake.ec2.look_up(&BTreeSet::new()).await;
        assert_eq!(fake.calls(), 0);
    }

    #[tokio::test]
    async fn calls_only_the_actions_that_it_says_it_needs() {
        let image = FactRequest::Image { image_id: "ami-1".to_owned(), instance_id: Some("i-1".to_owned()) };
        let alias =
            FactRequest::ImageAlias { alias: "resolve:ssm:/golden".to_owned(), version: "lt-1:3".to_owned() };
        let list = FactRequest::PrefixList("pl-1".to_owned());
        for (request, actions) in [
            (image, IMAGE_ACTIONS),
            (alias, LAUNCH_TEMPLATE_ACTIONS),
            (FactRequest::LaunchTemplateVersions("lt-1:3".to_owned()), LAUNCH_TEMPLATE_ACTIONS),
            (list, PREFIX_LIST_ACTIONS),
            (FactRequest::SecurityGroup("sg-1".to_owned()), SECURITY_GROUP_ACTIONS),
            (FactRequest::NetworkInterface("group-id=sg-1".to_owned()), NETWORK_INTERFACE_ACTIONS),
            (FactRequest::KeyPair("ops".to_owned()), KEY_PAIR_ACTIONS),
            (FactRequest::KeyPairUse, KEY_PAIR_USE_ACTIONS),
            (FactRequest::UserData("i-1".to_owned()), USER_DATA_ACTIONS),
        ] {
            let fake = FakeEc2::start(|_| Ok(String::new())).await;
            fake.ec2.look_up(&[request].into()).await;
            fake.assert_called(actions);
        }
        for (resource_type, action) in INVENTORY_ACTIONS {
            let fake = FakeEc2::start(|_| Ok(String::new())).await;
            fake.ec2.page(&[(*resource_type).to_owned()], Timestamp::UNIX_EPOCH, None).await.unwrap();
            fake.assert_called(&[action]);
        }
    }

    /// What the source says of a key pair that it could not look up.
    async fn fault(ec2: &Ec2) -> String {
        let facts = ec2.look_up(&request("ops")).await;
        assert!(matches!(facts.key_pair("ops"), Fact::Unavailable(_)));
        assert!(facts.take_wanted().is_empty(), "a fault is met, and not looked up again");
        facts.unavailable()["ops"].clone()
    }

    #[tokio::test]
    async fn throttled_to_the_end_is_a_passing_fault() {
        let fake = FakeEc2::start(|_| refused("RequestLimitExceeded")).await;
        assert_eq!(fault(&fake.ec2).await, "ec2:DescribeKeyPairs: RequestLimitExceeded");
        assert_eq!(fake.calls(), 2, "it was tried again");
    }

    #[tokio::test]
    async fn an_answer_that_is_not_ec2s_is_a_passing_fault() {
        let fake = FakeEc2::start(|_| Err((502, "<html>Bad Gateway</html>".to_owned()))).await;
        assert_eq!(fault(&fake.ec2).await, "ec2:DescribeKeyPairs: HTTP status 502");
    }

    #[tokio::test]
    async fn what_cannot_be_reached_is_a_passing_fault() {
        assert_eq!(fault(&fake_ec2::unreachable().await).await, "ec2:DescribeKeyPairs: no connection");
    }

    #[tokio::test]
    async fn half_of_what_two_calls_tell_is_a_passing_fault() {
        let image = FactRequest::Image { image_id: "ami-1".to_owned(), instance_id: Some("i-1".to_owned()) };
        let fake = FakeEc2::start(|call| match call.action() {
            "DescribeImages" => refused("RequestLimitExceeded"),
            _ => Ok(String::new()),
        })
        .await;
        let facts = fake.ec2.look_up(&[image].into()).await;
        assert_eq!(facts.unavailable()["ami-1"], "ec2:DescribeImages: RequestLimitExceeded");
    }
}
