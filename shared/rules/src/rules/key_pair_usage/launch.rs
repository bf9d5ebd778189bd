//! What the rule reads of an instance: its key, and when it was launched.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{instance::State, time::timestamp};

/// What the rule reads of an instance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    key_name: Option<String>,
    launch_time: Option<String>,
    network_interfaces: Option<Vec<NetworkInterface>>,
    pub(super) state: Option<State>,
}

#[derive(Debug, Deserialize)]
struct NetworkInterface {
    attachment: Option<Attachment>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    attach_time: Option<String>,
}

impl Instance {
    pub(super) fn key(&self) -> Option<&str> {
        self.key_name.as_deref().filter(|name| !name.trim().is_empty())
    }

    /// When the key was put there. EC2 counts every start as a launch; the first network interface stays from the first one
    /// on, so that the earliest of these times is the nearest to it.
    pub(super) fn launched(&self) -> Option<Timestamp> {
        let interfaces = self.network_interfaces.iter().flatten();
        let attachments = interfaces.filter_map(|interface| interface.attachment.as_ref());
        let attached = attachments.filter_map(|attachment| timestamp(attachment.attach_time.as_deref()));
        attached.chain(timestamp(self.launch_time.as_deref())).min()
    }
}
