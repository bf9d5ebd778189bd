//! Images: from `DescribeInstanceImageMetadata`, which also knows those that are gone, and `DescribeImages`.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{self, ImageState, InstanceImageMetadata, ProductCodeValues},
};
use config_rules::{facts::Image, item::Tags};
use config_rules_aws::Answer;

use crate::{
    call::{Answers, BATCH, ask},
    resource,
};

/// The instances that were launched from an image, if there are any, by the image's id.
pub(crate) type Launches = BTreeMap<String, BTreeSet<String>>;

/// Looks up the images.
pub(crate) async fn look_up(client: &Client, launches: &Launches) -> BTreeMap<String, Answer<Image>> {
    let instance_ids = launches.values().flatten().cloned().collect();
    let image_ids = launches.keys().cloned().collect();
    let (instances, images) = tokio::join!(metadata(client, &instance_ids), images(client, &image_ids));
    let account = account(&instances.items);
    let answer = |(image_id, instance_ids): (&String, &BTreeSet<String>)| {
        let failures = instance_ids.iter().filter_map(|id| instances.failed.get(id));
        let image =
            or(from_metadata(image_id, &instances.items), from_images(image_id, &images.items, account));
        // That there is none does not last: another instance of it may have something to tell.
        let is_found = image.is_some();
        let answer = Answer::new(image, failures.chain(images.failed.get(image_id)));
        (image_id.clone(), Answer { lasting: answer.lasting && is_found, ..answer })
    };
    launches.iter().map(answer).collect()
}

async fn metadata(client: &Client, instance_ids: &BTreeSet<String>) -> Answers<InstanceImageMetadata> {
    ask("DescribeInstanceImageMetadata", BATCH, instance_ids, async |ids| {
        let call = client.describe_instance_image_metadata().set_instance_ids(Some(ids));
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

async fn images(client: &Client, image_ids: &BTreeSet<String>) -> Answers<types::Image> {
    ask("DescribeImages", BATCH, image_ids, async |ids| {
        let call = client.describe_images().set_image_ids(Some(ids));
        let call = call.include_deprecated(true).include_disabled(true);
        Ok(call.into_paginator().items().send().try_collect().await?)
    })
    .await
}

/// The account that asks: EC2 tells of no other account's instances.
///
/// An owner's alias would not do. It names AWS, its Marketplace or its Backup, and is not there for an account's own.
fn account(instances: &[InstanceImageMetadata]) -> Option<&str> {
    instances.iter().find_map(InstanceImageMetadata::owner_id)
}

fn from_metadata(image_id: &str, instances: &[InstanceImageMetadata]) -> Option<Image> {
    let mut images = instances.iter().filter_map(InstanceImageMetadata::image_metadata);
    let image = images.find(|image| image.image_id() == Some(image_id))?;
    Some(Image {
        owner_id: image.owner_id.clone(),
        owner_alias: image.image_owner_alias.clone(),
        name: image.name.clone(),
        state: image.state().map(ImageState::to_string),
        creation_date: image.creation_date.clone(),
        deprecation_time: image.deprecation_time.clone(),
        public: image.is_public,
        product_codes: None,
        tags: None,
    })
}

fn from_images(image_id: &str, images: &[types::Image], account: Option<&str>) -> Option<Image> {
    let image = images.iter().find(|image| image.image_id() == Some(image_id))?;
    Some(Image {
        owner_id: image.owner_id.clone(),
        owner_alias: image.image_owner_alias.clone(),
        name: image.name.clone(),
        state: image.state().map(ImageState::to_string),
        creation_date: image.creation_date.clone(),
        deprecation_time: image.deprecation_time.clone(),
        public: image.public,
        product_codes: Some(product_codes(image)),
        tags: tags(image, account),
    })
}

fn product_codes(image: &types::Image) -> Vec<String> {
    let is_of_marketplace =
        |code: &&types::ProductCode| code.product_code_type() == Some(&ProductCodeValues::Marketplace);
    let codes = image.product_codes().iter().filter(is_of_marketplace);
    codes.filter_map(|code| code.product_code_id.clone()).collect()
}

/// EC2 shows an account the tags that it has set itself. On its own image these are all; another's may have more, so
/// that having none there says nothing.
fn tags(image: &types::Image, account: Option<&str>) -> Option<Tags> {
    let own = account.is_some() && image.owner_id() == account;
    (own || !image.tags().is_empty()).then(|| resource::tags(image.tags()))
}

fn or(first: Option<Image>, second: Option<Image>) -> Option<Image> {
    match (first, second) {
        (Some(first), Some(second)) => Some(Image {
            owner_id: first.owner_id.or(second.owner_id),
            owner_alias: first.owner_alias.or(second.owner_alias),
            name: first.name.or(second.name),
            state: first.state.or(second.state),
            creation_date: first.creation_date.or(second.creation_date),
            deprecation_time: first.deprecation_time.or(second.deprecation_time),
            public: first.public.or(second.public),
            product_codes: first.product_codes.or(second.product_codes),
            tags: first.tags.or(second.tags),
        }),
        (first, None) => first,
        (None, second) => second,
    }
}

#[cfg(test)]
mod tests {
    use config_rules::facts::{Fact, FactRequest, FactSource, Facts};

    use super::*;
    use crate::fake_ec2::{Call, FakeEc2, Reply, items, refused};

    const DENIED: &str = "UnauthorizedOperation";
    const GONE: &str = "InvalidAMIID.NotFound";
    const NO_INSTANCE: &str = "InvalidInstanceID.NotFound";
    const OWN: &str = "111122223333";
    const FOREIGN: &str = "444455556666";
    const TAG: &str = "<item><key>approved</key><value>yes</value></item>";

    fn request(image_id: &str, instance_id: &str) -> FactRequest {
        FactRequest::Image { image_id: image_id.to_owned(), instance_id: Some(instance_id.to_owned()) }
    }

    /// What `DescribeInstanceImageMetadata` says of an instance of the account's that runs `ami-1` of this owner.
    fn launched(owner: &str, state: &str) -> String {
        format!(
            "<item><instanceId>i-1</instanceId><instanceOwnerId>{OWN}</instanceOwnerId><imageMetadata>
             <imageId>ami-1</imageId><name>base</name><imageOwnerId>{owner}</imageOwnerId>
             <imageState>{state}</imageState><imageOwnerAlias>amazon</imageOwnerAlias>
             <creationDate>2026-01-02T03:04:05.000Z</creationDate>
             <deprecationTime>2028-01-02T03:04:05.000Z</deprecationTime><isPublic>true</isPublic>
             </imageMetadata></item>"
        )
    }

    fn described(owner: &str, tags: &str) -> String {
        format!(
            "<item><imageId>ami-1</imageId><name>base</name><imageOwnerId>{owner}</imageOwnerId>
             <imageState>available</imageState><isPublic>false</isPublic><tagSet>{tags}</tagSet><productCodes>
             <item><productCode>6bxv8a9ypqzd6qdwk1jz3pgvt</productCode><type>marketplace</type></item>
             <item><productCode>774F4FF8</productCode><type>devpay</type></item></productCodes></item>"
        )
    }

    fn metadata(xml: &str) -> Reply {
        items("instanceImageMetadataSet", xml)
    }

    fn images(xml: &str) -> Reply {
        items("imagesSet", xml)
    }

    /// EC2 that answers the one action so and the other so.
    async fn fake(metadata: Reply, images: Reply) -> FakeEc2 {
        FakeEc2::start(move |call: &Call| match call.action() {
            "DescribeImages" => images.clone(),
            _ => metadata.clone(),
        })
        .await
    }

    async fn facts(metadata: Reply, images: Reply) -> Facts {
        fake(metadata, images).await.ec2.look_up(&[request("ami-1", "i-1")].into()).await
    }

    fn tags(facts: &Facts) -> Option<Tags> {
        let Fact::Known(image) = facts.image("ami-1", Some("i-1")) else { panic!("{facts:?}") };
        image.tags.clone()
    }

    fn approved() -> Tags {
        [("approved".to_owned(), "yes".to_owned())].into_iter().collect()
    }

    #[tokio::test]
    async fn knows_what_both_actions_tell() {
        let facts = facts(metadata(&launched(OWN, "available")), images(&described(OWN, TAG))).await;
        let expected = Image {
            owner_id: Some(OWN.to_owned()),
            owner_alias: Some("amazon".to_owned()),
            name: Some("base".to_owned()),
            state: Some("available".to_owned()),
            creation_date: Some("2026-01-02T03:04:05.000Z".to_owned()),
            deprecation_time: Some("2028-01-02T03:04:05.000Z".to_owned()),
            public: Some(true),
            product_codes: Some(vec!["6bxv8a9ypqzd6qdwk1jz3pgvt".to_owned()]),
            tags: Some(approved()),
        };
        assert_eq!(facts.image("ami-1", Some("i-1")), Fact::Known(&expected));
    }

    #[tokio::test]
    async fn asks_for_deprecated_and_disabled_images() {
        let fake = FakeEc2::start(|call| match call.action() {
            "DescribeImages" => {
                assert_eq!(call.value("IncludeDeprecated"), Some("true"));
                assert_eq!(call.value("IncludeDisabled"), Some("true"));
                images(&described(OWN, TAG))
            }
            _ => refused(NO_INSTANCE),
        });
        let facts = fake.await.ec2.look_up(&[request("ami-1", "i-1")].into()).await;
        assert!(matches!(facts.image("ami-1", Some("i-1")), Fact::Known(_)));
    }

    #[tokio::test]
    async fn having_no_tags_is_known_of_an_own_image_only() {
        let own = facts(metadata(&launched(OWN, "available")), images(&described(OWN, ""))).await;
        assert_eq!(tags(&own), Some(Tags::default()));
        let foreign = facts(metadata(&launched(FOREIGN, "available")), images(&described(FOREIGN, ""))).await;
        assert_eq!(tags(&foreign), None);
        let who_asks_is_unknown = facts(refused(NO_INSTANCE), images(&described(OWN, ""))).await;
        assert_eq!(tags(&who_asks_is_unknown), None);
    }

    #[tokio::test]
    async fn tags_that_are_shown_are_known() {
        let facts = facts(metadata(&launched(FOREIGN, "available")), images(&described(FOREIGN, TAG))).await;
        assert_eq!(tags(&facts), Some(approved()));
    }

    #[tokio::test]
    async fn an_image_that_is_gone_is_known_from_its_instance() {
        for answer in [images(""), refused(GONE), refused("InvalidAMIID.Unavailable")] {
            let facts = facts(metadata(&launched(OWN, "deregistered")), answer).await;
            let Fact::Known(image) = facts.image("ami-1", Some("i-1")) else { panic!("{facts:?}") };
            assert_eq!(image.state.as_deref(), Some("deregistered"));
            assert_eq!(image.tags, None);
        }
    }

    #[tokio::test]
    async fn an_image_of_an_instance_that_is_gone_is_known_by_its_id() {
        for answer in [metadata(""), refused(NO_INSTANCE), refused(DENIED)] {
            let facts = facts(answer, images(&described(OWN, TAG))).await;
            assert!(
                matches!(facts.image("ami-1", Some("i-1")), Fact::Known(image) if image.state.is_some() && image.tags.is_some())
            );
        }
    }

    #[tokio::test]
    async fn an_image_that_neither_knows_is_absent() {
        for answer in [images(""), refused(GONE), refused("InvalidAMIID.Unavailable")] {
            let facts = facts(refused(NO_INSTANCE), answer).await;
            assert_eq!(facts.image("ami-1", Some("i-1")), Fact::Absent);
        }
    }

    #[tokio::test]
    async fn denied_tags_lose_nothing_else() {
        let fake = fake(metadata(&launched(OWN, "available")), refused(DENIED)).await;
        for look_ups in 1..=2 {
            let facts = fake.ec2.look_up(&[request("ami-1", "i-1")].into()).await;
            let Fact::Known(image) = facts.image("ami-1", Some("i-1")) else { panic!("{facts:?}") };
            assert_eq!((image.name.as_deref(), &image.tags), (Some("base"), &None));
            assert_eq!(fake.count("DescribeImages"), look_ups, "half a fact is not kept");
        }
    }

    #[tokio::test]
    async fn what_a_denied_action_might_have_told_is_not_absent() {
        for (metadata, images, action) in [
            (refused(DENIED), images(""), "DescribeInstanceImageMetadata"),
            (refused(DENIED), refused(GONE), "DescribeInstanceImageMetadata"),
            (metadata(""), refused(DENIED), "DescribeImages"),
        ] {
            let facts = facts(metadata, images).await;
            let why = format!("ec2:{action}: UnauthorizedOperation");
            assert_eq!(facts.image("ami-1", Some("i-1")), Fact::Unavailable(why));
        }
    }

    #[tokio::test]
    async fn all_pages_are_read() {
        let fake = FakeEc2::start(|call| match (call.action(), call.value("NextToken")) {
            ("DescribeImages", None) => images("").map(|xml| xml + "<nextToken>2</nextToken>"),
            ("DescribeImages", _) => images(&described(OWN, TAG)),
            (_, None) => metadata("").map(|xml| xml + "<nextToken>2</nextToken>"),
            (_, Some(_)) => metadata(&launched(OWN, "available")),
        });
        let facts = fake.await.ec2.look_up(&[request("ami-1", "i-1")].into()).await;
        assert!(
            matches!(facts.image("ami-1", Some("i-1")), Fact::Known(image) if image.public == Some(true))
        );
        assert_eq!(tags(&facts), Some(approved()));
    }

    #[tokio::test]
    async fn each_image_is_asked_for_once_and_kept_for_all_its_instances() {
        let fake = fake(metadata(&launched(OWN, "available")), images(&described(OWN, TAG))).await;
        fake.ec2.look_up(&[request("ami-1", "i-1"), request("ami-1", "i-2")].into()).await;
        assert_eq!(fake.calls(), 2);
        let facts = fake.ec2.look_up(&[request("ami-1", "i-3")].into()).await;
        assert!(matches!(facts.image("ami-1", Some("i-1")), Fact::Known(_)));
        assert_eq!(fake.calls(), 2);
    }

    #[tokio::test]
    async fn an_absent_image_is_asked_for_again_because_another_instance_may_tell() {
        let fake = FakeEc2::start(|call| match (call.action(), call.value("InstanceId.1")) {
            ("DescribeImages", _) => refused(GONE),
            (_, Some("i-1")) => metadata(&launched(OWN, "deregistered")),
            _ => refused(NO_INSTANCE),
        });
        let ec2 = fake.await;
        assert_eq!(
            ec2.ec2.look_up(&[request("ami-1", "i-0")].into()).await.image("ami-1", Some("i-1")),
            Fact::Absent
        );
        let facts = ec2.ec2.look_up(&[request("ami-1", "i-1")].into()).await;
        assert!(matches!(facts.image("ami-1", Some("i-1")), Fact::Known(_)));
    }

    #[tokio::test]
    async fn an_image_that_nothing_was_launched_from_is_known_by_its_id() {
        let request = FactRequest::Image { image_id: "ami-1".to_owned(), instance_id: None };
        let fake = fake(refused(DENIED), images(&described(OWN, TAG))).await;
        let facts = fake.ec2.look_up(&[request].into()).await;
        assert!(matches!(facts.image("ami-1", None), Fact::Known(image) if image.tags == Some(approved())));
        assert_eq!(fake.count("DescribeInstanceImageMetadata"), 0);
    }

    #[tokio::test]
    async fn another_image_of_the_instance_says_nothing() {
        let facts = fake(metadata(&launched(OWN, "available")), images(&described(OWN, TAG)))
            .await
            .ec2
            .look_up(&[request("ami-2", "i-1")].into())
            .await;
        assert_eq!(facts.image("ami-2", Some("i-1")), Fact::Absent);
    }
}
