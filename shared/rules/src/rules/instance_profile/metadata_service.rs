//! How the instance metadata service hands out the role's credentials.

use super::codes::ProfileCode;
use crate::{
    ec2::{Instance, MetadataOptions},
    finding::{Checked, Finding},
    parameters::{ParameterError, RawParameters, Value, ValueError, keywords},
};

/// What the metadata service must be like.
#[derive(Clone, Copy, Debug)]
pub(super) struct MetadataServiceChecks {
    requires_tokens: bool,
    hop_limit: Option<HopLimit>,
    /// Whether a service that is disabled is as good as one that requires tokens. The managed rules read nothing of it.
    minds_endpoint: bool,
}

/// The parameter `imdsv2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Imdsv2 {
    Ignore,
    Required,
}

keywords!(Imdsv2, "`ignore` or `required`", "ignore" => Self::Ignore, "required" => Self::Required);

/// The parameter `tokenHopLimit`.
#[derive(Clone, Copy, Debug)]
pub(super) struct HopLimit(i64);

impl Value for HopLimit {
    const FORM: &'static str = "a whole number from 1 to 64";
    const PATTERN: &'static str = "0*(?:[1-9]|[1-5][0-9]|6[0-4])";

    fn parse(text: &str) -> Result<Self, ValueError> {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let limit = text.parse().ok().filter(|limit| is_number && (1..=64).contains(limit));
        limit.map(Self).ok_or(ValueError::Form)
    }
}

impl MetadataServiceChecks {
    pub(super) fn read(raw: &RawParameters) -> Result<Self, ParameterError> {
        Ok(Self {
            requires_tokens: raw.one("imdsv2")? == Some(Imdsv2::Required),
            hop_limit: raw.one("tokenHopLimit")?,
            minds_endpoint: true,
        })
    }

    pub(super) fn whatever_the_endpoint(self) -> Self {
        Self { minds_endpoint: false, ..self }
    }

    pub(super) fn are_set(&self) -> bool {
        self.requires_tokens || self.hop_limit.is_some()
    }

    /// What is wrong, and what is to be said where nothing is.
    pub(super) fn answer(&self, instance: &Instance) -> (Vec<Checked>, Option<String>) {
        if !self.are_set() {
            return (Vec::new(), None);
        }
        let Some(options) = &instance.metadata_options else {
            let unknown = "the configuration item does not hold the metadata options".to_owned();
            return (vec![Err(unknown)], None);
        };
        if self.minds_endpoint && options.http_endpoint.as_deref() == Some("disabled") {
            return (Vec::new(), Some("metadata service disabled".to_owned()));
        }
        let pending = if options.state.as_deref() == Some("pending") { " (pending)" } else { "" };
        let checks = vec![self.tokens(options, pending), self.hops(options, pending)];
        let tokens = self.requires_tokens.then(|| format!("IMDSv2 required{pending}"));
        let hops = self.hop_limit.map(|limit| format!("token hop limit within {}{pending}", limit.0));
        (checks, Some(tokens.into_iter().chain(hops).collect::<Vec<_>>().join("; ")))
    }

    fn tokens(&self, options: &MetadataOptions, pending: &str) -> Checked {
        match options.http_tokens.as_deref() {
            _ if !self.requires_tokens => Ok(None),
            Some("required") => Ok(None),
            Some("optional") => {
                let sentence =
                    format!("httpTokens of the metadata service is optional{pending}; expected: required");
                Ok(Some(Finding::new(ProfileCode::ImdsV1, sentence)))
            }
            _ => Err("whether the metadata service requires tokens is not known".to_owned()),
        }
    }

    fn hops(&self, options: &MetadataOptions, pending: &str) -> Checked {
        let Some(HopLimit(limit)) = self.hop_limit else { return Ok(None) };
        let hops = options.http_put_response_hop_limit;
        let hops = hops.ok_or("the token hop limit of the metadata service is not known")?;
        let sentence = || format!("the token hop limit is {hops}{pending}; allowed: {limit}");
        Ok((hops > limit).then(|| Finding::new(ProfileCode::ImdsHops, sentence()).with("hopLimit", hops)))
    }
}
