//! How people write a list: `a, b`, or `["a,b", "c"]` where an item holds a comma.

/// What a list of such items, the first of them such a one, looks like to tools.
pub(super) fn pattern(first: &str, item: &str) -> String {
    const TEXT: &str = r#""(?:[^"\\]|\\.)*""#;
    format!(r"{first}(?:,{item})*,?\s*|\s*\[\s*{TEXT}\s*(?:,\s*{TEXT}\s*)*\]\s*")
}

/// The items, without blanks around them. A text that begins with `[` is a JSON array; in any other, a comma at the end
/// is tolerated.
pub(super) fn items(text: &str) -> Result<Vec<String>, String> {
    let text = text.trim();
    let items = if text.starts_with('[') {
        array(text)?
    } else {
        text.strip_suffix(',').unwrap_or(text).split(',').map(str::to_owned).collect()
    };
    Ok(items.iter().map(|item| item.trim().to_owned()).collect())
}

fn array(text: &str) -> Result<Vec<String>, String> {
    let items: Vec<String> = serde_json::from_str(text).map_err(|error| {
        format!(
            "begins with `[`, and is not a JSON array of strings: {error}; \
             a first item that itself begins so is written `[\"[…\"]`"
        )
    })?;
    if items.is_empty() { Err("is an empty array; leave the parameter out".to_owned()) } else { Ok(items) }
}
