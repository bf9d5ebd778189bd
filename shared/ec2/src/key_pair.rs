//! Key pairs, by name: `DescribeKeyPairs`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    primitives::DateTimeFormat,
    types::{KeyPairInfo, KeyType},
};
use config_rules::facts::KeyPair;
use config_rules_aws::Answer;

use crate::call::{Answers, BATCH, ask};

/// Looks up the key pairs that have these names now.
pub(crate) async fn look_up(client: &Client, names: &BTreeSet<String>) -> BTreeMap<String, Answer<KeyPair>> {
    let key_pairs = key_pairs(client, names).await;
    let answer = |name: &String| {
        let key_pair = key_pairs.items.iter().find(|key_pair| key_pair.key_name() == Some(name));
        (name.clone(), Answer::new(key_pair.map(from_info), key_pairs.failed.get(name)))
    };
    names.iter().map(answer).collect()
}

/// By name and not with a filter, where `*` and `?` in a name would stand for others. The action knows no pages.
async fn key_pairs(client: &Client, names: &BTreeSet<String>) -> Answers<KeyPairInfo> {
    ask("DescribeKeyPairs", BATCH, names, async |names| {
        let answer = client.describe_key_pairs().set_key_names(Some(names)).send().await?;
        Ok(answer.key_pairs.unwrap_or_default())
    })
    .await
}

fn from_info(info: &KeyPairInfo) -> KeyPair {
    KeyPair {
        key_pair_id: info.key_pair_id.clone(),
        key_type: info.key_type().map(KeyType::to_string),
        fingerprint: info.key_fingerprint.clone(),
        create_time: info.create_time().and_then(|time| time.fmt(DateTimeFormat::DateTime).ok()),
    }
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource};

    use super::*;
    use crate::fake_ec2::{FakeEc2, items, refused};

    const OPS: &str = "<item><keyPairId>key-1</keyPairId><keyName>ops</keyName><keyType>ed25519</keyType>
        <keyFingerprint>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</keyFingerprint>
        <createTime>2026-03-01T10:00:00.000Z</createTime></item>";

    fn requests(names: &[&str]) -> BTreeSet<FactRequest> {
        names.iter().map(|name| FactRequest::KeyPair((*name).to_owned())).collect()
    }

    #[tokio::test]
    async fn knows_the_record() {
        let fake = FakeEc2::start(|_| items("keySet", OPS)).await;
        let facts = fake.ec2.look_up(&requests(&["ops", "ops"])).await;
        let expected = KeyPair {
            key_pair_id: Some("key-1".to_owned()),
            key_type: Some("ed25519".to_owned()),
            fingerprint: Some("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".to_owned()),
            create_time: Some("2026-03-01T10:00:00Z".to_owned()),
        };
        assert_eq!(facts.key_pair("ops"), Fact::Known(&expected));
        assert_eq!(fake.calls(), 1);
    }

    #[tokio::test]
    async fn an_old_key_pair_has_no_creation_time() {
        let fake = FakeEc2::start(|_| items("keySet", "<item><keyName>old</keyName></item>")).await;
        let facts = fake.ec2.look_up(&requests(&["old"])).await;
        assert_eq!(facts.key_pair("old"), Fact::Known(&KeyPair::default()));
    }

    #[tokio::test]
    async fn a_missing_key_pair_is_absent_and_the_others_are_known() {
        let fake = FakeEc2::start(|call| match call.values("KeyName") {
            names if names.contains(&"gone") => refused("InvalidKeyPair.NotFound"),
            _ => items("keySet", OPS),
        });
        let fake = fake.await;
        let facts = fake.ec2.look_up(&requests(&["gone", "ops"])).await;
        assert!(matches!(facts.key_pair("ops"), Fact::Known(_)));
        assert_eq!(facts.key_pair("gone"), Fact::Absent);
    }

    #[tokio::test]
    async fn a_name_stands_for_itself_only() {
        let fake = FakeEc2::start(|_| items("keySet", OPS)).await;
        let facts = fake.ec2.look_up(&requests(&["o*"])).await;
        assert_eq!(facts.key_pair("o*"), Fact::Absent);
        assert_eq!(facts.key_pair("ops"), Fact::Unavailable("not looked up".to_owned()));
    }

    #[tokio::test]
    async fn is_asked_for_again_after_a_failure_only() {
        let fake = FakeEc2::start(|_| refused("UnauthorizedOperation")).await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&requests(&["ops"])).await;
            let why = "ec2:DescribeKeyPairs: UnauthorizedOperation".to_owned();
            assert_eq!(facts.key_pair("ops"), Fact::Unavailable(why));
            assert_eq!(fake.calls(), look_ups);
        }
        let fake = FakeEc2::start(|_| items("keySet", OPS)).await;
        for _ in 1..=2 {
            assert!(matches!(fake.ec2.look_up(&requests(&["ops"])).await.key_pair("ops"), Fact::Known(_)));
            assert_eq!(fake.calls(), 1);
        }
    }
}
