//! Answers as XML.

use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::{Writer, se};
use serde::Serialize;

use crate::endpoint::ApiError;

/// The members of an answer: XML elements, one after the other.
#[derive(Debug, Default)]
pub struct Members(String);

/// A list's form in EC2: one element `item` for each of its items.
#[derive(Debug, Serialize)]
pub(crate) struct Set<T> {
    #[serde(rename = "item")]
    pub(crate) items: T,
}

impl Members {
    /// Adds a member, if there is a value.
    pub fn with(mut self, name: &str, value: Option<impl Serialize>) -> Result<Self, ApiError> {
        if let Some(value) = value {
            let element = se::to_string_with_root(name, &value);
            self.0.push_str(&element.map_err(|error| ApiError::unwritable(&error))?);
        }
        Ok(self)
    }

    /// Adds a list, which EC2 calls a set.
    pub(crate) fn with_set(self, name: &str, items: &[impl Serialize]) -> Result<Self, ApiError> {
        self.with(name, Some(Set { items }))
    }

    /// Adds what comes after these.
    #[must_use]
    pub fn and(mut self, others: &Self) -> Self {
        self.0.push_str(&others.0);
        self
    }

    /// All of them as the content of one.
    pub fn within(self, name: &str) -> Result<Self, ApiError> {
        written(|writer| self.write(writer, name, None)).map(Self)
    }

    /// All of them as the content of a document's root.
    pub fn document(self, root: &str, namespace: Option<&str>) -> Result<String, ApiError> {
        written(|writer| {
            writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
            self.write(writer, root, namespace)
        })
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>, name: &str, namespace: Option<&str>) -> io::Result<()> {
        let element = writer.create_element(name);
        let element = element.with_attributes(namespace.map(|namespace| ("xmlns", namespace)));
        element.write_text_content(BytesText::from_escaped(&self.0)).map(drop)
    }
}

fn written(write: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> Result<String, ApiError> {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer).map_err(|error| ApiError::unwritable(&error))?;
    String::from_utf8(writer.into_inner()).map_err(|error| ApiError::unwritable(&error))
}
