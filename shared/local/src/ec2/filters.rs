//! `Filter.N.Name` and `Filter.N.Value.M`: all filters have to match, and of each any value.

use regex::Regex;

use crate::endpoint::ApiError;
use crate::query::QueryRequest;

/// A request's filters.
#[derive(Debug)]
pub(super) struct Filters(Vec<Filter>);

#[derive(Debug)]
struct Filter {
    name: String,
    values: Vec<Regex>,
}

impl Filters {
    /// Reads the filters, which must be among those that the action knows.
    pub(super) fn read(request: &QueryRequest, known: &[&str]) -> Result<Self, ApiError> {
        let mut filters = Vec::new();
        for (key, name) in &request.parameters {
            let Some(prefix) = key.strip_suffix(".Name").filter(|prefix| prefix.starts_with("Filter."))
            else {
                continue;
            };
            if !known.contains(&name.as_str()) {
                return Err(ApiError::invalid_value(format!("The filter '{name}' is invalid")));
            }
            let values = request.list(&format!("{prefix}.Value"));
            let values = values.into_iter().map(pattern).collect::<Result<_, _>>()?;
            filters.push(Filter { name: name.clone(), values });
        }
        Ok(Self(filters))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something with these properties is let through, of which each may have several values.
    pub(super) fn match_all(&self, property: impl Fn(&str) -> Vec<String>) -> bool {
        self.0.iter().all(|filter| {
            let is_wanted = |text: &String| filter.values.iter().any(|value| value.is_match(text));
            property(&filter.name).iter().any(is_wanted)
        })
    }
}

/// EC2's wildcards: `*` is any text, `?` is one character or none, and a backslash takes the next character as it is.
fn pattern(value: &str) -> Result<Regex, ApiError> {
    let mut pattern = String::from(r"(?s)\A");
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' => pattern.push_str(".*"),
            '?' => pattern.push_str(".?"),
            '\\' => {
                let literal = characters.next().unwrap_or('\\');
                pattern.push_str(&regex::escape(literal.encode_utf8(&mut [0; 4])));
            }
            _ => pattern.push_str(&regex::escape(character.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern.push_str(r"\z");
    Regex::new(&pattern)
        .map_err(|_| ApiError::invalid_value(format!("Value ({value}) for filter value is invalid")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_and_their_escapes() {
        for (value, matching, other) in [
            ("web", &["web"][..], &["web-1", "Web", "my web"][..]),
            ("web*", &["web", "web-1", "web\n"], &["my web"]),
            ("web-?", &["web-", "web-1"], &["web-10"]),
            (r"web\*", &["web*"], &["web-1", r"web\*"]),
            (r"\*amazon\?\\", &[r"*amazon?\"], &[r"xamazonx\"]),
            ("a.b(c", &["a.b(c"], &["axb(c"]),
            (r"end\", &[r"end\"], &["end"]),
            ("ключ ?", &["ключ 🔑"], &["ключ"]),
        ] {
            let pattern = pattern(value).unwrap();
            assert!(matching.iter().all(|text| pattern.is_match(text)), "{value}");
            assert!(!other.iter().any(|text| pattern.is_match(text)), "{value}");
        }
    }
}
