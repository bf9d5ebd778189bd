//! Instances, however they are written, as reservations of one instance each: pages and filters are about instances.

use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
    Ok(Vec::deserialize(deserializer)?.iter().flat_map(launches).collect())
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
