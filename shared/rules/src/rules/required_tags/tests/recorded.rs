//! What AWS Config recorded of a resource: its own tags, those of its configuration, or none.

use super::*;

fn configured(configuration: &Json, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    Case::new("AWS::EC2::NetworkInterface", &configuration.to_string())
        .tagged(tags)
        .with("requiredTags", "Owner,Stage")
}

/// Case 10.
#[test]
fn tags_that_only_the_configuration_has_are_evaluated() {
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

/// Case 10: an item is evaluated by its tags, whatever its configuration looks like.
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
fn types_recorded_without_tags_are_not_evaluated_unless_they_have_some() {
    let alias = |tags| {
        Case::<RequiredTags>::new("AWS::KMS::Alias", "null").tagged(tags).with("requiredTags", "Owner")
    };
    alias(&[]).is("NOT_APPLICABLE", "AWS Config does not record tags of AWS::KMS::Alias");
    alias(&[("Owner", "ops")]).is("COMPLIANT", "has Owner");
    alias(&[("Stage", "test")]).is("NON_COMPLIANT", "TAG-MISSING: Owner");
}

/// Case 10: other names for tags, and supplements.
#[test]
fn tags_are_evaluated_wherever_the_resource_schema_puts_them() {
    let evaluated = |resource_type, configuration: Json| {
        Case::<RequiredTags>::new(resource_type, &configuration.to_string()).with("requiredTags", "Owner")
    };
    evaluated("AWS::Cognito::UserPool", json!({"UserPoolTags": {"Owner": "ops"}}))
        .is("COMPLIANT", "has Owner, by configuration.UserPoolTags");
    evaluated("AWS::EFS::FileSystem", json!({"FileSystemTags": [{"Key": "Owner", "Value": ""}]}))
        .is("NON_COMPLIANT", "TAG-EMPTY: Owner is empty");
    evaluated("AWS::EFS::FileSystem", json!({"FileSystemTags": []}))
        .is("NON_COMPLIANT", "TAG-MISSING: Owner");
    evaluated("AWS::EFS::FileSystem", json!({"HostedZoneTags": {"Owner": "ops"}}))
        .is("NON_COMPLIANT", "TAG-MISSING: Owner");
    evaluated("AWS::ElasticLoadBalancingV2::LoadBalancer", json!({}))
        .supplemented(r#"{"Tags":[{"key":"Owner","value":"ops"}]}"#)
        .is("COMPLIANT", "has Owner, by supplementaryConfiguration.Tags");
}

/// Case 10: what a condition, an exemption or an exclusion asks of tags, it asks of these.
#[test]
fn everything_that_asks_for_tags_finds_them() {
    let zone = || {
        let configuration = json!({"HostedZoneTags": [{"Key": "Made-by", "Value": "platform"}]}).to_string();
        Case::<RequiredTags>::new("AWS::Route53::HostedZone", &configuration)
    };
    let policy = json!({"Owner": {"when": {"Made-by": {"values": ["platform"]}}}}).to_string();
    zone()
        .with("tagPolicy", &policy)
        .is("NON_COMPLIANT", "TAG-MISSING: Owner (required where Made-by is platform)");
    let entry = json!([{"tag": "Made-by=plat*", "reason": "soon", "owner": "ops", "expires": "2026-12-31"}]);
    zone().with("tagPolicy", &policy).with("exemptions", &entry.to_string()).has_type("COMPLIANT");
    let excluded = json!([{"tag": "Made-by=plat*", "reason": "the platform makes it"}]).to_string();
    zone()
        .with("tagPolicy", &policy)
        .with("exclusions", &excluded)
        .is("NOT_APPLICABLE", "EXCLUDED (the platform makes it)");
    zone()
        .with("requiredTags", "Owner")
        .with("forbiddenTags", "Made-by")
        .is("NON_COMPLIANT", "TAG-MISSING: Owner; TAG-FORBIDDEN: Made-by must not be there");
}

#[test]
fn an_instance_that_goes_or_is_gone_is_not_evaluated() {
    let instance = |state: Json| {
        let configuration = json!({ "state": state }).to_string();
        Case::<RequiredTags>::new("AWS::EC2::Instance", &configuration).with("requiredTags", "Owner")
    };
    for state in ["shutting-down", "terminated"] {
        instance(json!({"name": state, "code": 48}))
            .is("NOT_APPLICABLE", &format!("the instance is {state}"));
    }
    for state in
        [json!(null), json!({}), json!({"name": null}), json!({"name": "stopped"}), json!("terminated")]
    {
        instance(state).is("NON_COMPLIANT", "TAG-MISSING: Owner");
    }
    Case::<RequiredTags>::new("AWS::EC2::NatGateway", r#"{"state":{"name":"terminated"}}"#)
        .with("requiredTags", "Owner")
        .has_type("NON_COMPLIANT");
}

#[test]
fn what_aws_manages_is_not_evaluated() {
    let evaluated = |resource_type, configuration: Json| {
        Case::<RequiredTags>::new(resource_type, &configuration.to_string()).with("requiredTags", "Owner")
    };
    for manager in ["keyManager", "KeyManager"] {
        evaluated("AWS::KMS::Key", json!({manager: "AWS"}))
            .is("NOT_APPLICABLE", "AWS manages the key, not the account");
        evaluated("AWS::KMS::Key", json!({manager: "CUSTOMER"})).has_type("NON_COMPLIANT");
    }
    evaluated("AWS::S3::Bucket", json!({"keyManager": "AWS"})).has_type("NON_COMPLIANT");
    let role = |fields: Json| evaluated("AWS::IAM::Role", fields);
    role(json!({"path": "/aws-service-role/x.amazonaws.com/"}))
        .is("NOT_APPLICABLE", "AWS manages what is under /aws-service-role/, not the account");
    role(json!({"arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_a"}))
        .is("NOT_APPLICABLE", "AWS manages what is under /aws-reserved/, not the account");
    for other in [
        json!({"path": "/service-role/"}),
        json!({"path": "/team/aws-reserved/"}),
        json!({"path": 7}),
        json!({"arn": "arn:aws:iam::111122223333:role/team/aws-service-role/x"}),
        json!({"arn": "aws-reserved"}),
    ] {
        role(other).has_type("NON_COMPLIANT");
    }
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
