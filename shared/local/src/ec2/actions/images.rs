//! Images, and the images of instances.

use jiff::Timestamp;
use serde::Serialize;

use crate::ec2::data::{Ec2Data, Image};
use crate::ec2::paging::{Sizes, page};
use crate::endpoint::ApiError;
use crate::query::QueryRequest;
use crate::query::{Members, Set};

/// `Image` as well as `ImageMetadata`, which has neither tags nor product codes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireImage<'a> {
    image_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_state: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_owner_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_owner_alias: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creation_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecation_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_public: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_device_mapping: Option<Set<Vec<WireMapping<'a>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag_set: Option<Set<Vec<WireTag<'a>>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_codes: Option<Set<Vec<WireProductCode<'a>>>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireProductCode<'a> {
    product_code: &'a str,
    r#type: &'static str,
}

#[derive(Debug, Serialize)]
struct WireMapping<'a> {
    ebs: WireDisk<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireDisk<'a> {
    snapshot_id: &'a str,
}

#[derive(Debug, Serialize)]
struct WireTag<'a> {
    key: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireInstance<'a> {
    instance_id: &'a str,
    instance_owner_id: &'a str,
    /// EC2 keeps it for as long as there is an instance; only data that calls the image absent leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_metadata: Option<WireImage<'a>>,
}

impl<'a> WireImage<'a> {
    fn metadata(image_id: &'a str, image: &'a Image) -> Self {
        Self {
            image_id,
            image_state: image.state.as_deref(),
            image_owner_id: image.owner_id.as_deref(),
            image_owner_alias: image.owner_alias.as_deref(),
            name: image.name.as_deref(),
            creation_date: image.creation_date.as_deref(),
            deprecation_time: image.deprecation_time.as_deref(),
            is_public: image.public,
            block_device_mapping: None,
            tag_set: None,
            product_codes: None,
        }
    }

    fn whole(image_id: &'a str, image: &'a Image) -> Self {
        let tags = image.tags.iter().flat_map(|tags| tags.pairs());
        let tags: Vec<_> = tags.map(|(key, value)| WireTag { key, value }).collect();
        let tag_set = (!tags.is_empty()).then_some(Set { items: tags });
        let codes = image.product_codes.iter().flatten();
        let codes: Vec<_> =
            codes.map(|code| WireProductCode { product_code: code, r#type: "marketplace" }).collect();
        let product_codes = (!codes.is_empty()).then_some(Set { items: codes });
        let disks =
            image.snapshot_ids.iter().map(|snapshot_id| WireMapping { ebs: WireDisk { snapshot_id } });
        let disks: Vec<_> = disks.collect();
        let block_device_mapping = (!disks.is_empty()).then_some(Set { items: disks });
        Self { block_device_mapping, tag_set, product_codes, ..Self::metadata(image_id, image) }
    }
}

/// A deregistered image does not exist here; a deprecated or disabled one is left out unless it is asked for.
pub(super) fn describe_images(data: &Ec2Data, request: &QueryRequest) -> Result<Members, ApiError> {
    let ids = request.list("ImageId");
    let images = data.images().select(&ids, ApiError::image_not_found)?;
    let (gone, images): (Vec<_>, Vec<_>) =
        images.into_iter().partition(|(_, image)| has_state(image, "deregistered"));
    if !ids.is_empty() && !gone.is_empty() {
        return Err(ApiError::image_not_found(&gone.iter().map(|(id, _)| *id).collect::<Vec<_>>()));
    }
    let (now, own, owners) = (Timestamp::now(), data.owner_id(), request.list("Owner"));
    if owners.contains(&"self") {
        data.check_available(&["ownImages"])?;
    }
    let is_of = |image: &Image, owner: &str| {
        let owner = if owner == "self" { &own } else { owner };
        [&image.owner_id, &image.owner_alias].into_iter().any(|name| name.as_deref() == Some(owner))
    };
    let shown = |image: &Image| {
        (owners.is_empty() || owners.iter().any(|owner| is_of(image, owner)))
            && (request.flag("IncludeDeprecated") || !is_deprecated(image, now))
            && (request.flag("IncludeDisabled") || !has_state(image, "disabled"))
    };
    let images = images.into_iter().filter(|(_, image)| shown(image));
    let images = images.map(|(id, image)| WireImage::whole(id, image)).collect();
    let (images, next) = page(data, request, images, &Sizes::new(1..=1000))?;
    Members::default().with_set("imagesSet", &images)?.with("nextToken", next)
}

/// Describes an image whatever its state.
pub(super) fn describe_instance_image_metadata(
    data: &Ec2Data,
    request: &QueryRequest,
) -> Result<Members, ApiError> {
    let ids = request.list("InstanceId");
    let launched = data.launched(&ids);
    let unknown: Vec<_> = ids.iter().copied().filter(|id| !launched.contains_key(id)).collect();
    if !unknown.is_empty() {
        return Err(ApiError::not_found("InvalidInstanceID.NotFound", "instance ID", &unknown));
    }
    let ids = if ids.is_empty() { launched.keys().copied().collect() } else { ids };
    let owner = data.owner_id();
    let mut instances = Vec::new();
    for instance_id in ids {
        let image_id = launched[instance_id];
        let image = data.images().get(image_id)?.map(|image| WireImage::metadata(image_id, image));
        instances.push(WireInstance { instance_id, instance_owner_id: &owner, image_metadata: image });
    }
    let (instances, next) = page(data, request, instances, &Sizes::new(5..=1000))?;
    Members::default().with_set("instanceImageMetadataSet", &instances)?.with("nextToken", next)
}

pub(super) fn has_state(image: &Image, state: &str) -> bool {
    image.state.as_deref() == Some(state)
}

fn is_deprecated(image: &Image, now: Timestamp) -> bool {
    let time = image.deprecation_time.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
    time.is_some_and(|time| time <= now)
}
