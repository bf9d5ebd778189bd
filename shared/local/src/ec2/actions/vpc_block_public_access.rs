//! VPC block public access.

use serde::Serialize;

use crate::ec2::data::Ec2Data;
use crate::ec2::paging::{Sizes, page};
use crate::endpoint::ApiError;
use crate::query::{Members, QueryRequest};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    aws_account_id: String,
    internet_gateway_block_mode: String,
}

pub(super) fn describe_options(data: &Ec2Data, _: &QueryRequest) -> Result<Members, ApiError> {
    let internet_gateway_block_mode = data.vpc_block_public_access()?.internet_gateway_block_mode;
    let options = Options { aws_account_id: data.owner_id(), internet_gateway_block_mode };
    Members::default().with("vpcBlockPublicAccessOptions", Some(options))
}

pub(super) fn describe_exclusions(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    let exclusions = data.vpc_block_public_access()?.exclusions;
    let (exclusions, next) = page(data, request, exclusions, &Sizes::new(5..=1000))?;
    Members::default().with_set("vpcBlockPublicAccessExclusionSet", &exclusions)?.with("nextToken", next)
}
