//! Instances, in the reservations that they were launched with.

use serde_json::Value;

use crate::ec2::data::Ec2Data;
use crate::ec2::listing::{Id, Listing};
use crate::ec2::paging::Sizes;
use crate::endpoint::ApiError;
use crate::query::Members;
use crate::query::QueryRequest;

/// Each reservation in the data has one instance.
const INSTANCES: Listing = Listing {
    name: "Reservations",
    set: "reservationSet",
    ids: &[Id {
        parameter: "InstanceId",
        pointer: "/Instances/0/InstanceId",
        missing: |ids| ApiError::not_found("InvalidInstanceID.NotFound", "instance ID", ids),
    }],
    filters: &[
        ("image-id", "/Instances/0/ImageId"),
        ("instance-id", "/Instances/0/InstanceId"),
        ("instance-state-name", "/Instances/0/State/Name"),
        ("key-name", "/Instances/0/KeyName"),
        ("network-interface.group-id", "/Instances/0/NetworkInterfaces/*/Groups/*/GroupId"),
        ("network-interface.subnet-id", "/Instances/0/NetworkInterfaces/*/SubnetId"),
        ("vpc-id", "/Instances/0/VpcId"),
    ],
    sizes: Sizes::new(5..=1000),
};

/// A page is counted in instances: a reservation can go on in the next one.
pub(super) fn describe_instances(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    if request.get("MaxResults").is_some() && !request.list("InstanceId").is_empty() {
        let message = "The parameter instancesSet cannot be used with the parameter maxResults";
        return Err(ApiError::bad_request("InvalidParameterCombination", message));
    }
    let (launches, next) = INSTANCES.select(data.instances.of(&request.list("InstanceId")), data, request)?;
    let same = |one: &&Value, other: &&Value| one["ReservationId"] == other["ReservationId"];
    let reservations: Vec<_> = launches.chunk_by(same).map(|launches| reservation(data, launches)).collect();
    INSTANCES.members(&reservations.iter().collect::<Vec<_>>(), next)
}

fn reservation(data: &Ec2Data, launches: &[&Value]) -> Value {
    let instances = launches.iter().filter_map(|launch| launch["Instances"].as_array()).flatten();
    let mut reservation = launches[0].clone();
    if reservation["OwnerId"].is_null() {
        reservation["OwnerId"] = data.owner_id().into();
    }
    reservation["Instances"] = instances.cloned().collect();
    reservation
}

/// The user data of an instance; no other attribute is served. One that is listed may have none.
pub(super) fn describe_instance_attribute(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let id = request.get("InstanceId").unwrap_or_default();
    if request.get("Attribute") != Some("userData") {
        return Err(ApiError::invalid_value("the local EC2 serves the attribute userData only"));
    }
    let user_data = data.user_data().get(id)?;
    let is_listed = data.instances.get(id).is_some();
    if user_data.is_none() && (!is_listed || data.user_data.contains_key(id)) {
        return Err(ApiError::not_found("InvalidInstanceID.NotFound", "instance ID", &[id]));
    }
    let value = Members::default().with("value", user_data.filter(|text| !text.is_empty()))?;
    Ok(Members::default().with("instanceId", Some(id))?.and(&value.within("userData")?))
}
