use config_rules::facts::{Fact, FactRequest, FactSource, KEY_PAIR_USE_ACTIONS};

use super::*;
use crate::fake_ec2::{Call, FakeEc2, Reply, items, refused};

/// What a service answers with one thing in it that refers to the key pair `ops`: the action, the id, and the answer.
const SOURCES: [(&str, &str, &str); 5] = [
    (
        "ec2:DescribeInstances",
        "i-1",
        "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><keyName>ops</keyName>
         <instanceState><name>STATE</name></instanceState></item></instancesSet></item></reservationSet>",
    ),
    (
        "ec2:DescribeSpotInstanceRequests",
        "sir-1",
        "<spotInstanceRequestSet><item><spotInstanceRequestId>sir-1</spotInstanceRequestId><state>STATE</state>
         <launchSpecification><keyName>ops</keyName></launchSpecification></item></spotInstanceRequestSet>",
    ),
    (
        "ec2:DescribeSpotFleetRequests",
        "sfr-1",
        "<spotFleetRequestConfigSet><item><spotFleetRequestId>sfr-1</spotFleetRequestId>
         <spotFleetRequestState>STATE</spotFleetRequestState><spotFleetRequestConfig><launchSpecifications>
         <item><imageId>ami-1</imageId></item><item><keyName>ops</keyName></item>
         </launchSpecifications></spotFleetRequestConfig></item></spotFleetRequestConfigSet>",
    ),
    (
        "ec2:DescribeLaunchTemplateVersions",
        "lt-1",
        "<launchTemplateVersionSet><item><launchTemplateId>lt-1</launchTemplateId><versionNumber>4</versionNumber>
         <launchTemplateData><keyName>ops</keyName></launchTemplateData></item></launchTemplateVersionSet>",
    ),
    (
        "autoscaling:DescribeLaunchConfigurations",
        "web",
        "<LaunchConfigurations><member><LaunchConfigurationName>old</LaunchConfigurationName><KeyName></KeyName></member>
         <member><LaunchConfigurationName>web</LaunchConfigurationName><KeyName>ops</KeyName></member>
         </LaunchConfigurations>",
    ),
];

/// Those that only name versions of launch templates, each version 3 of `lt-1`, by id or by name.
const NAMING: [(&str, &str); 5] = [
    (
        "ec2:DescribeFleets",
        "<fleetSet><item><launchTemplateConfigs><item><launchTemplateSpecification>
         <launchTemplateId>lt-1</launchTemplateId><version>3</version>
         </launchTemplateSpecification></item></launchTemplateConfigs></item></fleetSet>",
    ),
    (
        "ec2:DescribeSpotFleetRequests",
        "<spotFleetRequestConfigSet><item><spotFleetRequestConfig><launchTemplateConfigs><item>
         <launchTemplateSpecification><launchTemplateName>web</launchTemplateName><version>3</version>
         </launchTemplateSpecification></item></launchTemplateConfigs></spotFleetRequestConfig></item>
         </spotFleetRequestConfigSet>",
    ),
    (
        "autoscaling:DescribeAutoScalingGroups",
        "<AutoScalingGroups><member><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId>
         <LaunchTemplateName>web</LaunchTemplateName><Version>3</Version></LaunchTemplate></member></AutoScalingGroups>",
    ),
    (
        "autoscaling:DescribeAutoScalingGroups",
        "<AutoScalingGroups><member><MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification>
         <LaunchTemplateId>lt-1</LaunchTemplateId><Version>3</Version></LaunchTemplateSpecification>
         </LaunchTemplate></MixedInstancesPolicy></member></AutoScalingGroups>",
    ),
    (
        "autoscaling:DescribeAutoScalingGroups",
        "<AutoScalingGroups><member><MixedInstancesPolicy><LaunchTemplate><Overrides><member>
         <LaunchTemplateSpecification><LaunchTemplateId>lt-1</LaunchTemplateId><Version>3</Version>
         </LaunchTemplateSpecification></member></Overrides></LaunchTemplate></MixedInstancesPolicy></member>
         </AutoScalingGroups>",
    ),
];

/// The key pairs `idle` and `ops`, which nothing refers to.
fn nothing(call: &Call) -> Reply {
    match call.action() {
        "DescribeKeyPairs" => {
            items("keySet", "<item><keyName>ops</keyName></item><item><keyName>idle</keyName></item>")
        }
        _ => Ok(String::new()),
    }
}

fn is(call: &Call, action: &str) -> bool {
    action.split_once(':').unwrap().1 == call.action()
}

/// Whether the call is for all templates.
fn is_for_all(call: &Call) -> bool {
    call.value("LaunchTemplateId").or(call.value("LaunchTemplateName")).is_none()
}

async fn look_up_from(fake: &FakeEc2) -> Result<KeyPairUse, String> {
    let facts = fake.ec2.look_up(&[FactRequest::KeyPairUse].into()).await;
    match facts.of_account::<KeyPairUse>() {
        Fact::Known(users) => Ok(users.clone()),
        unknown => Err(facts.unavailable().into_values().next().unwrap_or_else(|| panic!("{unknown:?}"))),
    }
}

async fn look_up(
    reply: impl Fn(&Call) -> Option<Reply> + Send + Sync + 'static,
) -> Result<KeyPairUse, String> {
    let fake = FakeEc2::start(move |call| reply(call).unwrap_or_else(|| nothing(call))).await;
    look_up_from(&fake).await
}

/// What uses `ops`, where one action answers so.
async fn users_of_ops(action: &'static str, answer: String) -> Vec<String> {
    let users = look_up(move |call| is(call, action).then(|| Ok(answer.clone()))).await.unwrap();
    assert_eq!(users.keys().collect::<Vec<_>>(), ["idle", "ops"]);
    assert!(users["idle"].is_empty());
    users["ops"].clone()
}

#[tokio::test]
async fn a_key_pair_is_used_by_everything_that_names_it() {
    for (action, id, answer) in SOURCES {
        assert_eq!(users_of_ops(action, answer.to_owned()).await, [id], "{action}");
        let of_another = answer.replace(">ops<", ">gone<");
        assert!(users_of_ops(action, of_another).await.is_empty(), "{action}");
    }
    let [instance, .., configuration] = SOURCES;
    let users = look_up(move |call| {
        let of_call = [instance, configuration].into_iter().find(|(action, ..)| is(call, action));
        of_call.map(|(.., answer)| Ok(answer.to_owned()))
    });
    assert_eq!(users.await.unwrap()["ops"], ["i-1", "web"]);
}

#[tokio::test]
async fn what_is_over_uses_nothing_and_what_nobody_knows_yet_does() {
    let [instances, spot_requests, spot_fleets, ..] = SOURCES;
    for ((action, _, answer), alive, over) in [
        (instances, "pending running shutting-down stopping stopped frozen", "terminated"),
        (spot_requests, "open active disabled frozen", "closed cancelled failed"),
        (
            spot_fleets,
            "submitted active modifying frozen",
            "cancelled cancelled_running cancelled_terminating failed",
        ),
    ] {
        for (states, expected) in [(alive, false), (over, true)] {
            for state in states.split(' ') {
                let users = users_of_ops(action, answer.replace("STATE", state)).await;
                assert_eq!(users.is_empty(), expected, "{action}: {state}");
            }
        }
    }
}

#[tokio::test]
async fn without_one_of_the_answers_nothing_is_known() {
    for action in KEY_PAIR_USE_ACTIONS {
        for code in ["UnauthorizedOperation", "RequestLimitExceeded", "InvalidAction"] {
            let users = look_up(move |call| is(call, action).then(|| refused(code))).await;
            assert_eq!(users, Err(format!("{action}: {code}")));
        }
    }
}

#[tokio::test]
async fn all_pages_are_read_and_one_that_fails_leaves_no_part() {
    for (action, id, answer) in SOURCES {
        let token = if action.starts_with("ec2:") { "nextToken" } else { "NextToken" };
        let paged = move |second: fn(&str) -> Reply| {
            look_up(move |call| {
                is(call, action).then(|| match call.value("NextToken") {
                    None => Ok(format!("<{token}>2</{token}>")),
                    Some(_) => second(answer),
                })
            })
        };
        assert_eq!(paged(|answer| Ok(answer.to_owned())).await.unwrap()["ops"], [id], "{action}");
        assert_eq!(paged(|_| refused("InternalFailure")).await, Err(format!("{action}: InternalFailure")));
    }
}

#[tokio::test]
async fn what_services_of_aws_run_in_the_account_counts() {
    let users = look_up(|call| {
        let is_asked = matches!(call.action(), "DescribeInstances" | "DescribeLaunchTemplateVersions");
        assert!(!is_asked || call.value("IncludeManagedResources") == Some("true"));
        None
    });
    assert_eq!(users.await.unwrap().len(), 2);
}

/// What uses `ops`, where it stands in one version of `lt-1` only, and something names version 3 so; and the number of
/// calls for a template.
async fn users_by_version(
    (naming, answer): (&'static str, String),
    number: &'static str,
    third: Reply,
) -> (Result<KeyPairUse, String>, usize) {
    let version = SOURCES[3].2.replace("<versionNumber>4<", &format!("<versionNumber>{number}<"));
    let version =
        version.replace("<versionNumber>", "<launchTemplateName>web</launchTemplateName><versionNumber>");
    let fake = FakeEc2::start(move |call| match call.action() {
        "DescribeLaunchTemplateVersions" if is_for_all(call) => {
            assert_eq!(call.values("LaunchTemplateVersion"), ["%24Default", "%24Latest"]);
            Ok(version.replace(">ops<", ">idle<"))
        }
        "DescribeLaunchTemplateVersions" => {
            assert_eq!(call.values("LaunchTemplateVersion"), ["3"]);
            third.clone()
        }
        _ if is(call, naming) => Ok(answer.clone()),
        _ => nothing(call),
    });
    let fake = fake.await;
    let users = look_up_from(&fake).await;
    (users, fake.count("DescribeLaunchTemplateVersions") - 1)
}

#[tokio::test]
async fn a_version_that_a_group_or_a_fleet_stays_with_counts() {
    for (naming, answer) in NAMING {
        let (users, calls) =
            users_by_version((naming, answer.to_owned()), "4", Ok(SOURCES[3].2.to_owned())).await;
        assert_eq!((&users.unwrap()["ops"][..], calls), (&["lt-1".to_owned()][..], 1), "{answer}");
    }
}

#[tokio::test]
async fn a_version_that_is_the_default_or_the_latest_is_not_asked_for_twice() {
    for (naming, answer) in NAMING {
        let (users, calls) =
            users_by_version((naming, answer.to_owned()), "3", refused("InternalFailure")).await;
        assert_eq!((users.unwrap()["idle"].len(), calls), (1, 0), "{answer}");
        for version in ["$Latest", "$Default", ""] {
            let answer = answer.replace("ersion>3<", &format!("ersion>{version}<"));
            let (users, calls) = users_by_version((naming, answer), "4", refused("InternalFailure")).await;
            assert_eq!((users.unwrap()["idle"].len(), calls), (1, 0), "{version}");
        }
    }
}

#[tokio::test]
async fn a_version_that_is_gone_uses_nothing_and_one_that_is_refused_might() {
    let named = || (NAMING[2].0, NAMING[2].1.to_owned());
    for code in [
        "InvalidLaunchTemplateId.NotFound",
        "InvalidLaunchTemplateId.VersionNotFound",
        "InvalidLaunchTemplateName.NotFoundException",
    ] {
        let (users, _) = users_by_version(named(), "4", refused(code)).await;
        assert!(users.unwrap()["ops"].is_empty(), "{code}");
    }
    let (users, _) = users_by_version(named(), "4", refused("UnauthorizedOperation")).await;
    assert_eq!(users, Err("ec2:DescribeLaunchTemplateVersions: UnauthorizedOperation".to_owned()));
}
