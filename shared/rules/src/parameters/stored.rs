//! Values in Parameter Store: `ssm:/path` in place of a value, or of an item of a list.

use std::collections::BTreeSet;

use super::{ParameterError, RawParameters, Value, list, listed, quoted};
use crate::facts::{Fact, Facts, Fault};

/// What Parameter Store has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    path: String,
    value: String,
}

impl RawParameters {
    /// The names in Parameter Store that values refer to, each once: a value as a whole, or items of a list.
    #[must_use]
    pub fn references(&self) -> BTreeSet<String> {
        let items = self.values.values().flat_map(|value| items_with_references(value).unwrap_or_default());
        // What has another form is refused where it is resolved; Parameter Store would refuse those beside it, too.
        items
            .filter_map(|item| reference(&item).filter(|path| is_stored_name(path)).map(str::to_owned))
            .collect()
    }

    /// The same parameters, with what Parameter Store has in place of the references to it.
    ///
    /// # Errors
    /// Names the first parameter whose reference leads nowhere, and whether it may do so later.
    pub(crate) fn resolve(mut self, facts: &Facts) -> Result<Self, Unresolved> {
        for (name, value) in &mut self.values {
            let Some(items) = items_with_references(value) else { continue };
            let mut texts = Vec::new();
            for item in &items {
                let Some(path) = reference(item) else {
                    texts.push(item.clone());
                    continue;
                };
                let text = look_up(name, path, facts)?.to_owned();
                let stored = self.stored.entry(name.clone()).or_default();
                stored.push(Stored { path: path.to_owned(), value: text.clone() });
                texts.extend(if items.len() == 1 { vec![text] } else { stored_items(&text) });
            }
            *value = match <[String; 1]>::try_from(texts) {
                Ok([text]) => text,
                Err(texts) => serde_json::json!(texts).to_string(),
            };
        }
        Ok(self)
    }

    /// The same error, with where the wrong value came from.
    pub(crate) fn with_origin(&self, error: ParameterError) -> ParameterError {
        let stored = self.stored.get(&error.name).map(Vec::as_slice).unwrap_or_default();
        let origins: Vec<_> = stored
            .iter()
            .map(|Stored { path, value }| format!("{path}, which has {}", quoted(value)))
            .collect();
        if origins.is_empty() {
            return error;
        }
        let problem = format!("{} (from Parameter Store: {})", error.problem, listed(&origins));
        ParameterError { problem, ..error }
    }

    pub(super) fn is_stored_json<V: Value>(&self, name: &str, text: &str) -> bool {
        V::STORED_FIELD.is_some() && self.stored.contains_key(name) && text.trim_start().starts_with('{')
    }

    /// The value that stands in a JSON object of Parameter Store's, or the text itself.
    pub(super) fn plain<V: Value>(&self, name: &str, text: &str) -> String {
        let field = V::STORED_FIELD.filter(|_| self.is_stored_json::<V>(name, text));
        let json = field.and_then(|_| serde_json::from_str::<serde_json::Value>(text).ok());
        let value = json.zip(field).and_then(|(json, field)| Some(json[field].as_str()?.trim().to_owned()));
        value.unwrap_or_else(|| text.to_owned())
    }
}

fn look_up<'a>(name: &str, path: &str, facts: &'a Facts) -> Result<&'a str, Unresolved> {
    if !is_stored_name(path) {
        let form = "a name in Parameter Store, perhaps with a version (`:3`), or with days (`@30d`)";
        let problem = format!("{} is not {form}", quoted(path));
        return Err(Unresolved::Absent(ParameterError::new(name, problem)));
    }
    match facts.parameter(path) {
        Ok(Fact::Known(text)) => Ok(text),
        Ok(Fact::Absent) => Err(Unresolved::absent(name, path)),
        Ok(Fact::Unavailable(why)) => Err(Unresolved::unavailable(name, path, &why)),
        Err(fault) => Err(Unresolved::Fault(fault)),
    }
}

/// The items of a value some of which refer to Parameter Store; none if none does.
fn items_with_references(value: &str) -> Option<Vec<String>> {
    if !value.contains("ssm:/") {
        return None;
    }
    let items = list::items(value).ok()?;
    items.iter().any(|item| reference(item).is_some()).then_some(items)
}

/// A reference to Parameter Store that cannot be followed.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// There is nothing: the parameter is wrong.
    Absent(ParameterError),
    /// It could not be read, for a lasting reason.
    Unavailable(ParameterError),
    /// It could not be read now.
    Fault(Fault),
}

impl Unresolved {
    fn absent(name: &str, path: &str) -> Self {
        Self::Absent(ParameterError::new(name, format!("Parameter Store has no parameter {path}")))
    }

    fn unavailable(name: &str, path: &str, why: &str) -> Self {
        Self::Unavailable(ParameterError::new(
            name,
            format!("{path} cannot be read from Parameter Store: {why}"),
        ))
    }
}

/// The name in Parameter Store that a value, or an item of a list, such as `ssm:/platform/approved-amis` refers to; with a version
/// (`:3`), or days for which earlier values count as well (`@30d`).
fn reference(value: &str) -> Option<&str> {
    value.trim().strip_prefix("ssm:").filter(|path| path.starts_with('/'))
}

/// `/path`, `/path:3`, `/path:label` or `/path@30d`, as [`Parameter::pattern`](super::Parameter::pattern) has it.
fn is_stored_name(path: &str) -> bool {
    let is_of = |text: &str, more: &str| {
        !text.is_empty() && text.chars().all(|own| own.is_ascii_alphanumeric() || more.contains(own))
    };
    match (earlier_values(path), path.split_once(':')) {
        (Some((name, _)), _) => is_of(name, "_.-/"),
        (None, Some((name, version))) => is_of(name, "_.-/") && is_of(version, "_.-"),
        (None, None) => is_of(path, "_.-/"),
    }
}

/// The name and the days of `/path@30d`, which refers to all values within as many days: 1 to 9999.
#[must_use]
pub fn earlier_values(path: &str) -> Option<(&str, u16)> {
    let (name, days) = path.split_once('@')?;
    let days = days.strip_suffix('d').filter(|days| days.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((name, days.parse().ok().filter(|days| (1..=9999).contains(days))?))
}

/// Several values of one parameter as one, each item once: one value as it is, of several a JSON array of their items.
#[must_use]
pub fn merge_values(values: &[String]) -> String {
    let mut items: Vec<String> = Vec::new();
    for item in values.iter().flat_map(|value| stored_items(value)) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    match values {
        [value] => value.clone(),
        _ => serde_json::json!(items).to_string(),
    }
}

/// A value among others may be a list of its own; a JSON object is one item.
fn stored_items(text: &str) -> Vec<String> {
    if text.trim_start().starts_with('{') {
        return vec![text.to_owned()];
    }
    list::items(text).unwrap_or_else(|_| vec![text.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::{Parameter, ValueError};

    fn parameters(json: &str) -> RawParameters {
        RawParameters::from_json(json).unwrap()
    }

    /// A list of numbers, which Parameter Store may have in a field of JSON.
    #[derive(Debug, PartialEq)]
    struct Number(u64);

    impl Value for Number {
        const FORM: &'static str = "a number";
        const PATTERN: &'static str = "[0-9]+";
        const STORED_FIELD: Option<&'static str> = Some("number");

        fn parse(text: &str) -> Result<Self, ValueError> {
            u64::parse(text).map(Self)
        }
    }

    fn stored(json: &str) -> RawParameters {
        let held = ["3, 4", r#"["2", "3"]"#, r#"{"number":"1"}"#, "5,"].map(str::to_owned);
        let mut facts = Facts::from_json(
            r#"{"parameters":{"/one":"1","/list":"2, 3","/json":"{\"number\":\"4\",\"name\":\"x,y\"}","/bad":"z"}}"#,
        )
        .unwrap();
        facts.set("/list@30d", Fact::Known(merge_values(&held)));
        parameters(json).resolve(&facts).unwrap()
    }

    #[test]
    fn items_of_a_list_may_refer_to_parameter_store() {
        for (value, expected) in [
            ("ssm:/one", vec![1]),
            ("ssm:/list", vec![2, 3]),
            ("ssm:/json", vec![4]),
            ("7, ssm:/one ,ssm:/list,ssm:/json", vec![7, 1, 2, 3, 4]),
            ("ssm:/list@30d", vec![3, 4, 2, 1, 5]),
            ("7,ssm:/list@30d", vec![7, 3, 4, 2, 1, 5]),
            (r#"[\"ssm:/list\",\"8\"]"#, vec![2, 3, 8]),
        ] {
            let parameters = format!(r#"{{"numbers":"{value}"}}"#);
            let numbers: Vec<Number> = stored(&parameters).list("numbers").unwrap();
            assert_eq!(
                numbers.into_iter().map(|Number(number)| number).collect::<Vec<_>>(),
                expected,
                "{value}"
            );
        }
        let names = parameters(r#"{"a":"x,ssm:/b","c":"ssm:/d:3","e":"[{\"f\":\"ssm:/g\"}]","h":"ssm"}"#)
            .references();
        assert_eq!(names, ["/b", "/d:3"].map(str::to_owned).into());
        assert!(
            parameters(r#"{"numbers":"{\"number\":\"4\"}"}"#).list::<Number>("numbers").is_err(),
            "typed JSON"
        );
    }

    #[test]
    fn one_value_stays_as_it_is() {
        for value in ["a, b", r#"["a,b"]"#, r#"{"a": "b"}"#, ""] {
            assert_eq!(merge_values(&[value.to_owned()]), value);
        }
    }

    #[test]
    fn a_reference_of_another_form_is_refused_and_not_looked_up() {
        let pattern = regex::Regex::new(&Parameter::list::<Number>("numbers", None, "").pattern()).unwrap();
        for right in ["/a", "/a/b-c_d.e", "/a:3", "/a:live", "/a@1d", "/a@9999d"] {
            let raw = parameters(&format!(r#"{{"numbers":"ssm:{right}"}}"#));
            assert_eq!(raw.references(), [right.to_owned()].into());
            assert!(pattern.is_match(&format!("1,ssm:{right}")), "{right}");
        }
        for wrong in ["/a@30", "/a@0d", "/a@d", "/a@10000d", "/a@+3d", "/a:3@30d", "/a@30d:3", "/a:", "/a b"]
        {
            let raw = parameters(&format!(r#"{{"numbers":"1,ssm:{wrong}"}}"#));
            assert!(raw.references().is_empty(), "{wrong}");
            let Err(Unresolved::Absent(error)) = raw.resolve(&Facts::default()) else { panic!("{wrong}") };
            let form =
                "is not a name in Parameter Store, perhaps with a version (`:3`), or with days (`@30d`)";
            let error = error.to_string();
            assert!(error.contains(wrong) && error.ends_with(form), "{error}");
        }
    }

    #[test]
    fn a_wrong_value_of_parameter_store_is_shown_with_its_name() {
        for (value, place) in [("ssm:/bad", "item 1"), ("1,ssm:/bad", "item 2")] {
            let raw = stored(&format!(r#"{{"numbers":"{value}"}}"#));
            let error = raw.with_origin(raw.list::<Number>("numbers").unwrap_err()).to_string();
            let origin = r#"(from Parameter Store: /bad, which has "z")"#;
            assert_eq!(error, format!(r#"parameter numbers: {place} "z" is not a number {origin}"#));
        }
        let raw = parameters(r#"{"numbers":"z"}"#);
        assert!(!raw.with_origin(raw.list::<Number>("numbers").unwrap_err()).to_string().contains("Store"));
    }
}
