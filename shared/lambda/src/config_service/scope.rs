//! `DescribeConfigRules`: which resources a rule is for. A scheduled event does not say.

use config_rules::{item::RawItem, rule::ResourceTypes};
use config_rules_aws::AwsError;

use super::{ConfigService, failed};

/// Which resources a rule is for: all that is set must be so.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    resource_types: Vec<String>,
    resource_id: Option<String>,
    tag_key: Option<String>,
    tag_value: Option<String>,
}

impl Scope {
    pub(crate) fn holds(&self, item: &RawItem) -> bool {
        let has_type = self.resource_types.is_empty() || self.resource_types.contains(&item.resource_type);
        let has_id = self.resource_id.as_ref().is_none_or(|id| *id == item.resource_id);
        has_type && has_id && self.holds_tags_of(item)
    }

    /// Whether a type of resource is in it by name.
    pub(crate) fn names(&self, resource_type: &str) -> bool {
        self.resource_types.iter().any(|name| name == resource_type)
    }

    fn holds_tags_of(&self, item: &RawItem) -> bool {
        let Some(key) = &self.tag_key else {
            return true;
        };
        let found = item.tags.get(key);
        found.is_some_and(|found| self.tag_value.as_ref().is_none_or(|value| value == found))
    }

    /// The types to look for, of those that a rule evaluates: empty for every type, and none at all where there is nothing
    /// to look for.
    pub(crate) fn types_of(&self, evaluated: ResourceTypes) -> Option<Vec<String>> {
        match evaluated {
            ResourceTypes::AccountOnly => None,
            ResourceTypes::Every => Some(self.resource_types.clone()),
            ResourceTypes::These(names) if self.resource_types.is_empty() => {
                Some(names.iter().map(|name| (*name).to_owned()).collect())
            }
            ResourceTypes::These(_) => {
                let types = self.resource_types.iter().filter(|own| evaluated.include(own));
                Some(types.cloned().collect::<Vec<_>>()).filter(|types| !types.is_empty())
            }
        }
    }
}

impl ConfigService {
    /// The scope of a rule.
    pub(crate) async fn scope(&self, config_rule_name: &str) -> Result<Scope, AwsError> {
        const CALL: &str = "DescribeConfigRules";
        let mut next = None;
        let rule = loop {
            let call = self.client.describe_config_rules().config_rule_names(config_rule_name);
            let page = call.set_next_token(next).send().await.map_err(|error| failed(CALL, &error))?;
            if let Some(rule) = page.config_rules.into_iter().flatten().next() {
                break rule;
            }
            // A page may be empty, and not be the last.
            next = page.next_token;
            if next.is_none() {
                return Err(AwsError::Rejected(format!(
                    "config:{CALL}: there is no rule {config_rule_name}"
                )));
            }
        };
        Ok(rule.scope.map_or_else(Scope::default, |scope| Scope {
            resource_types: scope.compliance_resource_types.unwrap_or_default(),
            resource_id: scope.compliance_resource_id,
            tag_key: scope.tag_key,
            tag_value: scope.tag_value,
        }))
    }
}
