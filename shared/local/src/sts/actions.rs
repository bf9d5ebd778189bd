//! The actions.

use serde::Serialize;

use super::StsData;
use super::credentials::Credentials;
use super::limits::{duration, session_duration, text};
use super::role::{AssumeRole, Session};
use crate::endpoint::{ApiError, Caller};
use crate::query::{Members, QueryRequest, check_parameters};

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

/// A role that does not exist is refused as one that does not trust the caller.
pub(super) fn assume_role(
    data: &mut StsData,
    request: &QueryRequest,
    caller: &Caller,
) -> Result<Members, ApiError> {
    let (call, principal) = read(data, request, caller)?;
    let lent = lend(data, &call, &principal);
    let granted = lent.as_ref().ok().map(|(credentials, _)| credentials.access_key_id.clone());
    data.assumed.push(AssumeRole { granted, ..call });
    let (credentials, session) = lent?;
    let user = AssumedRoleUser { assumed_role_id: session.id(), arn: session.arn() };
    data.sessions.push((credentials.access_key_id.clone(), session));
    Members::default().with("AssumedRoleUser", Some(user))?.with("Credentials", Some(credentials))
}

pub(super) fn get_caller_identity(
    data: &StsData,
    request: &QueryRequest,
    caller: &Caller,
) -> Result<Members, ApiError> {
    check_parameters(request, &[])?;
    let session = data.session(caller);
    let members = Members::default().with("Arn", Some(session.arn()))?.with("UserId", Some(session.id()))?;
    members.with("Account", Some(session.account()))
}

/// The call, as far as it can be read, and who makes it.
fn read(data: &StsData, request: &QueryRequest, caller: &Caller) -> Result<(AssumeRole, Session), ApiError> {
    check_parameters(request, &["DurationSeconds", "ExternalId", "RoleArn", "RoleSessionName"])?;
    let external_id = match request.get("ExternalId") {
        Some(_) => Some(text(request, "ExternalId", 2..=1224, ":/")?.to_owned()),
        None => None,
    };
    let principal = data.session(caller).clone();
    let call = AssumeRole {
        caller_arn: principal.arn(),
        access_key_id: caller.access_key_id.clone(),
        role_arn: text(request, "RoleArn", 20..=2048, ":/")?.to_owned(),
        role_session_name: text(request, "RoleSessionName", 2..=64, "")?.to_owned(),
        external_id,
        duration_seconds: duration(request)?,
        granted: None,
    };
    Ok((call, principal))
}

fn lend(data: &StsData, call: &AssumeRole, principal: &Session) -> Result<(Credentials, Session), ApiError> {
    let role = data.roles.iter().find(|role| role.arn == call.role_arn);
    if !role.is_some_and(|role| role.admits(principal, call.external_id.as_deref())) {
        let AssumeRole { caller_arn, role_arn, .. } = call;
        let message = format!(
            "User: {caller_arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
        );
        return Err(ApiError::new(403, "AccessDenied", message));
    }
    let session = Session::new(&call.role_arn, &call.role_session_name);
    Ok((Credentials::new(session.account(), session_duration(call.duration_seconds)?), session))
}

impl StsData {
    fn session(&self, caller: &Caller) -> &Session {
        let known = self.sessions.iter().rev().find(|(key, _)| *key == caller.access_key_id);
        known.map_or(&self.caller, |(_, session)| session)
    }
}
