use config_rules::facts::{FactRequest, FactSource, Facts, OfAccount};

use super::*;
use crate::fake_ec2::{Call, FakeEc2, Reply, items, refused};

async fn look_up(fake: &FakeEc2, request: FactRequest) -> Facts {
    fake.ec2.look_up(&[request].into()).await
}

async fn known<T: OfAccount>(reply: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> T {
    let fake = FakeEc2::start(reply).await;
    match look_up(&fake, T::REQUEST).await.of_account::<T>() {
        Fact::Known(fact) => fact.clone(),
        _ => panic!("it is not known"),
    }
}

fn image(number: usize) -> String {
    let disk = |disk| format!("<item><ebs><snapshotId>snap-{number}{disk}</snapshotId></ebs></item>");
    format!(
        "<item><imageId>ami-{number}</imageId><imageOwnerId>111122223333</imageOwnerId><name>golden</name>\
         <imageState>available</imageState><isPublic>true</isPublic>\
         <blockDeviceMapping>{}<item><virtualName>ephemeral0</virtualName></item>{}</blockDeviceMapping></item>",
        disk('a'),
        disk('b')
    )
}

#[tokio::test]
async fn thousands_of_images_come_in_pages() {
    let images = known::<OwnImages>(|call| {
        assert_eq!(call.values("Owner"), ["self"]);
        assert_eq!(
            (call.value("IncludeDeprecated"), call.value("IncludeDisabled")),
            (Some("true"), Some("true"))
        );
        let page: usize = call.value("NextToken").map_or(0, |token| token.parse().unwrap());
        let size: usize = call.value("MaxResults").unwrap().parse().unwrap();
        let set: String = (page * size..3_000.min((page + 1) * size)).map(image).collect();
        let next = if (page + 1) * size < 3_000 {
            format!("<nextToken>{}</nextToken>", page + 1)
        } else {
            String::new()
        };
        Ok(format!("<imagesSet>{set}</imagesSet>{next}"))
    })
    .await;
    assert_eq!(images.len(), 3_000);
    let expected = OwnImage {
        owner_id: Some("111122223333".to_owned()),
        name: Some("golden".to_owned()),
        state: Some("available".to_owned()),
        public: Some(true),
        snapshot_ids: vec!["snap-7a".to_owned(), "snap-7b".to_owned()],
    };
    assert_eq!(images["ami-7"], expected);
}

#[tokio::test]
async fn of_a_listing_whose_second_page_is_refused_nothing_is_known() {
    for (request, set, action) in [
        (FactRequest::OwnImages, "imagesSet", "DescribeImages"),
        (FactRequest::PublicSnapshots, "snapshotSet", "DescribeSnapshots"),
    ] {
        let fake = FakeEc2::start(move |call| match call.value("NextToken") {
            None => Ok(format!("<{set}>{}</{set}><nextToken>2</nextToken>", image(1))),
            Some(_) => refused("UnauthorizedOperation"),
        })
        .await;
        let facts = look_up(&fake, request).await;
        assert!(!matches!(facts.of_account::<OwnImages>(), Fact::Known(_)));
        assert!(!matches!(facts.of_account::<PublicSnapshots>(), Fact::Known(_)));
        let why: Vec<_> = facts.unavailable().into_values().collect();
        assert_eq!(why, [format!("ec2:{action}: UnauthorizedOperation")]);
    }
}

#[tokio::test]
async fn only_public_snapshots_are_listed() {
    let snapshots = known::<PublicSnapshots>(|call| {
        assert_eq!((call.values("Owner"), call.values("RestorableBy")), (vec!["self"], vec!["all"]));
        items("snapshotSet", "<item><snapshotId>snap-1</snapshotId></item>")
    })
    .await;
    assert_eq!(snapshots, PublicSnapshots::from(["snap-1".to_owned()]));
}

#[tokio::test]
async fn an_image_may_be_shared_with_each_kind_or_be_gone_or_refused() {
    let all = "<item><group>all</group></item><item><userId>444455556666</userId></item>\
               <item><organizationArn>arn-o</organizationArn></item>\
               <item><organizationalUnitArn>arn-ou</organizationalUnitArn></item>";
    let fake = FakeEc2::start(move |call| {
        assert_eq!(call.value("Attribute"), Some("launchPermission"));
        match call.value("ImageId").unwrap() {
            "ami-1" => items("launchPermission", all),
            "ami-2" => items("launchPermission", ""),
            "ami-3" => refused("InvalidAMIID.Unavailable"),
            "ami-4" => items("launchPermission", "<item><planet>mars</planet></item>"),
            _ => refused("UnauthorizedOperation"),
        }
    })
    .await;
    let ids = (1..=5).map(|number| format!("ami-{number}"));
    let mut facts = Facts::default();
    let requests = ids.map(FactRequest::LaunchPermissions).collect();
    facts.learn(&requests, fake.ec2.look_up(&requests).await);
    let expected = LaunchPermissions::from([
        LaunchPermission::Group("all".to_owned()),
        LaunchPermission::UserId("444455556666".to_owned()),
        LaunchPermission::OrganizationArn("arn-o".to_owned()),
        LaunchPermission::OrganizationalUnitArn("arn-ou".to_owned()),
    ]);
    assert_eq!(facts.launch_permissions("ami-1"), Fact::Known(&expected));
    assert_eq!(facts.launch_permissions("ami-2"), Fact::Known(&LaunchPermissions::new()));
    assert_eq!(facts.launch_permissions("ami-3"), Fact::Absent);
    let unavailable = |why: &str| Fact::Unavailable(why.to_owned());
    assert_eq!(facts.launch_permissions("ami-4"), unavailable("somebody of a kind that is not known"));
    assert_eq!(
        facts.launch_permissions("ami-5"),
        unavailable("ec2:DescribeImageAttribute: UnauthorizedOperation")
    );
}

#[tokio::test]
async fn block_public_access_has_a_state_and_who_manages_it() {
    let managed = "<managedBy>declarative-policy</managedBy>";
    let block = |state: &str| BlockPublicAccess {
        state: state.to_owned(),
        managed_by: Some("declarative-policy".to_owned()),
    };
    let state = "<imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState>";
    let images: ImageBlockPublicAccess = known(move |_| Ok(format!("{state}{managed}"))).await;
    assert_eq!(images, ImageBlockPublicAccess(block("block-new-sharing")));
    let snapshots: SnapshotBlockPublicAccess =
        known(move |_| Ok(format!("<state>block-all-sharing</state>{managed}"))).await;
    assert_eq!(snapshots, SnapshotBlockPublicAccess(block("block-all-sharing")));
}

#[tokio::test]
async fn a_call_that_the_region_does_not_know_leaves_the_state_unknown() {
    let fake = FakeEc2::start(|_| refused("InvalidAction")).await;
    let facts = look_up(&fake, FactRequest::ImageBlockPublicAccess).await;
    assert_eq!(
        facts.unavailable()["imageBlockPublicAccess"],
        "ec2:GetImageBlockPublicAccessState: InvalidAction"
    );
}
