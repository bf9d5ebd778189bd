//! EC2 Auto Scaling on a loopback port: describes the groups and launch configurations that were put into it.

#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;

use config_rules_local::endpoint::{ApiError, Caller, Endpoint};
use config_rules_local::query::{
    Dialect, Members, QueryApi, QueryRequest, check_parameters, invalid_action, page_from,
};
use serde_json::{Value, json};

/// Auto Scaling as functions call it. It serves `DescribeAutoScalingGroups` and `DescribeLaunchConfigurations`, in pages.
pub type AutoScaling = Endpoint<AutoScalingData>;

/// The groups and launch configurations. By default, there are none.
#[derive(Debug, Default)]
pub struct AutoScalingData {
    groups: Vec<Value>,
    launch_configurations: Vec<Value>,
    page_size: Option<NonZeroUsize>,
}

impl AutoScalingData {
    /// Adds groups in the form in which `aws autoscaling describe-auto-scaling-groups` prints them.
    #[must_use]
    pub fn groups(mut self, groups: impl IntoIterator<Item = Value>) -> Self {
        self.groups.extend(groups);
        self
    }

    /// Adds launch configurations in the form in which `aws autoscaling describe-launch-configurations` prints them.
    #[must_use]
    pub fn launch_configurations(mut self, configurations: impl IntoIterator<Item = Value>) -> Self {
        self.launch_configurations.extend(configurations);
        self
    }

    /// No page is larger than this, whatever a call asks for.
    #[must_use]
    pub fn page_size(mut self, items: NonZeroUsize) -> Self {
        self.page_size = Some(items);
        self
    }

    /// The entries with the names of the request, or all. A name that does not exist is no error.
    fn describe(
        &self,
        entries: &[Value],
        list: &'static str,
        name: &str,
        request: &QueryRequest,
    ) -> Result<Members, ApiError> {
        let parameter = format!("{name}s");
        check_parameters(request, &[&parameter, "MaxRecords", "NextToken"])?;
        let names = request.list(&format!("{parameter}.member"));
        let asked =
            |entry: &&Value| names.is_empty() || names.contains(&entry[name].as_str().unwrap_or_default());
        let found = entries.iter().filter(asked).collect();
        let size = records(request)?.min(self.page_size.map_or(usize::MAX, NonZeroUsize::get));
        let (page, next) = page_from(request.get("NextToken"), found, size)
            .ok_or_else(|| ApiError::bad_request("InvalidNextToken", "The token is not valid"))?;
        let page = wire(&page.into_iter().cloned().collect());
        Members::default().with(list, Some(page))?.with("NextToken", next)
    }
}

/// The most records of a page: 50, unless the call asks for another number.
fn records(request: &QueryRequest) -> Result<usize, ApiError> {
    let Some(text) = request.get("MaxRecords") else {
        return Ok(50);
    };
    text.parse().ok().filter(|size| (1..=100).contains(size)).ok_or_else(|| {
        let message = format!("MaxRecords is {text}. Expecting a value from 1 to 100.");
        ApiError::bad_request("ValidationError", message)
    })
}

/// Names stay as they are, an item of a list is a `member`, and nothing is sent for `null`.
fn wire(value: &Value) -> Value {
    match value {
        Value::Array(items) => json!({"member": items.iter().map(wire).collect::<Value>()}),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            members.map(|(name, value)| (name.clone(), wire(value))).collect()
        }
        value => value.clone(),
    }
}

impl QueryApi for AutoScalingData {
    const SERVICE: &'static str = "autoscaling";

    const DIALECT: Dialect = Dialect {
        version: "2011-01-01",
        namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
        ec2: false,
    };

    fn answer(&mut self, request: &QueryRequest, _caller: &Caller) -> Result<Members, ApiError> {
        match request.action.as_str() {
            "DescribeAutoScalingGroups" => {
                self.describe(&self.groups, "AutoScalingGroups", "AutoScalingGroupName", request)
            }
            "DescribeLaunchConfigurations" => {
                let entries = &self.launch_configurations;
                self.describe(entries, "LaunchConfigurations", "LaunchConfigurationName", request)
            }
            action => Err(invalid_action(action)),
        }
    }
}
