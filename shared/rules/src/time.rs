//! Ages, counted from the event's own time: a replay of last year's event gives last year's verdict.

use jiff::{SignedDuration, Timestamp};

/// How long ago something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Age(SignedDuration);

impl Age {
    /// The time since then. What lies in the future, by skew of the clocks, is new.
    pub(crate) fn since(then: Timestamp, now: Timestamp) -> Self {
        Self(now.duration_since(then).max(SignedDuration::ZERO))
    }

    /// Whether it is longer than so many days of 24 hours; exactly so many is not.
    pub(crate) fn exceeds(self, days: u64) -> bool {
        self.0 > duration(days)
    }

    /// Whether it is shorter than so many days of 24 hours; exactly so many is not.
    pub(crate) fn falls_short_of(self, days: u64) -> bool {
        self.0 < duration(days)
    }

    /// Whole days.
    pub(crate) fn days(self) -> i64 {
        self.0.as_hours() / 24
    }

    /// `is 121 days old; limit 90`, for an age that exceeds the limit. By less than a day is `more than 90 days`.
    pub(crate) fn fact(self, limit: u64) -> String {
        let more = if u64::try_from(self.days()) == Ok(limit) { "more than " } else { "" };
        format!("is {more}{} days old; limit {limit}", self.days())
    }
}

/// So many days of 24 hours; of more than there can be, as many as there can be.
fn duration(days: u64) -> SignedDuration {
    let hours = i64::try_from(days).ok().and_then(|days| days.checked_mul(24));
    hours.and_then(SignedDuration::try_from_hours).unwrap_or(SignedDuration::MAX)
}

/// Reads a time as AWS writes it.
pub(crate) fn timestamp(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}

/// The day, in UTC: `2026-03-01`.
pub(crate) fn day(time: Timestamp) -> String {
    time.strftime("%F").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_counted_in_whole_days() {
        let now = timestamp(Some("2026-03-01T10:00:00.000Z")).unwrap();
        let age = |text| Age::since(timestamp(Some(text)).unwrap(), now);
        assert_eq!(age("2026-02-27T10:00:00.001Z").days(), 1);
        assert!(!age("2026-02-27T10:00:00Z").exceeds(2) && age("2026-02-27T09:59:59Z").exceeds(2));
        assert!(
            !age("2026-02-27T10:00:00Z").falls_short_of(2) && age("2026-02-27T10:00:01Z").falls_short_of(2)
        );
        assert!(
            !age("2030-01-01T00:00:00Z").exceeds(0) && age("1970-01-01T00:00:00Z").falls_short_of(u64::MAX)
        );
        assert!(!age("1970-01-01T00:00:00Z").exceeds(u64::MAX));
        assert_eq!(age("2026-02-26T10:00:00Z").fact(2), "is 3 days old; limit 2");
        assert_eq!(age("2026-02-27T09:59:59Z").fact(2), "is more than 2 days old; limit 2");
        assert_eq!(day(now), "2026-03-01");
        assert_eq!(timestamp(Some("yesterday")), None);
    }
}
