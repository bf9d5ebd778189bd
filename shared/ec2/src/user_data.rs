//! User data of instances: `DescribeInstanceAttribute`, one instance a call. It is a secret, and kept by nobody.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{Client, types::InstanceAttributeName};
use config_rules::facts::Secret;
use config_rules_aws::Answer;

use crate::call::{Answers, ask};

/// Looks up the user data of these instances, in Base64. An instance without any has an empty one; one that is gone is
/// absent.
pub(crate) async fn look_up(client: &Client, ids: &BTreeSet<String>) -> BTreeMap<String, Answer<Secret>> {
    let Answers { items, failed } = ask("DescribeInstanceAttribute", 1, ids, async |ids| {
        let mut found = Vec::new();
        for id in ids {
            let call = client.describe_instance_attribute().instance_id(&id);
            let answer = call.attribute(InstanceAttributeName::UserData).send().await?;
            let value = answer.user_data.and_then(|attribute| attribute.value).unwrap_or_default();
            found.push((id, Secret::new(value)));
        }
        Ok(found)
    })
    .await;
    let mut items: BTreeMap<_, _> = items.into_iter().collect();
    ids.iter().map(|id| (id.clone(), Answer::new(items.remove(id), failed.get(id)))).collect()
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use crate::fake_ec2::{FakeEc2, refused};

    #[tokio::test]
    async fn is_asked_for_each_time_and_may_be_empty_or_absent() {
        let fake = FakeEc2::start(|call| match call.value("InstanceId") {
            Some("i-1") => Ok("<userData><value>I2Nsb3VkLWNvbmZpZw==</value></userData>".to_owned()),
            Some("i-2") => Ok("<userData/>".to_owned()),
            _ => refused("InvalidInstanceID.NotFound"),
        })
        .await;
        let requests = ["i-1", "i-2", "i-3"].map(|id| FactRequest::UserData(id.to_owned())).into();
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests).await;
            assert!(
                matches!(facts.user_data("i-1"), Fact::Known(data) if data.expose() == "I2Nsb3VkLWNvbmZpZw==")
            );
            assert!(matches!(facts.user_data("i-2"), Fact::Known(data) if data.expose().is_empty()));
            assert!(matches!(facts.user_data("i-3"), Fact::Absent));
            assert_eq!(fake.calls(), 3 * look_ups);
        }
    }
}
