//! `example`: the smallest rule that reads facts in steps, and a secret.

use config_rules::{
    codes,
    ec2::Instance,
    facts::{Facts, PREFIX_LIST_ACTIONS},
    finding::{Code, Finding, Verdict},
    item::ConfigurationItem,
    parameters::{ParameterError, RawParameters},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

codes! {
    enum ExampleCode {
        Open = "EXAMPLE-OPEN", High, "A prefix list lets in everybody", "Take the group off the instance.";
        Password = "EXAMPLE-PASSWORD", Critical, "User data holds a password", "Keep it in Secrets Manager.";
    }
}

#[derive(Debug)]
pub(super) struct ExampleRule;

impl Rule for ExampleRule {
    type Configuration = Instance;
    type Parameters = ();

    const METADATA: Metadata = Metadata {
        name: "example",
        description: "No instance lets in everybody by a prefix list.",
        resource_types: ResourceTypes::These(&["AWS::EC2::Instance"]),
        schedule: Schedule::Always,
        parameters: &[],
        requirements: &[],
        fact_actions: PREFIX_LIST_ACTIONS,
        inventory_actions: &["ec2:DescribeInstances"],
    };
    const CODES: &'static [&'static Code] = ExampleCode::ALL;

    fn parameters(_: &RawParameters) -> Result<(), ParameterError> {
        Ok(())
    }

    fn evaluate(item: &ConfigurationItem<Instance>, (): &(), facts: &Facts) -> Verdict {
        let instance = &item.configuration;
        if instance.state.as_ref().is_some_and(|state| state.name.as_deref() == Some("terminated")) {
            return Verdict::not_applicable("the instance is terminated");
        }
        let groups = instance.security_groups.iter().flatten().filter_map(|group| group.group_id.as_deref());
        let mut checks: Vec<_> = groups.map(|group| lets_in_everybody(group, facts)).collect();
        if checks.iter().any(|check| matches!(check, Ok(Some(_)))) {
            checks.push(password(&item.resource_id, facts));
        }
        Verdict::of(checks, "lets in nobody, or not everybody, by a prefix list")
    }
}

fn lets_in_everybody(id: &str, facts: &Facts) -> Result<Option<Finding>, String> {
    let group = facts.security_group(id).known(id)?;
    let permissions = group.iter().flat_map(|group| group.ip_permissions.iter().flatten());
    for list in permissions.flat_map(|permission| &permission.prefix_list_ids) {
        let id = list.prefix_list_id.as_deref().unwrap_or_default();
        let list = facts.prefix_list(id).known(id)?;
        if list.is_some_and(|list| list.entries.iter().any(|entry| entry == "0.0.0.0/0")) {
            return Ok(Some(Finding::new(ExampleCode::Open, format!("{id} lets in everybody"))));
        }
    }
    Ok(None)
}

fn password(id: &str, facts: &Facts) -> Result<Option<Finding>, String> {
    let holds = facts
        .user_data(id)
        .known(&format!("user data of {id}"))?
        .is_some_and(|secret| secret.expose().contains("cGFzcw"));
    Ok(holds.then(|| Finding::new(ExampleCode::Password, format!("user data of {id} holds a password"))))
}
