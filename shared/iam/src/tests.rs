//! What IAM tells, and what its faults are.

use config_rules::{
    facts::{Fact, INSTANCE_PROFILE_ACTIONS, ROLE_POLICIES_ACTIONS, Role},
    iam::TrustPolicy,
};

use super::*;
use crate::fake_iam::{FakeIam, unreachable};

const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/team/web";
const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/ops";
const ROLE: &str = "arn:aws:iam::111122223333:role/team/web-role";

const TRUST: &str = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%2C\
                     %22Principal%22%3A%7B%22Service%22%3A%22ec2.amazonaws.com%22%7D%7D%7D";

fn profile(roles: &str) -> String {
    format!(
        "<InstanceProfile><Path>/team/</Path><InstanceProfileName>web</InstanceProfileName>
         <InstanceProfileId>AIPA0000000000000WEB1</InstanceProfileId><Arn>{PROFILE}</Arn>
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><Roles>{roles}</Roles></InstanceProfile>"
    )
}

fn role() -> String {
    format!(
        "<member><Path>/team/</Path><RoleName>web-role</RoleName><RoleId>AROA0000000000000WEB1</RoleId><Arn>{ROLE}</Arn>
         <CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>{TRUST}</AssumeRolePolicyDocument></member>"
    )
}

fn policies(names: &[&str], rest: &str) -> String {
    let member = |name: &&str| {
        format!(
            "<member><PolicyName>{name}</PolicyName><PolicyArn>arn:aws:iam::aws:policy/{name}</PolicyArn></member>"
        )
    };
    let members: String = names.iter().map(member).collect();
    format!("<AttachedPolicies>{members}</AttachedPolicies>{rest}")
}

fn of_profiles(arns: &[&str]) -> BTreeSet<FactRequest> {
    arns.iter().map(|arn| FactRequest::InstanceProfile((*arn).to_owned())).collect()
}

fn of_role() -> BTreeSet<FactRequest> {
    [FactRequest::RolePolicies(ROLE.to_owned())].into()
}

#[tokio::test]
async fn knows_a_profile_by_name_its_role_and_whom_that_trusts() {
    let fake = FakeIam::start(|form| {
        assert!(form.contains("InstanceProfileName=web"), "{form}");
        Ok(profile(&role()))
    })
    .await;
    for _ in 1..=2 {
        let facts = fake.iam.look_up(&of_profiles(&[PROFILE])).await;
        let expected = InstanceProfile {
            arn: PROFILE.to_owned(),
            instance_profile_id: "AIPA0000000000000WEB1".to_owned(),
            role: Some(Role {
                arn: ROLE.to_owned(),
                role_name: "web-role".to_owned(),
                assume_role_policy_document: TrustPolicy::from(TRUST),
            }),
        };
        assert_eq!(facts.instance_profile(PROFILE), Fact::Known(&expected));
        let role = expected.role.unwrap();
        assert_eq!(role.assume_role_policy_document.statements().unwrap().len(), 1);
    }
    assert_eq!(fake.actions(), ["GetInstanceProfile"], "it is kept");
}

#[tokio::test]
async fn a_profile_may_have_no_role() {
    let fake = FakeIam::start(|_| Ok(profile(""))).await;
    let facts = fake.iam.look_up(&of_profiles(&[PROFILE])).await;
    assert!(matches!(facts.instance_profile(PROFILE), Fact::Known(InstanceProfile { role: None, .. })));
}

#[tokio::test]
async fn an_answer_without_a_profile_is_a_passing_fault() {
    let fake = FakeIam::start(|_| Ok(String::new())).await;
    let facts = fake.iam.look_up(&of_profiles(&[PROFILE])).await;
    let why = "iam:GetInstanceProfile: the answer holds no instance profile";
    assert_eq!(facts.unavailable()[PROFILE], why);
}

#[tokio::test]
async fn reads_all_pages_of_a_roles_policies() {
    let fake = FakeIam::start(|form| {
        assert!(form.contains("RoleName=web-role"), "{form}");
        if form.contains("Marker=next") {
            Ok(policies(&["AdministratorAccess"], "<IsTruncated>false</IsTruncated>"))
        } else {
            Ok(policies(&["a", "b"], "<IsTruncated>true</IsTruncated><Marker>next</Marker>"))
        }
    })
    .await;
    for _ in 1..=2 {
        let facts = fake.iam.look_up(&of_role()).await;
        let Fact::Known(policies) = facts.role_policies(ROLE) else { panic!("{facts:?}") };
        let names: Vec<_> = policies.iter().map(|policy| policy.policy_name.as_str()).collect();
        assert_eq!(names, ["a", "b", "AdministratorAccess"]);
        assert_eq!(policies[2].policy_arn, "arn:aws:iam::aws:policy/AdministratorAccess");
    }
    assert_eq!(fake.actions().len(), 2, "they are kept");
}

#[tokio::test]
async fn half_of_the_pages_is_nothing() {
    let fake = FakeIam::start(|form| {
        if form.contains("Marker=next") {
            return Err((403, "AccessDenied"));
        }
        Ok(policies(&["a"], "<IsTruncated>true</IsTruncated><Marker>next</Marker>"))
    })
    .await;
    let facts = fake.iam.look_up(&of_role()).await;
    let why = "iam:ListAttachedRolePolicies: AccessDenied".to_owned();
    assert_eq!(facts.role_policies(ROLE), Fact::Unavailable(why));
}

#[tokio::test]
async fn what_does_not_exist_is_absent_and_spoils_no_other() {
    let fake = FakeIam::start(|form| {
        if form.contains("InstanceProfileName=ops") { Err((404, "NoSuchEntity")) } else { Ok(profile("")) }
    })
    .await;
    let facts = fake.iam.look_up(&of_profiles(&[OTHER, PROFILE])).await;
    assert_eq!(facts.instance_profile(OTHER), Fact::Absent);
    assert!(matches!(facts.instance_profile(PROFILE), Fact::Known(_)));
}

#[tokio::test]
async fn what_may_not_be_asked_is_unavailable_and_asked_again() {
    let fake = FakeIam::start(|_| Err((403, "AccessDenied"))).await;
    for look_ups in 1..=2 {
        let facts = fake.iam.look_up(&of_profiles(&[PROFILE])).await;
        let why = "iam:GetInstanceProfile: AccessDenied".to_owned();
        assert_eq!(facts.instance_profile(PROFILE), Fact::Unavailable(why));
        assert!(facts.take_wanted().is_empty() && fake.actions().len() == look_ups);
    }
}

#[tokio::test]
async fn throttling_and_failures_are_passing_faults() {
    for (status, code) in [(400, "Throttling"), (500, "ServiceFailure")] {
        let fake = FakeIam::start(move |_| Err((status, code))).await;
        let facts = fake.iam.look_up(&of_profiles(&[PROFILE])).await;
        assert_eq!(facts.unavailable()[PROFILE], format!("iam:GetInstanceProfile: {code}"));
        let known = facts.with_faults_as_reasons();
        assert!(matches!(known.instance_profile(PROFILE), Fact::Unavailable(_)));
        assert_eq!(fake.actions().len(), 2, "it was tried again");
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_asked_once() {
    let facts = unreachable().await.look_up(&of_profiles(&[PROFILE, OTHER])).await;
    for arn in [PROFILE, OTHER] {
        assert_eq!(facts.unavailable()[arn], "iam:GetInstanceProfile: no connection");
    }
}

#[tokio::test]
async fn calls_only_the_actions_that_it_says_it_needs() {
    let fake = FakeIam::start(|_| Ok(String::new())).await;
    fake.iam.look_up(&BTreeSet::new()).await;
    assert!(fake.actions().is_empty());
    for (requests, actions) in
        [(of_profiles(&[PROFILE]), INSTANCE_PROFILE_ACTIONS), (of_role(), &ROLE_POLICIES_ACTIONS[1..])]
    {
        let fake = FakeIam::start(|_| Ok(String::new())).await;
        fake.iam.look_up(&requests).await;
        let called: Vec<_> = fake.actions().iter().map(|action| format!("iam:{action}")).collect();
        assert_eq!(called, actions);
    }
}

#[tokio::test]
async fn ec2_answers_the_rest() {
    let fake = FakeIam::start(|_| Err((403, "UnauthorizedOperation"))).await;
    fake.iam.look_up(&[FactRequest::KeyPair("ops".to_owned())].into()).await;
    let page = fake.iam.page(&["AWS::EC2::Instance".to_owned()], None, Timestamp::UNIX_EPOCH, None).await;
    assert!(page.is_err());
    assert_eq!(fake.actions(), ["DescribeKeyPairs", "DescribeInstances"]);
}
