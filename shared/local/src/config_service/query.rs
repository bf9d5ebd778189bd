//! The queries that are served: `SELECT <fields> [WHERE resourceType = '…' | WHERE resourceType IN ('…', '…')]`.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde_json::Value;

use super::error::ServiceError;

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
    type Err = ServiceError;

    fn from_str(expression: &str) -> Result<Self, ServiceError> {
        let invalid = |reason: &str| {
            ServiceError::bad_request("InvalidExpressionException", format!("{reason}: {expression}"))
        };
        let tokens = tokens(expression).ok_or_else(|| invalid("The syntax of the query is incorrect"))?;
        let query = read(&tokens).ok_or_else(|| invalid("The query is not one that is served"))?;
        match query
            .fields
            .iter()
            .find(|field| !COLUMNS.contains(&field.split('.').next().unwrap_or_default()))
        {
            Some(field) => Err(invalid(&format!("There is no field {field}"))),
            None => Ok(query),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Sign(char),
}

fn tokens(mut rest: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return Some(tokens);
        };
        if let Some(quoted) = rest.strip_prefix('\'') {
            let (text, after) = quoted.split_once('\'')?;
            tokens.push(Token::Text(text));
            rest = after;
        } else if is_word(first) {
            let (word, after) = rest.split_at(rest.find(|next| !is_word(next)).unwrap_or(rest.len()));
            tokens.push(Token::Word(word));
            rest = after;
        } else {
            tokens.push(Token::Sign(first));
            rest = &rest[first.len_utf8()..];
        }
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_.:-".contains(character)
}

fn read(tokens: &[Token<'_>]) -> Option<Query> {
    let [select, rest @ ..] = tokens else {
        return None;
    };
    let condition = rest.iter().position(|token| is_keyword(*token, "WHERE"));
    let (fields, condition) = rest.split_at(condition.unwrap_or(rest.len()));
    let fields = list(fields, |token| match token {
        Token::Word(word) => Some(word),
        _ => None,
    })?;
    let resource_types = match condition {
        [] => None,
        [_, Token::Word("resourceType"), condition @ ..] => Some(resource_types(condition)?),
        _ => return None,
    };
    is_keyword(*select, "SELECT").then_some(Query { fields, resource_types })
}

/// What follows `WHERE resourceType`.
fn resource_types(condition: &[Token<'_>]) -> Option<Vec<String>> {
    match condition {
        [Token::Sign('='), Token::Text(resource_type)] => Some(vec![(*resource_type).to_owned()]),
        [is_in, Token::Sign('('), types @ .., Token::Sign(')')] if is_keyword(*is_in, "IN") => {
            list(types, |token| match token {
                Token::Text(text) => Some(text),
                _ => None,
            })
        }
        _ => None,
    }
}

/// One or more elements with commas between.
fn list<'a>(tokens: &[Token<'a>], element: impl Fn(Token<'a>) -> Option<&'a str>) -> Option<Vec<String>> {
    let elements = tokens.split(|token| *token == Token::Sign(','));
    elements.map(|part| if let [only] = part { element(*only).map(str::to_owned) } else { None }).collect()
}

fn is_keyword(token: Token<'_>, keyword: &str) -> bool {
    matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword))
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
            "SELECT resourceId WHERE resourceType = 'A' AND resourceId = 'i-1'",
            "SELECT resourceId WHERE resourceType = 'A' ORDER BY resourceId",
            "SELECT resourceId WHERE resourceType = 'A' WHERE resourceType = 'B'",
        ] {
            let error = expression.parse::<Query>().unwrap_err();
            assert_eq!(error.name, "InvalidExpressionException", "{expression}");
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
