//! EC2's API on a loopback port: answers from a file of facts and from listings, and refuses what AWS refuses.

mod actions;
mod data;
mod error;
mod filters;
mod listing;
mod names;
mod paging;
#[cfg(test)]
mod tests;

use crate::endpoint::{ApiError, Caller, Endpoint};
use crate::query::{Dialect, Members, QueryApi, QueryRequest};

pub use data::Ec2Data;

/// EC2 as the functions of one account, or several, reach it, in one region.
///
/// It serves `DescribeImageAttribute` (of its attributes `launchPermission`), `DescribeImages`, `DescribeInstanceImageMetadata`,
/// `DescribeInstances`, `DescribeKeyPairs`, `DescribeLaunchTemplateVersions`, `DescribeLaunchTemplates`,
/// `DescribeManagedPrefixLists`, `DescribeNetworkAcls`, `DescribeNetworkInterfaces`, `DescribeRouteTables`,
/// `DescribeSecurityGroups`, `DescribeSnapshots`, `DescribeSpotFleetRequests`, `DescribeSpotInstanceRequests`, `DescribeSubnets`,
/// `DescribeVpcBlockPublicAccessExclusions`, `DescribeVpcBlockPublicAccessOptions`, `GetImageBlockPublicAccessState`,
/// `GetManagedPrefixListEntries` and `GetSnapshotBlockPublicAccessState`. Where AWS documents
/// nothing, or does more than it documents, the stricter reading is enforced: parameters and filters that are not served
/// are refused, a reservation can go on in the next page, and a deprecated image is left out unless it is asked for, even
/// by its id and by its owner.
pub type Ec2 = Endpoint<Ec2Data>;

impl QueryApi for Ec2Data {
    const SERVICE: &'static str = "ec2";

    const DIALECT: Dialect =
        Dialect { version: "2016-11-15", namespace: "http://ec2.amazonaws.com/doc/2016-11-15/", ec2: true };

    fn answer(&mut self, request: &QueryRequest, caller: &Caller) -> Result<Members, ApiError> {
        actions::run(self.of(caller), request)
    }

    fn throttled() -> ApiError {
        ApiError::new(503, "RequestLimitExceeded", "Request limit exceeded.")
    }

    fn denied(why: &str) -> ApiError {
        ApiError::unauthorized(why)
    }

    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "InternalError", "An internal error has occurred")
    }
}
