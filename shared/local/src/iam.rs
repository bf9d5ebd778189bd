//! IAM on a loopback port: answers from a file of facts.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::{ApiError, Caller, Endpoint};
use crate::query::{Dialect, Members, QueryApi, QueryRequest, check_parameters, invalid_action, page_from};

/// IAM as functions call it, for all accounts alike. It serves `GetInstanceProfile` and `ListAttachedRolePolicies`;
/// parameters that are not served are refused.
pub type Iam = Endpoint<IamData>;

/// Instance profiles, and the policies of roles, by ARN. By default, there are none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IamData {
    instance_profiles: BTreeMap<String, Option<InstanceProfile>>,
    role_policies: BTreeMap<String, Option<Vec<AttachedPolicy>>>,
    unavailable: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct InstanceProfile {
    arn: String,
    #[serde(rename = "instanceProfileId")]
    id: String,
    role: Option<Role>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Role {
    arn: String,
    #[serde(rename = "roleName")]
    name: String,
    assume_role_policy_document: Value,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all(deserialize = "camelCase", serialize = "PascalCase"))]
struct AttachedPolicy {
    policy_name: String,
    policy_arn: String,
}

/// A list's form in XML: one element `member` for each of its items.
#[derive(Serialize)]
struct List<T> {
    member: T,
}

impl IamData {
    /// Reads the `instanceProfiles` and `rolePolicies` of a file of facts. What is `null` there, or not there at all, does
    /// not exist; a call that asks for what is `unavailable` there is denied. What else the file holds is skipped.
    ///
    /// # Errors
    /// When the text is not the JSON of facts.
    pub fn from_json(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    fn get_instance_profile(&self, request: &QueryRequest) -> Result<Members, ApiError> {
        check_parameters(request, &["InstanceProfileName"])?;
        let name = required(request, "InstanceProfileName")?;
        let profile = self.named(&self.instance_profiles, "instance-profile", name)?;
        let roles = profile.role.iter().map(Role::members).collect::<Result<Vec<_>, _>>()?;
        let roles = roles
            .into_iter()
            .try_fold(Members::default(), |all, role| Ok(all.and(&role.within("member")?)))?;
        let members = identity(&profile.arn)?
            .with("InstanceProfileName", Some(name))?
            .with("InstanceProfileId", Some(&profile.id))?
            .and(&roles.within("Roles")?);
        members.within("InstanceProfile")
    }

    fn list_attached_role_policies(&self, request: &QueryRequest) -> Result<Members, ApiError> {
        check_parameters(request, &["RoleName", "Marker", "MaxItems"])?;
        let policies = self.named(&self.role_policies, "role", required(request, "RoleName")?)?;
        let size = request.get("MaxItems").map_or(Some(100), |size| size.parse().ok());
        let size = size.filter(|size| (1..=1000).contains(size)).ok_or_else(|| invalid("MaxItems"))?;
        let page = page_from(request.get("Marker"), policies.iter().collect(), size);
        let (member, marker) = page.ok_or_else(|| invalid("Marker"))?;
        Members::default()
            .with("AttachedPolicies", Some(List { member }))?
            .with("IsTruncated", Some(marker.is_some()))?
            .with("Marker", marker)
    }

    /// What has this name: the last segment of its ARN.
    fn named<'a, T>(
        &self,
        table: &'a BTreeMap<String, Option<T>>,
        kind: &str,
        name: &str,
    ) -> Result<&'a T, ApiError> {
        let is_named = |arn: &str| arn.contains(&format!(":{kind}/")) && arn.rsplit('/').next() == Some(name);
        if let Some(found) = table.iter().find_map(|(arn, found)| found.as_ref().filter(|_| is_named(arn))) {
            return Ok(found);
        }
        match self.unavailable.iter().find(|(arn, _)| is_named(arn)) {
            Some((_, why)) => Err(Self::denied(why)),
            None => Err(ApiError::new(404, "NoSuchEntity", format!("{kind} {name} cannot be found."))),
        }
    }
}

impl Role {
    fn members(&self) -> Result<Members, ApiError> {
        let Self { arn, name, assume_role_policy_document: document } = self;
        let document = document.as_str().map_or_else(|| encoded(document), str::to_owned);
        identity(arn)?
            .with("RoleName", Some(name))?
            .with("RoleId", Some("AROA00000000000000000"))?
            .with("AssumeRolePolicyDocument", Some(document))
    }
}

/// As IAM encodes documents: RFC 3986.
fn encoded(document: &Value) -> String {
    utf8_percent_encode(&document.to_string(), NON_ALPHANUMERIC).to_string()
}

fn identity(arn: &str) -> Result<Members, ApiError> {
    let path = arn.split_once('/').and_then(|(_, path)| path.rsplit_once('/'));
    let path = path.map_or_else(|| "/".to_owned(), |(path, _)| format!("/{path}/"));
    let members = Members::default().with("Path", Some(path))?.with("Arn", Some(arn))?;
    members.with("CreateDate", Some("2026-01-01T00:00:00Z"))
}

fn required<'a>(request: &'a QueryRequest, name: &str) -> Result<&'a str, ApiError> {
    request.get(name).filter(|value| !value.is_empty()).ok_or_else(|| invalid(name))
}

fn invalid(name: &str) -> ApiError {
    ApiError::bad_request("ValidationError", format!("The value of {name} is missing or not valid"))
}

impl QueryApi for IamData {
    const SERVICE: &'static str = "iam";

    const DIALECT: Dialect =
        Dialect { version: "2010-05-08", namespace: "https://iam.amazonaws.com/doc/2010-05-08/", ec2: false };

    fn answer(&mut self, request: &QueryRequest, _caller: &Caller) -> Result<Members, ApiError> {
        match request.action.as_str() {
            "GetInstanceProfile" => self.get_instance_profile(request),
            "ListAttachedRolePolicies" => self.list_attached_role_policies(request),
            action => Err(invalid_action(action)),
        }
    }

    fn internal(status: u16) -> ApiError {
        ApiError::new(status, "ServiceFailure", "An internal error has occurred")
    }
}
