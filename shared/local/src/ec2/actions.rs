//! The actions. A new one is a line here and a function of its own.

mod image_sharing;
mod images;
mod instances;
mod key_pairs;
mod launch_templates;
mod network_interfaces;
mod prefix_lists;
mod security_groups;
mod spot;
mod subnets;
mod vpc_block_public_access;

use super::data::Ec2Data;
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest, check_parameters, invalid_action};
use launch_templates::LAUNCH_TEMPLATES;
use spot::{FLEETS, SPOT_FLEET_REQUESTS, SPOT_INSTANCE_REQUESTS};

struct Action {
    name: &'static str,
    /// Of a list the name before the number.
    parameters: &'static [&'static str],
    run: fn(&Ec2Data, &QueryRequest) -> Result<Members, ApiError>,
}

/// Every action that is served.
const ACTIONS: &[Action] = &[
    Action {
        name: "DescribeFleets",
        parameters: &["FleetId", "Filter", "MaxResults", "NextToken"],
        run: |data, request| FLEETS.describe(&data.fleets, data, request),
    },
    Action {
        name: "DescribeImageAttribute",
        parameters: &["Attribute", "ImageId"],
        run: image_sharing::describe_image_attribute,
    },
    Action {
        name: "DescribeImages",
        parameters: &["ImageId", "IncludeDeprecated", "IncludeDisabled", "MaxResults", "NextToken", "Owner"],
        run: images::describe_images,
    },
    Action {
        name: "DescribeInstanceAttribute",
        parameters: &["Attribute", "InstanceId"],
        run: instances::describe_instance_attribute,
    },
    Action {
        name: "DescribeInstanceImageMetadata",
        parameters: &["InstanceId", "MaxResults", "NextToken"],
        run: images::describe_instance_image_metadata,
    },
    Action {
        name: "DescribeInstances",
        parameters: &["Filter", "IncludeManagedResources", "InstanceId", "MaxResults", "NextToken"],
        run: instances::describe_instances,
    },
    Action {
        name: "DescribeKeyPairs",
        parameters: &["Filter", "KeyName"],
        run: key_pairs::describe_key_pairs,
    },
    Action {
        name: "DescribeLaunchTemplateVersions",
        parameters: &[
            "IncludeManagedResources",
            "LaunchTemplateId",
            "LaunchTemplateName",
            "LaunchTemplateVersion",
            "MaxResults",
            "NextToken",
            "ResolveAlias",
        ],
        run: launch_templates::describe_launch_template_versions,
    },
    Action {
        name: "DescribeLaunchTemplates",
        parameters: &["Filter", "LaunchTemplateId", "LaunchTemplateName", "MaxResults", "NextToken"],
        run: |data, request| LAUNCH_TEMPLATES.describe(&data.launch_templates, data, request),
    },
    Action {
        name: "DescribeManagedPrefixLists",
        parameters: &["MaxResults", "NextToken", "PrefixListId"],
        run: prefix_lists::describe_managed_prefix_lists,
    },
    Action {
        name: "DescribeNetworkAcls",
        parameters: &["Filter", "MaxResults", "NetworkAclId", "NextToken"],
        run: subnets::describe_network_acls,
    },
    Action {
        name: "DescribeNetworkInterfaces",
        parameters: &["Filter", "IncludeManagedResources", "MaxResults", "NetworkInterfaceId", "NextToken"],
        run: network_interfaces::describe_network_interfaces,
    },
    Action {
        name: "DescribeRouteTables",
        parameters: &["Filter", "MaxResults", "NextToken", "RouteTableId"],
        run: subnets::describe_route_tables,
    },
    Action {
        name: "DescribeSecurityGroups",
        parameters: &["Filter", "GroupId", "MaxResults", "NextToken"],
        run: security_groups::describe_security_groups,
    },
    Action {
        name: "DescribeSnapshots",
        parameters: &["MaxResults", "NextToken", "Owner", "RestorableBy"],
        run: image_sharing::describe_snapshots,
    },
    Action {
        name: "DescribeSpotFleetRequests",
        parameters: &["MaxResults", "NextToken"],
        run: |data, request| SPOT_FLEET_REQUESTS.describe(&data.spot_fleet_requests, data, request),
    },
    Action {
        name: "DescribeSpotInstanceRequests",
        parameters: &["Filter", "MaxResults", "NextToken", "SpotInstanceRequestId"],
        run: |data, request| SPOT_INSTANCE_REQUESTS.describe(&data.spot_instance_requests, data, request),
    },
    Action {
        name: "DescribeSubnets",
        parameters: &["Filter", "MaxResults", "NextToken", "SubnetId"],
        run: subnets::describe_subnets,
    },
    Action {
        name: "DescribeVpcBlockPublicAccessExclusions",
        parameters: &["MaxResults", "NextToken"],
        run: vpc_block_public_access::describe_exclusions,
    },
    Action {
        name: "DescribeVpcBlockPublicAccessOptions",
        parameters: &[],
        run: vpc_block_public_access::describe_options,
    },
    Action {
        name: "GetImageBlockPublicAccessState",
        parameters: &[],
        run: image_sharing::get_image_block_public_access_state,
    },
    Action {
        name: "GetManagedPrefixListEntries",
        parameters: &["MaxResults", "NextToken", "PrefixListId"],
        run: prefix_lists::get_managed_prefix_list_entries,
    },
    Action {
        name: "GetSnapshotBlockPublicAccessState",
        parameters: &[],
        run: image_sharing::get_snapshot_block_public_access_state,
    },
];

/// Answers a call.
pub(super) fn run(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    let action = ACTIONS.iter().find(|action| action.name == request.action);
    let action = action.ok_or_else(|| invalid_action(&request.action))?;
    check_parameters(request, action.parameters)?;
    (action.run)(data, request)
}
