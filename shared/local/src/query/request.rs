//! A request: an action and its parameters, as a form.

use crate::endpoint::ApiError;

/// A call of an action, as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRequest {
    /// Such as `DescribeImages`.
    pub action: String,
    /// The form's other fields, in the order of the body, such as `ImageId.1`; without `Version`.
    pub parameters: Vec<(String, String)>,
}

impl QueryRequest {
    /// The value of exactly this parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of a list's parameters: `NAME.1`, `NAME.2` and so on, in the order of their numbers.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        let number = |key: &str| key.strip_prefix(name)?.strip_prefix('.')?.parse::<usize>().ok();
        let values = self.parameters.iter().filter_map(|(key, value)| Some((number(key)?, value.as_str())));
        let mut values: Vec<_> = values.collect();
        values.sort_by_key(|(number, _)| *number);
        values.into_iter().map(|(_, value)| value).collect()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    pub(super) fn read(body: &[u8], served: &str) -> Result<Self, ApiError> {
        let mut parameters: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
        let mut take = |name: &str| {
            let found = parameters.iter().position(|(key, _)| key == name)?;
            Some(parameters.remove(found).1)
        };
        let action = take("Action").ok_or_else(|| {
            ApiError::bad_request("MissingAction", "The request is missing an action or a required parameter")
        })?;
        match take("Version") {
            Some(version) if version == served => Ok(Self { action, parameters }),
            version => Err(ApiError::bad_request(
                "NoSuchVersion",
                format!("The requested version ({}) does not exist", version.unwrap_or_default()),
            )),
        }
    }
}
