//! What is said of parameters before they are deployed.

use std::fs;

use config_rules::catalogue::RULES;
use serde_json::json;

use crate::{command, is_refused, root, run};

const ROLE: &str = "role config:PutEvaluations, config:GetResourceConfigHistory";
const ROLE_OF_AMI: &str =
    "role config:PutEvaluations, config:GetResourceConfigHistory, ec2:DescribeLaunchTemplateVersions";
const RUNS: &str = "config:DescribeConfigRules, config:GetComplianceDetailsByConfigRule, config:SelectResourceConfig, \
                    ec2:DescribeInstances, for the schedule";

/// The rule can use the parameters, and this is said about their deployment.
#[track_caller]
fn says(rule: &str, parameters: &str, notes: &[&str]) {
    let run = run(&["check", rule, "--parameters", parameters]);
    assert_eq!(run.status, 0, "{}", run.error);
    let (first, rest) = run.output.split_once('\n').unwrap();
    assert_eq!(first, format!("{rule} can use these parameters"));
    // Columns are for people.
    let lines: Vec<_> =
        rest.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, notes);
}

#[test]
fn what_every_rule_needs() {
    says(
        "approved-ami",
        r#"{"amiIds":"ami-0f53a7d6071541221"}"#,
        &["length 34 of the 1024 characters that AWS Config takes", ROLE_OF_AMI],
    );
}

#[test]
fn what_some_parameters_need_besides() {
    says(
        "approved-ami",
        r#"{"owners":"self","maxAgeDays":90,"ExecutionRoleName":"config/evaluator"}"#,
        &[
            "length 74 of the 1024 characters that AWS Config takes",
            ROLE_OF_AMI,
            "ec2:DescribeImages, ec2:DescribeInstanceImageMetadata, for owners, maxAgeDays",
            "sts:AssumeRole, for the role config/evaluator of the rule's account",
            RUNS,
            "schedule needed: the answer by owners, maxAgeDays can change while the resource does not",
        ],
    );
}

#[test]
fn what_a_parameter_hides_is_a_caution() {
    let says = |rule: &str, parameters: &str, caution: &str| {
        let run = run(&["check", rule, "--parameters", parameters]);
        assert!(run.output.contains(&format!("caution   {caution}")), "{}", run.output);
    };
    says(
        "key-pair-usage",
        r#"{"approvedKeyNames":"ops,arn:aws:ec2:us-east-1:111122223333:key-pair/ops"}"#,
        "approvedKeyNames: arn:aws:ec2:us-east-1:111122223333:key-pair/ops looks like an ARN or an id",
    );
    says(
        "approved-ami",
        r#"{"marketplaceProductCodes":"4a7xq2m9v0c6t8r1y3w5z7b2d"}"#,
        "marketplaceProductCodes: an image that somebody makes of a product's instance",
    );
    says(
        "approved-ami",
        r#"{"amiParameterNames":"/golden/*"}"#,
        "amiParameterNames: whoever may write such a parameter",
    );
}

#[test]
fn what_a_rule_that_asks_by_default_needs() {
    says(
        "security-group-exposure",
        "{}",
        &[
            "length 2 of the 1024 characters that AWS Config takes",
            "role config:PutEvaluations, config:GetResourceConfigHistory, ec2:DescribeManagedPrefixLists, \
             ec2:GetManagedPrefixListEntries",
            "config:DescribeConfigRules, config:GetComplianceDetailsByConfigRule, ec2:DescribeSecurityGroups, for the \
             schedule",
            "schedule needed: what AWS tells can change while the resource does not",
        ],
    );
}

#[test]
fn exemptions_need_a_schedule_and_a_scope_by_a_required_tag_is_blind() {
    let exemptions =
        r#"[{\"resource\":\"i-1\",\"reason\":\"pilot\",\"owner\":\"ops\",\"expires\":\"2026-12-31\"}]"#;
    says(
        "required-tags",
        &format!(r#"{{"requiredTags":"Owner,Stage","exemptions":"{exemptions}"}}"#),
        &[
            "length 136 of the 1024 characters that AWS Config takes",
            ROLE,
            "config:DescribeConfigRules, config:GetComplianceDetailsByConfigRule, config:SelectResourceConfig, for the \
             schedule",
            "schedule needed: the answer by exemptions can change while the resource does not",
            "caution do not scope the AWS Config rule by a tag that it checks (Owner, Stage): a resource that loses the \
             tag leaves the scope, and is no finding",
        ],
    );
}

#[test]
fn what_parameter_store_holds_is_checked_where_a_file_tells() {
    const REFERRING: &str = r#"{"amiIds":"ssm:/platform/amis"}"#;
    let check = ["check", "approved-ami", "--parameters", REFERRING];
    is_refused(&check, r#"say --facts FILE, and there {"parameters": {"/platform/amis": "…"}}"#);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    let with_facts = [&check[..], &["--facts", file.to_str().unwrap()]].concat();
    fs::write(&file, r#"{"parameters":{"/platform/amis":"ami-1"}}"#).unwrap();
    is_refused(&with_facts, r#"parameter amiIds: item 1 "ami-1" is not"#);
    fs::write(&file, r#"{"parameters":{"/platform/amis":"ami-0f53a7d6071541221"}}"#).unwrap();
    let output = run(&with_facts).output;
    assert!(output.contains("ssm:GetParameters, for /platform/amis"), "{output}");
    assert!(!output.contains("ssm:GetParameterHistory"), "{output}");
    assert!(output.contains("needed: a value in Parameter Store can change"), "{output}");
    fs::write(
        &file,
        r#"{"parameters":{"/platform/amis@30d":"ami-0f53a7d6071541221,ami-0123456789abcdef0"}}"#,
    )
    .unwrap();
    let facts = ["--facts", file.to_str().unwrap()];
    let check = |parameters| [&["check", "approved-ami", "--parameters", parameters][..], &facts].concat();
    let output = run(&check(r#"{"amiIds":"ssm:/platform/amis@30d"}"#)).output;
    assert!(output.contains("ssm:GetParameterHistory, for /platform/amis@30d"), "{output}");
    assert!(!output.contains("ssm:GetParameters"), "{output}");
    let wrong = check(r#"{"amiIds":"ssm:/platform/amis@30"}"#);
    is_refused(&wrong, r#"parameter amiIds: "/platform/amis@30" is not a name in Parameter Store"#);
    is_refused(&check(r#"{"amiId":"ssm:/elsewhere"}"#), "parameter amiId: unknown; did you mean amiIds?");
}

#[test]
fn what_is_never_evaluated_is_a_caution() {
    let parameters =
        r#"{"requiredTags": "*", "exclusions": "[{\"resource\": \"web-*\", \"reason\": \"AWS makes it\"}]"}"#;
    let output = run(&["check", "required-tags", "--parameters", parameters]).output;
    assert!(output.contains("what exclusions name is never evaluated"), "{output}");
    assert!(output.contains("(AWS makes it)"), "{output}");
}

#[test]
fn parameters_come_from_a_file_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("parameters.json");
    let given = format!("@{}", file.display());
    fs::write(&file, r#"{"owners": "self"}"#).unwrap();
    assert_eq!(run(&["check", "approved-ami", "--parameters", &given]).status, 0);
    fs::write(&file, r#"["owners"]"#).unwrap();
    is_refused(&["check", "approved-ami", "--parameters", &given], "parameters.json: not a JSON object");
}

#[test]
fn what_cannot_be_deployed_is_refused() {
    let tags: Vec<_> = (0..200).map(|number| format!("Tag{number}")).collect();
    let long = format!(r#"{{"requiredTags":"{}"}}"#, tags.join(","));
    is_refused(&["check", "required-tags", "--parameters", &long], "have 1308 characters as JSON");
    is_refused(&["check", "approved-ami"], "rule approved-ami: parameter amiIds: missing");
    is_refused(&["check", "key-pair-usage", "--parameters", r#"{"moed":"none"}"#], "did you mean mode?");
    is_refused(&["check", "nothing"], "there is no such rule");
}

#[test]
fn the_schema_is_the_one_in_the_repository() {
    for name in RULES.iter().map(|rule| rule.metadata.name) {
        let committed = root().join(format!("functions/{name}/parameters.schema.json"));
        assert!(run(&["schema", name]).output == fs::read_to_string(committed).unwrap(), "{name}");
    }
    is_refused(&["schema", "nothing"], "there is no such rule");
}

#[test]
fn all_rules_of_a_file_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.json");
    let exemption = |expires: &str| {
        json!([{"resource": "i-1", "reason": "x", "owner": "ops", "expires": expires}]).to_string()
    };
    let rules = json!({"rules": {
        "tags": {"rule": "required-tags", "scope_tag_key": "Stage",
            "parameters": {"requiredTags": "Owner", "exemptions": exemption("2020-01-01")}},
        "wrong": {"rule": "approved-ami", "parameters": {"owner": "self"}},
        "later": {"rule": "required-tags", "parameters": {"requiredTags": "Owner", "exemptions": exemption("2199-01-01")}},
    }});
    fs::write(&file, rules.to_string()).unwrap();
    let run = run(&["check", "--rules", file.to_str().unwrap()]);
    assert_eq!(run.status, 2, "{}", run.output);
    for part in [
        "tags (required-tags) can use these parameters\n",
        "    scope     tag Stage\n",
        "EXEMPTION-EXPIRED: 2020-01-01 was its last day",
        "EXEMPTION-TOO-LONG: 2199-01-01 is more than ",
        "wrong cannot be deployed\n    rule approved-ami: parameter owner: unknown; did you mean owners?",
        "later (required-tags) can use these parameters\n",
    ] {
        assert!(run.output.contains(part), "{part}: {}", run.output);
    }
    is_refused(&["check"], "required arguments were not provided");
    is_refused(
        &["check", "required-tags", "--parameters", r#"{"requiredTags":"a","requiredTags":"b"}"#],
        "stands there twice",
    );
    is_refused(
        &["check", "required-tags", "--parameters", r#"{"requiredTags":{"a":"b"}}"#],
        "requiredTags is an object",
    );
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    for arguments in [&["schema", "required-tags"][..], &["check", "security-group-exposure"], &["list"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).stderr(std::process::Stdio::piped()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.contains("No space left on device") && !error.contains("panicked"),
            "{arguments:?}: {error}"
        );
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}
