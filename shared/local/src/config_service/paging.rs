//! Pages, their sizes and their tokens.

use crate::endpoint::ApiError;

/// The default and the largest size of a page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) default: usize,
    pub(super) max: usize,
}

impl Sizes {
    /// The size that a limit asks for: none and 0 stand for the default.
    pub(super) fn of(self, limit: Option<i64>) -> Result<usize, ApiError> {
        match limit.map(usize::try_from) {
            None | Some(Ok(0)) => Ok(self.default),
            Some(Ok(size)) if size <= self.max => Ok(size),
            _ => Err(ApiError::bad_request(
                "InvalidLimitException",
                format!("The specified limit is outside the allowable range: 0 to {}.", self.max),
            )),
        }
    }
}

/// The page that the token stands for, and the next page's token. A token is valid for its own operation only.
pub(super) fn page<T>(
    operation: &str,
    items: impl IntoIterator<Item = T>,
    token: Option<&str>,
    size: usize,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let start = token.map_or(Some(0), |token| start(operation, token)).ok_or_else(invalid_token)?;
    let mut items = items.into_iter();
    if start > 0 && items.nth(start - 1).is_none() {
        return Err(invalid_token());
    }
    let page = items.by_ref().take(size).collect();
    let is_last = size > 0 && items.next().is_none();
    Ok((page, (!is_last).then(|| format!("{operation}:{:08x}", start + size))))
}

fn start(operation: &str, token: &str) -> Option<usize> {
    usize::from_str_radix(token.strip_prefix(operation)?.strip_prefix(':')?, 16).ok()
}

fn invalid_token() -> ApiError {
    ApiError::bad_request(
        "InvalidNextTokenException",
        "The specified next token is not valid. Specify the nextToken string that was returned in the previous \
         response to get the next page of results.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const SIZES: Sizes = Sizes { default: 10, max: 100 };

    fn items(count: usize) -> Vec<Value> {
        (0..count).map(Value::from).collect()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let mut token = None;
        let mut sizes = Vec::new();
        loop {
            let (page, next) = page("List", items(5), token.as_deref(), 2).unwrap();
            sizes.push(page.len());
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [2, 2, 1]);
    }

    #[test]
    fn a_page_without_items_leads_to_the_same_ones() {
        let (empty, token) = page("List", items(1), None, 0).unwrap();
        assert_eq!(empty, items(0));
        assert_eq!(page("List", items(1), token.as_deref(), 2).unwrap(), (items(1), None));
    }

    #[test]
    fn a_token_that_was_not_given_out_is_refused() {
        let (_, token) = page("List", items(3), None, 2).unwrap();
        assert!(page("Other", items(3), token.as_deref(), 2).is_err());
        for token in ["", "List", "List:", "List:x", "List:4"] {
            let error = page("List", items(3), Some(token), 2).unwrap_err();
            assert_eq!(error.code, "InvalidNextTokenException", "{token}");
        }
    }

    #[test]
    fn a_limit_has_a_default_and_a_maximum() {
        assert_eq!(
            [None, Some(0), Some(1), Some(100)].map(|limit| SIZES.of(limit)),
            [10, 10, 1, 100].map(Ok)
        );
        for limit in [-1, 101] {
            assert_eq!(SIZES.of(Some(limit)).unwrap_err().code, "InvalidLimitException");
        }
    }
}
