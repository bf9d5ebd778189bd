//! Instances: `DescribeInstances`.

use aws_sdk_ec2::{
    Client,
    primitives::DateTimeFormat,
    types::{self, InstanceStateName},
};
use config_rules::item::RawItem;
use config_rules_aws::Trouble;
use serde::Serialize;

use super::{Described, Listed, PAGE, Recorder};

pub(super) const TYPE: &str = "AWS::EC2::Instance";

/// A page of the instances, in whatever state they are; terminated ones stay listed for about an hour.
pub(super) async fn page(client: &Client, recorder: &Recorder<'_>, token: Option<String>) -> Listed {
    // Those that a service of AWS runs in the account are there, too, even where it hides them.
    let call = client.describe_instances().include_managed_resources(true);
    let answer = call.max_results(PAGE).set_next_token(token).send().await;
    let answer = answer.map_err(|error| Trouble::of(&error).during("ec2:DescribeInstances"))?;
    let instances = answer.reservations().iter().flat_map(|reservation| {
        let account = reservation.owner_id();
        reservation.instances().iter().map(move |instance| item(recorder, account, instance))
    });
    Ok((instances.collect::<Result<_, _>>()?, answer.next_token))
}

fn item(recorder: &Recorder, account: Option<&str>, instance: &types::Instance) -> Result<RawItem, Trouble> {
    let described = Described {
        resource_type: TYPE,
        id: instance.instance_id(),
        name: None,
        kind: "instance",
        account,
        tags: instance.tags(),
    };
    recorder.item(&described, &Configuration::of(instance))
}

/// What rules read of an instance, as AWS Config spells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration<'a> {
    instance_id: Option<&'a str>,
    image_id: Option<&'a str>,
    key_name: Option<&'a str>,
    launch_time: Option<String>,
    state: Option<State<'a>>,
}

#[derive(Debug, Serialize)]
struct State<'a> {
    name: Option<&'a str>,
}

impl<'a> Configuration<'a> {
    fn of(instance: &'a types::Instance) -> Self {
        let launch_time = instance.launch_time();
        Self {
            instance_id: instance.instance_id(),
            image_id: instance.image_id(),
            key_name: instance.key_name(),
            launch_time: launch_time.and_then(|time| time.fmt(DateTimeFormat::DateTime).ok()),
            state: instance.state().map(|state| State { name: state.name().map(InstanceStateName::as_str) }),
        }
    }
}
