use serde_json::json;

use super::*;
use crate::rules::testing::{Case, parameter_error};

const AMI: &str = "ami-0123456789abcdef0";

fn case(configuration: &str) -> Case<ApprovedAmi> {
    Case::new("AWS::EC2::Instance", configuration)
}

fn instance(image: &str) -> Case<ApprovedAmi> {
    case(&format!(r#"{{"imageId":"{image}","state":{{"name":"running"}}}}"#))
}

/// An instance of [`AMI`], about which this is known.
fn knowing(image: &serde_json::Value) -> Case<ApprovedAmi> {
    instance(AMI).knowing(&json!({"images": {AMI: image}}).to_string())
}

#[test]
fn an_approved_id_is_compliant() {
    instance(AMI)
        .with("amiIds", &format!("ami-12345678, {AMI}"))
        .is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    instance("ami-12345678").with("amiIds", "ami-12345678").is("COMPLIANT", "ami-12345678 is in amiIds");
}

#[test]
fn another_id_is_not_and_the_approved_ones_are_named() {
    instance(AMI).with("amiIds", "ami-00000001,ami-00000002,ami-00000003,ami-00000004").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amiIds (ami-00000001, ami-00000002, ami-00000003 and 1 more)",
    );
}

#[test]
fn denial_beats_approval() {
    for (approval, value) in [("amiIds", AMI), ("owners", "amazon")] {
        instance(AMI)
            .with(approval, value)
            .with("deniedAmiIds", AMI)
            .is("NON_COMPLIANT", "AMI-DENIED: ami-0123456789abcdef0 is in deniedAmiIds");
    }
}

#[test]
fn a_region_narrows_an_approval() {
    instance(AMI)
        .with("amiIds", &format!("us-east-1:{AMI}"))
        .is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    instance(AMI).with("amiIds", &format!("eu-west-1:{AMI}")).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amiIds (eu-west-1:ami-0123456789abcdef0)",
    );
}

#[test]
fn an_unnamed_image_is_missing_data() {
    for configuration in ["{}", r#"{"imageId":null}"#, r#"{"imageId":""}"#] {
        case(configuration)
            .with("amiIds", AMI)
            .is("NON_COMPLIANT", "MISSING-DATA: the configuration item does not name the instance's image");
    }
}

#[test]
fn missing_data_is_answered_as_asked() {
    let words = "the configuration item does not name the instance's image";
    case("{}").with("amiIds", AMI).with("onMissingData", "NOT_APPLICABLE").is("NOT_APPLICABLE", words);
    let error = case("{}").with("amiIds", AMI).with("onMissingData", "FAIL").judged().unwrap_err();
    assert_eq!((error.name(), error.to_string().as_str()), ("MissingFacts", words));
}

#[test]
fn the_state_decides_whether_an_instance_is_judged() {
    let in_state = |state: &str| {
        case(&format!(r#"{{"imageId":"{AMI}","state":{state}}}"#)).with("amiIds", "ami-00000001")
    };
    for state in ["pending", "running", "stopping", "stopped"] {
        in_state(&format!(r#"{{"name":"{state}"}}"#)).has_type("NON_COMPLIANT");
    }
    in_state("null").has_type("NON_COMPLIANT");
    for state in ["shutting-down", "terminated"] {
        in_state(&format!(r#"{{"name":"{state}"}}"#))
            .is("NOT_APPLICABLE", &format!("the instance is {state}"));
    }
    in_state(r#"{"name":"stopped"}"#)
        .with("instanceStates", "running")
        .is("NOT_APPLICABLE", "the instance is stopped, which instanceStates leaves out");
}

#[test]
fn an_owner_approves() {
    let image = json!({"ownerId": "137112412989", "ownerAlias": "amazon", "name": "al2023", "public": true});
    knowing(&image).with("owners", "amazon").is("COMPLIANT", "ami-0123456789abcdef0 is of owner amazon");
    knowing(&image)
        .with("owners", "self,137112412989")
        .is("COMPLIANT", "ami-0123456789abcdef0 is of owner 137112412989");
    knowing(&image).with("amiIds", "ami-00000001").with("owners", "self,aws-marketplace").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0 \"al2023\" owner 137112412989 (public); \
         not in amiIds (ami-00000001), owners (self, aws-marketplace)",
    );
}

#[test]
fn self_is_the_account_of_the_instance() {
    knowing(&json!({"ownerId": "111122223333"})).with("owners", "self").has_type("COMPLIANT");
    knowing(&json!({"ownerId": "444455556666"})).with("owners", "self").has_type("NON_COMPLIANT");
}

#[test]
fn a_name_approves_for_its_owner_only() {
    let image = |owner| json!({"ownerId": owner, "name": "golden/web-2026"});
    let named = |owner, pattern| knowing(&image(owner)).with("amiNamePatterns", pattern);
    named("111122223333", "self/golden/*")
        .is("COMPLIANT", "ami-0123456789abcdef0 has a name like self/golden/*");
    named("444455556666", "444455556666/golden/web-????").has_type("COMPLIANT");
    named("444455556666", "self/golden/*").has_type("NON_COMPLIANT");
    named("111122223333", "self/golden").has_type("NON_COMPLIANT");
    named("111122223333", "self/*/WEB-2026").has_type("NON_COMPLIANT");
}

#[test]
fn tags_approve_any_or_all() {
    let image = json!({"tags": {"approved": "yes", "team": "a:b"}});
    let tags = |tags| knowing(&image).with("amisByTagKeyAndValue", tags);
    tags("approved:yes,other").is("COMPLIANT", "ami-0123456789abcdef0 has the approved tags");
    tags("approved").has_type("COMPLIANT");
    tags("team:a:b").has_type("COMPLIANT");
    tags("approved:no,Approved").has_type("NON_COMPLIANT");
    tags("approved:yes,other").with("tagMatch", "all").has_type("NON_COMPLIANT");
    tags("approved:yes,team").with("tagMatch", "all").has_type("COMPLIANT");
}

#[test]
fn tags_that_cannot_be_seen_are_no_answer() {
    knowing(&json!({"ownerId": "444455556666", "tags": null}))
        .with("amisByTagKeyAndValue", "approved")
        .is("NON_COMPLIANT", "MISSING-DATA: the tags of ami-0123456789abcdef0 cannot be seen from here");
    knowing(&json!({"ownerId": "444455556666"}))
        .with("amisByTagKeyAndValue", "approved")
        .with("owners", "444455556666")
        .has_type("COMPLIANT");
}

#[test]
fn an_image_that_is_gone_is_judged_by_id_or_by_what_is_still_known() {
    let gone = || instance(AMI).knowing(&json!({"images": {AMI: null}}).to_string());
    gone().with("amiIds", AMI).has_type("COMPLIANT");
    gone()
        .with("owners", "self")
        .is("NON_COMPLIANT", "MISSING-DATA: ami-0123456789abcdef0 is deregistered, or no longer shared");
    knowing(&json!({"state": "deregistered", "ownerId": "111122223333"}))
        .with("owners", "self")
        .has_type("COMPLIANT");
    knowing(&json!({"state": "disabled", "ownerId": "111122223333"}))
        .with("owners", "self")
        .is("NON_COMPLIANT", "MISSING-DATA: ami-0123456789abcdef0 is disabled");
}

#[test]
fn what_could_not_be_looked_up_is_no_answer() {
    let unavailable =
        || instance(AMI).knowing(&json!({"unavailable": {AMI: "UnauthorizedOperation"}}).to_string());
    let words = "nothing is known about ami-0123456789abcdef0: UnauthorizedOperation";
    unavailable().with("owners", "self").is("NON_COMPLIANT", &format!("MISSING-DATA: {words}"));
    unavailable().with("owners", "self").with("onMissingData", "NOT_APPLICABLE").is("NOT_APPLICABLE", words);
    unavailable().with("amiIds", AMI).with("maxAgeDays", "9").has_type("NON_COMPLIANT");
    unavailable().with("amiIds", AMI).with("owners", "self").has_type("COMPLIANT");
}

/// Now is 2026-03-01T10:00:00Z.
#[test]
fn age_is_counted_to_the_end_of_the_last_day() {
    let created =
        |date: &str| knowing(&json!({"creationDate": date})).with("amiIds", AMI).with("maxAgeDays", "90");
    created("2025-12-01T10:00:00.000Z").is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    created("2025-12-01T09:59:59.000Z")
        .is("NON_COMPLIANT", "AMI-TOO-OLD: ami-0123456789abcdef0 is 90 days old; limit 90");
    created("2025-10-31T10:00:00.000Z")
        .is("NON_COMPLIANT", "AMI-TOO-OLD: ami-0123456789abcdef0 is 121 days old; limit 90");
    created("2027-01-01T00:00:00.000Z").has_type("COMPLIANT");
    for unreadable in ["", "2025", "yesterday"] {
        created(unreadable)
            .is("NON_COMPLIANT", "MISSING-DATA: the creation date of ami-0123456789abcdef0 is not known");
    }
}

#[test]
fn deprecation_is_allowed_denied_or_tolerated_for_days() {
    let deprecated = |date: serde_json::Value, allowed: &str| {
        knowing(&json!({"deprecationTime": date})).with("amiIds", AMI).with("deprecated", allowed)
    };
    let past = || json!("2026-02-20T00:00:00.000Z");
    deprecated(past(), "allow").has_type("COMPLIANT");
    deprecated(past(), "deny")
        .is("NON_COMPLIANT", "AMI-DEPRECATED: ami-0123456789abcdef0 is deprecated since 2026-02-20");
    deprecated(past(), "10").has_type("COMPLIANT");
    deprecated(past(), "9").is(
        "NON_COMPLIANT",
        "AMI-DEPRECATED: ami-0123456789abcdef0 is deprecated since 2026-02-20; grace 9 days",
    );
    deprecated(json!("2026-04-01T00:00:00.000Z"), "deny").has_type("COMPLIANT");
    deprecated(json!(null), "deny").has_type("COMPLIANT");
}

#[test]
fn public_images_can_be_denied() {
    let public = |public: serde_json::Value| {
        knowing(&json!({"public": public})).with("amiIds", AMI).with("publicImages", "deny")
    };
    public(json!(true)).is(
        "NON_COMPLIANT",
        "AMI-PUBLIC: ami-0123456789abcdef0 may be launched by everybody; publicImages is deny",
    );
    public(json!(false)).has_type("COMPLIANT");
    public(json!(null))
        .is("NON_COMPLIANT", "MISSING-DATA: whether ami-0123456789abcdef0 is public is not known");
}

#[test]
fn ec2_is_asked_only_if_the_answer_depends_on_it() {
    let asks = |parameters: serde_json::Value| !instance(AMI).with_all(&parameters).requests().is_empty();
    assert!(!asks(json!({"amiIds": AMI})));
    assert!(!asks(json!({"amiIds": "ami-00000001"})));
    assert!(!asks(json!({"amiIds": AMI, "owners": "self"})));
    assert!(!asks(json!({"owners": "self", "deniedAmiIds": AMI})));
    assert!(!asks(json!({"amiIds": "ami-00000001", "maxAgeDays": "90"})));
    assert!(!asks(json!({"owners": "self", "instanceStates": "stopped"})));
    assert!(asks(json!({"owners": "self"})));
    assert!(asks(json!({"amiIds": AMI, "maxAgeDays": "90"})));
}

#[test]
fn wrong_parameters_are_refused() {
    let error = |json: &str| parameter_error::<ApprovedAmi>(json);
    assert!(error("{}").starts_with("rule approved-ami: parameter amiIds: missing"));
    assert!(error(r#"{"amiIds":"ami-1234567"}"#).contains(r#"item 1 "ami-1234567" is not an image id"#));
    for id in ["AMI-12345678", "ami-1234567G", "x:ami-12345678"] {
        assert!(error(&json!({"amiIds": id}).to_string()).contains("is not an image id"), "{id}");
    }
    assert!(error(r#"{"amiId":"ami-12345678"}"#).contains("did you mean amiIds?"));
    assert!(
        error(r#"{"amiIds":"ami-12345678","instanceStates":"terminated"}"#)
            .contains("instanceStates: item 1")
    );
    assert!(error(r#"{"deniedAmiIds":"ami-12345678"}"#).contains("nothing would be approved"));
    assert!(error(r#"{"owners":"Amazon"}"#).contains("`self`, `amazon`"));
    assert!(error(r#"{"owners":"12345678901"}"#).contains("12 digits"));
    assert!(error(r#"{"amiNamePatterns":"golden-*"}"#).contains("anybody's image of that name"));
    assert!(error(r#"{"amiNamePatterns":"self/"}"#).contains("the name is missing"));
    assert!(error(r#"{"owners":"self","tagMatch":"some"}"#).contains("`any` or `all`"));
    assert!(error(r#"{"owners":"self","maxAgeDays":"-1"}"#).contains("a whole number"));
    assert!(error(r#"{"owners":"self","deprecated":"no"}"#).contains("days of grace"));
    assert!(
        error(r#"{"owners":"self","onMissingData":"PASS"}"#)
            .contains("`NON_COMPLIANT`, `NOT_APPLICABLE` or `FAIL`")
    );
}
