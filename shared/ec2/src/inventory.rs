//! What an account holds, as EC2 lists it: page by page, and as the configuration items that AWS Config makes of it.

mod instance;
mod security_group;

#[cfg(test)]
mod tests;

use config_rules::{
    inventory::{Inventory, Page},
    item::{RawItem, Status},
};
use config_rules_aws::Trouble;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::to_raw_value;

use crate::{Ec2, INVENTORY_ACTIONS, tag};

/// How many instances, or groups, a page has. A function has 128 MB, and a group may have a thousand rules.
const PAGE: i32 = 200;

/// Some of the resources of one type, and EC2's token for those that follow.
type Listed = Result<(Vec<RawItem>, Option<String>), Trouble>;

impl Inventory for Ec2 {
    type Error = Trouble;

    async fn page(
        &self,
        resource_types: &[String],
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, Trouble> {
        // All of them before the first is listed: half of a run would be in vain.
        let is_listed = |asked: &&String| INVENTORY_ACTIONS.iter().any(|(listed, _)| asked == listed);
        if let Some(unlisted) = resource_types.iter().find(|asked| !is_listed(asked)) {
            return Err(not_listed(unlisted));
        }
        let place = Place::read(next.as_deref())?;
        let resource_type = resource_types.get(place.index).map_or("every type", String::as_str);
        let recorder = Recorder { region: self.client.config().region().map(AsRef::as_ref), at };
        // In boxes: the compiler sizes a future through all levels of it, and stops at 128.
        let (items, token) = match resource_type {
            instance::TYPE => Box::pin(instance::page(&self.client, &recorder, place.token)).await?,
            security_group::TYPE => {
                Box::pin(security_group::page(&self.client, &recorder, place.token)).await?
            }
            unlisted => return Err(not_listed(unlisted)),
        };
        Ok(Page { items, next: Place::after(place.index, token, resource_types.len()) })
    }
}

fn not_listed(resource_type: &str) -> Trouble {
    let listed: Vec<_> = INVENTORY_ACTIONS.iter().map(|(listed, _)| *listed).collect();
    Trouble::Rejected(format!("EC2 does not list {resource_type}, only {}", listed.join(" and ")))
}

/// Where a page begins, in one text: `1:token`.
#[derive(Debug, Default)]
struct Place {
    /// Which of the types is being listed.
    index: usize,
    /// EC2's own token; none at the beginning of a type.
    token: Option<String>,
}

impl Place {
    fn read(next: Option<&str>) -> Result<Self, Trouble> {
        let Some(next) = next else {
            return Ok(Self::default());
        };
        let place = next.split_once(':').and_then(|(index, token)| {
            let token = Some(token.to_owned()).filter(|token| !token.is_empty());
            Some(Self { index: index.parse().ok()?, token })
        });
        place.ok_or_else(|| Trouble::Rejected(format!("{next:?} is no place in a listing")))
    }

    /// The next page of the same type, or the first of the next type.
    fn after(index: usize, token: Option<String>, types: usize) -> Option<String> {
        match token.filter(|token| !token.is_empty()) {
            Some(token) => Some(format!("{index}:{token}")),
            None => Some(index + 1).filter(|index| *index < types).map(|index| format!("{index}:")),
        }
    }
}

/// Makes configuration items of one Region and time.
#[derive(Debug)]
struct Recorder<'a> {
    region: Option<&'a str>,
    at: Timestamp,
}

/// What an item says of every described.
#[derive(Debug)]
struct Described<'a> {
    resource_type: &'a str,
    id: Option<&'a str>,
    name: Option<&'a str>,
    /// What its ARN calls it: `instance`.
    kind: &'a str,
    account: Option<&'a str>,
    tags: &'a [aws_sdk_ec2::types::Tag],
}

impl Recorder<'_> {
    fn item(&self, described: &Described, configuration: &impl Serialize) -> Result<RawItem, Trouble> {
        let unreadable = |problem: String| {
            Trouble::ServiceUnavailable(format!("EC2 listed an {} {problem}", described.resource_type))
        };
        let id = described.id.ok_or_else(|| unreadable("without an id".to_owned()))?;
        Ok(RawItem {
            resource_type: described.resource_type.to_owned(),
            resource_id: id.to_owned(),
            resource_name: described.name.map(str::to_owned),
            arn: self.arn(described, id),
            account_id: described.account.map(str::to_owned),
            aws_region: self.region.map(str::to_owned),
            configuration_item_status: Status::Ok,
            configuration_item_capture_time: self.at,
            tags: tag::tags(described.tags),
            configuration: Some(to_raw_value(configuration).map_err(|error| unreadable(error.to_string()))?),
        })
    }

    fn arn(&self, described: &Described, id: &str) -> Option<String> {
        let (region, account, kind) = (self.region?, described.account?, described.kind);
        Some(format!("arn:{}:ec2:{region}:{account}:{kind}/{id}", partition(region)))
    }
}

/// The partitions other than `aws`, by the beginning of their Regions' names.
const PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
];

fn partition(region: &str) -> &'static str {
    PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, name)| name)
}
