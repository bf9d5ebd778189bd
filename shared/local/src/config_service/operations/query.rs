//! The queries that are served: `SELECT <fields> [WHERE resourceType = '…' | WHERE resourceType IN ('…', '…')]`.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::endpoint::ApiError;

/// What a query may name outside of `configuration`, `supplementaryConfiguration`, `relationships` and `tags`.
const COLUMNS: &[&str] = &[
    "accountId",
    "arn",
    "availabilityZone",
    "awsRegion",
    "configuration",
    "configurationItemCaptureTime",
    "configurationItemStatus",
    "configurationStateId",
    "relationships",
    "resourceCreationTime",
    "resourceId",
    "resourceName",
    "resourceType",
    "supplementaryConfiguration",
    "tags",
    "version",
];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    fields: Vec<String>,
    /// None stands for all.
    resource_types: Option<Vec<String>>,
}

/// The fields below a field; without any, the field is wanted as it is.
#[derive(Default)]
struct Fields<'a>(BTreeMap<&'a str, Fields<'a>>);

impl Query {
    pub(super) fn fields(&self) -> &[String] {
        &self.fields
    }

    pub(super) fn asks_for(&self, resource_type: &str) -> bool {
        self.resource_types.as_ref().is_none_or(|types| types.iter().any(|asked| asked == resource_type))
    }

    /// What the query selects of an item.
    pub(super) fn row(&self, item: &Value) -> Value {
        let mut fields = Fields::default();
        for field in &self.fields {
            field.split('.').fold(&mut fields, |fields, name| fields.0.entry(name).or_default());
        }
        fields.of(item).unwrap_or_default()
    }
}

impl Fields<'_> {
    /// A field of a list is the field of all its elements. What is null is left out.
    fn of(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Null => None,
            value if self.0.is_empty() => Some(value.clone()),
            Value::Array(elements) => Some(elements.iter().filter_map(|element| self.of(element)).collect()),
            value => {
                let members =
                    self.0.iter().filter_map(|(name, fields)| Some((*name, fields.of(value.get(name)?)?)));
                Some(members.map(|(name, value)| (name.to_owned(), value)).collect())
            }
        }
    }
}

impl FromStr for Query {
    type Err = ApiError;

    fn from_str(expression: &str) -> Result<Self, ApiError> {
        let invalid = |reason: &str| {
            ApiError::bad_request("InvalidExpressionException", format!("{reason}: {expression}"))
        };
        let found = FORM.as_ref().and_then(|form| form.captures(expression));
        let found = found.ok_or_else(|| invalid("The query is not one that is served"))?;
        let list =
            |name| found.name(name).map(|list| list.as_str().split(',').map(element).collect::<Vec<_>>());
        let query = Self {
            fields: list("fields").unwrap_or_default(),
            resource_types: list("type").or_else(|| list("types")),
        };
        let is_column = |field: &&String| COLUMNS.contains(&field.split('.').next().unwrap_or_default());
        match query.fields.iter().find(|field| !is_column(field)) {
            Some(field) => Err(invalid(&format!("There is no field {field}"))),
            None => Ok(query),
        }
    }
}

/// The whole of a query.
static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^\s* (?i:SELECT) \s+ (?<fields> [\w.:-]+ (?: \s*,\s* [\w.:-]+ )* )
        (?: \s+ (?i:WHERE) \s+ resourceType \s*
            (?: = \s* (?<type> '[^',]+' )
            | (?i:IN) \s* \( \s* (?<types> '[^',]+' (?: \s*,\s* '[^',]+' )* ) \s* \) ) )? \s*$",
    )
    .ok()
});

fn element(text: &str) -> String {
    text.trim().trim_matches('\'').to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn reads(expression: &str, fields: &[&str], resource_types: Option<&[&str]>) {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let expected = Query { fields: owned(fields), resource_types: resource_types.map(owned) };
        assert_eq!(expression.parse::<Query>(), Ok(expected), "{expression}");
    }

    #[test]
    fn fields_and_resource_types_are_read() {
        reads("SELECT resourceId", &["resourceId"], None);
        reads(
            "select resourceId , configuration.state.name\n where resourceType = 'AWS::EC2::Instance'",
            &["resourceId", "configuration.state.name"],
            Some(&["AWS::EC2::Instance"]),
        );
        reads("SELECT tags WHERE resourceType IN('A','B')", &["tags"], Some(&["A", "B"]));
    }

    #[test]
    fn every_other_query_is_refused() {
        for expression in [
            " ",
            "SELECT",
            "SELECT *",
            "SELECT resourceId,",
            "SELECT resourceId resourceType",
            "SELECT COUNT(*)",
            "SELECT awsAccountId",
            "resourceId",
            "SELECT resourceId WHERE",
            "SELECT resourceId WHERE resourceId = 'i-1'",
            "SELECT resourceId WHERE resourceType = AWS::EC2::Instance",
            "SELECT resourceId WHERE resourceType = 'A",
            "SELECT resourceId WHERE resourceType IN ()",
            "SELECT resourceId WHERE resourceType IN ('A' 'B')",
            "SELECT resourceId WHERE resourceType = 'A', 'B'",
            "SELECT resourceId WHERE resourceType = 'A')",
            "SELECT resourceId WHERE resourceType IN ('A'",
            "SELECT resourceId WHERE resourceType = 'A' AND resourceId = 'i-1'",
            "SELECT resourceId WHERE resourceType = 'A' ORDER BY resourceId",
            "SELECT resourceId WHERE resourceType = 'A' WHERE resourceType = 'B'",
        ] {
            let error = expression.parse::<Query>().unwrap_err();
            assert_eq!(error.code, "InvalidExpressionException", "{expression}");
        }
    }

    #[test]
    fn a_row_has_the_fields_in_their_places() {
        let item = json!({
            "resourceId": "i-1", "resourceName": null, "arn": "arn",
            "configuration": {"state": {"name": "running", "code": 16}, "groups": [{"id": "a", "x": 1}, {"id": "b"}]},
        });
        let query: Query =
            "SELECT resourceId, resourceName, configuration.state.name, configuration.groups.id, tags"
                .parse()
                .unwrap();
        let row = json!({
            "resourceId": "i-1",
            "configuration": {"state": {"name": "running"}, "groups": [{"id": "a"}, {"id": "b"}]},
        });
        assert_eq!(query.row(&item), row);
    }
}
