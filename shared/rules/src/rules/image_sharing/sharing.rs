//! The evaluation of an account: its images, its public snapshots, and what the Region lets be shared.

use std::{collections::BTreeMap, fmt};

use serde_json::json;

use super::{BlockPublicAccess, Parameters, PublicImages, Snapshots, codes::SharingCode, recipient::Short};
use crate::{
    facts::{
        self, Fact, Facts, ImageBlockPublicAccess, LaunchPermission, OwnImage, OwnImages, PublicSnapshots,
        SnapshotBlockPublicAccess,
    },
    finding::{Compliance, Finding, Verdict},
    parameters::{Glob, listed},
};

/// What has been found so far.
pub(super) struct Sharing<'a> {
    parameters: &'a Parameters,
    facts: &'a Facts,
    findings: Vec<Finding>,
    doubts: Vec<Finding>,
    /// What is said of an account that is COMPLIANT.
    clauses: Vec<String>,
    notes: Vec<String>,
}

impl<'a> Sharing<'a> {
    pub(super) fn new(parameters: &'a Parameters, facts: &'a Facts) -> Self {
        let (findings, doubts, clauses, notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { parameters, facts, findings, doubts, clauses, notes }
    }

    /// Everything is asked for before anything is answered, so that it is looked up together.
    pub(super) fn verdict(mut self) -> Verdict {
        let images = self.known(self.facts.of_account::<OwnImages>(), "the account's images are not known");
        if let Some(images) = images {
            self.images(images);
        }
        if self.parameters.snapshots != Snapshots::Ignore {
            self.snapshots(images);
        }
        if self.parameters.block_public_access == BlockPublicAccess::Required {
            self.block_public_access();
        }
        let Self { mut findings, doubts, clauses, notes, .. } = self;
        // Within a code, they are in order of the ids.
        findings.sort_by_key(|finding| SharingCode::rank(finding.code));
        match (findings.is_empty(), doubts.is_empty()) {
            (false, _) => Compliance::NonCompliant([findings, doubts].concat()).into(),
            (true, false) => Verdict::Unknown { doubts, missing_data: None },
            (true, true) => Verdict::compliant([clauses, notes].concat().join("; ")),
        }
    }

    /// What is known; or nothing, and the doubt is kept.
    fn known<T>(&mut self, fact: Fact<&'a T>, doubt: impl fmt::Display) -> Option<&'a T> {
        match fact {
            Fact::Known(fact) => Some(fact),
            Fact::Absent => None,
            Fact::Unavailable(why) => {
                self.doubts.push(Finding::missing_data(format!("{doubt}: {why}")));
                None
            }
        }
    }

    fn images(&mut self, images: &'a OwnImages) {
        let (mut public, mut unsettled, mut count) = (Vec::new(), Vec::new(), images.len());
        for (id, image) in images {
            let state = image.state.as_deref().unwrap_or_default();
            if UNFINISHED.contains(&state) || state == "pending" {
                unsettled.push(format!("{id} is {state}"));
            }
            // Disabling an image takes all permissions away.
            let is_private = state == "disabled" || UNFINISHED.contains(&state);
            if !is_private && !matches(&self.parameters.exempt_images, id, image.name.as_deref()) {
                let is_there = self.image(id, image, &mut public);
                count -= usize::from(!is_there);
            }
        }
        self.clauses.push(self.counted(count, &public));
        if !unsettled.is_empty() {
            self.notes.push(SharingCode::ImagePending.note(&listed(&unsettled)));
        }
    }

    /// An image that may be shared; whether it is still there.
    fn image(&mut self, id: &'a str, image: &'a OwnImage, public: &mut Vec<&'a str>) -> bool {
        let mut is_public = image.public;
        if let Some(shared_with) = &self.parameters.shared_with {
            let permissions = match self.facts.launch_permissions(id) {
                // EC2 tells nothing of a pending one.
                Fact::Absent if image.state.as_deref() != Some("pending") => return false,
                fact => self.known(fact, format_args!("with whom {id} is shared is not known")),
            };
            let (everybody, mut others): (Vec<_>, Vec<_>) =
                permissions.into_iter().flatten().partition(|permission| is_everybody(permission));
            if !everybody.is_empty() {
                is_public = Some(true);
            }
            others.retain(|permission| {
                !is_owner(permission, image)
                    && !shared_with.iter().any(|recipient| recipient.covers(permission))
            });
            self.findings.extend((!others.is_empty()).then(|| shared(id, image, &others)));
        }
        match (is_public, self.parameters.public_images) {
            (Some(true), PublicImages::Deny) => {
                self.findings.push(finding(SharingCode::ImagePublic, id.to_owned(), id, image));
            }
            (Some(true), PublicImages::Allow) => public.push(id),
            (None, PublicImages::Deny) => {
                self.doubts.push(Finding::missing_data(format!("whether {id} is public is not known")));
            }
            _ => (),
        }
        true
    }

    fn counted(&self, count: usize, public: &[&str]) -> String {
        let images = match count {
            0 => return "no image of its own".to_owned(),
            1 => "1 image".to_owned(),
            count => format!("{count} images"),
        };
        let shared =
            if self.parameters.shared_with.is_some() { ", none shared with anybody else" } else { "" };
        if public.is_empty() {
            format!("{images}, none public{shared}")
        } else {
            format!("{images}{shared}; public, as allowed: {}", listed(public))
        }
    }

    /// The public snapshots, if they count: behind images, or all.
    fn snapshots(&mut self, images: Option<&OwnImages>) {
        let public = self.facts.of_account::<PublicSnapshots>();
        let Some(public) = self.known(public, "which snapshots are public is not known") else { return };
        let mut behind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, image) in images.into_iter().flatten() {
            for snapshot in &image.snapshot_ids {
                behind.entry(snapshot).or_default().push(id);
            }
        }
        let counted = public.iter().filter(|id| !matches(&self.parameters.exempt_snapshots, id, None));
        let counted = counted.map(|id| (id, behind.remove(id.as_str()).unwrap_or_default()));
        let is_counted = |images: &[&str]| self.parameters.snapshots == Snapshots::All || !images.is_empty();
        let counted: Vec<_> = counted.filter(|(_, images)| is_counted(images)).collect();
        if counted.is_empty() {
            return;
        }
        // Where EC2 does not tell, what it says of the snapshots holds.
        if let Fact::Known(block) = self.facts.of_account::<SnapshotBlockPublicAccess>()
            && block.0.state == "block-all-sharing"
        {
            let ids: Vec<_> = counted.iter().map(|(id, _)| id).collect();
            let fact = format!("{}; block public access keeps everybody out", listed(&ids));
            return self.notes.push(SharingCode::SnapshotPublicBlocked.note(&fact));
        }
        self.findings.extend(counted.into_iter().map(|(id, images)| {
            let behind =
                if images.is_empty() { String::new() } else { format!(" behind {}", listed(&images)) };
            let finding = Finding::new(SharingCode::SnapshotPublic, format!("{id}{behind}"));
            finding.with("snapshotId", id.as_str()).with("imageIds", images)
        }));
    }

    fn block_public_access(&mut self) {
        let images = self.facts.of_account::<ImageBlockPublicAccess>();
        let doubt = |of: &str| format!("whether block public access for {of} is on is not known");
        if let Some(block) = self.known(images, doubt("images")) {
            self.block(&block.0, "images", SharingCode::ImageBlockOff);
        }
        if self.parameters.snapshots != Snapshots::Ignore {
            let snapshots = self.facts.of_account::<SnapshotBlockPublicAccess>();
            if let Some(block) = self.known(snapshots, doubt("snapshots")) {
                self.block(&block.0, "snapshots", SharingCode::SnapshotBlockOff);
            }
        }
    }

    fn block(&mut self, block: &facts::BlockPublicAccess, of: &str, code: SharingCode) {
        let facts::BlockPublicAccess { state, managed_by } = block;
        let is_declared = managed_by.as_deref() == Some("declarative-policy");
        let by = if is_declared { ", by a declarative policy" } else { "" };
        let sentence = format!("block public access for {of} is {state}{by}");
        if state.starts_with("block-") {
            self.clauses.push(sentence);
        } else {
            let finding = Finding::new(code, sentence).with("state", state.as_str());
            self.findings.push(finding.with("managedBy", managed_by.as_deref()));
        }
    }
}

/// The states of images that nobody can launch, and never could.
const UNFINISHED: [&str; 4] = ["deregistered", "error", "failed", "invalid"];

fn matches(globs: &[Glob], id: &str, name: Option<&str>) -> bool {
    globs.iter().any(|glob| glob.matches(id) || name.is_some_and(|name| glob.matches(name)))
}

fn is_everybody(permission: &LaunchPermission) -> bool {
    matches!(permission, LaunchPermission::Group(group) if group == "all")
}

/// The owner may launch it in any case.
fn is_owner(permission: &LaunchPermission, image: &OwnImage) -> bool {
    matches!(permission, LaunchPermission::UserId(account) if image.owner_id.as_ref() == Some(account))
}

fn shared(id: &str, image: &OwnImage, others: &[&LaunchPermission]) -> Finding {
    let names: Vec<_> = others.iter().map(|permission| Short(permission)).collect();
    let sentence = format!("{id} with {}", listed(&names));
    finding(SharingCode::ImageShared, sentence, id, image).with("launchPermissions", json!(others))
}

fn finding(code: SharingCode, sentence: String, id: &str, image: &OwnImage) -> Finding {
    let finding = Finding::new(code, sentence).with("imageId", id);
    image.name.as_deref().into_iter().fold(finding, |finding, name| finding.with("imageName", name))
}
