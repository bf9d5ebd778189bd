//! Instances, however they are written, as reservations of one instance each: pages and filters are about instances.

use std::collections::HashMap;

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

/// In the order in which they were added, and by the instances' ids: thousands are asked for one by one.
#[derive(Clone, Debug, Default)]
pub(in crate::ec2) struct Launches {
    all: Vec<Value>,
    places: HashMap<String, usize>,
}

impl Launches {
    /// It takes the place of one with the same instance.
    pub(super) fn add(&mut self, launch: Value) {
        let place = instance(&launch)["InstanceId"]
            .as_str()
            .map(|id| *self.places.entry(id.to_owned()).or_insert(self.all.len()));
        match place.and_then(|place| self.all.get_mut(place)) {
            Some(old) => *old = launch,
            None => self.all.push(launch),
        }
    }

    pub(in crate::ec2) fn get(&self, instance_id: &str) -> Option<&Value> {
        self.all.get(*self.places.get(instance_id)?)
    }

    /// Those of these instances, as far as there are any; without ids all.
    pub(in crate::ec2) fn of(&self, instance_ids: &[&str]) -> Vec<&Value> {
        if instance_ids.is_empty() {
            return self.all.iter().collect();
        }
        let mut places: Vec<_> = instance_ids.iter().filter_map(|id| self.places.get(*id)).collect();
        places.sort_unstable();
        places.dedup();
        places.into_iter().map(|place| &self.all[*place]).collect()
    }
}

impl<'de> Deserialize<'de> for Launches {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Self::default();
        let entries = Vec::<Value>::deserialize(deserializer)?;
        entries.iter().flat_map(launches).for_each(|launch| all.add(launch));
        Ok(all)
    }
}

/// The one that was launched.
pub(in crate::ec2) fn instance(launch: &Value) -> &Value {
    &launch["Instances"][0]
}

/// The launches that a reservation, or an instance without one, stands for.
pub(super) fn launches(entry: &Value) -> Vec<Value> {
    match entry["Instances"].as_array() {
        None => vec![reserved(entry)],
        Some(instances) => instances.iter().map(|instance| alone(entry, instance)).collect(),
    }
}

fn reserved(instance: &Value) -> Value {
    let id = instance["InstanceId"].as_str().unwrap_or_default();
    json!({"ReservationId": id.replacen('i', "r", 1), "Instances": [instance]})
}

fn alone(reservation: &Value, instance: &Value) -> Value {
    let members = reservation.as_object().into_iter().flatten();
    let mut launch: Value = members
        .filter(|(name, _)| *name != "Instances")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    launch["Instances"] = json!([instance]);
    launch
}
