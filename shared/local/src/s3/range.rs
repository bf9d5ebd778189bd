//! The header `Range`.

use std::ops::Range;

use crate::endpoint::ApiError;

/// The bytes that are asked for of so many; none if it is all of them. S3 takes what is no single range for no range.
pub(super) fn range(header: Option<&str>, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let Some(bounds) = header.and_then(bounds) else {
        return Ok(None);
    };
    let range = match bounds {
        (Some(first), last) => first..last.map_or(size, |last| size.min(last.saturating_add(1))),
        (None, last) => size.saturating_sub(last.unwrap_or(0))..size,
    };
    if range.is_empty() {
        return Err(ApiError::new(416, "InvalidRange", "The requested range is not satisfiable"));
    }
    Ok(Some(range))
}

/// The first and the last byte; or none, and how many there are at the end.
fn bounds(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    let bounds = (number(first)?, number(last)?);
    match bounds {
        (None, None) => None,
        (Some(first), Some(last)) if last < first => None,
        bounds => Some(bounds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood() {
        for (header, expected) in [
            ("bytes=0-0", Some(0..1)),
            ("bytes=2-5", Some(2..6)),
            ("bytes=2-", Some(2..10)),
            ("bytes=2-99", Some(2..10)),
            ("bytes=-3", Some(7..10)),
            ("bytes=-99", Some(0..10)),
            ("bytes=5-2", None),
            ("bytes=-", None),
            ("bytes=0-1,3-4", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(range(Some(header), 10), Ok(expected), "{header}");
        }
        assert_eq!(range(None, 10), Ok(None));
    }

    #[test]
    fn what_is_beyond_the_end_is_refused() {
        for (header, size) in [("bytes=10-", 10), ("bytes=10-20", 10), ("bytes=-0", 10), ("bytes=0-", 0)] {
            assert_eq!(range(Some(header), size).unwrap_err().code, "InvalidRange", "{header}");
        }
    }
}
