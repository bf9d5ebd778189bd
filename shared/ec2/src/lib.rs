//! What rules need to know from Amazon EC2: images, versions of launch templates, managed prefix lists, security groups and
//! what has them, key pairs and their use, and the sharing of the account's images; and the instances and security groups that an account has.

mod call;
#[cfg(test)]
mod fake_ec2;
mod image;
mod image_sharing;
mod inventory;
mod key_pair;
mod key_pair_use;
mod launch_template;
mod launch_template_version;
mod network_interface;
mod prefix_list;
mod resource;
mod security_group;
mod subnet_path;
mod user_data;
mod vpc_block_public_access;

use std::{collections::BTreeSet, future::ready, marker::PhantomData, pin::Pin};

use aws_sdk_ec2::Client;
use config_rules::{
    ec2::SecurityGroup,
    facts::{
        DenyAllIgwTraffic, Fact, FactRequest, FactSource, Facts, IMAGE_ACTIONS,
        IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS, Image, ImageAlias, ImageBlockPublicAccess, KEY_PAIR_ACTIONS,
        KEY_PAIR_USE_ACTIONS, KeyPair, KeyPairUse, LAUNCH_PERMISSIONS_ACTIONS, LAUNCH_TEMPLATE_ACTIONS,
        LaunchTemplateVersions, NETWORK_INTERFACE_ACTIONS, OWN_IMAGES_ACTIONS, OwnImages,
        PREFIX_LIST_ACTIONS, PUBLIC_SNAPSHOTS_ACTIONS, PrefixList, PublicSnapshots, SECURITY_GROUP_ACTIONS,
        SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS, SUBNET_PATH_ACTIONS, SnapshotBlockPublicAccess, SubnetPath,
        USER_DATA_ACTIONS, VPC_BLOCK_PUBLIC_ACCESS_ACTIONS, VpcBlockPublicAccess,
    },
    rule::{Asker, EveryRule, asks},
};
use config_rules_aws::{Cache, ConfigInventory, Failure, LazyClient, Session, Source};

/// The types of resources that EC2 lists, and the IAM action that each needs; AWS Config lists the others.
#[cfg(test)]
const INVENTORY_ACTIONS: &[(&str, &str)] = &[
    ("AWS::EC2::Instance", "ec2:DescribeInstances"),
    ("AWS::EC2::SecurityGroup", "ec2:DescribeSecurityGroups"),
];

/// Amazon EC2, in the Region and with the credentials of a session, for one who asks: what that one never asks for is not linked.
///
/// What it has told about an image, a launch template, a prefix list, a security group, a subnet, whether an interface denies
/// gateways, block public access or a key pair is kept for five minutes. What it could not tell, or only in part, is asked
/// again; and so is what has a security group, because that changes without the group, what there is one of in an account (who
/// uses the key pairs, who may launch the images), because that is asked once in a run, and user data, because it is a secret.
#[derive(Debug)]
pub struct Ec2<A = EveryRule> {
    client: LazyClient<Client>,
    session: Session,
    recorded: ConfigInventory,
    images: Cache<Image>,
    image_aliases: Cache<ImageAlias>,
    launch_template_versions: Cache<LaunchTemplateVersions>,
    prefix_lists: Cache<PrefixList>,
    security_groups: Cache<SecurityGroup>,
    subnet_paths: Cache<SubnetPath>,
    deny_all_igw_traffic: Cache<DenyAllIgwTraffic>,
    vpc_block_public_access: Cache<VpcBlockPublicAccess>,
    key_pairs: Cache<KeyPair>,
    asker: PhantomData<A>,
}

impl<A: Asker> Source for Ec2<A> {
    fn new(session: &Session) -> Self {
        Self {
            client: session.client(Client::new),
            session: session.clone(),
            recorded: ConfigInventory::new(session),
            images: Cache::default(),
            image_aliases: Cache::default(),
            launch_template_versions: Cache::default(),
            prefix_lists: Cache::default(),
            security_groups: Cache::default(),
            subnet_paths: Cache::default(),
            deny_all_igw_traffic: Cache::default(),
            vpc_block_public_access: Cache::default(),
            key_pairs: Cache::default(),
            asker: PhantomData,
        }
    }
}

/// A call that somebody asks for, in a box: the compiler sizes a future through all levels of it, and stops at 128. Of a call that
/// nobody asks for nothing is left in the program, if the condition is a constant where it stands: a variable would outlive an
/// `await`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "only where it stands, the condition is a constant")]
fn asked<'a, T: Default + 'a, F: Future<Output = T> + 'a>(
    is_asked: bool,
    call: impl FnOnce() -> F,
) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    if is_asked { Box::pin(call()) } else { Box::pin(ready(T::default())) }
}

/// The ids or names in requests of one kind.
macro_rules! ids {
    ($requests:expr, $kind:ident) => {
        $requests.iter().filter_map(|request| match request {
            FactRequest::$kind(id) => Some(id),
            _ => None,
        })
    };
}

/// Looks up one kind of facts, but for those that are fresh.
macro_rules! cached {
    ($self:ident, $requests:ident, $facts:ident, $kind:ident, $cache:ident, $actions:ident, $look_up:path) => {
        let open = $self.$cache.open(ids!($requests, $kind), &mut $facts);
        let found = asked(const { asks::<A>($actions) }, || $look_up(&$self.client, &open)).await;
        $self.$cache.keep(found, &mut $facts);
    };
}

/// Looks up a fact about the account.
macro_rules! of_account {
    ($requests:ident, $facts:ident, $kind:ident, $actions:ident, $look_up:expr) => {
        if $requests.contains(&FactRequest::$kind) {
            let found = asked(const { asks::<A>($actions) }, async || Some($look_up().await)).await;
            if let Some(found) = found {
                let found: Result<$kind, Failure> = found;
                $facts.set_of_account(
                    found.map_or_else(|failure| failure.fact(), |found| Ok(Fact::Known(found))),
                );
            }
        }
    };
}

impl<A: Asker> FactSource for Ec2<A> {
    async fn look_up(&self, requests: &BTreeSet<FactRequest>) -> Facts {
        let mut facts = Facts::default();
        Box::pin(self.look_up_images(requests, &mut facts)).await;
        cached!(self, requests, facts, PrefixList, prefix_lists, PREFIX_LIST_ACTIONS, prefix_list::look_up);
        cached!(
            self,
            requests,
            facts,
            SecurityGroup,
            security_groups,
            SECURITY_GROUP_ACTIONS,
            security_group::look_up
        );
        cached!(self, requests, facts, SubnetPath, subnet_paths, SUBNET_PATH_ACTIONS, subnet_path::look_up);
        cached!(
            self,
            requests,
            facts,
            DenyAllIgwTraffic,
            deny_all_igw_traffic,
            NETWORK_INTERFACE_ACTIONS,
            network_interface::deny_all_igw_traffic
        );
        cached!(
            self,
            requests,
            facts,
            VpcBlockPublicAccess,
            vpc_block_public_access,
            VPC_BLOCK_PUBLIC_ACCESS_ACTIONS,
            vpc_block_public_access::look_up
        );
        cached!(self, requests, facts, KeyPair, key_pairs, KEY_PAIR_ACTIONS, key_pair::look_up);
        Box::pin(self.look_up_what_changes(requests, &mut facts)).await;
        facts
    }
}

impl<A: Asker> Ec2<A> {
    async fn look_up_images(&self, requests: &BTreeSet<FactRequest>, facts: &mut Facts) {
        let (mut images, mut aliases) = (image::Launches::new(), launch_template_version::Aliases::new());
        for request in requests {
            match request {
                FactRequest::Image { image_id, instance_id } => match self.images.get(image_id) {
                    Some(fact) => facts.set(image_id, fact),
                    None => images.entry(image_id.clone()).or_default().extend(instance_id.clone()),
                },
                FactRequest::ImageAlias { alias, version } => match self.image_aliases.get(alias) {
                    Some(fact) => facts.set(alias, fact),
                    None => drop(aliases.insert(alias.clone(), version.clone())),
                },
                _ => (),
            }
        }
        let found = asked(const { asks::<A>(IMAGE_ACTIONS) }, || image::look_up(&self.client, &images)).await;
        self.images.keep(found, facts);
        let versions = self.launch_template_versions.open(ids!(requests, LaunchTemplateVersions), facts);
        let found = asked(const { asks::<A>(LAUNCH_TEMPLATE_ACTIONS) }, || {
            launch_template_version::look_up(&self.client, &versions)
        });
        self.launch_template_versions.keep(found.await, facts);
        let found = asked(const { asks::<A>(LAUNCH_TEMPLATE_ACTIONS) }, || {
            launch_template_version::resolve(&self.client, &aliases)
        });
        self.image_aliases.keep(found.await, facts);
    }

    /// What is kept by nobody.
    async fn look_up_what_changes(&self, requests: &BTreeSet<FactRequest>, facts: &mut Facts) {
        let filters = ids!(requests, NetworkInterface).cloned().collect();
        let found = asked(const { asks::<A>(NETWORK_INTERFACE_ACTIONS) }, || {
            network_interface::look_up(&self.client, &filters)
        });
        for (filter, answer) in found.await {
            facts.set_result(filter, answer.fact);
        }
        let instances = ids!(requests, UserData).cloned().collect();
        let found =
            asked(const { asks::<A>(USER_DATA_ACTIONS) }, || user_data::look_up(&self.client, &instances))
                .await;
        for (id, answer) in found {
            facts.set_result(id, answer.fact);
        }
        let templates = ids!(requests, TemplateUserData).cloned().collect();
        let found =
            asked(const { asks::<A>(LAUNCH_TEMPLATE_ACTIONS) && asks::<A>(USER_DATA_ACTIONS) }, || {
                launch_template_version::user_data(&self.client, &templates)
            });
        for (name, answer) in found.await {
            facts.set_result(name, answer.fact);
        }
        Box::pin(self.look_up_account(requests, facts)).await;
    }

    async fn look_up_account(&self, requests: &BTreeSet<FactRequest>, facts: &mut Facts) {
        of_account!(requests, facts, KeyPairUse, KEY_PAIR_USE_ACTIONS, async || {
            let auto_scaling = aws_sdk_autoscaling::Client::new(self.session.sdk_config());
            key_pair_use::look_up(&self.client, &auto_scaling).await
        });
        of_account!(requests, facts, OwnImages, OWN_IMAGES_ACTIONS, || {
            image_sharing::own_images(&self.client)
        });
        of_account!(requests, facts, PublicSnapshots, PUBLIC_SNAPSHOTS_ACTIONS, || {
            image_sharing::public_snapshots(&self.client)
        });
        of_account!(requests, facts, ImageBlockPublicAccess, IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS, || {
            image_sharing::image_block_public_access(&self.client)
        });
        of_account!(requests, facts, SnapshotBlockPublicAccess, SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS, || {
            image_sharing::snapshot_block_public_access(&self.client)
        });
        let images = ids!(requests, LaunchPermissions).cloned().collect();
        let found = asked(const { asks::<A>(LAUNCH_PERMISSIONS_ACTIONS) }, || {
            image_sharing::launch_permissions(&self.client, &images)
        });
        for (id, fact) in found.await {
            facts.set_result(id, fact);
        }
    }
}

#[cfg(test)]
mod tests {
    use config_rules::inventory::Inventory;
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
            (FactRequest::SubnetPath("subnet-1".to_owned()), &["ec2:DescribeSubnets"]),
            (FactRequest::DenyAllIgwTraffic("eni-1".to_owned()), NETWORK_INTERFACE_ACTIONS),
            (FactRequest::KeyPair("ops".to_owned()), KEY_PAIR_ACTIONS),
            (FactRequest::KeyPairUse, KEY_PAIR_USE_ACTIONS),
            (FactRequest::OwnImages, OWN_IMAGES_ACTIONS),
            (FactRequest::LaunchPermissions("ami-1".to_owned()), LAUNCH_PERMISSIONS_ACTIONS),
            (FactRequest::PublicSnapshots, PUBLIC_SNAPSHOTS_ACTIONS),
            (FactRequest::ImageBlockPublicAccess, IMAGE_BLOCK_PUBLIC_ACCESS_ACTIONS),
            (FactRequest::SnapshotBlockPublicAccess, SNAPSHOT_BLOCK_PUBLIC_ACCESS_ACTIONS),
            (FactRequest::UserData("i-1".to_owned()), USER_DATA_ACTIONS),
            (FactRequest::TemplateUserData("lt-1/3".to_owned()), LAUNCH_TEMPLATE_ACTIONS),
        ] {
            let fake = FakeEc2::start(|_| Ok(String::new())).await;
            fake.ec2.look_up(&[request].into()).await;
            fake.assert_called(actions);
        }
        for (resource_type, action) in INVENTORY_ACTIONS {
            let fake = FakeEc2::start(|_| Ok(String::new())).await;
            fake.ec2.page(&[(*resource_type).to_owned()], None, Timestamp::UNIX_EPOCH, None).await.unwrap();
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
