//! `example`: the smallest rule that reads facts in two steps, a security group and then its prefix lists.

use config_rules::{
    codes,
    ec2::Instance,
    facts::Facts,
    finding::{Checked, Code, Finding, Verdict},
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

codes! {
    pub(super) enum ExampleCode {
        Open = "EXAMPLE-OPEN", High, "A prefix list lets in everybody", "Take its group off the instance.";
    }
}

pub(super) struct ExampleRule;

impl Rule for ExampleRule {
    type Configuration = Instance;
    type Parameters = ();
    const METADATA: Metadata = Metadata {
        name: "example",
        description: "No instance lets in everybody by a prefix list.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        further_triggers: &[],
        schedule: Schedule::Always,
        parameters: &[],
        requirements: &[],
        fact_actions: &[
            "ec2:DescribeManagedPrefixLists",
            "ec2:DescribeSecurityGroups",
            "ec2:GetManagedPrefixListEntries",
        ],
        inventory_actions: &["ec2:DescribeInstances"],
    };
    const CODES: &'static [&'static Code] = ExampleCode::ALL;
    fn parameters(_: &RawParameters) -> Result<(), ParameterError> {
        Ok(())
    }
    fn evaluate(item: &ConfigurationItem<Instance>, (): &(), facts: &Facts) -> Verdict {
        let groups = item.configuration.security_groups.iter().flatten();
        let checks = groups.filter_map(|group| Some(open(group.group_id.as_deref()?, facts)));
        Verdict::of(checks, "no prefix list lets in everybody")
    }
}

fn open(group: &str, facts: &Facts) -> Checked {
    let group = facts.security_group(group).known(group)?.and_then(|group| group.ip_permissions.as_ref());
    for list in group.into_iter().flatten().flat_map(|permission| &permission.prefix_list_ids) {
        let id = list.prefix_list_id.as_deref().unwrap_or_default();
        let list = facts.prefix_list(id).known(id)?;
        if list.is_some_and(|list| list.entries.iter().any(|entry| entry == "0.0.0.0/0")) {
            return Ok(Some(Finding::new(ExampleCode::Open, format!("{id} lets in everybody"))));
        }
    }
    Ok(None)
}
