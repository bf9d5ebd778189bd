//! Values that may be meant for one Region only: `eu-west-1:…`.

use std::fmt;

use super::ValueError;

/// A value for one Region, or for all of them.
#[derive(Clone, Debug)]
pub(crate) struct Regional<T> {
    region: Option<String>,
    pub(crate) value: T,
}

impl<T> Regional<T> {
    /// Reads a value that may stand after a Region and a colon. Only what has the form of a Region counts as one, because
    /// values may hold colons, too; one that itself begins like that is written after a Region of its own.
    pub(crate) fn read(
        text: &str,
        value: impl FnOnce(&str) -> Result<T, ValueError>,
    ) -> Result<Self, ValueError> {
        match text.split_once(':').filter(|(region, _)| is_region(region)) {
            Some((region, rest)) => {
                Ok(Self { region: Some(region.to_owned()), value: value(rest.trim_start())? })
            }
            None => Ok(Self { region: None, value: value(text)? }),
        }
    }

    /// Whether it is meant for this Region. What is meant for one is not for an unknown one.
    pub(crate) fn is_for(&self, region: Option<&str>) -> bool {
        self.region.is_none() || self.region.as_deref() == region
    }

    /// Whether it is not known to be meant for another Region than this.
    pub(crate) fn may_be_for(&self, region: Option<&str>) -> bool {
        region.is_none() || self.is_for(region)
    }
}

/// ` (approved in eu-west-1, not in us-east-1)`, if these approvals are for other Regions; for the words of a finding.
pub(crate) fn elsewhere<'a, T: 'a>(
    approvals: impl Iterator<Item = &'a Regional<T>>,
    region: Option<&str>,
) -> String {
    let regions: Vec<_> = approvals.filter_map(|approval| approval.region.as_deref()).collect();
    let here = region.unwrap_or("an unknown Region");
    if regions.is_empty() {
        String::new()
    } else {
        format!(" (approved in {}, not in {here})", super::listed(&regions))
    }
}

/// Such as `eu-west-1`, `us-gov-east-1` or `eusc-de-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else {
        return false;
    };
    let are = |kind: fn(&u8) -> bool, part: &str| !part.is_empty() && part.bytes().all(|byte| kind(&byte));
    (2..=4).contains(&first.len())
        && are(u8::is_ascii_lowercase, first)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(|part| are(u8::is_ascii_lowercase, part))
        && are(u8::is_ascii_digit, last)
}

impl<T: fmt::Display> fmt::Display for Regional<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.region.as_ref().map_or(Ok(()), |region| write!(formatter, "{region}:"))?;
        self.value.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Regional<String> {
        Regional::read(text, |value| Ok(value.to_owned())).unwrap()
    }

    #[track_caller]
    fn reads(text: &str, region: Option<&str>, value: &str) {
        let read = read(text);
        assert_eq!((read.region.as_deref(), read.value.as_str()), (region, value));
        assert_eq!(read.to_string(), text);
    }

    #[test]
    fn only_the_form_of_a_region_is_a_region() {
        for region in ["eu-west-1", "us-gov-east-1", "us-isob-east-1", "cn-northwest-1", "eusc-de-east-1"] {
            reads(&format!("{region}:ops"), Some(region), "ops");
        }
        for text in ["ops", "team:ops", "eu-west:ops", "eu-west-1", "EU-WEST-1:ops", "eu-west-1a:ops", ":ops"]
        {
            reads(text, None, text);
        }
        reads("ops-team-prod-eu-1:x", None, "ops-team-prod-eu-1:x");
    }

    #[test]
    fn only_the_first_colon_counts() {
        reads("us-east-1:eu-west-1:ops", Some("us-east-1"), "eu-west-1:ops");
        reads("ops:eu-west-1", None, "ops:eu-west-1");
    }

    #[test]
    fn an_unknown_region_is_none_and_may_be_any() {
        let (here, there) = (Some("eu-west-1"), Some("us-east-1"));
        let ops = read("eu-west-1:ops");
        assert!(ops.is_for(here) && !ops.is_for(there) && !ops.is_for(None));
        assert!(ops.may_be_for(here) && !ops.may_be_for(there) && ops.may_be_for(None));
        assert!(read("ops").is_for(None) && read("ops").is_for(there));
    }
}
