//! Times as AWS's JSON protocol writes them: seconds since the epoch, with a fraction.

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// For `#[serde(deserialize_with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    timestamp(seconds).ok_or_else(|| D::Error::custom("a timestamp is out of range"))
}

pub(super) fn epoch_seconds(timestamp: Timestamp) -> Value {
    rounded(timestamp).as_duration().as_secs_f64().into()
}

/// Such as `2026-08-25T17:11:40.392Z`, which is what events hold.
pub(super) fn text(timestamp: Timestamp) -> String {
    format!("{:.3}", rounded(timestamp))
}

/// To the millisecond, as AWS writes all times.
fn rounded(timestamp: Timestamp) -> Timestamp {
    timestamp.round(Unit::Millisecond).unwrap_or(timestamp)
}

/// The binary form of a fraction keeps milliseconds, and not much more.
fn timestamp(seconds: f64) -> Option<Timestamp> {
    let since_epoch = SignedDuration::try_from_secs_f64(seconds).ok()?;
    Timestamp::from_duration(since_epoch).ok().map(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_keeps_its_milliseconds() {
        let expected: Timestamp = "2016-06-13T21:53:09.123Z".parse().unwrap();
        assert_eq!(timestamp(1_465_854_789.123), Some(expected));
        assert_eq!(epoch_seconds(expected), 1_465_854_789.123);
        assert_eq!(text(expected), "2016-06-13T21:53:09.123Z");
    }

    #[test]
    fn a_number_out_of_range_is_no_time() {
        assert_eq!(timestamp(1e300), None);
    }
}
