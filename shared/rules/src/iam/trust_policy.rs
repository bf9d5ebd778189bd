//! Trust policies: who may assume a role.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use wildcard::WildcardBuilder;

/// The policy of a role that says who may assume it, decoded once: IAM sends it as URL-encoded JSON (RFC 3986), and files
/// may hold the JSON itself.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustPolicy {
    document: Value,
    statements: Result<Vec<Statement>, String>,
}

impl TrustPolicy {
    /// Its statements; or what is wrong with the document.
    ///
    /// # Errors
    /// In words that follow "cannot be read: ".
    pub fn statements(&self) -> Result<&[Statement], &str> {
        self.statements.as_deref().map_err(String::as_str)
    }
}

/// A document as IAM sends it, or as JSON.
impl From<&str> for TrustPolicy {
    fn from(text: &str) -> Self {
        match decoded(text) {
            Ok(document) => document.into(),
            Err(problem) => Self { document: text.into(), statements: Err(problem) },
        }
    }
}

impl From<Value> for TrustPolicy {
    fn from(document: Value) -> Self {
        if let Value::String(text) = &document {
            return text.as_str().into();
        }
        let read = Document::deserialize(&document).map_err(|error| error.to_string());
        Self { statements: read.and_then(Document::into_statements), document }
    }
}

/// JSON is never URL-encoded twice, and what is encoded never begins with a brace.
fn decoded(text: &str) -> Result<Value, String> {
    let is_json = text.trim_start().starts_with('{');
    let percent = percent_encoding::percent_decode_str(text);
    let text =
        if is_json { text.into() } else { percent.decode_utf8().map_err(|error| error.to_string())? };
    let document: Map<_, _> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(document.into())
}

impl<'de> Deserialize<'de> for TrustPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

impl Serialize for TrustPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.document.serialize(serializer)
    }
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about.
    pub principals: Vec<Principal>,
    actions: Actions,
    /// Whether it holds under a condition only.
    pub has_condition: bool,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies.
    Deny,
}

/// Whom a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// `*`; and whom `NotPrincipal` does not name, which is nearly everybody.
    Everybody,
    /// The principal of a service, such as `ec2.amazonaws.com`.
    Service(String),
    /// An account's id, an ARN, or the id of a user or role that was deleted.
    Aws(String),
    /// An identity provider, by name or ARN.
    Federated(String),
    /// An account, by its id in Amazon S3.
    CanonicalUser(String),
}

/// Patterns, in small letters: the case of actions does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Actions {
    These(Vec<String>),
    AllBut(Vec<String>),
}

impl Statement {
    /// Whether it is about this action, such as `sts:AssumeRole`.
    #[must_use]
    pub fn is_about(&self, action: &str) -> bool {
        let action: Vec<char> = action.to_lowercase().chars().collect();
        let matches = |pattern: &String| {
            let pattern = WildcardBuilder::from_owned(pattern.chars().collect()).without_escape().build();
            pattern.is_ok_and(|pattern| pattern.is_match(&action))
        };
        match &self.actions {
            Actions::These(patterns) => patterns.iter().any(matches),
            Actions::AllBut(patterns) => !patterns.iter().any(matches),
        }
    }
}

/// The grammar: each of these may be one, or an array.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(items) => items,
            Self::One(item) => vec![item],
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    statement: OneOrMany<Value>,
}

/// A statement as it is written. Neither Sid nor Version matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    effect: Effect,
    principal: Option<Principals>,
    not_principal: Option<Value>,
    action: Option<OneOrMany<String>>,
    not_action: Option<OneOrMany<String>>,
    #[serde(default)]
    condition: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Principals {
    Word(String),
    Kinds(Kinds),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kinds {
    #[serde(rename = "AWS")]
    aws: Option<OneOrMany<String>>,
    #[serde(rename = "Service")]
    service: Option<OneOrMany<String>>,
    #[serde(rename = "Federated")]
    federated: Option<OneOrMany<String>>,
    #[serde(rename = "CanonicalUser")]
    canonical_user: Option<OneOrMany<String>>,
}

impl Document {
    fn into_statements(self) -> Result<Vec<Statement>, String> {
        let read = |(index, statement)| {
            let written =
                Written::deserialize(statement).map_err(|error: serde_json::Error| error.to_string());
            let statement = written.and_then(Written::into_statement);
            statement.map_err(|problem| format!("statement {}: {problem}", index + 1))
        };
        self.statement.into_vec().into_iter().enumerate().map(read).collect()
    }
}

impl Written {
    fn into_statement(self) -> Result<Statement, String> {
        let principals = match (self.principal, self.not_principal) {
            (Some(principals), None) => principals.into_vec()?,
            (None, Some(_)) => vec![Principal::Everybody],
            _ => return Err("expected either Principal or NotPrincipal".to_owned()),
        };
        let small = |actions: OneOrMany<String>| {
            actions.into_vec().iter().map(|action| action.to_lowercase()).collect()
        };
        let actions = match (self.action, self.not_action) {
            (Some(actions), None) => Actions::These(small(actions)),
            (None, Some(actions)) => Actions::AllBut(small(actions)),
            _ => return Err("expected either Action or NotAction".to_owned()),
        };
        Ok(Statement { effect: self.effect, principals, actions, has_condition: !self.condition.is_empty() })
    }
}

impl Principals {
    fn into_vec(self) -> Result<Vec<Principal>, String> {
        let kinds = match self {
            Self::Word(word) if word == "*" => return Ok(vec![Principal::Everybody]),
            Self::Word(word) => return Err(format!("{word:?} is no principal")),
            Self::Kinds(kinds) => kinds,
        };
        let of = |ids: Option<OneOrMany<String>>, kind: fn(String) -> Principal| {
            let ids = ids.map(OneOrMany::into_vec).unwrap_or_default();
            ids.into_iter().map(move |id| if id == "*" { Principal::Everybody } else { kind(id) })
        };
        let principals = of(kinds.aws, Principal::Aws)
            .chain(of(kinds.service, Principal::Service))
            .chain(of(kinds.federated, Principal::Federated))
            .chain(of(kinds.canonical_user, Principal::CanonicalUser));
        Ok(principals.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};
    use serde_json::json;

    use super::*;

    fn statements(document: &str) -> Result<Vec<Statement>, String> {
        TrustPolicy::from(document).statements().map(<[_]>::to_vec).map_err(str::to_owned)
    }

    #[test]
    fn what_is_no_trust_policy_is_refused_in_words() {
        let statement = |statement: &Value| json!({"Statement": statement}).to_string();
        let allow = |rest: &Value| {
            let mut allow = json!({"Effect": "Allow"});
            allow.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            statement(&allow)
        };
        for (document, problem) in [
            ("%7B", "EOF"),
            ("%FF", "invalid utf-8"),
            ("not JSON", "expected"),
            ("[]", "invalid type: sequence"),
            ("{}", "missing field `Statement`"),
            (&statement(&json!({"Effect": "allow"})), "statement 1: unknown variant `allow`"),
            (&allow(&json!({"Action": "*"})), "statement 1: expected either Principal"),
            (&allow(&json!({"Principal": "*"})), "statement 1: expected either Action"),
            (&allow(&json!({"Principal": "ec2", "Action": "*"})), "statement 1: \"ec2\" is no principal"),
            (&allow(&json!({"Principal": {"Ec2": "x"}, "Action": "*"})), "statement 1: data did not match"),
        ] {
            let error = statements(document).unwrap_err();
            assert!(error.starts_with(problem), "{document}: {error}");
        }
    }

    #[test]
    fn an_encoded_plus_and_a_bare_one_are_both_a_plus() {
        for plus in ["+", "%2B"] {
            let arn = format!("arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fa{plus}%C3%A9");
            let document = format!(
                "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C\
                 %22Principal%22%3A%7B%22AWS%22%3A%22{arn}%22%7D%7D%7D"
            );
            let principal = Principal::Aws("arn:aws:iam::111122223333:role/a+é".to_owned());
            assert_eq!(statements(&document).unwrap()[0].principals, [principal]);
        }
    }

    #[test]
    fn actions_have_wildcards_and_no_case() {
        let about = |key: &str, actions: Value| {
            let document = json!({"Statement": {"Effect": "Allow", "Principal": "*", key: actions}});
            statements(&document.to_string()).unwrap()[0].is_about("sts:AssumeRole")
        };
        for action in ["sts:AssumeRole", "STS:assumerole", "sts:*", "*", "sts:Assume?ole", "s*e"] {
            assert!(about("Action", json!(action)) && !about("NotAction", json!([action])), "{action}");
        }
        for action in ["sts:TagSession", "sts:AssumeRoleWithSAML", "sts:", "sts:AssumeRol?e", r"\*"] {
            assert!(!about("Action", json!([action])) && about("NotAction", json!(action)), "{action}");
        }
        assert!(about("Action", json!(["sts:TagSession", "sts:AssumeRole"])));
    }

    fn one_or_many(words: Vec<String>, as_array: bool) -> Value {
        if words.len() == 1 && !as_array { words[0].clone().into() } else { words.into() }
    }

    /// A random change of letters' case.
    fn cased(text: &str, upper: &[bool]) -> String {
        let letters = text.chars().zip(upper.iter().cycle());
        letters.map(|(letter, upper)| if *upper { letter.to_ascii_uppercase() } else { letter }).collect()
    }

    proptest! {
        /// One document in all spellings that the grammar has is read alike.
        #[test]
        fn spelling_does_not_matter(
            principals in vec("[a-z]{1,5}|é +%\"", 1..4),
            actions in vec(select(vec!["sts:assumerole", "sts:*", "sts:tagsession"]), 1..3),
            has_condition in any::<bool>(),
            arrays in any::<[bool; 3]>(),
            encode in select(vec![0, 1, 2]),
            upper in vec(any::<bool>(), 1..9),
        ) {
            let spelled: Vec<_> = actions.iter().map(|action| cased(action, &upper)).collect();
            let mut statement = json!({
                "Sid": "é", "Effect": "Allow",
                "Principal": {"Service": one_or_many(principals.clone(), arrays[0])},
                "Action": one_or_many(spelled, arrays[1]),
            });
            if has_condition {
                statement["Condition"] = json!({"Bool": {"aws:SecureTransport": "true"}});
            }
            let statement = if arrays[2] { json!([statement]) } else { statement };
            let document = json!({"Version": "2012-10-17", "Statement": statement});
            let policy = match encode {
                0 => TrustPolicy::from(document.clone()),
                1 => TrustPolicy::from(&*document.to_string()),
                _ => TrustPolicy::from(&*percent_encoding::utf8_percent_encode(
                    &document.to_string(), percent_encoding::NON_ALPHANUMERIC).to_string()),
            };
            let expected = Statement {
                effect: Effect::Allow,
                principals: principals.into_iter().map(Principal::Service).collect(),
                actions: Actions::These(actions.into_iter().map(str::to_owned).collect()),
                has_condition,
            };
            prop_assert_eq!(policy.statements(), Ok(&[expected][..]));
            prop_assert_eq!(serde_json::to_value(&policy).unwrap(), document);
        }

        /// Whatever stands there is read, or refused in words.
        #[test]
        fn any_text_has_statements_or_a_problem(text in ".{0,60}|\\{\"Statement\":.{0,40}\\}") {
            let policy = TrustPolicy::from(text.as_str());
            prop_assert!(policy.statements().map_or_else(|problem| !problem.is_empty(), |_| true));
        }
    }
}
