//! Where AWS Config records the tags of a resource, besides the item's own `tags`, and of which types it records none.

use std::{borrow::Cow, collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{RawItem, Tags};
use crate::embedded::{self, Fields, null_is_default};

/// Per type the place of its tags, if it is not one of [`USUAL`], or `-`.
static PLACES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("recorded_tags.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// Most services write `tags`, types that AWS Config takes from resource schemas `Tags`, network interfaces have a `tagSet`
/// and databases a `tagList`.
const USUAL: [&str; 3] = ["tags", "tagSet", "tagList"];

/// Tags, and where they stand: `configuration.HostedZoneTags`.
#[derive(Debug, Default)]
pub(crate) struct RecordedTags {
    pub(crate) place: String,
    pub(crate) tags: Tags,
}

impl RecordedTags {
    fn below(self, field: &str) -> Self {
        Self { place: format!("{field}.{}", self.place), ..self }
    }
}

impl RawItem {
    /// Whether AWS Config records no tags of this type, as far as is known.
    pub(crate) fn is_recorded_without_tags(&self) -> bool {
        PLACES.get(self.resource_type.as_str()) == Some(&"-")
    }

    /// The tags of the resource, wherever AWS Config has recorded them.
    #[must_use]
    pub fn all_tags(&self) -> Cow<'_, Tags> {
        if self.tags.is_empty() { Cow::Owned(self.configured_tags().tags) } else { Cow::Borrowed(&self.tags) }
    }

    /// The tags that stand in the configuration, or else in its supplements. One without any, or of another form, has none.
    pub(crate) fn configured_tags(&self) -> RecordedTags {
        let parts = [
            ("configuration", &self.configuration),
            ("supplementaryConfiguration", &self.supplementary_configuration),
        ];
        let place = PLACES.get(self.resource_type.as_str()).copied();
        let found = parts.into_iter().find_map(|(name, part)| {
            let text = embedded::text(part.as_ref()?).ok()??;
            let fields = Fields::read(&text)?;
            Some(USUAL.into_iter().chain(place).find_map(|place| tags_at(place, &fields))?.below(name))
        });
        found.unwrap_or_default()
    }
}

/// The tags at such a place as the table names, if there are any.
fn tags_at(place: &str, fields: &Fields<'_>) -> Option<RecordedTags> {
    let (name, rest) = place.split_once('.').map_or((place, None), |(name, rest)| (name, Some(rest)));
    let (name, own) = name.split_once('=').map_or((name, None), |(name, own)| (name, Some(own)));
    fields.all(name).find_map(|(spelled, text)| {
        let tags = match (rest, own) {
            (Some(rest), _) => return Some(tags_at(rest, &Fields::read(&text)?)?.below(spelled)),
            (None, Some(own)) => specified(&text, own)?,
            (None, None) => serde_json::from_str::<Tags>(&text).ok()?,
        };
        (!tags.is_empty() && !is_record(&tags)).then(|| RecordedTags { place: spelled.to_owned(), tags })
    })
}

/// What API Gateway writes as `tags` is a record that its tags belong to, without them.
fn is_record(tags: &Tags) -> bool {
    ["internalId", "resourceArn"].iter().all(|key| tags.get(key).is_some())
}

/// Tags for the resource itself, or for another that is to be made with it.
#[derive(Deserialize)]
struct Specification {
    #[serde(alias = "ResourceType", rename = "resourceType", default, deserialize_with = "null_is_default")]
    resource_type: String,
    #[serde(alias = "Tags", default, deserialize_with = "null_is_default")]
    tags: Tags,
}

fn specified(text: &str, resource_type: &str) -> Option<Tags> {
    let specifications: Vec<Specification> = serde_json::from_str(text).ok()?;
    let own = specifications.into_iter().filter(|one| one.resource_type == resource_type);
    Some(own.flat_map(|one| one.tags).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(resource_type: &str, part: &str, fields: &Value) -> (String, Option<String>) {
        let item = json!({
            "resourceType": resource_type, "resourceId": "id", "configurationItemStatus": "OK",
            "configurationItemCaptureTime": "2026-03-01T10:00:00Z", "tags": {}, part: fields,
        });
        let item = RawItem::from_json(&item.to_string()).unwrap();
        (item.configured_tags().place, item.all_tags().get("Owner").map(str::to_owned))
    }

    #[track_caller]
    fn is_at(place: &str, resource_type: &str, part: &str, fields: &Value) {
        let expected = (format!("{part}.{place}"), Some("ops".to_owned()));
        assert_eq!(found(resource_type, part, fields), expected, "{fields}");
    }

    #[test]
    fn the_table_is_in_order_and_whole() {
        let lines = || include_str!("recorded_tags.txt").lines().filter(|line| !line.starts_with('#'));
        assert!(lines().map(|line| line.split_once(' ').unwrap().0).is_sorted_by(|one, next| one < next));
        assert_eq!(PLACES.len(), lines().count());
        assert!(PLACES.get("AWS::KMS::Alias") == Some(&"-") && !PLACES.contains_key("AWS::KMS::Key"));
    }

    /// Every place of the table, as a list and as a map, in both spellings.
    #[test]
    fn tags_are_read_where_the_table_says() {
        for (resource_type, place) in PLACES.iter().filter(|(_, place)| **place != "-") {
            for tags in [json!({"Owner": "ops"}), json!([{"Key": "Owner", "Value": "ops"}])] {
                let mut fields = tags;
                let mut spelled = Vec::new();
                for step in place.rsplit('.') {
                    let name = step.split_once('=').map_or(step, |(name, own)| {
                        fields = json!([{"ResourceType": "other", "Tags": [{"Key": "Owner", "Value": "web"}]},
                            {"ResourceType": own, "Tags": fields}]);
                        name
                    });
                    fields = json!({ name: fields });
                    spelled.insert(0, name);
                }
                is_at(&spelled.join("."), resource_type, "configuration", &fields);
            }
        }
        is_at(
            "fileSystemTags",
            "AWS::EFS::FileSystem",
            "configuration",
            &json!({"fileSystemTags": {"Owner": "ops"}}),
        );
    }

    #[test]
    fn supplements_are_read_too_and_may_be_strings() {
        let tags = json!([{"key": "Owner", "value": "ops"}]);
        let balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
        is_at("Tags", balancer, "supplementaryConfiguration", &json!({"Tags": tags}));
        is_at("Tags", balancer, "supplementaryConfiguration", &json!({"Tags": tags.to_string()}));
        let sets = json!({"tagSets": [{"tags": {"Owner": "ops"}}]});
        for sets in [sets.clone(), json!(sets.to_string())] {
            let fields = json!({"BucketTaggingConfiguration": sets});
            for fields in [json!(fields.to_string()), fields] {
                is_at(
                    "BucketTaggingConfiguration.tagSets",
                    "AWS::S3::Bucket",
                    "supplementaryConfiguration",
                    &fields,
                );
            }
        }
    }

    #[test]
    fn what_is_for_others_or_has_another_form_is_no_tag() {
        let template = "AWS::EC2::LaunchTemplate";
        let specified =
            |own: &str| json!([{"ResourceType": own, "Tags": [{"Key": "Owner", "Value": "ops"}]}]);
        for (resource_type, fields) in [
            (template, json!({"TagSpecifications": specified("instance")})),
            (template, json!({"LaunchTemplateData": {"TagSpecifications": specified("launch-template")}})),
            (template, json!({"TagSpecifications": "x"})),
            (template, json!({"TagSpecifications": [7]})),
            (template, json!({"TagSpecifications": {"Tags": {"Owner": "ops"}}})),
            ("AWS::EC2::SpotFleet", json!({"SpotFleetRequestConfigData": [specified("spot-fleet-request")]})),
            ("AWS::ECR::RepositoryCreationTemplate", json!({"ResourceTags": {"Owner": "ops"}})),
            ("AWS::S3::Bucket", json!({"HostedZoneTags": {"Owner": "ops"}, "": 7, "é": 8, "t": 9})),
            (
                "AWS::ApiGatewayV2::Api",
                json!({"tags": {"internalId": "a", "resourceArn": "arn:aws:apigateway:us-east-1::/apis/a"}}),
            ),
            ("AWS::Route53::HostedZone", json!({"HostedZoneTags": {"Owner": 7}})),
            ("AWS::Route53::HostedZone", json!([{"HostedZoneTags": {"Owner": "ops"}}])),
        ] {
            assert_eq!(found(resource_type, "configuration", &fields), (String::new(), None), "{fields}");
        }
    }
}
