//! The account's own images, and with whom they and its snapshots are shared.

use super::*;

const DATA: &str = r#"{
    "images": {
        "ami-1": {"ownerId": "111122223333", "state": "available", "tags": {"Team": "web"}},
        "ami-amazon": {"ownerId": "444455556666", "ownerAlias": "amazon", "public": true},
        "ami-gone": {"ownerId": "111122223333", "state": "deregistered"}
    },
    "ownImages": {
        "ami-1": {"ownerId": "111122223333", "snapshotIds": ["snap-1", "snap-2"]},
        "ami-2": {"ownerId": "111122223333", "name": "web", "state": "disabled", "public": false},
        "ami-3": {"ownerId": "111122223333", "state": "available"},
        "ami-4": {"ownerId": "111122223333", "state": "available"}
    },
    "launchPermissions": {
        "ami-1": [{"group": "all"}, {"userId": "444455556666"}, {"organizationArn": "o"}, {"organizationalUnitArn": "ou"}],
        "ami-2": [{"group": "all"}], "ami-3": null
    },
    "publicSnapshots": ["snap-2", "snap-3"],
    "imageBlockPublicAccess": {"state": "block-new-sharing", "managedBy": "declarative-policy"}
}"#;

async fn start() -> Ec2 {
    Ec2::start(Ec2Data::from_json(DATA).unwrap()).await.unwrap()
}

async fn is_answered(request: &str, members: &str) {
    let ec2 = start().await;
    answered(&ec2, &call(&ec2, request).await, members);
}

async fn is_refused(data: &str, request: &str, status: u16, code: &str) {
    let ec2 = Ec2::start(Ec2Data::from_json(data).unwrap()).await.unwrap();
    let answer = call(&ec2, request).await;
    assert_eq!((answer.status, texts(&answer, "Code")), (status, vec![code]), "{request}");
}

#[tokio::test]
async fn images_can_be_listed_by_their_owners() {
    let ec2 = start().await;
    for (request, ids) in [
        ("&Owner.1=self", vec!["ami-1", "ami-3", "ami-4"]),
        ("&Owner.1=111122223333&IncludeDisabled=true", vec!["ami-1", "ami-2", "ami-3", "ami-4"]),
        ("&Owner.1=amazon&Owner.2=777788889999", vec!["ami-amazon"]),
        ("&Owner.1=self&ImageId.1=ami-1&ImageId.2=ami-amazon", vec!["ami-1"]),
    ] {
        assert_eq!(
            texts(&call(&ec2, &format!("DescribeImages{request}")).await, "imageId"),
            ids,
            "{request}"
        );
    }
    is_answered(
        "DescribeImages&ImageId.1=ami-1",
        "<imagesSet><item><imageId>ami-1</imageId><imageState>available</imageState>\
         <imageOwnerId>111122223333</imageOwnerId>\
         <blockDeviceMapping><item><ebs><snapshotId>snap-1</snapshotId></ebs></item>\
         <item><ebs><snapshotId>snap-2</snapshotId></ebs></item></blockDeviceMapping>\
         <tagSet><item><key>Team</key><value>web</value></item></tagSet></item></imagesSet>",
    )
    .await;
}

#[tokio::test]
async fn describe_image_attribute_tells_the_owner_who_may_launch_it() {
    let request = |id: &str| format!("DescribeImageAttribute&Attribute=launchPermission&ImageId={id}");
    is_answered(
        &request("ami-1"),
        "<imageId>ami-1</imageId><launchPermission><item><group>all</group></item>\
         <item><userId>444455556666</userId></item><item><organizationArn>o</organizationArn></item>\
         <item><organizationalUnitArn>ou</organizationalUnitArn></item></launchPermission>",
    )
    .await;
    for private in ["ami-2", "ami-4"] {
        is_answered(&request(private), &format!("<imageId>{private}</imageId><launchPermission/>")).await;
    }
    is_refused(DATA, &request("ami-3"), 400, "InvalidAMIID.Unavailable").await;
    for absent in ["ami-gone", "ami-9"] {
        is_refused(DATA, &request(absent), 400, "InvalidAMIID.NotFound").await;
    }
    is_refused(DATA, &request("ami-amazon"), 403, "AuthFailure").await;
    is_refused(DATA, "DescribeImageAttribute&Attribute=planet&ImageId=ami-1", 400, "InvalidParameterValue")
        .await;
}

#[tokio::test]
async fn describe_snapshots_tells_the_public_ones_from_the_others() {
    let ec2 = start().await;
    for (request, ids) in [
        ("&Owner.1=self", vec!["snap-1", "snap-2", "snap-3"]),
        ("&Owner.1=self&RestorableBy.1=all", vec!["snap-2", "snap-3"]),
        ("&Owner.1=444455556666", vec![]),
    ] {
        assert_eq!(texts(&call(&ec2, &format!("DescribeSnapshots{request}")).await, "snapshotId"), ids);
    }
    is_refused(DATA, "DescribeSnapshots&MaxResults=4", 400, "InvalidParameterValue").await;
}

#[tokio::test]
async fn block_public_access_is_off_unless_the_data_says_otherwise() {
    is_answered(
        "GetImageBlockPublicAccessState",
        "<imageBlockPublicAccessState>block-new-sharing</imageBlockPublicAccessState>\
         <managedBy>declarative-policy</managedBy>",
    )
    .await;
    is_answered(
        "GetSnapshotBlockPublicAccessState",
        "<state>unblocked</state><managedBy>account</managedBy>",
    )
    .await;
}

#[tokio::test]
async fn what_the_facts_call_unavailable_is_denied() {
    let data = r#"{
        "images": {"ami-1": {"ownerId": "111122223333"}},
        "unavailable": {"ownImages": "no", "ami-1": "no", "publicSnapshots": "no", "imageBlockPublicAccess": "no", "snapshotBlockPublicAccess": "no"}
    }"#;
    for request in [
        "DescribeImages&Owner.1=self",
        "DescribeImageAttribute&Attribute=launchPermission&ImageId=ami-1",
        "DescribeSnapshots&Owner.1=self",
        "GetImageBlockPublicAccessState",
        "GetSnapshotBlockPublicAccessState",
    ] {
        is_refused(data, request, 403, "UnauthorizedOperation").await;
    }
}
