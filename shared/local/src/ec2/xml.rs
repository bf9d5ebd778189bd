//! EC2's answers, as XML.

use std::io;

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::{SeError, Writer, se};
use serde::Serialize;

use super::error::Ec2Error;

const NAMESPACE: &str = "http://ec2.amazonaws.com/doc/2016-11-15/";

/// The members of an action's answer.
#[derive(Debug, Default)]
pub(super) struct Members(String);

impl Members {
    /// Adds a member, if there is a value.
    pub(super) fn with(mut self, name: &str, value: Option<impl Serialize>) -> Result<Self, Ec2Error> {
        if let Some(value) = value {
            self.0.push_str(&se::to_string_with_root(name, &value)?);
        }
        Ok(self)
    }

    /// Adds a list, which EC2 calls a set.
    pub(super) fn with_set(self, name: &str, items: &[impl Serialize]) -> Result<Self, Ec2Error> {
        self.with(name, Some(Set { items }))
    }
}

/// A list's form: one element `item` for each of its items.
#[derive(Debug, Serialize)]
pub(super) struct Set<T> {
    #[serde(rename = "item")]
    pub(super) items: T,
}

/// The answer of an action.
pub(super) fn response(action: &str, request_id: &str, members: &Members) -> Result<String, Ec2Error> {
    document(|writer| {
        let root = format!("{action}Response");
        writer.create_element(root).with_attribute(("xmlns", NAMESPACE)).write_inner_content(|writer| {
            writer.create_element("requestId").write_text_content(BytesText::new(request_id))?;
            writer.get_mut().extend_from_slice(members.0.as_bytes());
            Ok(())
        })?;
        Ok(())
    })
}

/// An error's form. Only the request's id is spelled differently here.
pub(super) fn error(request_id: &str, error: &Ec2Error) -> Result<String, Ec2Error> {
    document(|writer| {
        writer.create_element("Response").write_inner_content(|writer| {
            writer.create_element("Errors").write_inner_content(|writer| {
                writer.create_element("Error").write_inner_content(|writer| {
                    writer.create_element("Code").write_text_content(BytesText::new(error.code))?;
                    writer.create_element("Message").write_text_content(BytesText::new(&error.message))?;
                    Ok(())
                })?;
                Ok(())
            })?;
            writer.create_element("RequestID").write_text_content(BytesText::new(request_id))?;
            Ok(())
        })?;
        Ok(())
    })
}

fn document(write: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> Result<String, Ec2Error> {
    let mut writer = Writer::new(Vec::new());
    writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .and_then(|()| write(&mut writer))
        .map_err(|error| unwritable(&error))?;
    String::from_utf8(writer.into_inner()).map_err(|error| unwritable(&error))
}

impl From<SeError> for Ec2Error {
    fn from(error: SeError) -> Self {
        unwritable(&error)
    }
}

fn unwritable(error: &dyn std::error::Error) -> Ec2Error {
    Ec2Error { message: error.to_string(), ..Ec2Error::internal(500) }
}
