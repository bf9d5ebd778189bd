//! `approved-ami`: an instance runs an image that somebody approved.
//!
//! | the image | answer |
//! | --- | --- |
//! | is in `deniedAmiIds` | NON_COMPLIANT `AMI-DENIED`, whatever approves it |
//! | is in `amiIds`, for every Region or for the instance's | COMPLIANT |
//! | is in neither | NON_COMPLIANT `AMI-UNAPPROVED` |
//! | is not named by the item | NON_COMPLIANT `MISSING-DATA` |

use std::fmt;

use serde::Deserialize;

use crate::{
    finding::{Compliance, Finding},
    instance::{InstanceStates, State},
    item::ConfigurationItem,
    parameters::{Parameter, ParameterError, RawParameters, Value, listed},
    rule::{Metadata, Rule},
};

/// The rule.
#[derive(Debug)]
pub struct ApprovedAmi;

/// What the rule reads of an instance.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    image_id: Option<String>,
    state: Option<State>,
}

/// The checked parameters.
#[derive(Debug)]
pub struct Parameters {
    approved: Vec<AmiId>,
    denied: Vec<AmiId>,
    states: InstanceStates,
}

impl Rule for ApprovedAmi {
    type Configuration = Instance;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "approved-ami",
        description: "An EC2 instance runs an image (AMI) that is on your list of approved ones.",
        resource_types: &["AWS::EC2::Instance"],
        parameters: &[
            Parameter::list::<AmiId>("amiIds", None, "The approved images. Required."),
            Parameter::list::<AmiId>(
                "deniedAmiIds",
                None,
                "Images that are never approved, even if `amiIds` names them.",
            ),
            InstanceStates::PARAMETER,
        ],
        iam_actions: &["config:PutEvaluations"],
    };

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        let approved = raw.list("amiIds")?;
        if approved.is_empty() {
            let problem = format!(
                "missing: without an approved image there is nothing to compare with; expected {}",
                AmiId::FORM
            );
            return Err(ParameterError::new("amiIds", problem));
        }
        Ok(Parameters { approved, denied: raw.list("deniedAmiIds")?, states: InstanceStates::read(raw)? })
    }

    fn evaluate(item: &ConfigurationItem<Instance>, parameters: &Parameters) -> Compliance {
        let instance = &item.configuration;
        if let Some(answer) = parameters.states.not_judged(instance.state.as_ref()) {
            return answer;
        }
        let Some(image) = instance.image_id.as_deref().filter(|id| !id.is_empty()) else {
            return Compliance::because(Finding::missing_data(
                "the configuration item does not name the instance's image",
            ));
        };
        let region = item.aws_region.as_deref();
        let finding =
            |code, sentence| Compliance::because(Finding::new(code, sentence).with("imageId", image));
        if parameters.denied.iter().any(|denied| denied.is(image, region)) {
            finding("AMI-DENIED", format!("{image} is in deniedAmiIds"))
        } else if parameters.approved.iter().any(|approved| approved.is(image, region)) {
            Compliance::Compliant(format!("{image} is in amiIds"))
        } else {
            finding("AMI-UNAPPROVED", format!("{image} is not in amiIds ({})", listed(&parameters.approved)))
        }
    }
}

/// An image id, perhaps for one Region only.
#[derive(Clone, Debug)]
struct AmiId {
    region: Option<String>,
    id: String,
}

impl AmiId {
    fn is(&self, image: &str, region: Option<&str>) -> bool {
        self.id == image && (self.region.is_none() || self.region.as_deref() == region)
    }
}

impl Value for AmiId {
    const FORM: &'static str = "an image id (`ami-` and 8 or 17 of 0-9, a-f), perhaps after a Region: `us-east-1:ami-0123456789abcdef0`";

    fn parse(text: &str) -> Result<Self, String> {
        let (region, id) = text.rsplit_once(':').map_or((None, text), |(region, id)| (Some(region), id));
        let digits = id.strip_prefix("ami-").unwrap_or_default();
        let is_id = matches!(digits.len(), 8 | 17)
            && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_id || region.is_some_and(|region| !is_region(region)) {
            return Err(String::new());
        }
        Ok(Self { region: region.map(str::to_owned), id: id.to_owned() })
    }
}

/// Such as `eu-west-1` or `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let is_part = |part: &&str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() >= 3 && parts.iter().all(is_part)
}

impl fmt::Display for AmiId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.region {
            Some(region) => write!(formatter, "{region}:{}", self.id),
            None => formatter.write_str(&self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Case, parameter_error};

    const AMI: &str = "ami-0123456789abcdef0";

    fn case(configuration: &str) -> Case<ApprovedAmi> {
        Case::new("AWS::EC2::Instance", configuration)
    }

    fn instance(image: &str) -> Case<ApprovedAmi> {
        case(&format!(r#"{{"imageId":"{image}","state":{{"name":"running"}}}}"#))
    }

    #[test]
    fn an_approved_image_is_compliant() {
        instance(AMI)
            .with("amiIds", &format!("ami-12345678, {AMI}"))
            .is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
        instance("ami-12345678").with("amiIds", "ami-12345678").is("COMPLIANT", "ami-12345678 is in amiIds");
    }

    #[test]
    fn another_image_is_not_and_the_approved_ones_are_named() {
        instance(AMI)
            .with("amiIds", "ami-00000001,ami-00000002,ami-00000003,ami-00000004")
            .is("NON_COMPLIANT", "AMI-UNAPPROVED: ami-0123456789abcdef0 is not in amiIds (ami-00000001, ami-00000002, ami-00000003 and 1 more)");
    }

    #[test]
    fn denial_beats_approval() {
        instance(AMI)
            .with("amiIds", AMI)
            .with("deniedAmiIds", AMI)
            .is("NON_COMPLIANT", "AMI-DENIED: ami-0123456789abcdef0 is in deniedAmiIds");
    }

    #[test]
    fn a_region_narrows_an_approval() {
        instance(AMI)
            .with("amiIds", &format!("us-east-1:{AMI}"))
            .is("COMPLIANT", "ami-0123456789abcdef0 is in amiIds");
        instance(AMI).with("amiIds", &format!("eu-west-1:{AMI}")).is(
            "NON_COMPLIANT",
            "AMI-UNAPPROVED: ami-0123456789abcdef0 is not in amiIds (eu-west-1:ami-0123456789abcdef0)",
        );
    }

    #[test]
    fn an_unnamed_image_is_missing_data() {
        for configuration in ["{}", r#"{"imageId":null}"#, r#"{"imageId":""}"#] {
            case(configuration).with("amiIds", AMI).is(
                "NON_COMPLIANT",
                "MISSING-DATA: the configuration item does not name the instance's image",
            );
        }
    }

    #[test]
    fn the_state_decides_whether_an_instance_is_judged() {
        let in_state = |state: &str| {
            case(&format!(r#"{{"imageId":"{AMI}","state":{state}}}"#)).with("amiIds", "ami-00000001")
        };
        for state in ["pending", "running", "stopping", "stopped"] {
            in_state(&format!(r#"{{"name":"{state}"}}"#)).has_type("NON_COMPLIANT");
        }
        in_state("null").has_type("NON_COMPLIANT");
        for state in ["shutting-down", "terminated"] {
            in_state(&format!(r#"{{"name":"{state}"}}"#))
                .is("NOT_APPLICABLE", &format!("the instance is {state}"));
        }
        in_state(r#"{"name":"stopped"}"#)
            .with("instanceStates", "running")
            .is("NOT_APPLICABLE", "the instance is stopped, which instanceStates leaves out");
    }

    #[test]
    fn wrong_parameters_are_refused() {
        let error = |json: &str| parameter_error::<ApprovedAmi>(json);
        assert!(error("{}").starts_with("rule approved-ami: parameter amiIds: missing"));
        assert!(error(r#"{"amiIds":"ami-1234567"}"#).contains(r#"item 1 "ami-1234567" is not an image id"#));
        assert!(error(r#"{"amiIds":"AMI-12345678"}"#).contains("is not an image id"));
        assert!(error(r#"{"amiIds":"ami-1234567G"}"#).contains("is not an image id"));
        assert!(error(r#"{"amiIds":"x:ami-12345678"}"#).contains("is not an image id"));
        assert!(error(r#"{"amiId":"ami-12345678"}"#).contains("did you mean amiIds?"));
        assert!(
            error(r#"{"amiIds":"ami-12345678","instanceStates":"terminated"}"#)
                .contains("instanceStates: item 1")
        );
    }
}
