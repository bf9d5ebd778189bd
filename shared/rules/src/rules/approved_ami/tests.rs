//! The cases that users of other tools were bitten by, by number.

use serde_json::{Value, json};

use super::*;
use crate::rules::testing::{Case, parameter_error};

pub(super) const AMI: &str = "ami-0123456789abcdef0";

fn case(configuration: &str) -> Case<ApprovedAmi> {
    Case::new("AWS::EC2::Instance", configuration)
}

fn instance(image: &str) -> Case<ApprovedAmi> {
    case(&format!(r#"{{"imageId":"{image}","state":{{"name":"running"}}}}"#))
}

/// An instance of [`AMI`], about which exactly this is known.
pub(super) fn knowing_only(image: &Value) -> Case<ApprovedAmi> {
    instance(AMI).knowing(&json!({"images": {AMI: image}}).to_string())
}

/// An instance of [`AMI`], which is available unless this says otherwise.
fn knowing(image: &Value) -> Case<ApprovedAmi> {
    let mut known = json!({"state": "available"});
    known.as_object_mut().unwrap().extend(image.as_object().unwrap().clone());
    knowing_only(&known)
}

/// Case 1.
#[test]
fn an_approved_id_is_compliant() {
    instance(AMI)
        .with("amiIds", &format!("ami-12345678, {AMI}"))
        .is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    instance(AMI).with("amiIds", "ami-00000001,ami-00000002,ami-00000003,ami-00000004").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amiIds (ami-00000001, ami-00000002, ami-00000003 and 1 more)",
    );
}

/// Cases 1 and 2.
#[test]
fn ids_have_8_or_17_small_hexadecimal_digits() {
    instance("ami-12345678").with("amiIds", "ami-12345678").is("COMPLIANT", "ami-12345678 is in amiIds");
    for id in [
        "AMI-12345678",
        "ami-1234567G",
        "ami-1234ABCD",
        "ami-1234567",
        "ami-0123456789abcdef",
        "x:ami-12345678",
    ] {
        assert!(
            error(&json!({"amiIds": id})).contains("item 1 \"")
                && error(&json!({"amiIds": id})).contains("is not an image id"),
            "{id}"
        );
    }
}

/// Case 2.
#[test]
fn a_region_narrows_an_approval() {
    let approved_in = |regions: &str| {
        let ids: Vec<_> = regions.split(' ').map(|region| format!("{region}:{AMI}")).collect();
        instance(AMI).with("amiIds", &ids.join(","))
    };
    approved_in("eu-west-1 us-east-1").is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    approved_in("eu-west-1 eu-west-2").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0 (approved in eu-west-1, eu-west-2, not in us-east-1); \
         not in amiIds (eu-west-1:ami-0123456789abcdef0, eu-west-2:ami-0123456789abcdef0)",
    );
    instance(AMI)
        .with("amiIds", "eu-west-1:ami-00000001")
        .is("NON_COMPLIANT", "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amiIds (eu-west-1:ami-00000001)");
}

/// Case 2: what is denied somewhere is denied where the Region is not known, and what is approved somewhere is not approved.
#[test]
fn a_region_that_is_not_known_is_no_ground_for_approval() {
    let id = format!("us-east-1:{AMI}");
    instance(AMI).nowhere().with("amiIds", &id).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0 (approved in us-east-1, not in an unknown Region); \
         not in amiIds (us-east-1:ami-0123456789abcdef0)",
    );
    instance(AMI).nowhere().with("amiIds", AMI).with("deniedAmiIds", &id).has_type("NON_COMPLIANT");
}

/// Case 3.
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

/// Case 4.
#[test]
fn an_unnamed_image_is_missing_data() {
    let words = "the configuration item does not name the instance's image";
    for configuration in ["{}", r#"{"imageId":null}"#, r#"{"imageId":""}"#, r#"{"imageId":" "}"#] {
        case(configuration).with("amiIds", AMI).is("NON_COMPLIANT", &format!("MISSING-DATA: {words}"));
    }
    case("{}").with("amiIds", AMI).with("onMissingData", "NOT_APPLICABLE").is("NOT_APPLICABLE", words);
    let error = case("{}").with("amiIds", AMI).with("onMissingData", "FAIL").judged().unwrap_err();
    assert_eq!((error.name(), error.to_string().as_str()), ("MissingFacts", words));
}

/// Case 5.
#[test]
fn an_image_that_is_gone_is_judged_by_id_or_by_what_is_still_known() {
    let gone = || knowing_only(&json!(null));
    gone().with("amiIds", AMI).has_type("COMPLIANT");
    gone().with("owners", "self").is(
        "NON_COMPLIANT",
        "MISSING-DATA: ami-0123456789abcdef0 is deregistered, or no longer shared, and EC2 tells nothing about it",
    );
    knowing(&json!({"state": "deregistered", "ownerId": "111122223333"})).with("owners", "self").is(
        "COMPLIANT",
        "ami-0123456789abcdef0 is of owner self; note AMI-DEREGISTERED: the image is deregistered",
    );
}

/// Case 6. Now is 2026-03-01T10:00:00Z.
#[test]
fn deprecation_is_allowed_denied_or_tolerated_for_days() {
    let deprecated = |date: Value, allowed: &str| {
        knowing(&json!({"deprecationTime": date})).with("amiIds", AMI).with("deprecated", allowed)
    };
    let past = || json!("2026-02-20T00:00:00.000Z");
    deprecated(past(), "allow").has_type("COMPLIANT");
    deprecated(past(), "deny")
        .is("NON_COMPLIANT", "AMI-DEPRECATED: ami-0123456789abcdef0 was deprecated on 2026-02-20");
    deprecated(past(), "0").has_type("NON_COMPLIANT");
    deprecated(past(), "10").has_type("COMPLIANT");
    deprecated(past(), "9").is(
        "NON_COMPLIANT",
        "AMI-DEPRECATED: ami-0123456789abcdef0 was deprecated on 2026-02-20; grace 9 days",
    );
    deprecated(json!("2026-03-01T10:00:00.000Z"), "deny").has_type("NON_COMPLIANT");
    deprecated(json!("2026-03-01T10:00:01.000Z"), "deny").has_type("COMPLIANT");
    deprecated(json!("2026-02-20T10:00:00.000Z"), "9").has_type("COMPLIANT");
    deprecated(json!("2026-02-20T09:59:59.000Z"), "9").has_type("NON_COMPLIANT");
    deprecated(json!(null), "deny").has_type("COMPLIANT");
    deprecated(json!("soon"), "deny")
        .is("NON_COMPLIANT", "MISSING-DATA: the deprecation time of ami-0123456789abcdef0 cannot be read");
}

/// Case 7.
#[test]
fn a_disabled_image_is_judged_by_id_only() {
    let disabled = || knowing(&json!({"state": "disabled", "ownerId": "111122223333"}));
    let words = "MISSING-DATA: ami-0123456789abcdef0 is disabled, and its record does not count";
    disabled().with("owners", "self").is("NON_COMPLIANT", words);
    disabled().with("amiIds", AMI).with("maxAgeDays", "9").is("NON_COMPLIANT", words);
    disabled().with("amiIds", AMI).has_type("COMPLIANT");
}

/// Cases 8 and 17: the same alias stands for different accounts in the partitions, and a number for itself only.
#[test]
fn an_owner_approves() {
    let image = json!({"ownerId": "777788889999", "ownerAlias": "amazon", "name": "al2023", "public": true});
    knowing(&image).with("owners", "amazon").is("COMPLIANT", "ami-0123456789abcdef0 is of owner amazon");
    knowing(&image)
        .with("owners", "self,777788889999")
        .is("COMPLIANT", "ami-0123456789abcdef0 is of owner 777788889999");
    knowing(&image).with("amiIds", "ami-00000001").with("owners", "self,aws-marketplace").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0 \"al2023\" owner 777788889999 (amazon, public); \
         not in amiIds (ami-00000001), owners (self, aws-marketplace)",
    );
    for partition in ["222233334444", "555566667777"] {
        knowing(&json!({"ownerId": partition, "ownerAlias": "amazon"}))
            .with("owners", "amazon")
            .has_type("COMPLIANT");
    }
    knowing(&json!({"ownerId": "777788889999"})).with("owners", "amazon").has_type("NON_COMPLIANT");
    for region in ["us-gov-east-1", "cn-north-1"] {
        instance(AMI).with("amiIds", &format!("{region}:{AMI},{AMI}")).has_type("COMPLIANT");
    }
}

/// Case 9.
#[test]
fn self_is_the_account_of_the_instance() {
    knowing(&json!({"ownerId": "111122223333"})).with("owners", "self").has_type("COMPLIANT");
    knowing(&json!({"ownerId": "444455556666"})).with("owners", "self").has_type("NON_COMPLIANT");
}

/// Case 10.
#[test]
fn a_copy_is_simply_another_image() {
    let copy = json!({"ownerId": "111122223333", "name": "al2023-ami-2023.9"});
    knowing(&copy).with("owners", "amazon").with("amiIds", "ami-00000001").has_type("NON_COMPLIANT");
    knowing(&copy).with("owners", "self").has_type("COMPLIANT");
}

/// Cases 11 and 12.
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
    named("111122223333", r"self/golden/\*").has_type("NON_COMPLIANT");
    assert!(error(&json!({"amiNamePatterns": "golden-*"})).contains("anybody's image of that name"));
    for pattern in ["self/", "/golden"] {
        error(&json!({"amiNamePatterns": pattern}));
    }
}

/// Case 13.
#[test]
fn tags_that_cannot_be_seen_are_no_answer() {
    let foreign = || knowing(&json!({"ownerId": "444455556666", "tags": null}));
    foreign().with("amisByTagKeyAndValue", "approved").is(
        "NON_COMPLIANT",
        "MISSING-DATA: the tags of ami-0123456789abcdef0 owner 444455556666 cannot be seen from here",
    );
    foreign()
        .with("amisByTagKeyAndValue", "approved")
        .with("owners", "444455556666")
        .is("COMPLIANT", "ami-0123456789abcdef0 is of owner 444455556666");
}

/// Case 14.
#[test]
fn tags_approve_any_or_all() {
    let image =
        json!({"tags": {"approved": "yes", "team": "a:b", "for": "web, app", "acme:base": "1", "empty": ""}});
    let tags = |tags| knowing(&image).with("amisByTagKeyAndValue", tags);
    tags("other,approved:yes").is("COMPLIANT", "ami-0123456789abcdef0 has the tag approved:yes");
    tags("approved").has_type("COMPLIANT");
    tags("team:a:b").has_type("COMPLIANT");
    tags(r#"["for:web, app"]"#).is("COMPLIANT", "ami-0123456789abcdef0 has the tag for:web, app");
    tags(r"acme\:base:1").is("COMPLIANT", r"ami-0123456789abcdef0 has the tag acme\:base:1");
    tags("empty:").has_type("COMPLIANT");
    for other in ["acme:base:1", "for:web", "approved:", "approved:no,Approved", "approved:YES"] {
        tags(other).has_type("NON_COMPLIANT");
    }
    tags("approved:yes,other").with("tagMatch", "all").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amisByTagKeyAndValue (all of approved:yes, other)",
    );
    tags("approved:yes,team")
        .with("tagMatch", "all")
        .is("COMPLIANT", "ami-0123456789abcdef0 has all of the tags approved:yes, team");
    knowing(&json!({"tags": {}})).with("amisByTagKeyAndValue", "approved").has_type("NON_COMPLIANT");
}

/// Case 15. Now is 2026-03-01T10:00:00Z.
#[test]
fn age_is_counted_to_the_end_of_the_last_day() {
    let created =
        |date: &str| knowing(&json!({"creationDate": date})).with("amiIds", AMI).with("maxAgeDays", "90");
    created("2025-12-01T10:00:00.000Z").is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    created("2025-12-01T09:59:59.000Z")
        .is("NON_COMPLIANT", "AMI-TOO-OLD: ami-0123456789abcdef0 is more than 90 days old; limit 90");
    created("2025-10-31T10:00:00.000Z")
        .is("NON_COMPLIANT", "AMI-TOO-OLD: ami-0123456789abcdef0 is 121 days old; limit 90");
    created("2027-01-01T00:00:00.000Z").has_type("COMPLIANT");
    created("2027-01-01T00:00:00.000Z").with("maxAgeDays", "0").has_type("COMPLIANT");
    for unreadable in ["", "2025", "yesterday"] {
        created(unreadable)
            .is("NON_COMPLIANT", "MISSING-DATA: the creation date of ami-0123456789abcdef0 is not known");
    }
}

/// Case 21.
#[test]
fn a_restored_backup_is_approved_only_if_it_is_listed() {
    let restored = json!({"ownerId": "888899990000", "ownerAlias": "aws-backup-vault"});
    knowing(&restored).with("owners", "self,amazon,aws-marketplace").has_type("NON_COMPLIANT");
    knowing(&restored).with("owners", "self,aws-backup-vault").has_type("COMPLIANT");
}

/// Case 22.
#[test]
fn nothing_approved_is_refused() {
    for nothing in
        [json!({}), json!({"amiIds": " "}), json!({"deniedAmiIds": AMI}), json!({"maxAgeDays": "9"})]
    {
        assert!(error(&nothing).starts_with("rule approved-ami: parameter amiIds: missing"), "{nothing}");
    }
    assert!(error(&json!({"amiIds": "[]"})).contains("an empty array"));
}

/// Case 23.
#[test]
fn denial_beats_approval_and_limits_beat_it_too() {
    for (approval, value) in [("amiIds", AMI), ("owners", "amazon")] {
        for denied in [AMI.to_owned(), format!("us-east-1:{AMI}")] {
            instance(AMI)
                .with(approval, value)
                .with("deniedAmiIds", &denied)
                .is("NON_COMPLIANT", "AMI-DENIED: ami-0123456789abcdef0 is in deniedAmiIds");
        }
    }
    instance(AMI).with("amiIds", AMI).with("deniedAmiIds", &format!("eu-west-1:{AMI}")).has_type("COMPLIANT");
    let image =
        json!({"creationDate": "2020-01-01T00:00:00.000Z", "public": true, "ownerId": "444455556666"});
    knowing(&image).with("amiIds", AMI).with("maxAgeDays", "90").with("publicImages", "deny").is(
        "NON_COMPLIANT",
        "AMI-TOO-OLD: ami-0123456789abcdef0 is 2251 days old; limit 90; \
         AMI-PUBLIC: ami-0123456789abcdef0 may be launched by everybody; publicImages is deny",
    );
}

/// Cases 13 and 23: whether or not its tags approve it, the image is too old.
#[test]
fn a_limit_answers_where_the_approval_is_not_known() {
    knowing(&json!({"creationDate": "2020-01-01T00:00:00.000Z", "tags": null}))
        .with("amisByTagKeyAndValue", "approved")
        .with("maxAgeDays", "90")
        .with("onMissingData", "NOT_APPLICABLE")
        .is(
            "NON_COMPLIANT",
            "AMI-TOO-OLD: ami-0123456789abcdef0 is 2251 days old; limit 90; \
             MISSING-DATA: the tags of ami-0123456789abcdef0 cannot be seen from here",
        );
}

/// Case 24: AWS Config's 1,024 characters hold more than the managed rule's 21 ids.
#[test]
fn a_list_is_as_long_as_the_parameters_may_be() {
    let ids: Vec<_> = (0..46).map(|number| format!("ami-{number:017x}")).collect();
    assert_eq!(json!({"amiIds": ids.join(",")}).to_string().len(), 1024);
    instance(&ids[45]).with("amiIds", &ids.join(",")).has_type("COMPLIANT");
}

/// Case 25.
#[test]
fn public_images_can_be_denied_and_own_ones_are_noted() {
    let public =
        |public: Value| knowing(&json!({"public": public})).with("amiIds", AMI).with("publicImages", "deny");
    public(json!(true)).is(
        "NON_COMPLIANT",
        "AMI-PUBLIC: ami-0123456789abcdef0 may be launched by everybody; publicImages is deny",
    );
    public(json!(false)).has_type("COMPLIANT");
    public(json!(null))
        .is("NON_COMPLIANT", "MISSING-DATA: whether ami-0123456789abcdef0 is public is not known");
    let owned_by =
        |owner| knowing(&json!({"ownerId": owner, "public": true})).with("owners", "self,444455556666");
    owned_by("111122223333").is(
        "COMPLIANT",
        "ami-0123456789abcdef0 is of owner self; note AMI-PUBLIC-OWN: everybody may launch this account's image",
    );
    owned_by("444455556666").is("COMPLIANT", "ami-0123456789abcdef0 is of owner 444455556666");
}

#[test]
fn what_could_not_be_looked_up_is_no_answer() {
    let unavailable =
        || instance(AMI).knowing(&json!({"unavailable": {AMI: "UnauthorizedOperation"}}).to_string());
    let words = "nothing is known about ami-0123456789abcdef0: UnauthorizedOperation";
    unavailable().with("owners", "self").is("NON_COMPLIANT", &format!("MISSING-DATA: {words}"));
    unavailable().with("owners", "self").with("onMissingData", "NOT_APPLICABLE").is("NOT_APPLICABLE", words);
    unavailable()
        .with("owners", "self")
        .with("maxAgeDays", "9")
        .is("NON_COMPLIANT", &format!("MISSING-DATA: {words}"));
    unavailable().with("amiIds", AMI).with("maxAgeDays", "9").has_type("NON_COMPLIANT");
    unavailable().with("amiIds", AMI).with("owners", "self").has_type("COMPLIANT");
}

#[test]
fn what_a_record_leaves_out_is_not_guessed() {
    let unknown = |image: Value, parameter: &str, value: &str, what: &str| {
        knowing_only(&image).with(parameter, value).is("NON_COMPLIANT", &format!("MISSING-DATA: {what}"));
    };
    unknown(
        json!({"ownerId": "111122223333"}),
        "owners",
        "self",
        "the state of ami-0123456789abcdef0 is not known",
    );
    let available = || json!({"state": "available"});
    for owner in ["self", "amazon", "444455556666"] {
        let words = format!("whether ami-0123456789abcdef0 is of owner {owner} is not known");
        unknown(available(), "owners", owner, &words);
    }
    let words = "whether ami-0123456789abcdef0 has a name like self/golden is not known";
    unknown(
        json!({"state": "available", "ownerId": "111122223333"}),
        "amiNamePatterns",
        "self/golden",
        words,
    );
    unknown(json!({"state": "available", "name": "golden"}), "amiNamePatterns", "self/golden", words);
    knowing(&json!({"name": "other"}))
        .with("amiNamePatterns", "self/golden")
        .with("onMissingData", "FAIL")
        .is(
            "NON_COMPLIANT",
            "AMI-UNAPPROVED: ami-0123456789abcdef0 \"other\"; not in amiNamePatterns (self/golden)",
        );
}

#[test]
fn ec2_is_asked_only_if_the_answer_depends_on_it() {
    let asks = |parameters: Value| !instance(AMI).with_all(&parameters).requests().is_empty();
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
fn what_is_not_asked_changes_no_words() {
    let public = json!({"name": "base", "ownerId": "111122223333", "public": true});
    knowing(&public).with("amiIds", AMI).is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    knowing(&public)
        .with("amiIds", "ami-00000001")
        .is("NON_COMPLIANT", "AMI-UNAPPROVED: ami-0123456789abcdef0; not in amiIds (ami-00000001)");
}

#[track_caller]
fn error(parameters: &Value) -> String {
    parameter_error::<ApprovedAmi>(&parameters.to_string())
}

#[test]
fn wrong_parameters_are_refused() {
    let problem = |name: &str, value: &str, words: &str| {
        let parameters = json!({"amiNamePatterns": "self/golden", name: value});
        assert!(error(&parameters).contains(words), "{}", error(&parameters));
    };
    problem("amiIds", "ami-1234567", r#"item 1 "ami-1234567" is not an image id"#);
    problem("amiId", "ami-12345678", "did you mean amiIds?");
    problem("instanceStates", "terminated", "instanceStates: item 1");
    problem("owners", "Amazon", "`self`, `amazon`");
    problem("owners", "12345678901", "12 digits");
    problem("amiNamePatterns", "self/", "the name is missing");
    problem("amisByTagKeyAndValue", ":yes", "the key is missing");
    problem("tagMatch", "some", "`any` or `all`");
    problem("maxAgeDays", "-1", "a whole number");
    problem("deprecated", "no", "days of grace");
    problem("publicImages", "never", "`allow` or `deny`");
    problem("onMissingData", "PASS", "`NON_COMPLIANT`, `NOT_APPLICABLE` or `FAIL`");
}
