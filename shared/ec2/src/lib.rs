//! What rules need to know from Amazon EC2: images, managed prefix lists and key pairs.

mod cache;
mod call;
#[cfg(test)]
mod fake_ec2;
mod image;
mod key_pair;
mod prefix_list;

use std::collections::BTreeSet;

use aws_sdk_ec2::Client;
use config_rules::facts::{FactRequest, FactSource, Facts, Image, KeyPair, PrefixList};

use self::cache::Cache;

/// The IAM actions that [`FactRequest::Image`] needs.
pub const IMAGE_ACTIONS: &[&str] = &["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"];
/// The IAM actions that [`FactRequest::PrefixList`] needs.
pub const PREFIX_LIST_ACTIONS: &[&str] =
    &["ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"];
/// The IAM actions that [`FactRequest::KeyPair`] needs.
pub const KEY_PAIR_ACTIONS: &[&str] = &["ec2:DescribeKeyPairs"];

/// Amazon EC2, in the Region of the function and with its role.
///
/// What it has told is kept for five minutes. What it could not tell, or only in part, is asked again.
#[derive(Debug)]
pub struct Ec2 {
    client: Client,
    images: Cache<Image>,
    prefix_lists: Cache<PrefixList>,
    key_pairs: Cache<KeyPair>,
}

impl Ec2 {
    /// Finds the Region and the role; EC2 itself is first called by a look-up.
    pub async fn new() -> Self {
        let sdk_config = Box::pin(config_rules_aws::sdk_config()).await;
        Self::with_client(Client::new(&sdk_config))
    }

    pub(crate) fn with_client(client: Client) -> Self {
        Self { client, images: Cache::default(), prefix_lists: Cache::default(), key_pairs: Cache::default() }
    }

    /// Sorts the requests by kind, and answers those whose answer is still fresh.
    fn open(&self, requests: &[FactRequest], facts: &mut Facts) -> Open {
        let mut open = Open::default();
        for request in requests {
            match request {
                FactRequest::Image { image_id, instance_id } => match self.images.get(image_id) {
                    Some(fact) => facts.set_image(image_id, fact),
                    None => {
                        open.images.entry(image_id.clone()).or_default().insert(instance_id.clone());
                    }
                },
                FactRequest::PrefixList(id) => match self.prefix_lists.get(id) {
                    Some(fact) => facts.set_prefix_list(id, fact),
                    None => {
                        open.prefix_lists.insert(id.clone());
                    }
                },
                FactRequest::KeyPair(name) => match self.key_pairs.get(name) {
                    Some(fact) => facts.set_key_pair(name, fact),
                    None => {
                        open.key_pairs.insert(name.clone());
                    }
                },
                FactRequest::KeyPairUse => {}
            }
        }
        open
    }
}

impl FactSource for Ec2 {
    async fn look_up(&self, requests: &[FactRequest]) -> Facts {
        let mut facts = Facts::default();
        let open = self.open(requests, &mut facts);
        // In boxes: the compiler sizes a future through all levels of it, and stops at 128.
        let images = Box::pin(image::look_up(&self.client, &open.images)).await;
        for (id, fact) in self.images.keep(images) {
            facts.set_image(id, fact);
        }
        let prefix_lists = Box::pin(prefix_list::look_up(&self.client, &open.prefix_lists)).await;
        for (id, fact) in self.prefix_lists.keep(prefix_lists) {
            facts.set_prefix_list(id, fact);
        }
        let key_pairs = Box::pin(key_pair::look_up(&self.client, &open.key_pairs)).await;
        for (name, fact) in self.key_pairs.keep(key_pairs) {
            facts.set_key_pair(name, fact);
        }
        facts
    }
}

/// What EC2 has to be asked about.
#[derive(Debug, Default)]
struct Open {
    images: image::Launches,
    prefix_lists: BTreeSet<String>,
    key_pairs: BTreeSet<String>,
}

#[cfg(test)]
mod tests {
    use config_rules::facts::Fact;

    use super::*;
    use crate::fake_ec2::{FakeEc2, refused};

    fn request(name: &str) -> [FactRequest; 1] {
        [FactRequest::KeyPair(name.to_owned())]
    }

    #[tokio::test]
    async fn calls_nobody_when_nothing_is_asked() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        fake.ec2.look_up(&[]).await;
        assert_eq!(fake.calls(), 0);
    }

    #[tokio::test]
    async fn calls_only_the_actions_that_it_says_it_needs() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        let image = FactRequest::Image { image_id: "ami-1".to_owned(), instance_id: "i-1".to_owned() };
        let list = FactRequest::PrefixList("pl-1".to_owned());
        for (request, actions) in [
            (image, IMAGE_ACTIONS),
            (list, PREFIX_LIST_ACTIONS),
            (FactRequest::KeyPair("ops".to_owned()), KEY_PAIR_ACTIONS),
        ] {
            let before = fake.calls();
            fake.ec2.look_up(&[request]).await;
            assert_eq!(fake.calls() - before, actions.len());
            for action in actions {
                assert_eq!(fake.count(action.trim_start_matches("ec2:")), 1, "{action}");
            }
        }
    }

    #[tokio::test]
    async fn throttled_to_the_end_is_unavailable() {
        let fake = FakeEc2::start(|_| refused("RequestLimitExceeded")).await;
        let facts = fake.ec2.look_up(&request("ops")).await;
        let why = "ec2:DescribeKeyPairs: RequestLimitExceeded".to_owned();
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable(why));
        assert_eq!(fake.calls(), 2, "it was tried again");
    }

    #[tokio::test]
    async fn an_answer_that_is_not_ec2s_is_unavailable() {
        let fake = FakeEc2::start(|_| Err((502, "<html>Bad Gateway</html>".to_owned()))).await;
        let facts = fake.ec2.look_up(&request("ops")).await;
        let why = "ec2:DescribeKeyPairs: HTTP status 502".to_owned();
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable(why));
    }

    #[tokio::test]
    async fn what_cannot_be_reached_is_unavailable() {
        let facts = fake_ec2::unreachable().await.look_up(&request("ops")).await;
        let why = "ec2:DescribeKeyPairs: no connection".to_owned();
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable(why));
    }
}
