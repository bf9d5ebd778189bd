//! Resources without tags that somebody could set, and AWS Config records: none of them is missing.

use crate::{
    ec2::instance_states::gone,
    embedded::Fields,
    item::{RawItem, Tags},
};

/// Where IAM has what AWS makes in an account: roles of AWS services, and of IAM Identity Center.
const PATHS_OF_AWS: [&str; 2] = ["/aws-service-role/", "/aws-reserved/"];

/// Why nobody can set tags that AWS Config records, if that is so.
pub(super) fn reason(item: &RawItem, tags: &Tags) -> Option<String> {
    let configuration = item.configuration.as_ref().map_or("null", |raw| raw.get());
    let fields = Fields::read(configuration).unwrap_or_default();
    let is_gone = || {
        let is_instance = item.resource_type == "AWS::EC2::Instance";
        is_instance.then(|| gone(fields.get("state").as_ref()))?
    };
    let managed = || Some(format!("AWS manages {}, not the account", managed_by_aws(item, &fields)?));
    let unrecorded = || {
        let is_unrecorded = tags.is_empty() && item.is_recorded_without_tags();
        is_unrecorded.then(|| format!("AWS Config does not record tags of {}", item.resource_type))
    };
    is_gone().or_else(managed).or_else(unrecorded)
}

/// What it is that AWS manages, if it does.
fn managed_by_aws(item: &RawItem, fields: &Fields<'_>) -> Option<String> {
    let text = |name: &str| fields.get::<String>(name);
    match item.resource_type.as_str() {
        "AWS::KMS::Key" if text("keyManager").as_deref() == Some("AWS") => return Some("the key".to_owned()),
        "AWS::ECS::CapacityProvider" if is_fargate(&item.resource_id) => {
            return Some("the capacity provider".to_owned());
        }
        _ => (),
    }
    let arns: Vec<_> = [item.arn.clone(), text("arn")].into_iter().flatten().collect();
    let resources = arns.iter().filter_map(|arn| arn.splitn(6, ':').nth(5));
    let mut paths: Vec<_> =
        resources.filter_map(|resource| resource.find('/').map(|at| &resource[at..])).collect();
    let path = text("path");
    paths.extend(path.as_deref());
    let is_below = |above: &&str| paths.iter().any(|path| path.starts_with(*above));
    PATHS_OF_AWS.into_iter().find(is_below).map(|path| format!("what is under {path}"))
}

fn is_fargate(id: &str) -> bool {
    matches!(id.rsplit('/').next(), Some("FARGATE" | "FARGATE_SPOT"))
}
