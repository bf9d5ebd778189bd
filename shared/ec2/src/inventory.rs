//! What an account holds: page by page, as EC2 lists it, made into the configuration items that AWS Config would record;
//! and as AWS Config has recorded it, where EC2 does not list it.

#[cfg(test)]
mod tests;

use std::slice;

use aws_sdk_ec2::types;
use config_rules::{
    ec2::{Listing, Place},
    inventory::{Filter, Inventory, Page},
    item::RawItem,
    rule::{Asker, asks},
};
use config_rules_aws::AwsError;
use jiff::Timestamp;
use serde::Serialize;

use crate::{Ec2, asked, resource};

/// How many instances, or groups, a page has. A function has 128 MB, and a group may have a thousand rules.
const PAGE: i32 = 200;

/// Some of the resources of one type, and the service's token for those that follow.
type Listed = Result<(Vec<RawItem>, Option<String>), AwsError>;

impl<A: Asker> Inventory for Ec2<A> {
    type Error = AwsError;

    async fn page(
        &self,
        resource_types: &[String],
        filter: Option<&Filter>,
        at: Timestamp,
        next: Option<String>,
    ) -> Result<Page, AwsError> {
        let position = Position::read(next.as_deref())?;
        let place =
            Place { account_id: None, region: self.client.config().region().map(ToString::to_string), at };
        let resource_type = resource_types.get(position.index);
        let is = |listing: Listing| resource_type.is_some_and(|own| own == listing.resource_type);
        let (of_instances, of_groups) = (
            const { asks::<A>(&["ec2:DescribeInstances"]) },
            const { asks::<A>(&["ec2:DescribeSecurityGroups"]) },
        );
        let listed = if of_instances && is(Listing::INSTANCES) {
            asked(of_instances, async || Some(self.instances(place, filter, position.token).await)).await
        } else if of_groups && is(Listing::SECURITY_GROUPS) {
            asked(of_groups, async || Some(self.security_groups(&place, filter, position.token).await)).await
        } else {
            let types = resource_type.map_or(&[][..], slice::from_ref);
            let page = Box::pin(self.recorded.page(types, filter, at, position.token)).await?;
            Some(Ok((page.items, page.next)))
        };
        let (items, token) = listed.unwrap_or_else(|| Ok(Default::default()))?;
        Ok(Page { items, next: Position::after(position.index, token, resource_types.len()) })
    }
}

/// Where a page begins, in one text: `1:token`.
#[derive(Debug, Default)]
struct Position {
    /// Which of the types is being listed.
    index: usize,
    /// The service's own token; none at the beginning of a type.
    token: Option<String>,
}

impl Position {
    fn read(next: Option<&str>) -> Result<Self, AwsError> {
        let Some(next) = next else {
            return Ok(Self::default());
        };
        let position = next.split_once(':').and_then(|(index, token)| {
            let token = Some(token.to_owned()).filter(|token| !token.is_empty());
            Some(Self { index: index.parse().ok()?, token })
        });
        position.ok_or_else(|| AwsError::Rejected(format!("{next:?} is no place in a listing")))
    }

    /// The next page of the same type, or the first of the next type.
    fn after(index: usize, token: Option<String>, types: usize) -> Option<String> {
        match token.filter(|token| !token.is_empty()) {
            Some(token) => Some(format!("{index}:{token}")),
            None => Some(index + 1).filter(|index| *index < types).map(|index| format!("{index}:")),
        }
    }
}

impl<A> Ec2<A> {
    /// A page of the instances, in whatever state they are; terminated ones stay listed for about an hour.
    async fn instances(&self, place: Place, filter: Option<&Filter>, token: Option<String>) -> Listed {
        // Those that a service of AWS runs in the account are there, too, even where it hides them.
        let call = self.client.describe_instances().include_managed_resources(true);
        let call = call.set_filters(filters(filter));
        let answer = call.max_results(PAGE).set_next_token(token).send().await;
        let answer = answer.map_err(|error| AwsError::of(&error).during("ec2:DescribeInstances"))?;
        let items = answer.reservations().iter().flat_map(|reservation| {
            let place = Place { account_id: reservation.owner_id.clone(), ..place.clone() };
            reservation.instances().iter().map(move |instance| {
                item(Listing::INSTANCES, &resource::instance(instance), instance.tags(), &place)
            })
        });
        Ok((items.collect::<Result<_, _>>()?, answer.next_token))
    }

    /// A page of the groups; those that another account shares are among them, with its id.
    async fn security_groups(&self, place: &Place, filter: Option<&Filter>, token: Option<String>) -> Listed {
        let call = self.client.describe_security_groups().set_filters(filters(filter));
        let answer = call.max_results(PAGE).set_next_token(token).send().await;
        let answer = answer.map_err(|error| AwsError::of(&error).during("ec2:DescribeSecurityGroups"))?;
        let items = answer.security_groups().iter().map(|group| {
            item(Listing::SECURITY_GROUPS, &resource::security_group(group), group.tags(), place)
        });
        Ok((items.collect::<Result<_, _>>()?, answer.next_token))
    }
}

fn filters(filter: Option<&Filter>) -> Option<Vec<types::Filter>> {
    let of = |Filter { name, values }: &Filter| {
        types::Filter::builder().name(*name).set_values(Some(values.clone())).build()
    };
    filter.map(|filter| vec![of(filter)])
}

fn item(
    listing: Listing,
    resource: &impl Serialize,
    tags: &[types::Tag],
    place: &Place,
) -> Result<RawItem, AwsError> {
    let item = serde_json::to_value(resource).ok().and_then(|resource| listing.item(&resource, place));
    let item = item.ok_or_else(|| {
        AwsError::ServiceUnavailable(format!("EC2 listed an {} without an id", listing.resource_type))
    })?;
    Ok(RawItem { tags: resource::tags(tags), ..item })
}
