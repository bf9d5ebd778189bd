//! `MaxResults` and `NextToken`.

use std::ops::RangeInclusive;

use super::data::Ec2Data;
use crate::endpoint::ApiError;
use crate::query::{QueryRequest, page_from};

/// How many items a page can hold.
#[derive(Debug)]
pub(super) struct Sizes {
    /// What a call can ask for.
    allowed: RangeInclusive<usize>,
    /// The default.
    otherwise: usize,
}

impl Sizes {
    /// By default a page is as large as is allowed.
    pub(super) const fn new(allowed: RangeInclusive<usize>) -> Self {
        let otherwise = *allowed.end();
        Self { allowed, otherwise }
    }

    /// By default everything is on one page.
    pub(super) const fn or_all(allowed: RangeInclusive<usize>) -> Self {
        Self { allowed, otherwise: usize::MAX }
    }

    fn asked(&self, request: &QueryRequest) -> Result<usize, ApiError> {
        let Some(text) = request.get("MaxResults") else {
            return Ok(self.otherwise);
        };
        text.parse().ok().filter(|size| self.allowed.contains(size)).ok_or_else(|| {
            let (least, most) = (self.allowed.start(), self.allowed.end());
            ApiError::invalid_value(format!(
                "Value ( {text} ) for parameter maxResults is invalid. Expecting a value from {least} to {most}."
            ))
        })
    }
}

/// The page of these items that is asked for, and the next page's token.
pub(super) fn page<T>(
    data: &Ec2Data,
    request: &QueryRequest,
    items: Vec<T>,
    sizes: &Sizes,
) -> Result<(Vec<T>, Option<String>), ApiError> {
    let size = sizes.asked(request)?.min(data.largest_page());
    page_from(request.get("NextToken"), items, size)
        .ok_or_else(|| ApiError::invalid_value("Unable to parse pagination token"))
}
