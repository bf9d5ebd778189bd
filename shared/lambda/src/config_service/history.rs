//! `GetResourceConfigHistory`: the item that was too large for the event.

use aws_sdk_config::{
    operation::get_resource_config_history::GetResourceConfigHistoryError,
    types::{self, ResourceType},
};
use config_rules::{
    Error as EventError,
    item::{RawItem, Status, Tags},
};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use super::{ConfigService, date_time, failed, timestamp};
use crate::error::Error;

impl ConfigService {
    /// The item that this summary is of; the newest, where AWS Config no longer has that one; none, where it does not know
    /// the resource.
    pub(crate) async fn item(&self, summary: &RawItem) -> Result<Option<RawItem>, Error> {
        let captured = summary.configuration_item_capture_time;
        match self.newest(summary, Some(captured)).await? {
            Some(item) if item.configuration_item_capture_time >= captured => Ok(Some(item)),
            _ => self.newest(summary, None).await,
        }
    }

    /// The newest item up to a time.
    async fn newest(&self, summary: &RawItem, until: Option<Timestamp>) -> Result<Option<RawItem>, Error> {
        let mut next = None;
        loop {
            let call = self
                .client
                .get_resource_config_history()
                .resource_type(ResourceType::from(summary.resource_type.as_str()))
                .resource_id(&summary.resource_id)
                .set_later_time(until.map(date_time))
                .limit(1)
                .set_next_token(next);
            let page = match Box::pin(call.send()).await {
                Ok(page) => page,
                Err(error) if is_unknown(error.as_service_error()) => return Ok(None),
                Err(error) => return Err(failed("GetResourceConfigHistory", &error).into()),
            };
            if let Some(item) = page.configuration_items.into_iter().flatten().next() {
                return raw_item(summary, item).map(Some);
            }
            // A page covers a week, in which there may have been nothing.
            next = page.next_token;
            if next.is_none() {
                return Ok(None);
            }
        }
    }
}

fn is_unknown(error: Option<&GetResourceConfigHistoryError>) -> bool {
    error.is_some_and(GetResourceConfigHistoryError::is_resource_not_discovered_exception)
}

fn raw_item(summary: &RawItem, item: types::ConfigurationItem) -> Result<RawItem, Error> {
    const PLACE: &str = "GetResourceConfigHistory";
    let missing = |what: &str| Error::Event(EventError::malformed(PLACE, format!("the item has no {what}")));
    let captured = timestamp(item.configuration_item_capture_time.as_ref());
    let status = item.configuration_item_status.ok_or_else(|| missing("status"))?;
    let configuration = item.configuration.filter(|text| !matches!(text.trim(), "" | "null"));
    let configuration = configuration.map(RawValue::from_string).transpose();
    Ok(RawItem {
        resource_type: summary.resource_type.clone(),
        resource_id: summary.resource_id.clone(),
        resource_name: item.resource_name,
        arn: item.arn,
        account_id: item.account_id.or_else(|| summary.account_id.clone()),
        aws_region: item.aws_region.or_else(|| summary.aws_region.clone()),
        configuration_item_status: Status::from(status.as_str().to_owned()),
        configuration_item_capture_time: captured.ok_or_else(|| missing("capture time"))?,
        tags: item.tags.into_iter().flatten().collect::<Tags>(),
        configuration: configuration
            .map_err(|error| EventError::malformed(PLACE, format!("configuration: {error}")))?,
        supplementary_configuration: item.supplementary_configuration.and_then(|map| to_raw_value(&map).ok()),
    })
}
