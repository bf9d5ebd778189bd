//! STS on a loopback port: grants sessions of the roles that it knows to those whom they trust.

mod parameters;
mod role;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use config_rules_local::FunctionArn;
use config_rules_local::endpoint::{ApiError, Caller, Endpoint};
use config_rules_local::query::{Dialect, Members, QueryApi, QueryRequest, check_parameters, invalid_action};
use serde::Serialize;

use parameters::{duration, session_duration, text};
use role::{Credentials, Session};

pub use role::{AssumeRole, StsRole};

/// STS as functions call it. It serves `AssumeRole` and `GetCallerIdentity`.
///
/// Whoever calls with credentials that were not granted here runs as the data's caller. Since that is a role, too, sessions
/// last an hour at most, as in AWS for roles that assume roles. Parameters that are not served are refused.
pub type Sts = Endpoint<StsData>;

/// The roles, and their sessions. By default, there are none.
#[derive(Debug)]
pub struct StsData {
    caller: Session,
    roles: Vec<StsRole>,
    /// By access key id.
    sessions: HashMap<String, Session>,
    assumed: Vec<AssumeRole>,
}

impl Default for StsData {
    fn default() -> Self {
        let FunctionArn { account, name, .. } = FunctionArn::default();
        Self::new(&format!("arn:aws:iam::{account}:role/{name}"))
    }
}

impl StsData {
    /// Functions run with this role.
    #[must_use]
    pub fn new(caller_role_arn: &str) -> Self {
        let caller = Session::new(caller_role_arn, &FunctionArn::default().name);
        Self { caller, roles: Vec::new(), sessions: HashMap::new(), assumed: Vec::new() }
    }

    /// Adds a role.
    #[must_use]
    pub fn role(mut self, role: StsRole) -> Self {
        self.roles.push(role);
        self
    }

    /// Every call of `AssumeRole` that met no fault, granted or not, in the order of arrival:
    /// `sts.with(|sts| sts.assumed_roles())`.
    #[must_use]
    pub fn assumed_roles(&self) -> Vec<AssumeRole> {
        self.assumed.clone()
    }

    /// A role that does not exist is refused as one that does not trust the caller.
    fn assume_role(&mut self, request: &QueryRequest, caller: &Caller) -> Result<Members, ApiError> {
        let call = self.read(request, caller)?;
        let granted = self.grant(&call, self.session(caller));
        let access_key_id = granted.as_ref().ok().map(|(credentials, _)| credentials.access_key_id.clone());
        self.assumed.push(AssumeRole { granted: access_key_id, ..call });
        let (credentials, session) = granted?;
        let user = AssumedRoleUser { assumed_role_id: session.id(), arn: session.arn() };
        self.sessions.insert(credentials.access_key_id.clone(), session);
        Members::default().with("AssumedRoleUser", Some(user))?.with("Credentials", Some(credentials))
    }

    fn get_caller_identity(&self, request: &QueryRequest, caller: &Caller) -> Result<Members, ApiError> {
        check_parameters(request, &[])?;
        let session = self.session(caller);
        let members =
            Members::default().with("Arn", Some(session.arn()))?.with("UserId", Some(session.id()))?;
        members.with("Account", Some(session.account()))
    }

    fn session(&self, caller: &Caller) -> &Session {
        self.sessions.get(&caller.access_key_id).unwrap_or(&self.caller)
    }

    fn read(&self, request: &QueryRequest, caller: &Caller) -> Result<AssumeRole, ApiError> {
        check_parameters(request, &["DurationSeconds", "ExternalId", "RoleArn", "RoleSessionName"])?;
        let external_id = match request.get("ExternalId") {
            Some(_) => Some(text(request, "ExternalId", 2..=1224, ":/")?.to_owned()),
            None => None,
        };
        Ok(AssumeRole {
            caller_arn: self.session(caller).arn(),
            access_key_id: caller.access_key_id.clone(),
            role_arn: text(request, "RoleArn", 20..=2048, ":/")?.to_owned(),
            role_session_name: text(request, "RoleSessionName", 2..=64, "")?.to_owned(),
            external_id,
            duration_seconds: duration(request)?,
            granted: None,
        })
    }

    fn grant(&self, call: &AssumeRole, principal: &Session) -> Result<(Credentials, Session), ApiError> {
        let role = self.roles.iter().find(|role| role.arn == call.role_arn);
        if !role.is_some_and(|role| role.admits(principal, call.external_id.as_deref())) {
            let AssumeRole { caller_arn, role_arn, .. } = call;
            return Err(Self::denied(&format!(
                "User: {caller_arn} is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            )));
        }
        let session = Session::new(&call.role_arn, &call.role_session_name);
        Ok((Credentials::new(session.account(), session_duration(call.duration_seconds)?), session))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct AssumedRoleUser {
    assumed_role_id: String,
    arn: String,
}

impl QueryApi for StsData {
    const SERVICE: &'static str = "sts";

    const DIALECT: Dialect =
        Dialect { version: "2011-06-15", namespace: "https://sts.amazonaws.com/doc/2011-06-15/", ec2: false };

    fn answer(&mut self, request: &QueryRequest, caller: &Caller) -> Result<Members, ApiError> {
        match request.action.as_str() {
            "AssumeRole" => self.assume_role(request, caller),
            "GetCallerIdentity" => self.get_caller_identity(request, caller),
            action => Err(invalid_action(action)),
        }
    }
}
