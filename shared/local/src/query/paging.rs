//! Pages of a list.

/// The page that begins where the token says, and the next page's token; none if the token is not one of this list's.
pub(crate) fn page_from<T>(
    token: Option<&str>,
    mut items: Vec<T>,
    size: usize,
) -> Option<(Vec<T>, Option<String>)> {
    let start = match token {
        None => 0,
        Some(token) => {
            let start = usize::from_str_radix(token, 16).ok();
            start.filter(|start| token.len() == 16 && (1..items.len()).contains(start))?
        }
    };
    let mut page = items.split_off(start);
    let next = (page.len() > size).then(|| format!("{:016x}", start.saturating_add(size)));
    page.truncate(size);
    Some((page, next))
}
