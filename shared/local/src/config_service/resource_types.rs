//! The resource types that AWS Config knows.
//!
//! They are the enumeration `ResourceType` of the API model `config` 2014-11-12 (botocore 1.43.11) plus `AWS::::Account`,
//! one per line and sorted. Types that AWS Config does not record (`AWS::EC2::KeyPair`, `AWS::EC2::Image`) are not among them.

use std::sync::LazyLock;

const LIST: &str = include_str!("resource_types.txt");

/// Evaluations may be about it, but it has no configuration items.
const ACCOUNT: &str = "AWS::::Account";

/// What `PutEvaluations` accepts, in alphabetical order.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    LIST.lines()
}

/// What has configuration items, in alphabetical order.
pub(super) fn recorded() -> impl Iterator<Item = &'static str> {
    all().filter(|known| *known != ACCOUNT)
}

pub(super) fn is_known(resource_type: &str) -> bool {
    find(resource_type).is_some()
}

/// The type, if AWS Config records it.
pub(super) fn find_recorded(resource_type: &str) -> Option<&'static str> {
    find(resource_type).filter(|known| *known != ACCOUNT)
}

pub(super) fn is_recorded(resource_type: &str) -> bool {
    find_recorded(resource_type).is_some()
}

fn find(resource_type: &str) -> Option<&'static str> {
    static SORTED: LazyLock<Vec<&str>> = LazyLock::new(|| all().collect());
    SORTED.binary_search(&resource_type).ok().map(|index| SORTED[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_without_duplicates_or_blanks() {
        assert!(all().is_sorted_by(|first, second| first < second));
        assert!(all().all(|name| name.starts_with("AWS::") && name.trim() == name));
    }

    #[test]
    fn what_config_does_not_record_is_not_known() {
        assert!(is_known("AWS::EC2::SecurityGroup") && is_recorded("AWS::EC2::SecurityGroup"));
        assert!(is_known("AWS::::Account") && !is_recorded("AWS::::Account"));
        for unknown in ["AWS::Account", "AWS::EC2::KeyPair", "AWS::EC2::Image", ""] {
            assert!(!is_known(unknown), "{unknown}");
        }
    }
}
