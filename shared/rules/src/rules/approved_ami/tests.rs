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
fn image_in_ami_ids_is_compliant() {
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
fn malformed_image_ids_are_refused() {
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
fn id_with_region_approves_in_that_region_only() {
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
fn id_with_region_does_not_approve_in_an_unknown_region() {
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
fn instances_in_other_states_are_not_applicable() {
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
fn instance_without_image_id_is_missing_data() {
    let words = "the configuration item does not name the instance's image";
    for configuration in ["{}", r#"{"imageId":null}"#, r#"{"imageId":""}"#, r#"{"imageId":" "}"#] {
        case(configuration).with("amiIds", AMI).is("NON_COMPLIANT", &format!("MISSING-DATA: {words}"));
    }
    case("{}").with("amiIds", AMI).with("onMissingData", "NOT_APPLICABLE").is("NOT_APPLICABLE", words);
    let error = case("{}").with("amiIds", AMI).with("onMissingData", "FAIL").evaluated().unwrap_err();
    assert_eq!((error.name(), error.to_string().as_str()), ("MissingFacts", words));
}

/// Case 5.
#[test]
fn deregistered_image_is_evaluated_by_id_or_by_its_last_record() {
    let gone = || knowing_only(&json!(null));
    gone().with("amiIds", AMI).has_type("COMPLIANT");
    gone().with("owners", "self").is(
        "NON_COMPLIANT",
        "MISSING-DATA: ami-0123456789abcdef0 is deregistered, or no longer shared, and EC2 tells nothing about it",
    );
    knowing(&json!({"state": "deregistered", "ownerId": "111122223333"})).with("owners", "self").is(
        "COMPLIANT",
        "ami-0123456789abcdef0 is owned by self; note AMI-DEREGISTERED: the image is deregistered",
    );
}

/// Case 6. Now is 2026-03-01T10:00:00Z.
#[test]
fn deprecated_image_is_allowed_denied_or_has_days_of_grace() {
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
fn disabled_image_is_evaluated_by_id_only() {
    let disabled = || knowing(&json!({"state": "disabled", "ownerId": "111122223333"}));
    let words = "MISSING-DATA: ami-0123456789abcdef0 is disabled, and its record does not count";
    disabled().with("owners", "self").is("NON_COMPLIANT", words);
    disabled().with("amiIds", AMI).with("maxAgeDays", "9").is("NON_COMPLIANT", words);
    disabled().with("amiIds", AMI).has_type("COMPLIANT");
}

/// Cases 8 and 17: the same alias stands for different accounts in the partitions, and a number for itself only.
#[test]
fn owner_approves_by_alias_or_account() {
    let image = json!({"ownerId": "777788889999", "ownerAlias": "amazon", "name": "al2023", "public": true});
    knowing(&image).with("owners", "amazon").is("COMPLIANT", "ami-0123456789abcdef0 is owned by amazon");
    knowing(&image)
        .with("owners", "self,777788889999")
        .is("COMPLIANT", "ami-0123456789abcdef0 is owned by 777788889999");
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
fn owner_self_is_the_account_of_the_instance() {
    knowing(&json!({"ownerId": "111122223333"})).with("owners", "self").has_type("COMPLIANT");
    knowing(&json!({"ownerId": "444455556666"})).with("owners", "self").has_type("NON_COMPLIANT");
}

/// Case 10.
#[test]
fn copied_image_is_not_approved_by_its_source() {
    let copy = json!({"ownerId": "111122223333", "name": "al2023-ami-2023.9"});
    knowing(&copy).with("owners", "amazon").with("amiIds", "ami-00000001").has_type("NON_COMPLIANT");
    knowing(&copy).with("owners", "self").has_type("COMPLIANT");
}

/// Cases 11 and 12.
#[test]
fn name_pattern_approves_images_of_its_owner_only() {
    let image = |owner| json!({"ownerId": owner, "name": "golden/web-2026"});
    let named = |owner, pattern| knowing(&image(owner)).with("amiNamePatterns", pattern);
    named("111122223333", "self/golden/*")
        .is("COMPLIANT", "ami-0123456789abcdef0 name matches self/golden/*");
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
fn invisible_tags_are_missing_data() {
    let foreign = || knowing(&json!({"ownerId": "444455556666", "tags": null}));
    foreign().with("amisByTagKeyAndValue", "approved").is(
        "NON_COMPLIANT",
        "MISSING-DATA: the tags of ami-0123456789abcdef0 owner 444455556666 cannot be seen from here",
    );
    foreign()
        .with("amisByTagKeyAndValue", "approved")
        .with("owners", "444455556666")
        .is("COMPLIANT", "ami-0123456789abcdef0 is owned by 444455556666");
}

/// Case 14.
#[test]
fn tags_approve_if_any_or_all_match() {
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
fn image_older_than_max_age_days_is_a_finding() {
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

/// A soak time: others find the faults of a new image first.
#[test]
fn image_younger_than_min_age_days_is_a_finding() {
    let created =
        |date: &str| knowing(&json!({"creationDate": date})).with("amiIds", AMI).with("minAgeDays", "14");
    created("2026-02-22T10:00:00.000Z")
        .is("NON_COMPLIANT", "AMI-TOO-NEW: ami-0123456789abcdef0 is 7 days old; at least 14");
    created("2026-02-15T10:00:00.001Z")
        .is("NON_COMPLIANT", "AMI-TOO-NEW: ami-0123456789abcdef0 is 13 days old; at least 14");
    created("2026-02-15T10:00:00.000Z").is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    created("2026-02-22T10:00:00.000Z").with("minAgeDays", "7").has_type("COMPLIANT");
    created("2027-01-01T00:00:00.000Z").has_type("NON_COMPLIANT");
    created("yesterday")
        .is("NON_COMPLIANT", "MISSING-DATA: the creation date of ami-0123456789abcdef0 is not known");
}

#[test]
fn limits_differ_by_owner() {
    let own = json!({"ownerId": "111122223333", "creationDate": "2025-12-31T00:00:00.000Z", "public": true,
        "deprecationTime": "2026-02-01T00:00:00.000Z"});
    let foreign = |owner: &str| {
        let mut image = own.clone();
        image.as_object_mut().unwrap().extend([("ownerId".to_owned(), json!(owner))]);
        image
    };
    let limit = |image: &Value, name: &str, value: &str| knowing(image).with("amiIds", AMI).with(name, value);
    for (name, own_only, others_only, by_number) in [
        ("maxAgeDays", "self=30", "self=90,30", "444455556666=30"),
        ("minAgeDays", "self=90", "self=30,90", "444455556666=90"),
        ("deprecated", "self=deny", "self=90,deny", "444455556666=deny"),
        ("publicImages", "self=deny", "self=allow,deny", "444455556666=deny"),
    ] {
        limit(&own, name, own_only).has_type("NON_COMPLIANT");
        limit(&foreign("444455556666"), name, own_only).has_type("COMPLIANT");
        limit(&own, name, others_only).has_type("COMPLIANT");
        limit(&foreign("444455556666"), name, others_only).has_type("NON_COMPLIANT");
        limit(&own, name, by_number).has_type("COMPLIANT");
        limit(&foreign("444455556666"), name, by_number).has_type("NON_COMPLIANT");
    }
    let amazon = json!({"ownerId": "777788889999", "ownerAlias": "amazon", "public": true});
    limit(&amazon, "publicImages", "amazon=allow,deny").has_type("COMPLIANT");
    limit(&json!({}), "publicImages", "self=allow").is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    limit(&json!({}), "publicImages", "self=deny")
        .is("NON_COMPLIANT", "MISSING-DATA: who owns ami-0123456789abcdef0 is not known");
    for value in ["90,self=30", "30,90", "Self=30", "=30", "self=", "self=30 d"] {
        assert!(error(&json!({"amiIds": AMI, "maxAgeDays": value})).contains("maxAgeDays"), "{value}");
    }
    let problem = error(&json!({"amiIds": AMI, "maxAgeDays": "90,self=30"}));
    assert!(
        problem.ends_with("what stands without an owner is for the images of all, and must be the last"),
        "{problem}"
    );
}

/// Case 16.
#[test]
fn marketplace_product_code_approves() {
    let code = |code: &str, kind: &str| json!({"productCodeId": code, "productCodeType": kind});
    let with_codes = |codes: Value| {
        let configuration = json!({"imageId": AMI, "productCodes": codes});
        case(&configuration.to_string()).with("marketplaceProductCodes", "other,6bxv8a9ypqzd")
    };
    with_codes(json!([code("x", "devpay"), code("6bxv8a9ypqzd", "marketplace")]))
        .is("COMPLIANT", "ami-0123456789abcdef0 has the Marketplace product code 6bxv8a9ypqzd");
    for codes in [json!([]), json!([code("6bxv8a9ypqzd", "devpay")])] {
        assert!(with_codes(codes.clone()).requests().is_empty());
        with_codes(codes).is(
            "NON_COMPLIANT",
            "AMI-UNAPPROVED: ami-0123456789abcdef0; not in marketplaceProductCodes (other, 6bxv8a9ypqzd)",
        );
    }
    assert!(!with_codes(json!(null)).requests().is_empty());
    let known = |image: &Value| knowing(image).with("marketplaceProductCodes", "6bxv8a9ypqzd");
    known(&json!({"productCodes": ["6bxv8a9ypqzd"]}))
        .is("COMPLIANT", "ami-0123456789abcdef0 has the Marketplace product code 6bxv8a9ypqzd");
    known(&json!({"productCodes": []})).has_type("NON_COMPLIANT");
    known(&json!({}))
        .is("NON_COMPLIANT", "MISSING-DATA: the product codes of ami-0123456789abcdef0 are not known");
    assert!(
        error(&json!({"marketplaceProductCodes": "prod-x"})).contains("a product code of AWS Marketplace")
    );
}

/// Case 21.
#[test]
fn restored_backup_is_approved_by_its_owner_alias_only() {
    let restored = json!({"ownerId": "888899990000", "ownerAlias": "aws-backup-vault"});
    knowing(&restored).with("owners", "self,amazon,aws-marketplace").has_type("NON_COMPLIANT");
    knowing(&restored).with("owners", "self,aws-backup-vault").has_type("COMPLIANT");
}

/// Case 22.
#[test]
fn parameters_that_approve_nothing_are_refused() {
    for nothing in
        [json!({}), json!({"amiIds": " "}), json!({"deniedAmiIds": AMI}), json!({"maxAgeDays": "9"})]
    {
        assert!(error(&nothing).starts_with("rule approved-ami: parameter amiIds: missing"), "{nothing}");
    }
    assert!(error(&json!({"amiIds": "[]"})).contains("an empty array"));
}

/// Case 23.
#[test]
fn denied_id_and_limits_override_approvals() {
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
fn limit_is_a_finding_where_the_approval_is_unknown() {
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
fn forty_six_ids_fit_into_the_parameters() {
    let ids: Vec<_> = (0..46).map(|number| format!("ami-{number:017x}")).collect();
    assert_eq!(json!({"amiIds": ids.join(",")}).to_string().len(), 1024);
    instance(&ids[45]).with("amiIds", &ids.join(",")).has_type("COMPLIANT");
}

/// Case 25.
#[test]
fn public_image_is_denied_or_noted_if_own() {
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
        "ami-0123456789abcdef0 is owned by self; note AMI-PUBLIC-OWN: everybody may launch this account's image",
    );
    owned_by("444455556666").is("COMPLIANT", "ami-0123456789abcdef0 is owned by 444455556666");
}

#[test]
fn unavailable_record_is_missing_data() {
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
fn incomplete_record_is_missing_data() {
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
        let words = format!("whether ami-0123456789abcdef0 is owned by {owner} is not known");
        unknown(available(), "owners", owner, &words);
    }
    let words = "whether the name of ami-0123456789abcdef0 matches self/golden is not known";
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
fn record_is_requested_only_if_the_answer_depends_on_it() {
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
fn unrequested_record_does_not_change_the_annotation() {
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
fn invalid_parameters_are_refused() {
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
