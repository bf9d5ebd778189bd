//! The cases that users of other tools were bitten by, by number.

use serde_json::{Value, json};

use super::*;
use crate::{
    facts::FactRequest,
    rules::testing::{Case, parameter_error},
};

const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/web";
const ROLE: &str = "arn:aws:iam::111122223333:role/web-role";
const ID: &str = "AIPA0000000000000WEB1";

fn instance(configuration: &Value) -> Case<InstanceProfile> {
    Case::new("AWS::EC2::Instance", &configuration.to_string())
}

fn with_profile(arn: &str) -> Case<InstanceProfile> {
    instance(&json!({"iamInstanceProfile": {"arn": arn, "id": ID}, "state": {"name": "running"}}))
}

fn web() -> Case<InstanceProfile> {
    with_profile(PROFILE)
}

fn without_profile() -> Case<InstanceProfile> {
    instance(&json!({"iamInstanceProfile": null}))
}

/// What is known of the profile [`PROFILE`], whose role has this trust policy.
fn record(trust_policy: &Value) -> Value {
    json!({
        "arn": PROFILE, "instanceProfileId": ID,
        "role": {"arn": ROLE, "roleName": "web-role", "assumeRolePolicyDocument": trust_policy},
    })
}

fn allow(principal: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

fn ec2() -> Value {
    allow(&json!({"Service": "ec2.amazonaws.com"}))
}

/// An instance of [`PROFILE`], about which this is known.
fn knowing(record: &Value) -> Case<InstanceProfile> {
    web().knowing(&json!({"instanceProfiles": {PROFILE: record}}).to_string())
}

/// The same, whose role these statements let EC2 and others assume.
fn trusting(statements: &[Value]) -> Case<InstanceProfile> {
    let statements = [&[ec2()], statements].concat();
    knowing(&record(&json!({"Statement": statements})))
}

/// The same, whose role has these policies, by ARN.
fn attached(arns: &[&str]) -> Case<InstanceProfile> {
    let policy = |arn: &&str| json!({"policyArn": arn, "policyName": arn.rsplit('/').next().unwrap()});
    let policies: Vec<_> = arns.iter().map(policy).collect();
    let record = record(&json!({"Statement": ec2()}));
    let facts = json!({"instanceProfiles": {PROFILE: record}, "rolePolicies": {ROLE: policies}});
    web().knowing(&facts.to_string())
}

/// An instance with these metadata options, of which no profile is required.
fn metadata(options: &Value) -> Case<InstanceProfile> {
    instance(&json!({"metadataOptions": options})).with("required", "false")
}

/// Case 1.
#[test]
fn an_instance_without_a_profile_is_a_finding_unless_it_may() {
    for missing in [json!({}), json!({"iamInstanceProfile": null})] {
        instance(&missing).is("NON_COMPLIANT", "PROFILE-MISSING: no instance profile; one is required");
        instance(&missing).with("required", "false").is("COMPLIANT", "no instance profile");
    }
    without_profile().with("approvedRoles", "web").with("required", "false").has_type("COMPLIANT");
}

/// Case 2.
#[test]
fn by_default_a_profile_is_enough_and_nobody_is_asked() {
    web().is("COMPLIANT", r#"has instance profile "web""#);
    assert!(web().requests().is_empty());
}

/// Case 3.
#[test]
fn a_profile_without_a_readable_arn_is_missing_data() {
    let why = "MISSING-DATA: the configuration item does not name the instance profile by a readable ARN";
    for arn in [json!(null), json!(""), json!("web"), json!(ROLE), json!("arn:aws:iam::1:instance-profile/")]
    {
        let case = instance(&json!({"iamInstanceProfile": {"arn": arn, "id": ID}}));
        case.with("required", "false").is("NON_COMPLIANT", why);
    }
    instance(&json!({"iamInstanceProfile": {}})).has_type("NON_COMPLIANT");
}

/// Case 4.
#[test]
fn the_managed_list_takes_exact_arns() {
    let listed = |list: &str| web().with("IamInstanceProfileArnList", list);
    listed(PROFILE).is("COMPLIANT", &format!(r#"has instance profile "web", approved by {PROFILE}"#));
    let other = "arn:aws:iam::111122223333:instance-profile/Web";
    listed(other).is("NON_COMPLIANT", &format!("PROFILE-UNAPPROVED: {PROFILE} is not in {other}"));
    listed("arn:aws:iam::111122223333:instance-profile/w*").has_type("NON_COMPLIANT");
    for wrong in
        ["web", "arn:aws:iam::1:instance-profile/web", ROLE, "arn:aws:iam::111122223333:instance-profile/"]
    {
        let error =
            parameter_error::<InstanceProfile>(&json!({"IamInstanceProfileArnList": wrong}).to_string());
        assert!(error.contains("is not the ARN of an instance profile"), "{error}");
    }
}

/// Case 5.
#[test]
fn the_path_is_no_part_of_the_name() {
    let team = || with_profile("arn:aws:iam::111122223333:instance-profile/team/web/web-1");
    team()
        .with("approvedProfiles", "web-*")
        .is("COMPLIANT", r#"has instance profile "web-1", approved by web-*"#);
    team()
        .with("approvedProfiles", "team*")
        .is("NON_COMPLIANT", r#"PROFILE-UNAPPROVED: instance profile "web-1" is not in team*"#);
    team().with("approvedProfiles", "arn:*:instance-profile/team/*").has_type("COMPLIANT");
    team().with("approvedProfiles", "arn:*:instance-profile/web-*").has_type("NON_COMPLIANT");
}

/// Case 6.
#[test]
fn partitions_are_part_of_an_arn() {
    for partition in ["aws-cn", "aws-us-gov"] {
        let web = || with_profile(&format!("arn:{partition}:iam::111122223333:instance-profile/web-1"));
        web().with("approvedProfiles", "arn:aws:iam::*:instance-profile/web-*").has_type("NON_COMPLIANT");
        web().with("approvedProfiles", "arn:*:iam::*:instance-profile/web-*").has_type("COMPLIANT");
    }
}

/// Cases 7 and 8.
#[test]
fn denial_beats_approval_and_nothing_unapproved_passes() {
    web()
        .with("approvedProfiles", "web")
        .with("deniedProfiles", "w*")
        .is("NON_COMPLIANT", r#"PROFILE-DENIED: instance profile "web" is denied by w*"#);
    web().with("required", "false").with("approvedProfiles", "ops").has_type("NON_COMPLIANT");
}

/// Case 9.
#[test]
fn either_list_approves() {
    let both =
        |arn: &str, name: &str| web().with("IamInstanceProfileArnList", arn).with("approvedProfiles", name);
    let other = "arn:aws:iam::111122223333:instance-profile/ops";
    both(PROFILE, "ops").has_type("COMPLIANT");
    both(other, "web").has_type("COMPLIANT");
    both(other, "ops").is("NON_COMPLIANT", &format!("PROFILE-UNAPPROVED: {PROFILE} is not in {other}, ops"));
    let error = parameter_error::<InstanceProfile>(r#"{"approvedProfiles":"a,,b"}"#);
    assert!(error.contains("item 2 is empty"), "{error}");
}

/// Cases 10 and 12, and what is settled of both: without a role there are no credentials.
#[test]
fn a_profile_without_a_role_gives_no_credentials() {
    let empty = json!({"arn": PROFILE, "instanceProfileId": ID, "role": null});
    for (record, code, fact) in
        [(json!(null), "PROFILE-DANGLING", "was deleted"), (empty, "PROFILE-EMPTY", "has no role")]
    {
        let case = || knowing(&record);
        case().with("danglingProfile", "report").is(
            "NON_COMPLIANT",
            &format!("{code}: instance profile \"web\" {fact}, and gives no credentials"),
        );
        case().with("approvedRoles", "web-role").is(
            "NON_COMPLIANT",
            &format!("{code}: instance profile \"web\" {fact}; expected one of web-role"),
        );
        for (parameter, value) in
            [("trustedPrincipals", "ec2"), ("deniedPolicies", "X"), ("deniedRoles", "x")]
        {
            case().with(parameter, value).is(
                "COMPLIANT",
                &format!("has instance profile \"web\"; it {fact}, and gives no credentials"),
            );
        }
    }
}

/// Case 11.
#[test]
fn a_profile_made_again_is_another_profile() {
    let mut again = record(&json!({"Statement": ec2()}));
    again["instanceProfileId"] = json!("AIPA0000000000000WEB2");
    let sentence = format!(
        "instance profile \"web\" was made again: the instance names {ID}, IAM has AIPA0000000000000WEB2 of that name"
    );
    knowing(&again)
        .with("danglingProfile", "report")
        .is("NON_COMPLIANT", &format!("PROFILE-REUSED-NAME: {sentence}"));
    knowing(&again).with("trustedPrincipals", "ec2").has_type("COMPLIANT");
    knowing(&again).with("approvedRoles", "ops").has_type("NON_COMPLIANT");
    let facts = json!({"instanceProfiles": {PROFILE: again}}).to_string();
    let unknown = instance(&json!({"iamInstanceProfile": {"arn": PROFILE}})).knowing(&facts);
    unknown.with("danglingProfile", "report").has_type("COMPLIANT");
}

/// Case 13.
#[test]
fn roles_are_approved_by_their_own_name() {
    let case = || trusting(&[]);
    case()
        .with("approvedRoles", "web-role")
        .is("COMPLIANT", r#"has instance profile "web"; role "web-role""#);
    case()
        .with("approvedRoles", "web, ops")
        .is("NON_COMPLIANT", r#"ROLE-UNAPPROVED: role "web-role" is not in web, ops"#);
    case().with("approvedRoles", "arn:*:role/web-*").has_type("COMPLIANT");
    case()
        .with("approvedRoles", "web-role")
        .with("deniedRoles", "*-role")
        .is("NON_COMPLIANT", r#"ROLE-DENIED: role "web-role" is denied by *-role"#);
}

/// Case 14.
#[test]
fn names_are_answered_without_iam() {
    let denied = json!({"unavailable": {PROFILE: "iam:GetInstanceProfile: AccessDenied"}}).to_string();
    web().with("approvedProfiles", "web").knowing(&denied).has_type("COMPLIANT");
    web()
        .with("approvedProfiles", "ops")
        .with("approvedRoles", "ops")
        .knowing(&denied)
        .is("NON_COMPLIANT", r#"PROFILE-UNAPPROVED: instance profile "web" is not in ops"#);
}

/// Case 15.
#[test]
fn what_iam_may_not_be_asked_is_missing_data() {
    let denied = json!({"unavailable": {PROFILE: "iam:GetInstanceProfile: AccessDenied"}}).to_string();
    web().with("deniedPolicies", "AdministratorAccess").knowing(&denied).is(
        "NON_COMPLIANT",
        r#"MISSING-DATA: nothing is known about instance profile "web": iam:GetInstanceProfile: AccessDenied"#,
    );
    let facts = json!({
        "instanceProfiles": {PROFILE: record(&json!({"Statement": ec2()}))},
        "unavailable": {ROLE: "iam:ListAttachedRolePolicies: AccessDenied"},
    });
    web().with("deniedPolicies", "AdministratorAccess").knowing(&facts.to_string()).is(
        "NON_COMPLIANT",
        r#"MISSING-DATA: the policies of role "web-role" are not known: iam:ListAttachedRolePolicies: AccessDenied"#,
    );
}

/// Case 16.
#[test]
fn another_accounts_profile_is_answered_by_name_only() {
    let other = || with_profile("arn:aws:iam::444455556666:instance-profile/web");
    other().with("approvedProfiles", "web").has_type("COMPLIANT");
    let case = || other().with("approvedRoles", "web");
    case().is(
        "NON_COMPLIANT",
        r#"MISSING-DATA: nothing is known about instance profile "web": its account 444455556666 is not the instance's"#,
    );
    assert!(case().requests().is_empty());
}

/// Cases 17, 18 and 20 to 23: who else may assume the role, what is said of it, and what allows it.
#[test]
fn others_who_may_assume_the_role_are_named() {
    trusting(&[])
        .with("trustedPrincipals", "ec2")
        .is("COMPLIANT", r#"has instance profile "web"; role "web-role", assumed by ec2 only"#);
    let provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let (user, session) =
        ("arn:aws:iam::444455556666:user/ops", "arn:aws:sts::444455556666:assumed-role/ops/session");
    for (principal, words, allowed) in [
        (json!({"Service": ["ssm.amazonaws.com"]}), "ssm.amazonaws.com", "ssm.amazonaws.com"),
        (json!({"AWS": "111122223333"}), "111122223333 (root)", "arn:aws:iam::111122223333:root"),
        (json!({"AWS": "arn:aws:iam::444455556666:root"}), "444455556666 (root)", "444455556666"),
        (json!({"AWS": user}), user, "444455556666"),
        (json!({"AWS": user}), user, "arn:aws:iam::444455556666:user/*"),
        (json!({"AWS": session}), session, "444455556666"),
        (json!({"Federated": provider}), &format!("users of {provider}"), "arn:*:oidc-provider/*"),
        (
            json!({"Federated": "cognito-identity.amazonaws.com"}),
            "users of cognito-identity.amazonaws.com",
            "cognito-identity.amazonaws.com",
        ),
    ] {
        let case = || trusting(&[allow(&principal)]);
        let sentence = format!("role \"web-role\" may also be assumed by {words}; allowed: ec2");
        case().with("trustedPrincipals", "ec2").is("NON_COMPLIANT", &format!("ROLE-TRUST: {sentence}"));
        case().with("trustedPrincipals", &format!("ec2,{allowed}")).has_type("COMPLIANT");
    }
    for (principal, words) in [
        ("AROA0000000000000000A", "a deleted principal (AROA0000000000000000A)"),
        ("AIDA0000000000000000A", "a deleted principal (AIDA0000000000000000A)"),
    ] {
        let case = trusting(&[allow(&json!({"AWS": principal}))]);
        let sentence =
            format!("role \"web-role\" may also be assumed by {words}; allowed: ec2, arn:*, 111122223333");
        case.with("trustedPrincipals", "ec2,arn:*,111122223333")
            .is("NON_COMPLIANT", &format!("ROLE-TRUST: {sentence}"));
    }
}

/// Case 19.
#[test]
fn everybody_is_everybody_whatever_the_condition() {
    let condition = json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}});
    for principal in [
        json!({"Principal": "*"}),
        json!({"Principal": {"AWS": "*"}}),
        json!({"Principal": {"AWS": ["*"]}}),
        json!({"NotPrincipal": {"AWS": "444455556666"}}),
    ] {
        let mut statement = json!({"Effect": "Allow", "Action": "sts:AssumeRole"});
        statement.as_object_mut().unwrap().extend(principal.as_object().unwrap().clone());
        let open = "ROLE-TRUST: role \"web-role\" may also be assumed by everybody";
        let trusted = "ec2,444455556666,arn:*";
        let case =
            |statement: &Value| trusting(std::slice::from_ref(statement)).with("trustedPrincipals", trusted);
        case(&statement).is("NON_COMPLIANT", &format!("{open}; allowed: ec2, 444455556666, arn:*"));
        statement["Condition"] = condition.clone();
        case(&statement)
            .is("NON_COMPLIANT", &format!("{open}, under a condition; allowed: ec2, 444455556666, arn:*"));
    }
}

/// Case 19: a principal with and without a condition may assume the role without.
#[test]
fn a_condition_counts_if_every_statement_has_one() {
    let free = allow(&json!({"AWS": "444455556666"}));
    let mut bound = free.clone();
    bound["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    for (statements, words) in [
        (vec![bound.clone(), bound.clone()], "444455556666 (root), under a condition"),
        (vec![bound.clone(), free.clone()], "444455556666 (root)"),
        (vec![free, bound], "444455556666 (root)"),
    ] {
        trusting(&statements).with("trustedPrincipals", "ec2").is(
            "NON_COMPLIANT",
            &format!("ROLE-TRUST: role \"web-role\" may also be assumed by {words}; allowed: ec2"),
        );
    }
}

/// Case 24.
#[test]
fn only_actions_that_assume_the_role_count() {
    let case = |key: &str, actions: Value| {
        let principal = json!({"AWS": "444455556666"});
        let statement = json!({"Effect": "Allow", "Principal": principal, key: actions});
        trusting(&[statement]).with("trustedPrincipals", "ec2")
    };
    for action in ["sts:*", "*", "STS:assumerole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
    {
        case("Action", json!(action)).has_type("NON_COMPLIANT");
    }
    case("Action", json!(["sts:TagSession", "sts:SetSourceIdentity"])).has_type("COMPLIANT");
    case("NotAction", json!("sts:TagSession")).has_type("NON_COMPLIANT");
    case("NotAction", json!("sts:*")).has_type("COMPLIANT");
}

/// Case 25.
#[test]
fn statements_that_deny_are_not_counted_on() {
    let deny = json!({"Effect": "Deny", "Principal": "*", "Action": "*"});
    trusting(std::slice::from_ref(&deny)).with("trustedPrincipals", "ec2").has_type("COMPLIANT");
    let open = allow(&json!("*"));
    trusting(&[deny, open]).with("trustedPrincipals", "ec2").has_type("NON_COMPLIANT");
}

/// Case 26.
#[test]
fn ec2_has_another_principal_in_china() {
    for (partition, answer) in [("aws-cn", "COMPLIANT"), ("aws", "NON_COMPLIANT")] {
        let arn = format!("arn:{partition}:iam::111122223333:instance-profile/web");
        let china = allow(&json!({"Service": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn"]}));
        let facts = json!({"instanceProfiles": {&*arn: record(&json!({"Statement": china}))}});
        with_profile(&arn).with("trustedPrincipals", "ec2").knowing(&facts.to_string()).has_type(answer);
    }
}

/// Case 27.
#[test]
fn a_role_that_ec2_may_not_assume_is_noted() {
    let note = r#"has instance profile "web"; role "web-role"; note ROLE-NOT-FOR-EC2: the trust policy does not let EC2 assume it"#;
    let of = |statement: Value| {
        knowing(&record(&json!({"Statement": statement}))).with("approvedRoles", "web-role")
    };
    of(allow(&json!({"Service": "ssm.amazonaws.com"}))).is("COMPLIANT", note);
    let mut tags = ec2();
    tags["Action"] = json!("sts:TagSession");
    of(tags).is("COMPLIANT", note);
    for statement in [ec2(), allow(&json!("*"))] {
        of(statement).is("COMPLIANT", r#"has instance profile "web"; role "web-role""#);
    }
}

/// Case 28; the decoding itself is tested with it.
#[test]
fn a_trust_policy_that_cannot_be_read_is_missing_data_for_trust_only() {
    let encoded = json!(
        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C%22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%7D%7D"
    );
    knowing(&record(&encoded)).with("trustedPrincipals", "ec2").has_type("COMPLIANT");
    let broken = || knowing(&record(&json!("%7B")));
    broken().with("trustedPrincipals", "ec2").is(
        "NON_COMPLIANT",
        r#"MISSING-DATA: the trust policy of role "web-role" cannot be read: EOF while parsing an object at line 1 column 1"#,
    );
    broken()
        .with("approvedRoles", "web-role")
        .is("COMPLIANT", r#"has instance profile "web"; role "web-role""#);
}

/// Cases 29 and 30.
#[test]
fn a_name_denies_the_policy_of_aws_and_no_other() {
    for partition in ["aws", "aws-cn", "aws-us-gov"] {
        attached(&[&format!("arn:{partition}:iam::aws:policy/AdministratorAccess")])
            .with("deniedPolicies", "PowerUserAccess,Administrator*")
            .is("NON_COMPLIANT", r#"ROLE-POLICY: role "web-role" has AdministratorAccess"#);
    }
    let own = || attached(&["arn:aws:iam::123456789012:policy/AdministratorAccess"]);
    own()
        .with("deniedPolicies", "AdministratorAccess")
        .is("COMPLIANT", r#"has instance profile "web"; role "web-role", without AdministratorAccess"#);
    own().with("deniedPolicies", "arn:*:policy/AdministratorAccess").has_type("NON_COMPLIANT");
}

/// Case 31; that all pages are read is the source's.
#[test]
fn one_of_many_policies_is_enough() {
    let mut arns: Vec<_> = (0..20).map(|index| format!("arn:aws:iam::aws:policy/p{index}")).collect();
    arns.push("arn:aws:iam::aws:policy/job-function/IAMFullAccess".to_owned());
    attached(&arns.iter().map(String::as_str).collect::<Vec<_>>())
        .with("deniedPolicies", "IAMFullAccess,p1,p2,p3")
        .is("NON_COMPLIANT", r#"ROLE-POLICY: role "web-role" has p1, p2, p3 and 1 more"#);
}

/// Cases 32 and 33.
#[test]
fn a_metadata_service_that_takes_no_token_is_a_finding() {
    let case = |tokens: &str, endpoint: &str| {
        metadata(&json!({"httpTokens": tokens, "httpEndpoint": endpoint})).with("imdsv2", "required")
    };
    case("optional", "enabled")
        .is("NON_COMPLIANT", "IMDS-V1: httpTokens of the metadata service is optional; expected: required");
    case("required", "enabled").is("COMPLIANT", "no instance profile; IMDSv2 required");
    case("optional", "disabled").is("COMPLIANT", "no instance profile; metadata service disabled");
    case("odd", "enabled")
        .is("NON_COMPLIANT", "MISSING-DATA: whether the metadata service requires tokens is not known");
}

/// Case 34.
#[test]
fn an_item_without_metadata_options_is_missing_data() {
    for (parameter, value) in [("imdsv2", "required"), ("tokenHopLimit", "1")] {
        metadata(&json!(null))
            .with(parameter, value)
            .is("NON_COMPLIANT", "MISSING-DATA: the configuration item does not hold the metadata options");
    }
    metadata(&json!(null)).has_type("COMPLIANT");
}

/// Case 35.
#[test]
fn options_that_are_being_applied_count_and_are_called_pending() {
    let pending = |tokens: &str, hops: i64| {
        metadata(&json!({"httpTokens": tokens, "httpPutResponseHopLimit": hops, "state": "pending"}))
            .with("imdsv2", "required")
            .with("tokenHopLimit", "1")
    };
    pending("required", 1).is(
        "COMPLIANT",
        "no instance profile; IMDSv2 required (pending); token hop limit within 1 (pending)",
    );
    pending("optional", 2).is(
        "NON_COMPLIANT",
        "IMDS-V1: httpTokens of the metadata service is optional (pending); expected: required; \
         IMDS-HOPS: the token hop limit is 2 (pending); allowed: 1",
    );
}

/// Case 36.
#[test]
fn the_hop_limit_itself_is_fine() {
    let hops = |hops: Value| metadata(&json!({"httpPutResponseHopLimit": hops})).with("tokenHopLimit", "2");
    hops(json!(2)).is("COMPLIANT", "no instance profile; token hop limit within 2");
    hops(json!(3)).is("NON_COMPLIANT", "IMDS-HOPS: the token hop limit is 3; allowed: 2");
    hops(json!(null))
        .is("NON_COMPLIANT", "MISSING-DATA: the token hop limit of the metadata service is not known");
    for limit in ["0", "65", "-1", "+1", "1.0", "x"] {
        let error = parameter_error::<InstanceProfile>(&json!({"tokenHopLimit": limit}).to_string());
        assert!(error.contains("is not a whole number from 1 to 64"), "{error}");
    }
}

/// Case 37.
#[test]
fn the_state_decides_whether_an_instance_is_evaluated() {
    for (state, answer) in [
        ("pending", "NON_COMPLIANT"),
        ("running", "NON_COMPLIANT"),
        ("stopped", "NON_COMPLIANT"),
        ("shutting-down", "NOT_APPLICABLE"),
        ("terminated", "NOT_APPLICABLE"),
    ] {
        instance(&json!({"state": {"name": state}})).has_type(answer);
    }
}

/// Case 38.
#[test]
fn the_metadata_service_is_evaluated_without_a_profile() {
    let case = || metadata(&json!({"httpTokens": "optional"})).with("imdsv2", "required");
    case().has_type("NON_COMPLIANT");
    case().with("required", "true").is(
        "NON_COMPLIANT",
        "PROFILE-MISSING: no instance profile; one is required; IMDS-V1: httpTokens of the metadata service is optional; expected: required",
    );
}

/// Each is asked for only if the answer depends on it, and policies only of a role that is known.
#[test]
fn asks_only_what_the_answer_depends_on() {
    let profile = || [FactRequest::InstanceProfile(PROFILE.to_owned())].into();
    for (parameter, value) in [
        ("approvedRoles", "x"),
        ("deniedRoles", "x"),
        ("danglingProfile", "report"),
        ("trustedPrincipals", "ec2"),
        ("deniedPolicies", "x"),
    ] {
        assert_eq!(web().with(parameter, value).requests(), profile(), "{parameter}");
        assert!(web().with(parameter, value).with("deniedProfiles", "web").requests().is_empty());
        assert!(without_profile().with(parameter, value).requests().is_empty());
    }
    let policies = || [FactRequest::RolePolicies(ROLE.to_owned())].into();
    assert_eq!(trusting(&[]).with("deniedPolicies", "x").requests(), policies());
    for (parameter, value) in [("imdsv2", "required"), ("tokenHopLimit", "1"), ("approvedProfiles", "web")] {
        assert!(web().with(parameter, value).requests().is_empty(), "{parameter}");
    }
    assert!(trusting(&[]).with("trustedPrincipals", "ec2").requests().is_empty());
}

/// Findings of the role, its trust and its policies stand beside each other; missing data behind them.
#[test]
fn all_that_is_wrong_with_a_role_is_said() {
    let facts = json!({
        "instanceProfiles": {PROFILE: record(&json!({"Statement": [ec2(), allow(&json!("*"))]}))},
        "unavailable": {ROLE: "denied"},
    });
    web()
        .with("approvedRoles", "ops")
        .with("trustedPrincipals", "ec2")
        .with("deniedPolicies", "x")
        .knowing(&facts.to_string())
        .is(
            "NON_COMPLIANT",
            r#"ROLE-UNAPPROVED: role "web-role" is not in ops; ROLE-TRUST: role "web-role" may also be assumed by everybody; allowed: ec2; MISSING-DATA: the policies of role "web-role" are not known: denied"#,
        );
}

/// The managed rules, by their parameters.
#[test]
fn literal_answers_as_one_managed_rule() {
    let literal = |configuration: Value| instance(&configuration).with("mode", "literal");
    let attached = json!({"iamInstanceProfile": {"arn": PROFILE, "id": ID}});
    let v1 = json!({"metadataOptions": {"httpTokens": "optional", "httpEndpoint": "disabled", "httpPutResponseHopLimit": 2}});
    literal(attached.clone()).has_type("COMPLIANT");
    literal(v1.clone()).is("NON_COMPLIANT", "PROFILE-MISSING: no instance profile; one is required");
    literal(attached)
        .with("IamInstanceProfileArnList", "arn:aws:iam::111122223333:instance-profile/ops")
        .has_type("NON_COMPLIANT");
    literal(v1.clone())
        .with("imdsv2", "required")
        .is("NON_COMPLIANT", "IMDS-V1: httpTokens of the metadata service is optional; expected: required");
    literal(v1.clone())
        .with("tokenHopLimit", "1")
        .is("NON_COMPLIANT", "IMDS-HOPS: the token hop limit is 2; allowed: 1");
    literal(v1.clone()).with("tokenHopLimit", "2").is("COMPLIANT", "token hop limit within 2");
    literal(v1).with("imdsv2", "ignore").has_type("NON_COMPLIANT");
}

/// Mixtures are refused, and what no managed rule has.
#[test]
fn literal_is_one_managed_rule_and_nothing_else() {
    let error = |mut parameters: Value| {
        parameters["mode"] = json!("literal");
        parameter_error::<InstanceProfile>(&parameters.to_string())
    };
    for (parameters, name) in [
        (json!({"imdsv2": "required", "tokenHopLimit": "1"}), "tokenHopLimit"),
        (json!({"IamInstanceProfileArnList": PROFILE, "imdsv2": "required"}), "imdsv2"),
    ] {
        assert!(error(parameters).contains(&format!("parameter {name}: mode `literal` reproduces one")));
    }
    for name in ["required", "approvedProfiles", "deniedRoles", "deniedPolicies"] {
        let value = if name == "required" { "false" } else { "x" };
        let error = error(json!({name: value}));
        assert!(error.contains(&format!("parameter {name}: mode `literal` reproduces a")), "{error}");
    }
}

/// Exemptions name profiles, policies and principals.
#[test]
fn parts_of_findings_are_exempt() {
    let exempt = |case: Case<InstanceProfile>, part: &str, value: &str| {
        let entry = json!([{part: value, "reason": "pilot", "owner": "ops", "expires": "2026-04-01"}]);
        let compliance = case.with("exemptions", &entry.to_string()).compliance();
        (compliance.compliance_type(), compliance.annotation().starts_with("EXEMPT until 2026-04-01"))
    };
    let is = ("COMPLIANT", true);
    assert_eq!(exempt(web().with("approvedProfiles", "ops"), "profiles", "web"), is);
    let admin =
        || attached(&["arn:aws:iam::aws:policy/AdministratorAccess"]).with("deniedPolicies", "Admin*");
    assert_eq!(exempt(admin(), "policies", "AdministratorAccess"), is);
    assert_eq!(exempt(admin(), "policies", "Other"), ("NON_COMPLIANT", false));
    let open = || trusting(&[allow(&json!({"AWS": "444455556666"}))]).with("trustedPrincipals", "ec2");
    assert_eq!(exempt(open(), "principals", "444455556666"), is);
    assert_eq!(exempt(open(), "principals", "ssm.amazonaws.com"), ("NON_COMPLIANT", false));
}

/// Principals that are neither are refused.
#[test]
fn principals_have_a_form() {
    for wrong in ["*", "EC2", "AROA0000000000000000A", "ops", "12345678901", ".amazonaws.com", "a..b"] {
        let error = parameter_error::<InstanceProfile>(&json!({"trustedPrincipals": wrong}).to_string());
        assert!(error.contains("is not `ec2`, an account id"), "{error}");
    }
}

/// Who asks for nothing is told so.
#[test]
fn parameters_that_check_nothing_are_cautioned_against() {
    let cautions = |json: &str| {
        let raw = RawParameters::from_json(json).unwrap();
        InstanceProfile::cautions(&InstanceProfile::parameters(&raw).unwrap()).len()
    };
    assert_eq!(cautions(r#"{"required":"false"}"#), 1);
    for json in
        ["{}", r#"{"required":"false","imdsv2":"required"}"#, r#"{"required":"false","deniedRoles":"x"}"#]
    {
        assert_eq!(cautions(json), 0, "{json}");
    }
}
