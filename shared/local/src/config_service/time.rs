//! Times as AWS's JSON protocol writes them: seconds since the epoch, with a fraction.

use jiff::{SignedDuration, Timestamp, Unit};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::Value;

/// For `#[serde(deserialize_with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    timestamp(seconds).ok_or_else(|| D::Error::custom("a timestamp is out of range"))
}

/// As [`deserialize`], for members that may be missing.
pub(super) fn deserialize_optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    deserialize(deserializer).map(Some)
}

pub(super) fn epoch_seconds(timestamp: Timestamp) -> Value {
    timestamp.as_duration().as_secs_f64().into()
}

/// Rounded to the millisecond, which is what AWS writes and more than a fraction's binary form keeps exactly.
fn timestamp(seconds: f64) -> Option<Timestamp> {
    let since_epoch = SignedDuration::try_from_secs_f64(seconds).ok()?;
    let timestamp = Timestamp::from_duration(since_epoch).ok()?;
    timestamp.round(Unit::Millisecond).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_a_second_keeps_its_milliseconds() {
        let expected: Timestamp = "2016-06-13T21:53:09.123Z".parse().unwrap();
        assert_eq!(timestamp(1_465_854_789.123), Some(expected));
        assert_eq!(epoch_seconds(expected), 1_465_854_789.123);
    }

    #[test]
    fn a_number_out_of_range_is_no_time() {
        assert_eq!(timestamp(1e300), None);
    }
}
