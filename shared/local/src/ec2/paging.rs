//! `MaxResults` and `NextToken`.

use std::ops::RangeInclusive;

use super::error::Ec2Error;
use super::request::Ec2Request;

/// The page of these items that is asked for, and the next page's token. A page that names no size has the largest.
pub(super) fn page<T>(
    request: &Ec2Request,
    mut items: Vec<T>,
    sizes: RangeInclusive<usize>,
) -> Result<(Vec<T>, Option<String>), Ec2Error> {
    let size = match request.get("MaxResults") {
        None => *sizes.end(),
        Some(text) => text.parse().ok().filter(|size| sizes.contains(size)).ok_or_else(|| {
            let (least, most) = sizes.into_inner();
            Ec2Error::invalid_value(format!(
                "Value ( {text} ) for parameter maxResults is invalid. Expecting a value from {least} to {most}."
            ))
        })?,
    };
    let start = match request.get("NextToken") {
        None => 0,
        Some(token) => {
            let start = usize::from_str_radix(token, 16).ok();
            let start = start.filter(|start| token.len() == 16 && (1..items.len()).contains(start));
            start.ok_or_else(|| Ec2Error::invalid_value("Unable to parse pagination token"))?
        }
    };
    let mut page = items.split_off(start);
    let next = (page.len() > size).then(|| format!("{:016x}", start + size));
    page.truncate(size);
    Ok((page, next))
}
