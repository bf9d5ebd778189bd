//! One account, some parameters, what EC2 says, and the expected answer.

#![expect(clippy::needless_pass_by_value, reason = "literals stand where they are used")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ImageSharing, SharingCode};
use crate::{
    engine::{Evaluate as _, first_requests},
    facts::{
        FactRequest::{
            ImageBlockPublicAccess, LaunchPermissions, OwnImages, PublicSnapshots, SnapshotBlockPublicAccess,
        },
        Facts,
    },
    finding::{Code, Compliance},
    parameters::RawParameters,
    rule::ConfiguredRule,
    rules::testing::parameter_error,
};

const OWN: &str = "111122223333";
const ORGANIZATION: &str = "arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5";
const UNIT: &str = "arn:aws:organizations::444455556666:ou/o-a1b2c3d4e5/ou-ab12-cd34ef56";

/// What EC2 says of one image, and with whom it is shared.
fn image(state: &str, public: bool, snapshots: &[&str]) -> Value {
    json!({"ownerId": OWN, "name": "golden/web", "state": state, "public": public, "snapshotIds": snapshots})
}

fn private() -> Value {
    image("available", false, &[])
}

fn public() -> Value {
    image("available", true, &[])
}

/// An account with these images, in which nothing is public or blocked otherwise; and what differs from that.
fn account(images: &[Value], differing: Value) -> Value {
    let images = images.iter().enumerate().map(|(index, image)| (format!("ami-{}", index + 1), image));
    let images: serde_json::Map<_, _> = images.map(|(id, image)| (id, image.clone())).collect();
    let block = json!({"state": "unblocked", "managedBy": "account"});
    let mut facts = json!({
        "ownImages": images, "publicSnapshots": [],
        "imageBlockPublicAccess": block, "snapshotBlockPublicAccess": block,
    });
    facts.as_object_mut().unwrap().extend(differing.as_object().unwrap().clone());
    facts
}

/// One private image, shared with these.
fn shared(with: Value) -> Value {
    account(&[private()], json!({"launchPermissions": {"ami-1": with}}))
}

/// The answer, or the name of the error.
fn evaluate(parameters: &Value, facts: &Value) -> Result<Compliance, String> {
    let facts = Facts::from_json(&facts.to_string()).unwrap();
    let parameters = RawParameters::from_json(&parameters.to_string()).unwrap();
    let rule = ConfiguredRule::<ImageSharing>::new(&parameters, &facts).unwrap();
    let case = rule.account_case(OWN, Timestamp::UNIX_EPOCH).unwrap();
    let answer = case.evaluate(&facts).map(|evaluation| evaluation.compliance);
    answer.map_err(|error| error.name().to_owned())
}

#[track_caller]
fn is(parameters: Value, facts: Value, compliance_type: &str, annotation: &str) {
    let compliance = evaluate(&parameters, &facts).unwrap();
    assert_eq!(
        (compliance.compliance_type(), compliance.annotation().as_str()),
        (compliance_type, annotation)
    );
}

#[track_caller]
fn compliant(parameters: Value, facts: Value, annotation: &str) {
    is(parameters, facts, "COMPLIANT", annotation);
}

#[track_caller]
fn finds(parameters: Value, facts: Value, annotation: &str) {
    is(parameters, facts, "NON_COMPLIANT", annotation);
}

#[test]
fn images_are_private_unless_public_is_allowed() {
    compliant(json!({}), account(&[], json!({})), "no image of its own");
    compliant(json!({}), account(&[private()], json!({})), "1 image, none public");
    compliant(json!({}), account(&vec![private(); 12], json!({})), "12 images, none public");
    finds(json!({}), account(&[private(), public()], json!({})), "IMAGE-PUBLIC: ami-2");
    compliant(
        json!({"publicImages": "allow"}),
        account(&[private(), public()], json!({})),
        "2 images; public, as allowed: ami-2",
    );
    compliant(
        json!({"publicImages": "allow", "sharedWith": "none"}),
        account(&[public()], json!({"launchPermissions": {"ami-1": [{"group": "all"}]}})),
        "1 image, none shared with anybody else; public, as allowed: ami-1",
    );
    let many: Vec<_> = (0..40).map(|_| public()).collect();
    let answer = evaluate(&json!({}), &account(&many, json!({}))).unwrap();
    assert!(
        answer.annotation().ends_with(" more") && answer.findings().len() == 40,
        "{}",
        answer.annotation()
    );
}

#[test]
fn what_is_public_stands_before_what_is_shared() {
    let permissions = json!([{"userId": "444455556666"}, {"group": "all"}]);
    let facts = account(
        &[private(), public()],
        json!({"launchPermissions": {"ami-1": [{"userId": "777788889999"}], "ami-2": permissions}}),
    );
    finds(
        json!({"sharedWith": "none"}),
        facts,
        "IMAGE-PUBLIC: ami-2; IMAGE-SHARED: ami-1 with 777788889999; ami-2 with 444455556666",
    );
    // It became public after it was listed.
    finds(json!({"sharedWith": "none"}), shared(json!([{"group": "all"}])), "IMAGE-PUBLIC: ami-1");
}

#[test]
fn images_are_shared_with_nobody_who_is_not_listed() {
    const NONE: &str = "1 image, none public, none shared with anybody else";
    let (account, organization, unit) = (
        json!([{"userId": "444455556666"}]),
        json!([{"organizationArn": ORGANIZATION}]),
        json!([{"organizationalUnitArn": UNIT}]),
    );
    for (shared_with, permissions) in [
        ("none", json!([])),
        ("none", json!([{"userId": OWN}])),
        ("777788889999,444455556666", account.clone()),
        ("o-a1b2c3d4e5", organization.clone()),
        (ORGANIZATION, organization.clone()),
        ("o-a1b2c3d4e5", unit.clone()),
        (ORGANIZATION, unit.clone()),
        ("ou-ab12-cd34ef56", unit.clone()),
        (UNIT, unit.clone()),
    ] {
        compliant(json!({"sharedWith": shared_with}), shared(permissions), NONE);
    }
    let other_management = ORGANIZATION.replace("444455556666", "777788889999");
    let beneath = "arn:aws:organizations::444455556666:ou/o-a1b2c3d4e5/ou-ab12-beneath1";
    for (shared_with, permissions, with) in [
        ("none", account.clone(), "444455556666"),
        ("777788889999", account.clone(), "444455556666"),
        // Which accounts an organization has is not known here.
        ("o-a1b2c3d4e5", account.clone(), "444455556666"),
        ("444455556666", organization.clone(), "o-a1b2c3d4e5"),
        ("o-other", organization.clone(), "o-a1b2c3d4e5"),
        (other_management.as_str(), organization.clone(), "o-a1b2c3d4e5"),
        (other_management.as_str(), unit.clone(), "ou-ab12-cd34ef56"),
        ("ou-ab12-cd34ef56", organization.clone(), "o-a1b2c3d4e5"),
        (UNIT, organization, "o-a1b2c3d4e5"),
        ("ou-ab12-cd34ef56", json!([{"organizationalUnitArn": beneath}]), "ou-ab12-beneath1"),
        ("none", json!([{"group": "partners"}]), "group partners"),
        (
            "444455556666",
            json!([{"userId": "444455556666"}, {"organizationalUnitArn": UNIT}]),
            "ou-ab12-cd34ef56",
        ),
    ] {
        finds(
            json!({"sharedWith": shared_with}),
            shared(permissions),
            &format!("IMAGE-SHARED: ami-1 with {with}"),
        );
    }
    // AWS Marketplace's account is one as any other.
    finds(
        json!({"sharedWith": "none"}),
        shared(json!([{"userId": "679593333241"}])),
        "IMAGE-SHARED: ami-1 with 679593333241",
    );
}

#[test]
fn the_log_has_everybody_and_whole_arns() {
    let ids = ["222233334444", "333344445555", "444455556666", "555566667777"];
    let mut permissions: Vec<_> = ids.iter().map(|id| json!({"userId": id})).collect();
    permissions.push(json!({"organizationArn": ORGANIZATION}));
    permissions.reverse();
    let answer = evaluate(&json!({"sharedWith": "none"}), &shared(json!(permissions))).unwrap();
    assert_eq!(
        answer.annotation(),
        "IMAGE-SHARED: ami-1 with 222233334444, 333344445555, 444455556666 and 2 more"
    );
    let evidence = &answer.findings()[0].evidence;
    assert_eq!(evidence["imageName"], "golden/web");
    assert_eq!(evidence["launchPermissions"].as_array().unwrap().len(), 5);
    assert_eq!(evidence["launchPermissions"][4], json!({"organizationArn": ORGANIZATION}));
}

#[test]
fn what_an_image_can_be_besides_available() {
    // What is deprecated, in Amazon S3, a kernel, or made by a service of AWS, is listed as any other.
    for state in ["available", "transient", "anything"] {
        finds(json!({}), account(&[image(state, true, &[])], json!({})), "IMAGE-PUBLIC: ami-1");
    }
    let with_sharing = json!({"sharedWith": "none"});
    let disabled = account(&[image("disabled", false, &[])], json!({}));
    compliant(with_sharing.clone(), disabled, "1 image, none public, none shared with anybody else");
    for state in ["failed", "invalid", "error", "deregistered"] {
        let note = format!("1 image, none public; note IMAGE-PENDING: ami-1 is {state}");
        compliant(json!({}), account(&[image(state, false, &[])], json!({})), &note);
    }
    let pending = |permissions| {
        account(&[image("pending", false, &[])], json!({"launchPermissions": {"ami-1": permissions}}))
    };
    let note = "1 image, none public, none shared with anybody else; note IMAGE-PENDING: ami-1 is pending";
    compliant(with_sharing.clone(), pending(json!([])), note);
    compliant(with_sharing.clone(), pending(Value::Null), note);
    finds(
        with_sharing,
        pending(json!([{"userId": "444455556666"}])),
        "IMAGE-SHARED: ami-1 with 444455556666",
    );
}

#[test]
fn what_goes_meanwhile_is_left_out() {
    let facts = account(&[public(), private()], json!({"launchPermissions": {"ami-1": null, "ami-2": []}}));
    compliant(json!({"sharedWith": "none"}), facts, "1 image, none public, none shared with anybody else");
}

#[test]
fn what_cannot_be_read_is_never_compliant() {
    let unavailable = |key: &str, why: &str| json!({"unavailable": {key: why}});
    let without = |fact: &str, why: &str| {
        let mut facts = account(&[private()], unavailable(fact, why));
        facts.as_object_mut().unwrap().remove(fact);
        facts
    };
    let denied = "ec2:DescribeImages: UnauthorizedOperation";
    let images = without("ownImages", denied);
    finds(json!({}), images.clone(), &format!("MISSING-DATA: the account's images are not known: {denied}"));
    is(
        json!({"onMissingData": "NOT_APPLICABLE"}),
        images.clone(),
        "NOT_APPLICABLE",
        &format!("the account's images are not known: {denied}"),
    );
    let error = evaluate(&json!({"onMissingData": "FAIL"}), &images).unwrap_err();
    assert_eq!(error, "MissingFacts");
    let denied = "ec2:DescribeSnapshots: UnauthorizedOperation";
    let snapshots = without("publicSnapshots", denied);
    finds(
        json!({}),
        snapshots.clone(),
        &format!("MISSING-DATA: which snapshots are public is not known: {denied}"),
    );
    compliant(json!({"snapshots": "ignore"}), snapshots, "1 image, none public");
    let denied = "ec2:DescribeImageAttribute: UnauthorizedOperation";
    let mut facts = account(&[private(), public()], unavailable("ami-1", denied));
    facts["launchPermissions"] = json!({"ami-2": [{"group": "all"}]});
    finds(
        json!({"sharedWith": "none"}),
        facts.clone(),
        &format!("IMAGE-PUBLIC: ami-2; MISSING-DATA: with whom ami-1 is shared is not known: {denied}"),
    );
    finds(
        json!({"sharedWith": "none", "publicImages": "allow"}),
        facts,
        &format!("MISSING-DATA: with whom ami-1 is shared is not known: {denied}"),
    );
    let unsaid = account(&[json!({"state": "available"})], json!({}));
    finds(json!({}), unsaid, "MISSING-DATA: whether ami-1 is public is not known");
}

#[test]
fn public_snapshots_behind_images_or_all() {
    let images = [image("available", false, &["snap-1", "snap-2"]), image("disabled", false, &["snap-2"])];
    let facts = |public: Value| account(&images, json!({"publicSnapshots": public}));
    finds(json!({}), facts(json!(["snap-1"])), "SNAPSHOT-PUBLIC: snap-1 behind ami-1");
    finds(json!({}), facts(json!(["snap-2"])), "SNAPSHOT-PUBLIC: snap-2 behind ami-1, ami-2");
    compliant(json!({}), facts(json!(["snap-3"])), "2 images, none public");
    finds(
        json!({"snapshots": "all"}),
        facts(json!(["snap-1", "snap-3"])),
        "SNAPSHOT-PUBLIC: snap-1 behind ami-1; snap-3",
    );
    compliant(json!({"snapshots": "ignore"}), facts(json!(["snap-1"])), "2 images, none public");
    let blocked = |state: &str| {
        let mut facts = facts(json!(["snap-1"]));
        facts["snapshotBlockPublicAccess"] = json!({"state": state});
        facts
    };
    compliant(
        json!({}),
        blocked("block-all-sharing"),
        "2 images, none public; note SNAPSHOT-PUBLIC-BLOCKED: snap-1; block public access keeps everybody out",
    );
    // What was public before stays so.
    finds(json!({}), blocked("block-new-sharing"), "SNAPSHOT-PUBLIC: snap-1 behind ami-1");
}

#[test]
fn block_public_access_can_be_required() {
    let required = || json!({"blockPublicAccess": "required"});
    let facts = |images: &str, snapshots: &str, by: &str, of: &[Value]| {
        account(
            of,
            json!({
                "imageBlockPublicAccess": {"state": images, "managedBy": by},
                "snapshotBlockPublicAccess": {"state": snapshots, "managedBy": by},
            }),
        )
    };
    finds(
        required(),
        facts("unblocked", "unblocked", "account", &[]),
        "IMAGE-BLOCK-OFF: block public access for images is unblocked; \
         SNAPSHOT-BLOCK-OFF: block public access for snapshots is unblocked",
    );
    finds(
        json!({"blockPublicAccess": "required", "snapshots": "ignore"}),
        facts("unblocked", "unblocked", "declarative-policy", &[private()]),
        "IMAGE-BLOCK-OFF: block public access for images is unblocked, by a declarative policy",
    );
    compliant(
        required(),
        facts("block-new-sharing", "block-all-sharing", "declarative-policy", &[]),
        "no image of its own; block public access for images is block-new-sharing, by a declarative policy; \
         block public access for snapshots is block-all-sharing, by a declarative policy",
    );
    // Public images stay public.
    finds(
        required(),
        facts("block-new-sharing", "block-new-sharing", "account", &[public()]),
        "IMAGE-PUBLIC: ami-1",
    );
}

#[test]
fn an_unknown_block_matters_only_where_it_is_required() {
    let invalid = "ec2:GetImageBlockPublicAccessState: InvalidAction";
    let mut facts = account(
        &[image("available", false, &["snap-1"])],
        json!({"publicSnapshots": ["snap-1"], "unavailable": {"imageBlockPublicAccess": invalid}}),
    );
    facts.as_object_mut().unwrap().retain(|name, _| !name.ends_with("BlockPublicAccess"));
    finds(json!({}), facts.clone(), "SNAPSHOT-PUBLIC: snap-1 behind ami-1");
    finds(
        json!({"blockPublicAccess": "required", "snapshots": "ignore"}),
        facts,
        &format!("MISSING-DATA: whether block public access for images is on is not known: {invalid}"),
    );
}

#[test]
fn exemptions_take_out_images_accounts_and_snapshots() {
    let exempt = |parts: Value, expires: &str| {
        let mut entry = json!({"reason": "published", "owner": "images", "expires": expires});
        entry.as_object_mut().unwrap().extend(parts.as_object().unwrap().clone());
        json!({"sharedWith": "o-a1b2c3d4e5", "exemptions": json!([entry]).to_string()})
    };
    let image = |name: &str| json!({"ownerId": OWN, "name": name, "state": "available", "public": true, "snapshotIds": []});
    let two = account(
        &[image("golden/web"), image("demo/web")],
        json!({"launchPermissions": {"ami-1": [], "ami-2": []}}),
    );
    finds(exempt(json!({"images": "ami-1"}), "1970-06-30"), two.clone(), "IMAGE-PUBLIC: ami-2");
    finds(exempt(json!({"images": "golden/*"}), "1970-06-30"), two.clone(), "IMAGE-PUBLIC: ami-2");
    compliant(
        exempt(json!({"images": "ami-1,demo/*"}), "1970-06-30"),
        two.clone(),
        "EXEMPT until 1970-06-30 (published; images): IMAGE-PUBLIC: ami-1; ami-2",
    );
    finds(
        exempt(json!({"images": "ami-1"}), "1969-12-31"),
        two,
        "EXEMPTION-EXPIRED: 1969-12-31 was its last day (published; images); IMAGE-PUBLIC: ami-1; ami-2",
    );
    let with = shared(json!([{"userId": "444455556666"}, {"userId": "777788889999"}]));
    finds(
        exempt(json!({"accounts": "444455556666"}), "1970-06-30"),
        with,
        "IMAGE-SHARED: ami-1 with 777788889999",
    );
    let facts = account(
        &[json!({"state": "available", "public": false, "snapshotIds": ["snap-1", "snap-2"]})],
        json!({"publicSnapshots": ["snap-1", "snap-2"], "launchPermissions": {"ami-1": []}}),
    );
    finds(
        exempt(json!({"images": "ami-1"}), "1970-06-30"),
        facts.clone(),
        "SNAPSHOT-PUBLIC: snap-1 behind ami-1; snap-2 behind ami-1",
    );
    finds(
        exempt(json!({"snapshots": "snap-1"}), "1970-06-30"),
        facts,
        "SNAPSHOT-PUBLIC: snap-2 behind ami-1",
    );
}

#[test]
fn asks_for_what_its_parameters_need() {
    let requests = |parameters: Value, facts: Value| {
        let rule = ConfiguredRule::<ImageSharing>::new(
            &RawParameters::from_json(&parameters.to_string()).unwrap(),
            &Facts::default(),
        );
        let case = rule.unwrap().account_case(OWN, Timestamp::UNIX_EPOCH).unwrap();
        let mut facts = Facts::from_json(&facts.to_string()).unwrap();
        facts.set_open(true);
        let _ = case.evaluate(&facts);
        let then = facts.take_wanted();
        (first_requests(&case), then)
    };
    let images = json!({"ownImages": {"ami-1": public(), "ami-2": image("disabled", false, &["snap-1"])}, "publicSnapshots": ["snap-1"]});
    let (first, then) = requests(json!({}), images.clone());
    assert_eq!(first, BTreeSet::from([OwnImages, PublicSnapshots]));
    assert_eq!(then, BTreeSet::from([SnapshotBlockPublicAccess]));
    let (first, then) = requests(json!({"snapshots": "ignore", "sharedWith": "none"}), images.clone());
    assert_eq!(first, BTreeSet::from([OwnImages]));
    assert_eq!(then, BTreeSet::from([LaunchPermissions("ami-1".to_owned())]));
    let (first, _) = requests(json!({"blockPublicAccess": "required"}), images);
    assert_eq!(
        first,
        BTreeSet::from([OwnImages, PublicSnapshots, ImageBlockPublicAccess, SnapshotBlockPublicAccess])
    );
}

#[test]
fn three_thousand_images_are_one_answer_with_a_finding_for_each() {
    let images: Vec<_> = (0..3_000).map(|_| image("available", false, &["snap-1"])).collect();
    let permissions: serde_json::Map<_, _> =
        (1..=3_000).map(|index| (format!("ami-{index}"), json!([{"userId": "444455556666"}]))).collect();
    let facts = account(&images, json!({"launchPermissions": permissions}));
    let answer = evaluate(&json!({"sharedWith": "none"}), &facts).unwrap();
    assert_eq!(answer.findings().len(), 3_000);
    let answer = evaluate(&json!({"sharedWith": "444455556666"}), &facts).unwrap();
    assert_eq!(answer.annotation(), "3000 images, none public, none shared with anybody else");
}

#[test]
fn wrong_parameters_say_what_to_type() {
    for (parameters, says) in [
        (r#"{"sharedWith":"none,444455556666"}"#, "sharedWith: `none` stands alone"),
        (r#"{"sharedWith":"44445555666"}"#, "is not an account id of 12 digits"),
        (r#"{"publicImages":"no"}"#, "publicImages: \"no\" is not `deny` or `allow`"),
        (
            r#"{"exemptions":"[{\"accounts\":\"none\",\"reason\":\"a\",\"owner\":\"b\",\"expires\":\"2026-12-31\"}]"}"#,
            "accounts: `none` exempts nobody",
        ),
    ] {
        let error = parameter_error::<ImageSharing>(parameters);
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn codes_are_in_order_of_their_severity() {
    let severities: Vec<_> = SharingCode::ALL.iter().map(|code: &&Code| code.severity).collect();
    assert!(severities.is_sorted_by(|graver, other| graver >= other), "{severities:?}");
}
