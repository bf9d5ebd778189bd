//! What AWS Config recorded of a resource: its own tags, those of its configuration, or none.

use super::*;

fn configured(configuration: &Json, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    Case::new("AWS::EC2::NetworkInterface", &configuration.to_string())
        .tagged(tags)
        .with("requiredTags", "Owner,Stage")
}

/// Case 10.
#[test]
fn tags_that_only_the_configuration_has_are_judged() {
    for (field, tags) in [
        ("tags", json!({"Owner": "ops", "Stage": "test"})),
        ("tags", json!([{"key": "Owner", "value": "ops"}, {"key": "Stage", "value": "test"}])),
        ("tagSet", json!([{"key": "Owner", "value": "ops"}, {"key": "Stage", "value": "test"}])),
        ("Tags", json!([{"Key": "Owner", "Value": "ops"}, {"Key": "Stage", "Value": "test"}])),
    ] {
        configured(&json!({"other": [1], field: tags}), &[])
            .is("COMPLIANT", &format!("has Owner, Stage, by configuration.{field}"));
    }
    configured(&json!({"tagSet": [{"key": "owner", "value": "ops"}]}), &[])
        .is("NON_COMPLIANT", r#"TAG-MISSING: Stage; TAG-NAME: "owner" should be "Owner""#);
}

/// Case 10.
#[test]
fn the_items_own_tags_are_preferred_and_disagreement_is_said() {
    let own = &[("Owner", "ops"), ("Stage", "test")];
    let other = json!({"tags": {"Owner": "web"}});
    configured(&other, own).is(
        "COMPLIANT",
        "has Owner, Stage; but configuration.tags has another Owner, configuration.tags has no Stage",
    );
    configured(&other, &[("Stage", "test")])
        .is("NON_COMPLIANT", "TAG-MISSING: Owner, but configuration.tags has Owner");
    for same in [
        json!({"tags": {"Owner": "ops", "Stage": "test", "more": ""}}),
        json!({"tags": []}),
        json!({"tags": null}),
    ] {
        configured(&same, own).is("COMPLIANT", "has Owner, Stage");
    }
}

/// Case 10: an item is judged by its tags, whatever its configuration looks like.
#[test]
fn a_configuration_of_any_form_is_read() {
    for configuration in [
        json!(null),
        json!({}),
        json!([1]),
        json!("7"),
        json!({"tags": "text"}),
        json!({"tags": ["a"], "Tags": 7}),
    ] {
        configured(&configuration, &[("Owner", "ops"), ("Stage", "test")])
            .is("COMPLIANT", "has Owner, Stage");
        configured(&configuration, &[]).is("NON_COMPLIANT", "TAG-MISSING: Owner; Stage");
    }
}

/// Case 11.
#[test]
fn types_recorded_without_tags_are_not_judged_unless_they_have_some() {
    let alias = |tags| {
        Case::<RequiredTags>::new("AWS::KMS::Alias", "null").tagged(tags).with("requiredTags", "Owner")
    };
    alias(&[]).is("NOT_APPLICABLE", "AWS Config does not record tags of AWS::KMS::Alias");
    alias(&[("Owner", "ops")]).is("COMPLIANT", "has Owner");
    alias(&[("Stage", "test")]).is("NON_COMPLIANT", "TAG-MISSING: Owner");
}

/// Case 14.
#[test]
fn the_auto_scaling_group_that_forgets_tags_is_named() {
    let launched = |tags: &[(&str, &str)]| {
        tagged(&[&[("aws:autoscaling:groupName", "web")], tags].concat()).with("requiredTags", "Owner,Stage")
    };
    launched(&[]).is(
        "NON_COMPLIANT",
        r#"TAG-MISSING: Owner; Stage (Auto Scaling group "web" does not propagate them at launch)"#,
    );
    launched(&[("Owner", "ops")]).is(
        "NON_COMPLIANT",
        r#"TAG-MISSING: Stage (Auto Scaling group "web" does not propagate it at launch)"#,
    );
    launched(&[("Owner", ""), ("Stage", "test")]).is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
    launched(&[("Owner", "ops"), ("Stage", "test")]).is("COMPLIANT", "has Owner, Stage");
}
