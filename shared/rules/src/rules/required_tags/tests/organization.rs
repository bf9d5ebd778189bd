//! Tag policies of AWS Organizations.

use super::*;
use crate::{facts::Facts, rule::ConfiguredRule};

/// An instance, evaluated by a policy whose statement for `costcenter` has these fields.
fn instance(statement: &Json, tags: &[(&str, &str)]) -> Case<RequiredTags> {
    of_type("AWS::EC2::Instance", &policy(statement), tags)
}

fn policy(statement: &Json) -> Json {
    json!({"tags": {"costcenter": statement}})
}

/// The fields as they are written, and as they are in effect.
fn both(fields: &Json) -> [Json; 2] {
    let written = fields.as_object().unwrap().iter().map(|(name, value)| {
        let value = json!({"@@assign": value, "@@operators_allowed_for_child_policies": ["@@none"]});
        (name.clone(), value)
    });
    [written.collect(), fields.clone()]
}

#[test]
fn key_and_values_are_as_the_policy_has_them() {
    for statement in both(&json!({"tag_key": "CostCenter", "tag_value": ["100", "200"]})) {
        let evaluated = |tags| instance(&statement, tags);
        evaluated(&[("CostCenter", "100")]).is("COMPLIANT", "has CostCenter");
        evaluated(&[("CostCenter", "300")])
            .is("NON_COMPLIANT", r#"TAG-VALUE: CostCenter is "300" (allowed: 100, 200)"#);
        evaluated(&[("costcenter", "100")])
            .is("NON_COMPLIANT", r#"TAG-NAME: "costcenter" should be "CostCenter""#);
        evaluated(&[("CostCenter", "")])
            .is("NON_COMPLIANT", "TAG-EMPTY: CostCenter is empty (allowed: 100, 200)");
        evaluated(&[]).is("NON_COMPLIANT", "TAG-MISSING: CostCenter");
    }
    let small = json!({"tags": {"CostCenter": {}}});
    of_type("AWS::S3::Bucket", &small, &[("costcenter", "1")]).is("COMPLIANT", "has costcenter");
}

#[test]
fn a_value_may_have_a_wildcard_or_be_empty() {
    for statement in both(&json!({"tag_value": ["2*", "*@example.com", "a?c", r"x\y*", ""]})) {
        let evaluated = |value| instance(&statement, &[("costcenter", value)]);
        for value in ["2", "21", "2\n1", "a@example.com", "a?c", r"x\yz", "", " "] {
            evaluated(value).is("COMPLIANT", "has costcenter");
        }
        for value in ["12", "a@example.com.au", "abc"] {
            let words = "(allowed: 2*, *@example.com, a?c and 1 more)";
            evaluated(value).is("NON_COMPLIANT", &format!("TAG-VALUE: costcenter is {value:?} {words}"));
        }
    }
}

#[test]
fn a_tag_is_required_of_the_types_that_are_named_and_evaluated_on_all() {
    for (mut fields, required) in [
        (json!({"enforced_for": ["ec2:instance"]}), true),
        (json!({"enforced_for": ["s3:bucket", "ec2:*"]}), true),
        (json!({"enforced_for": ["ec2:ALL_SUPPORTED"]}), true),
        (json!({"enforced_for": []}), true),
        (json!({"report_required_tag_for": ["ec2:instance"], "enforced_for": ["s3:bucket"]}), true),
        (json!({"enforced_for": ["ec2:volume", "s3:ALL_SUPPORTED"]}), false),
        (json!({"report_required_tag_for": ["s3:bucket"], "enforced_for": ["ec2:instance"]}), false),
    ] {
        fields["tag_value"] = json!(["100"]);
        for statement in both(&fields) {
            instance(&statement, &[]).has_type(if required { "NON_COMPLIANT" } else { "COMPLIANT" });
            instance(&statement, &[("costcenter", "100")]).has_type("COMPLIANT");
            for wrong in [("costcenter", "300"), ("CostCenter", "100")] {
                instance(&statement, &[wrong]).has_type("NON_COMPLIANT");
            }
        }
    }
    let elsewhere = json!({"enforced_for": {"@@assign": ["s3:bucket"]}});
    instance(&elsewhere, &[])
        .is("COMPLIANT", "no tag is required; costcenter is not required: only where costcenter is there");
}

/// Names of types are those of ARNs, or nearly those of AWS Config.
#[test]
fn types_are_found_by_arn_and_by_name() {
    let arn = |service: &str, resource: &str| format!("arn:aws:{service}:us-east-1:111122223333:{resource}");
    for (name, resource_type, arn) in [
        ("ec2:security-group", "AWS::EC2::SecurityGroup", String::new()),
        ("ec2:elastic-ip", "AWS::EC2::EIP", String::new()),
        ("s3:bucket", "AWS::S3::Bucket", "arn:aws:s3:::volume:x".to_owned()),
        ("sns:topic", "AWS::SNS::Topic", arn("sns", "orders")),
        ("rds:db", "AWS::RDS::DBInstance", arn("rds", "db:orders")),
        (
            "elasticfilesystem:file-system",
            "AWS::EFS::FileSystem",
            arn("elasticfilesystem", "file-system/fs-1"),
        ),
        (
            "elasticloadbalancing:*",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            arn("elasticloadbalancing", "x"),
        ),
        ("apigateway:restapis", "AWS::ApiGateway::RestApi", arn("apigateway", "/restapis/a1")),
        ("states:stateMachine", "AWS::StepFunctions::StateMachine", arn("states", "stateMachine:a")),
    ] {
        let named = |list: &str| {
            let policy = json!({"tags": {"owner": {"enforced_for": [list]}}});
            of_type(resource_type, &policy, &[]).arn(&arn)
        };
        named(name).is("NON_COMPLIANT", "TAG-MISSING: owner");
        for other in ["ec2:volume", "lambda:ALL_SUPPORTED", "s3:object"] {
            named(other).has_type("COMPLIANT");
        }
    }
}

#[test]
fn a_document_is_a_policy_only_if_it_can_be_nothing_else() {
    by(&json!({"tags": {"values": ["a"]}}), &[("tags", "a")]).is("COMPLIANT", "has tags");
    by(&json!({"tags": {"not": {"values": ["a"]}}}), &[("tags", "a")]).has_type("NON_COMPLIANT");
    by(&json!({"tags": {}}), &[("tags", "a")]).is("COMPLIANT", "has tags");
    by(&json!({"tags": {}, "Owner": {}}), &[("tags", "a")]).is("NON_COMPLIANT", "TAG-MISSING: Owner");
    let named = json!({"tags": {"@@operators_allowed_for_child_policies": ["@@none"], "owner": {}}});
    by(&named, &[]).is("NON_COMPLIANT", "TAG-MISSING: owner");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_place() {
    let depends = "depends on the policies further up; take the one in effect, from aws organizations";
    for (statement, problem) in [
        (
            json!({"tag_key": {"@@assign": "Cost"}}),
            r#"tag_key: "Cost" differs from "costcenter" in more than case"#,
        ),
        (json!({"tag_key": {"@@assign": "aws:costcenter"}}), r#"tag_key: "aws:costcenter" is not a tag key"#),
        (json!({"tag_key": {"@@assign": 7}}), "tag_key.@@assign: expected a text"),
        (json!({"tag_key": 7}), "tag_key: expected a text"),
        (json!({"tag_value": {"@@append": ["a"]}}), &format!("tag_value.@@append: {depends}")),
        (
            json!({"enforced_for": {"@@assign": ["ec2:instance"], "@@remove": []}}),
            &format!("enforced_for.@@remove: {depends}"),
        ),
        (json!({"tag_value": {"assign": ["a"]}}), "tag_value.assign: unknown; did you mean @@assign?"),
        (json!({"tag_value": {"@@assign": []}}), "tag_value: no value is listed"),
        (json!({"tag_value": {"@@assign": "a"}}), "tag_value.@@assign: expected a list of texts"),
        (json!({"tag_value": {"@@assign": ["x".repeat(257)]}}), "tag_value: value 1 is not a tag value"),
        (json!({"tag_values": {}}), "tag_values: unknown; did you mean tag_value?"),
        (
            json!({"enforced_for": ["AWS::EC2::Instance"]}),
            r#"enforced_for: "AWS::EC2::Instance" is not a resource type such as ec2:instance"#,
        ),
        (json!({"enforced_for": ["*:*"]}), r#"enforced_for: "*:*" is not"#),
        (json!({"enforced_for": ["ec2"]}), r#"enforced_for: "ec2" is not"#),
    ] {
        let parameters = json!({"tagPolicy": policy(&statement).to_string()}).to_string();
        let error = parameter_error::<RequiredTags>(&parameters);
        assert!(error.contains(&format!("parameter tagPolicy: tags.costcenter.{problem}")), "{error}");
    }
}

#[test]
fn people_are_told_where_a_tag_is_not_required() {
    let policy = policy(&json!({"enforced_for": {"@@assign": ["ec2:instance", "rds:*"]}})).to_string();
    let raw = RawParameters::from_json(&json!({ "tagPolicy": policy }).to_string()).unwrap();
    let cautions = ConfiguredRule::<RequiredTags>::new(&raw, &Facts::default()).unwrap().cautions();
    assert!(cautions[0].contains("by a tag that it checks (costcenter)"), "{cautions:?}");
    assert_eq!(
        cautions[1..],
        ["costcenter is required of ec2:instance, rds:* only: another resource without it is no finding"]
    );
}
