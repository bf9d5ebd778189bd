//! The parameter `instanceStates`: what every rule about EC2 instances asks first is in which state they are.

use std::collections::BTreeSet;

use super::{Instance, InstanceState};
use crate::{
    finding::Verdict,
    parameters::{Parameter, ParameterError, RawParameters, Value, keywords},
};

/// The calls that list instances.
pub(crate) const INVENTORY_ACTIONS: &[&str] = &["ec2:DescribeInstances"];

/// A state in which an instance is evaluated. One that is shutting down or terminated never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LiveState {
    Pending,
    Running,
    Stopping,
    Stopped,
}

keywords!(
    LiveState,
    "`pending`, `running`, `stopping` or `stopped`",
    "pending" => Self::Pending,
    "running" => Self::Running,
    "stopping" => Self::Stopping,
    "stopped" => Self::Stopped,
);

/// The states in which instances are evaluated.
#[derive(Clone, Debug)]
pub(crate) struct InstanceStates(BTreeSet<LiveState>);

impl InstanceStates {
    pub(crate) const PARAMETER: Parameter = Parameter::list::<LiveState>(
        "instanceStates",
        Some("pending,running,stopping,stopped"),
        "Which instances are evaluated; the others are NOT_APPLICABLE.",
    );

    pub(crate) fn read(parameters: &RawParameters) -> Result<Self, ParameterError> {
        let named: BTreeSet<_> = parameters.list(Self::PARAMETER.name)?.into_iter().collect();
        if named.is_empty() {
            use LiveState::{Pending, Running, Stopped, Stopping};
            return Ok(Self(BTreeSet::from([Pending, Running, Stopping, Stopped])));
        }
        Ok(Self(named))
    }

    /// The answer for an instance that is not to be evaluated. One whose state is not known is.
    pub(crate) fn not_evaluated(&self, instance: &Instance) -> Option<Verdict> {
        let state = instance.state.as_ref();
        let left_out = || {
            let name = state?.name.as_deref()?;
            let is_left_out = LiveState::parse(name).is_ok_and(|state| !self.0.contains(&state));
            is_left_out.then(|| format!("the instance is {name}, which instanceStates leaves out"))
        };
        gone(state).or_else(left_out).map(Verdict::not_applicable)
    }
}

/// Why an instance is never evaluated: it is going, or gone.
pub(crate) fn gone(state: Option<&InstanceState>) -> Option<String> {
    let name = state?.name.as_deref()?;
    matches!(name, "shutting-down" | "terminated").then(|| format!("the instance is {name}"))
}
