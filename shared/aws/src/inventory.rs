//! AWS Config's own inventory: for rules that ask EC2 nothing, and for types of resources that EC2 does not list.

use std::collections::BTreeSet;

use config_rules::{
    facts::{FactRequest, FactSource, Facts},
    inventory::{Filter, Inventory, Page},
    item::RawItem,
};
use jiff::Timestamp;

use crate::{AwsError, Session, Source};

/// What AWS Config has recorded, as far as rules read it. It knows no facts.
#[derive(Debug)]
pub struct ConfigInventory {
    session: Session,
}

impl Source for ConfigInventory {
    fn new(session: &Session) -> Self {
        Self { session: session.clone() }
    }
}

impl FactSource for ConfigInventory {
    async fn look_up(&self, _requests: &BTreeSet<FactRequest>) -> Facts {
        Facts::default()
    }
}

impl Inventory for ConfigInventory {
    type Error = AwsError;

    async fn page(
        &self,
        resource_types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, AwsError> {
        const CALL: &str = "config:SelectResourceConfig";
        if let Some(Filter { name, .. }) = filter {
            return Err(AwsError::Rejected(format!("{CALL} has no filter {name}")));
        }
        let call = self
            .session
            .config_service()
            .select_resource_config()
            .expression(expression(resource_types))
            .limit(100)
            .set_next_token(next);
        let answer = Box::pin(call.send()).await.map_err(|error| AwsError::of(&error).during(CALL))?;
        let item = |text: String| {
            let item = RawItem::from_json(&text);
            let item = item.map_err(|error| AwsError::ServiceUnavailable(format!("{CALL}: {error}")))?;
            Ok(RawItem { configuration_item_capture_time: at, ..item })
        };
        Ok(Page {
            items: answer.results.into_iter().flatten().map(item).collect::<Result<_, _>>()?,
            next: answer.next_token,
        })
    }
}

/// AWS Config's names of types hold nothing that would have to be escaped.
fn expression(resource_types: &[String]) -> String {
    const FIELDS: &str = "resourceType, resourceId, resourceName, arn, accountId, awsRegion, configurationItemStatus, \
                          configurationItemCaptureTime, tags, configuration, supplementaryConfiguration";
    match resource_types {
        [] => format!("SELECT {FIELDS}"),
        types => {
            let types: Vec<_> = types.iter().map(|name| format!("'{name}'")).collect();
            format!("SELECT {FIELDS} WHERE resourceType IN ({})", types.join(", "))
        }
    }
}
