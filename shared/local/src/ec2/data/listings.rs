//! Listings: each has a builder, which adds to it, and is answered in the order in which it was made.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use serde_json::Value;

use super::{Ec2Data, KeyPair, reservations};

impl Ec2Data {
    /// Adds instances, or reservations, in the form in which `aws ec2 describe-instances` prints them. An
    /// instance takes the place of one with the same id.
    #[must_use]
    pub fn instances(mut self, instances: impl IntoIterator<Item = Value>) -> Self {
        let launches = instances.into_iter().flat_map(|entry| reservations::launches(&entry));
        launches.for_each(|launch| self.instances.add(launch));
        self
    }

    /// Adds security groups in the form in which `aws ec2 describe-security-groups` prints them.
    #[must_use]
    pub fn security_groups(mut self, groups: impl IntoIterator<Item = Value>) -> Self {
        self.security_groups.extend(groups);
        self
    }

    /// Adds launch templates in the form in which `aws ec2 describe-launch-templates` prints them.
    #[must_use]
    pub fn launch_templates(mut self, templates: impl IntoIterator<Item = Value>) -> Self {
        self.launch_templates.extend(templates);
        self
    }

    /// Adds versions in the form in which `aws ec2 describe-launch-template-versions` prints them.
    #[must_use]
    pub fn launch_template_versions(mut self, versions: impl IntoIterator<Item = Value>) -> Self {
        self.launch_template_versions.extend(versions);
        self
    }

    /// Adds requests in the form in which `aws ec2 describe-spot-instance-requests` prints them, but for the network
    /// interfaces of their launch specifications.
    #[must_use]
    pub fn spot_instance_requests(mut self, requests: impl IntoIterator<Item = Value>) -> Self {
        self.spot_instance_requests.extend(requests);
        self
    }

    /// Adds requests in the form in which `aws ec2 describe-spot-fleet-requests` prints them, but for the network
    /// interfaces and tag specifications of their launch specifications.
    #[must_use]
    pub fn spot_fleet_requests(mut self, requests: impl IntoIterator<Item = Value>) -> Self {
        self.spot_fleet_requests.extend(requests);
        self
    }

    /// Adds fleets in the form in which `aws ec2 describe-fleets` prints them.
    #[must_use]
    pub fn fleets(mut self, fleets: impl IntoIterator<Item = Value>) -> Self {
        self.fleets.extend(fleets);
        self
    }

    /// Adds a key pair of which nothing but the name is known.
    #[must_use]
    pub fn key_pair(mut self, name: impl Into<String>) -> Self {
        self.key_pairs.insert(name.into(), Some(KeyPair::default()));
        self
    }

    /// No page is larger than this, whatever a call asks for: EC2 may always answer with less.
    #[must_use]
    pub fn page_size(mut self, items: NonZeroUsize) -> Self {
        self.page_size = Some(items);
        self
    }
}

/// What the actions read.
impl Ec2Data {
    pub(in crate::ec2) fn largest_page(&self) -> usize {
        self.page_size.map_or(usize::MAX, NonZeroUsize::get)
    }

    /// Of these instances, or of all, the images' ids, by the instances' ids.
    pub(in crate::ec2) fn launched(&self, instance_ids: &[&str]) -> BTreeMap<&str, &str> {
        let launches = self.instances.of(instance_ids);
        launches.into_iter().filter_map(|launch| launched(reservations::instance(launch))).collect()
    }
}

fn launched(instance: &Value) -> Option<(&str, &str)> {
    Some((instance["InstanceId"].as_str()?, instance["ImageId"].as_str().unwrap_or_default()))
}
