//! Images of launch templates, launch configurations and Auto Scaling groups: cases 18 and 19.

use proptest::{option, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{ApprovedAmi, tests::AMI};
use crate::rules::testing::Case;

const OTHER: &str = "ami-00000001";
const ALIAS: &str = "resolve:ssm:/golden/web";

fn template(configuration: &Value) -> Case<ApprovedAmi> {
    Case::new("AWS::EC2::LaunchTemplate", &configuration.to_string()).with("amiIds", AMI)
}

/// A template with one version, that has this image.
fn only_version(image: &Value) -> Case<ApprovedAmi> {
    template(
        &json!({"DefaultVersionNumber": "1", "LatestVersionNumber": "1", "LaunchTemplateData": {"ImageId": image}}),
    )
}

/// A template whose item has the image of its default version, 1; 3 is the latest.
fn versions(recorded: &Value) -> Case<ApprovedAmi> {
    template(
        &json!({"DefaultVersionNumber": "1", "LatestVersionNumber": "3", "LaunchTemplateData": {"ImageId": recorded}}),
    )
}

/// What EC2 tells of versions of launch templates: their images, by what they are asked for by.
fn facts(images: &[(&str, u64, &str)]) -> String {
    let version = |(name, number, image): &(&str, u64, &str)| {
        ((*name).to_owned(), json!({number.to_string(): {"imageId": image}}))
    };
    json!({"launchTemplateVersions": Value::Object(images.iter().map(version).collect())}).to_string()
}

#[test]
fn launch_configuration_is_evaluated_by_its_image() {
    let configuration = |image: Value| {
        let configuration = json!({"imageId": image, "keyName": ""});
        Case::<ApprovedAmi>::new("AWS::AutoScaling::LaunchConfiguration", &configuration.to_string())
            .with("amiIds", AMI)
    };
    configuration(json!(AMI)).is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
    configuration(json!(OTHER))
        .is("NON_COMPLIANT", "AMI-UNAPPROVED: ami-00000001; not in amiIds (ami-0123456789abcdef0)");
    configuration(json!(OTHER)).with("deniedAmiIds", OTHER).has_type("NON_COMPLIANT");
    configuration(json!(null)).is(
        "NON_COMPLIANT",
        "MISSING-DATA: the configuration item does not name the launch configuration's image",
    );
}

#[test]
fn template_with_one_version_is_evaluated_by_its_item() {
    only_version(&json!(AMI)).is("COMPLIANT", "ami-0123456789abcdef0 in version 1 is in amiIds");
    only_version(&json!(OTHER)).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in version 1; not in amiIds (ami-0123456789abcdef0)",
    );
    assert!(only_version(&json!(OTHER)).requests().is_empty());
}

#[test]
fn template_without_image_is_not_applicable() {
    for image in [json!(null), json!(""), json!(" ")] {
        only_version(&image).is("NOT_APPLICABLE", "version 1 names no image: whoever launches from it does");
    }
    template(&json!({"DefaultVersionNumber": 1, "LatestVersionNumber": 1, "LaunchTemplateData": {}}))
        .has_type("NOT_APPLICABLE");
}

#[test]
fn default_and_latest_version_are_both_evaluated() {
    let known = |default: &str, latest: &str| {
        versions(&json!(default)).knowing(&facts(&[("id:1", 1, default), ("id:3", 3, latest)]))
    };
    known(AMI, AMI)
        .is("COMPLIANT", "ami-0123456789abcdef0 in version 1 (default), version 3 (latest) is in amiIds");
    known(AMI, OTHER).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in version 3 (latest); not in amiIds (ami-0123456789abcdef0)",
    );
    known(OTHER, AMI).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in version 1 (default); not in amiIds (ami-0123456789abcdef0)",
    );
    known(OTHER, "ami-00000002").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in version 1 (default); not in amiIds (ami-0123456789abcdef0); \
         ami-00000002 in version 3 (latest); not in amiIds (ami-0123456789abcdef0)",
    );
    known("", AMI).is("COMPLIANT", "ami-0123456789abcdef0 in version 3 (latest) is in amiIds");
    known("", "").is(
        "NOT_APPLICABLE",
        "version 1 (default), version 3 (latest) names no image: whoever launches from it does",
    );
}

#[test]
fn unknown_version_is_missing_data() {
    let unknown = "MISSING-DATA: nothing is known about version 3 of launch template id: not looked up";
    let known = |default: &str| versions(&json!(default)).knowing(&facts(&[("id:1", 1, default)]));
    known(AMI).is("NON_COMPLIANT", unknown);
    known(OTHER).has_type("NON_COMPLIANT");
    versions(&json!(OTHER)).with("onMissingData", "NOT_APPLICABLE").is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in the recorded version; not in amiIds (ami-0123456789abcdef0); \
         MISSING-DATA: nothing is known about version 1 of launch template id: not looked up; \
         nothing is known about version 3 of launch template id: not looked up",
    );
    versions(&json!(AMI)).with("onMissingData", "NOT_APPLICABLE").has_type("NOT_APPLICABLE");
    template(&json!({})).has_type("NON_COMPLIANT");
    template(&json!({}))
        .knowing(&facts(&[("id:$Default", 4, AMI), ("id:$Latest", 7, AMI)]))
        .is("COMPLIANT", "ami-0123456789abcdef0 in version 4 (default), version 7 (latest) is in amiIds");
}

#[test]
fn all_versions_are_evaluated_if_asked_for() {
    let all = json!({"launchTemplateVersions": {"id:all": {"1": {"imageId": AMI}, "2": {"imageId": OTHER}, "3": {}}}});
    versions(&json!(AMI)).with("templateVersions", "all").knowing(&all.to_string()).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in version 2; not in amiIds (ami-0123456789abcdef0)",
    );
    versions(&json!(AMI))
        .with("templateVersions", "all")
        .with("amiIds", &format!("{AMI},{OTHER}"))
        .knowing(&all.to_string())
        .is(
            "COMPLIANT",
            "ami-0123456789abcdef0 in version 1 (default) is in amiIds; ami-00000001 in version 2 is in amiIds",
        );
    versions(&json!(AMI)).with("templateVersions", "all").is(
        "NON_COMPLIANT",
        "MISSING-DATA: nothing is known about any version of launch template id: not looked up",
    );
}

#[test]
fn record_of_a_templates_image_is_requested_without_an_instance() {
    let image = |image: &Value| {
        only_version(&json!(AMI))
            .with("amiIds", OTHER)
            .with("owners", "self")
            .knowing(&json!({"images": {AMI: image}}).to_string())
    };
    image(&json!({"state": "available", "ownerId": "111122223333"}))
        .is("COMPLIANT", "ami-0123456789abcdef0 in version 1 is owned by self");
    image(&json!({"state": "available", "ownerId": "444455556666", "name": "base"})).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-0123456789abcdef0 \"base\" owner 444455556666 in version 1; \
         not in amiIds (ami-00000001), owners (self)",
    );
    let requests = only_version(&json!(AMI)).with("amiIds", OTHER).with("owners", "self").requests();
    let expected = crate::facts::FactRequest::Image { image_id: AMI.to_owned(), instance_id: None };
    assert_eq!(requests, [expected].into());
}

#[test]
fn alias_is_resolved() {
    let resolved = |image: &Value| {
        only_version(&json!(ALIAS)).knowing(&json!({"imageAliases": {ALIAS: image}}).to_string())
    };
    resolved(&json!(AMI))
        .is("COMPLIANT", "resolve:ssm:/golden/web (ami-0123456789abcdef0) in version 1 is in amiIds");
    resolved(&json!(OTHER)).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: resolve:ssm:/golden/web (ami-00000001) in version 1; not in amiIds (ami-0123456789abcdef0)",
    );
    resolved(&json!(null))
        .is("NON_COMPLIANT", "MISSING-DATA: resolve:ssm:/golden/web in version 1 leads to no image");
    only_version(&json!(ALIAS)).is(
        "NON_COMPLIANT",
        "MISSING-DATA: which image resolve:ssm:/golden/web in version 1 leads to is not known: not looked up",
    );
}

#[test]
fn alias_is_approved_by_the_name_of_its_parameter() {
    let approved = |names: &str| only_version(&json!(ALIAS)).with("amiParameterNames", names);
    for names in ["/golden/*", "resolve:ssm:/golden/web", "/other,/golden/we?"] {
        approved(names).has_type("COMPLIANT");
        assert!(approved(names).requests().is_empty(), "{names}");
    }
    approved("/golden/*").is("COMPLIANT", "resolve:ssm:/golden/web in version 1 matches /golden/*");
    approved("/golden").has_type("NON_COMPLIANT");
    let denied = |denied: &str| {
        approved("/golden/*")
            .with("deniedAmiIds", denied)
            .knowing(&json!({"imageAliases": {ALIAS: OTHER}}).to_string())
    };
    denied(OTHER).is(
        "NON_COMPLIANT",
        "AMI-DENIED: resolve:ssm:/golden/web (ami-00000001) in version 1 is in deniedAmiIds",
    );
    denied(AMI).has_type("COMPLIANT");
    let limited = json!({"imageAliases": {ALIAS: OTHER},
        "images": {OTHER: {"state": "available", "creationDate": "2020-01-01T00:00:00.000Z"}}});
    approved("/golden/*").with("maxAgeDays", "90").knowing(&limited.to_string()).is(
        "NON_COMPLIANT",
        "AMI-TOO-OLD: resolve:ssm:/golden/web (ami-00000001) in version 1 is 2251 days old; limit 90",
    );
}

#[test]
fn exempt_image_is_exempt_in_every_version() {
    let exempt =
        json!([{"amiIds": OTHER, "reason": "pilot", "owner": "ops", "expires": "2026-06-30"}]).to_string();
    versions(&json!(OTHER))
        .with("exemptions", &exempt)
        .knowing(&facts(&[("id:1", 1, OTHER), ("id:3", 3, AMI)]))
        .is(
            "COMPLIANT",
            "EXEMPT until 2026-06-30 (pilot; ops): AMI-UNAPPROVED: ami-00000001 in version 1 (default); \
             not in amiIds (ami-0123456789abcdef0)",
        );
}

fn group(configuration: &Value) -> Case<ApprovedAmi> {
    Case::new("AWS::AutoScaling::AutoScalingGroup", &configuration.to_string()).with("amiIds", AMI)
}

#[test]
fn group_is_evaluated_by_the_version_that_it_names() {
    let of =
        |specification: Value, facts: &str| group(&json!({"launchTemplate": specification})).knowing(facts);
    let by_id =
        |version: Value| json!({"launchTemplateId": "lt-1", "launchTemplateName": "web", "version": version});
    of(by_id(json!("7")), &facts(&[("lt-1:7", 7, OTHER)])).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in launch template lt-1 version 7; not in amiIds (ami-0123456789abcdef0)",
    );
    for version in [json!(null), json!(""), json!("$Default")] {
        of(by_id(version), &facts(&[("lt-1:$Default", 2, AMI)]))
            .is("COMPLIANT", "ami-0123456789abcdef0 in launch template lt-1 version $Default is in amiIds");
    }
    of(json!({"launchTemplateName": "web", "version": "$Latest"}), &facts(&[("web:$Latest", 2, AMI)]))
        .has_type("COMPLIANT");
    of(by_id(json!("7")), "{}").is(
        "NON_COMPLIANT",
        "MISSING-DATA: nothing is known about version 7 of launch template lt-1: not looked up",
    );
    of(by_id(json!("7")), r#"{"launchTemplateVersions":{"lt-1:7":null}}"#)
        .is("NOT_APPLICABLE", "version 7 of launch template lt-1 does not exist");
    of(json!({}), "{}").has_type("NON_COMPLIANT");
}

#[test]
fn every_override_of_a_group_is_named() {
    let base = json!({"launchTemplateId": "lt-1", "version": "1"});
    let arm = json!({"launchTemplateId": "lt-2", "version": "$Latest"});
    let mixed = |overrides: Value| {
        group(&json!({"mixedInstancesPolicy": {"launchTemplate":
            {"launchTemplateSpecification": base, "overrides": overrides}}}))
    };
    let two = |images: [&str; 2]| facts(&[("lt-1:1", 1, images[0]), ("lt-2:$Latest", 5, images[1])]);
    let overrides = json!([{"instanceType": "c6i.large"}, {"instanceType": "c7g.large", "launchTemplateSpecification": arm}]);
    mixed(overrides.clone()).knowing(&two([AMI, OTHER])).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in override 2 (c7g.large) with launch template lt-2 version $Latest; \
         not in amiIds (ami-0123456789abcdef0)",
    );
    mixed(overrides.clone()).knowing(&two([OTHER, AMI])).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in launch template lt-1 version 1; not in amiIds (ami-0123456789abcdef0)",
    );
    mixed(overrides).knowing(&two([AMI, AMI])).is(
        "COMPLIANT",
        "ami-0123456789abcdef0 in launch template lt-1 version 1, override 2 (c7g.large) with launch template lt-2 \
         version $Latest is in amiIds",
    );
    for none in [json!([]), json!(null)] {
        mixed(none).knowing(&two([OTHER, AMI])).has_type("NON_COMPLIANT");
    }
    // Where each type has a template of its own, nothing is launched from that of all.
    mixed(json!([{"launchTemplateSpecification": arm}])).knowing(&two([OTHER, AMI])).is(
        "COMPLIANT",
        "ami-0123456789abcdef0 in override 1 with launch template lt-2 version $Latest is in amiIds",
    );
    mixed(json!([{"instanceType": "c7g.large", "imageId": OTHER}])).is(
        "NON_COMPLIANT",
        "AMI-UNAPPROVED: ami-00000001 in override 1 (c7g.large); not in amiIds (ami-0123456789abcdef0)",
    );
}

#[test]
fn group_with_launch_configuration_is_not_applicable() {
    group(&json!({"launchConfigurationName": "batch"})).is(
        "NOT_APPLICABLE",
        "the group launches from launch configuration batch, which is evaluated itself",
    );
    for nothing in [json!({}), json!({"launchConfigurationName": ""})] {
        group(&nothing).is(
            "NON_COMPLIANT",
            "MISSING-DATA: the configuration item does not name what the group launches from",
        );
    }
}

#[test]
fn instance_states_are_about_instances_only() {
    only_version(&json!(OTHER)).with("instanceStates", "stopped").has_type("NON_COMPLIANT");
}

proptest! {
    /// Of versions and aliases that are not known, nothing is guessed.
    #[test]
    fn unknown_versions_change_no_answer(
        images in prop::array::uniform2(select(vec![AMI, OTHER, "", ALIAS])),
        resolved in select(vec![json!(AMI), json!(OTHER), json!(null)]),
        is_default_recorded in any::<bool>(),
        known in prop::array::uniform3(any::<bool>()),
        by_name in option::of(Just("/golden/*")),
    ) {
        let answer = |known: [bool; 3]| {
            let all = [("id:1", 1, images[0]), ("id:3", 3, images[1])];
            let versions_known: Vec<_> =
                all.into_iter().zip(known).filter(|(_, known)| *known).map(|(version, _)| version).collect();
            let mut facts: Value = serde_json::from_str(&facts(&versions_known)).unwrap();
            if known[2] {
                facts["imageAliases"] = json!({ALIAS: resolved});
            }
            let recorded = images[usize::from(!is_default_recorded)];
            let case = versions(&json!(recorded)).knowing(&facts.to_string()).with("onMissingData", "NOT_APPLICABLE");
            let case = by_name.iter().fold(case, |case, names| case.with("amiParameterNames", names));
            case.compliance().compliance_type()
        };
        let (all, part) = (answer([true; 3]), answer(known));
        prop_assert!(part == all || part == "NOT_APPLICABLE", "{part} of a part, {all} of all");
    }
}
