//! Whether a key pair's record is that of the key that the instance trusts, or of another of its name.

use jiff::Timestamp;

use super::record::{Key, finding};
use crate::{
    ec2::Instance,
    facts::{Fact, KeyPair},
    finding::Finding,
    item::ConfigurationItem,
    time::{day, timestamp},
};

/// Whose key a record is about.
pub(super) enum Whose {
    TheInstances,
    /// That of another key, or of none; the finding says so.
    Another(Finding),
    Unknown(String),
}

pub(super) fn whose(item: &ConfigurationItem<Instance>, name: &str, record: &Fact<&KeyPair>) -> Whose {
    let record = match record {
        Fact::Known(record) => record,
        Fact::Absent => {
            let fact = "was deleted, and the instance still trusts its key";
            return Whose::Another(finding("KEY-DANGLING", name, fact));
        }
        Fact::Unavailable(why) => {
            return Whose::Unknown(format!("nothing is known about key pair {name:?}: {why}"));
        }
    };
    let made = timestamp(record.create_time.as_deref());
    match (made, item.configuration.first_launched()) {
        (Some(made), Some(launched)) if made > launched => Whose::Another(reused(name, made, launched)),
        (Some(_), Some(_)) => Whose::TheInstances,
        (None, _) => Whose::Unknown(Key { name, record }.unmade()),
        (_, None) => Whose::Unknown("when the instance was launched is not known".to_owned()),
    }
}

fn reused(name: &str, made: Timestamp, launched: Timestamp) -> Finding {
    let (made, launched) = (day(made), day(launched));
    let fact = format!("was made {made}, after the launch on {launched}: the instance trusts an older key");
    finding("KEY-REUSED-NAME", name, &fact)
}
