//! What uses which key pair: everything that was launched with it, and everything that may still be launched with it.
//!
//! A key pair that only looks unused gets deleted. So there is no partial answer: where one call fails, nothing is known.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{
        BatchState, Instance, InstanceStateName, SpotFleetRequestConfig, SpotInstanceRequest,
        SpotInstanceState,
    },
};
use config_rules::facts::KeyPairUse;
use config_rules_aws::Failure;

use crate::{
    call::during,
    launch_template::{self, Versions},
};

/// How many things a page has. Nothing of it is kept but names and ids.
pub(crate) const PAGE: i32 = 200;

/// Looks up all key pairs, and what refers to each.
pub(crate) async fn look_up(
    client: &Client,
    auto_scaling: &aws_sdk_autoscaling::Client,
) -> Result<KeyPairUse, Failure> {
    let mut users = during("ec2:DescribeKeyPairs", key_pairs(client)).await?;
    let mut versions = Versions::default();
    during("ec2:DescribeInstances", instances(client, &mut users)).await?;
    during("ec2:DescribeSpotInstanceRequests", spot_requests(client, &mut users)).await?;
    during("ec2:DescribeSpotFleetRequests", spot_fleets(client, &mut users, &mut versions)).await?;
    during("ec2:DescribeFleets", launch_template::of_fleets(client, &mut versions)).await?;
    during("autoscaling:DescribeLaunchConfigurations", launch_configurations(auto_scaling, &mut users))
        .await?;
    during("autoscaling:DescribeAutoScalingGroups", launch_template::of_groups(auto_scaling, &mut versions))
        .await?;
    during("ec2:DescribeLaunchTemplateVersions", launch_template::look_up(client, versions, &mut users))
        .await?;
    Ok(users.into_ids())
}

/// The ids of what uses a key pair, by the name of the pair.
#[derive(Debug, Default)]
pub(crate) struct Users(BTreeMap<String, BTreeSet<String>>);

impl Users {
    /// Something that names a key pair, if it does. What names one that is gone uses none that could be deleted.
    pub(crate) fn add(&mut self, key_name: Option<&str>, id: Option<&str>) {
        if let Some(ids) = key_name.and_then(|name| self.0.get_mut(name)) {
            ids.insert(id.unwrap_or("?").to_owned());
        }
    }

    fn into_ids(self) -> KeyPairUse {
        self.0.into_iter().map(|(name, ids)| (name, ids.into_iter().collect())).collect()
    }
}

/// The action knows no pages.
async fn key_pairs(client: &Client) -> Result<Users, Failure> {
    let answer = client.describe_key_pairs().send().await?;
    let names = answer.key_pairs.unwrap_or_default().into_iter().filter_map(|key_pair| key_pair.key_name);
    Ok(Users(names.map(|name| (name, BTreeSet::new())).collect()))
}

/// No filter: EC2 forgets terminated instances within the hour, and a state that it adds one day must not be left out.
async fn instances(client: &Client, users: &mut Users) -> Result<(), Failure> {
    // Those that a service of AWS runs in the account use key pairs, too, even where it hides them.
    let call = client.describe_instances().include_managed_resources(true);
    let mut reservations = call.into_paginator().page_size(PAGE).items().send();
    while let Some(reservation) = reservations.try_next().await? {
        for instance in reservation.instances().iter().filter(|instance| !is_terminated(instance)) {
            users.add(instance.key_name(), instance.instance_id());
        }
    }
    Ok(())
}

fn is_terminated(instance: &Instance) -> bool {
    let state = instance.state().and_then(|state| state.name());
    state == Some(&InstanceStateName::Terminated)
}

/// Those that may launch an instance, again or for the first time; a stopped one's is `disabled`.
async fn spot_requests(client: &Client, users: &mut Users) -> Result<(), Failure> {
    let call = client.describe_spot_instance_requests();
    let mut requests = call.into_paginator().page_size(PAGE).items().send();
    while let Some(request) = requests.try_next().await? {
        let specification = request.launch_specification().filter(|_| !is_over(&request));
        users.add(specification.and_then(|launch| launch.key_name()), request.spot_instance_request_id());
    }
    Ok(())
}

fn is_over(request: &SpotInstanceRequest) -> bool {
    use SpotInstanceState::{Cancelled, Closed, Failed};
    matches!(request.state(), Some(Cancelled | Closed | Failed))
}

async fn spot_fleets(client: &Client, users: &mut Users, versions: &mut Versions) -> Result<(), Failure> {
    let call = client.describe_spot_fleet_requests();
    let mut fleets = call.into_paginator().page_size(PAGE).items().send();
    while let Some(fleet) = fleets.try_next().await? {
        let Some(config) = fleet.spot_fleet_request_config().filter(|_| !is_cancelled(&fleet)) else {
            continue;
        };
        for launch in config.launch_specifications() {
            users.add(launch.key_name(), fleet.spot_fleet_request_id());
        }
        let templates = config.launch_template_configs().iter();
        versions.extend(templates.filter_map(|config| config.launch_template_specification()));
    }
    Ok(())
}

fn is_cancelled(fleet: &SpotFleetRequestConfig) -> bool {
    use BatchState::{Cancelled, CancelledRunning, CancelledTerminatingInstances, Failed};
    let over = [Cancelled, CancelledRunning, CancelledTerminatingInstances, Failed];
    fleet.spot_fleet_request_state().is_some_and(|state| over.contains(state))
}

/// Groups without instances launch from these, or from launch templates. The action takes no larger pages than a hundred.
async fn launch_configurations(
    auto_scaling: &aws_sdk_autoscaling::Client,
    users: &mut Users,
) -> Result<(), Failure> {
    let call = auto_scaling.describe_launch_configurations();
    let mut configurations = call.into_paginator().page_size(100).items().send();
    while let Some(configuration) = configurations.try_next().await? {
        users.add(configuration.key_name(), configuration.launch_configuration_name());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
