//! The constraints on a rule's definition: those of the API model, and those that only AWS Config itself enforces.
//!
//! Where AWS documents a form without saying that it refuses all others, all others are refused.

use serde_json::Value;

use super::message::MessageType;
use super::resource_types;
use super::rule::{ConfigRule, Scope, SourceDetail};
use super::shape::{Member, Shape, optional, required};
use crate::endpoint::ApiError;

pub(super) const NAME: Shape = Shape::Text(1, 128);
const TEXT_256: Shape = Shape::Text(1, 256);
pub(super) const MODE: Shape = Shape::OneOf(&["DETECTIVE", "PROACTIVE"]);
pub(super) const NAMES: Member = optional("ConfigRuleNames", Shape::List(&NAME, 0, 25));
pub(super) const FREQUENCY: Shape =
    Shape::OneOf(&["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"]);

pub(super) const CONFIG_RULE: &[Member] = &[
    optional("ConfigRuleName", NAME),
    optional("ConfigRuleArn", TEXT_256),
    optional("ConfigRuleId", Shape::Text(1, 64)),
    optional("Description", Shape::Text(0, 256)),
    optional(
        "Scope",
        Shape::Structure(&[
            optional("ComplianceResourceTypes", Shape::List(&TEXT_256, 0, 100)),
            optional("TagKey", Shape::Text(1, 128)),
            optional("TagValue", TEXT_256),
            optional("ComplianceResourceId", Shape::Text(1, 768)),
        ]),
    ),
    required("Source", Shape::Structure(SOURCE)),
    optional("InputParameters", Shape::Text(1, 1024)),
    optional("MaximumExecutionFrequency", FREQUENCY),
    optional("ConfigRuleState", Shape::OneOf(&["ACTIVE", "DELETING", "DELETING_RESULTS", "EVALUATING"])),
    optional("CreatedBy", TEXT_256),
    optional("EvaluationModes", Shape::List(&Shape::Structure(&[optional("Mode", MODE)]), 0, usize::MAX)),
];

const SOURCE: &[Member] = &[
    required("Owner", Shape::OneOf(&["CUSTOM_LAMBDA", "AWS", "CUSTOM_POLICY"])),
    optional("SourceIdentifier", TEXT_256),
    optional("SourceDetails", Shape::List(&Shape::Structure(SOURCE_DETAIL), 0, 25)),
];

const SOURCE_DETAIL: &[Member] = &[
    optional("EventSource", Shape::OneOf(&["aws.config"])),
    optional(
        "MessageType",
        Shape::OneOf(&[
            "ConfigurationItemChangeNotification",
            "ConfigurationSnapshotDeliveryCompleted",
            "ScheduledNotification",
            "OversizedConfigurationItemChangeNotification",
        ]),
    ),
    optional("MaximumExecutionFrequency", FREQUENCY),
];

type Check = Result<(), ApiError>;

/// What the model allows and AWS Config refuses.
pub(super) fn check(rule: &ConfigRule, region: &str) -> Check {
    check_origin(rule)?;
    check_function(&rule.source.source_identifier, region)?;
    check_triggers(rule)?;
    if let Some(scope) = &rule.scope {
        check_scope(scope)?;
    }
    check_parameters(rule.input_parameters.as_deref())?;
    check_modes(rule)
}

fn ensure(is_valid: bool, message: impl Into<String>) -> Check {
    if is_valid { Ok(()) } else { Err(ApiError::invalid_parameter(message)) }
}

fn check_origin(rule: &ConfigRule) -> Check {
    ensure(
        rule.created_by.is_none(),
        "AWS Config populates the CreatedBy field for service-linked rules. Try again without it.",
    )?;
    let state = rule.config_rule_state.as_deref().unwrap_or("ACTIVE");
    ensure(
        state == "ACTIVE",
        format!("The ConfigRuleState {state} is invalid. Only the following values are permitted: ACTIVE"),
    )?;
    let owner = &rule.source.owner;
    ensure(
        owner == "CUSTOM_LAMBDA",
        format!("Rules of the owner {owner} are not served: only CUSTOM_LAMBDA is"),
    )
}

/// The ARN of a function in the rule's Region, perhaps with a version or alias.
fn check_function(arn: &str, region: &str) -> Check {
    let invalid = || {
        format!(
            "The sourceIdentifier {arn} is invalid. Please refer to the documentation for a list of valid sourceIdentifiers that can be used when CUSTOM_LAMBDA is the Owner."
        )
    };
    let parts: Vec<_> = arn.split(':').collect();
    let [arn_, partition, service, function_region, account, kind, name, qualifier @ ..] = parts.as_slice()
    else {
        return ensure(false, invalid());
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_function =
        (*arn_, *service, *kind) == ("arn", "lambda", "function") && partition.starts_with("aws");
    ensure(is_function && is_account && !name.is_empty() && qualifier.len() <= 1, invalid())?;
    ensure(
        qualifier != ["$LATEST"],
        "The function's version $LATEST is not supported: leave the qualifier out, or name another version or an alias.",
    )?;
    ensure(
        *function_region == region,
        format!("The function {arn} is not in the Region of the rule, {region}"),
    )
}

fn check_triggers(rule: &ConfigRule) -> Check {
    let details = &rule.source.source_details;
    ensure(!details.is_empty(), "Source Details should not be null/empty if the owner is CUSTOM_LAMBDA.")?;
    details.iter().try_for_each(check_detail)?;
    let mut types: Vec<_> = details.iter().map(|detail| &detail.message_type).collect();
    types.sort_unstable();
    types.dedup();
    ensure(types.len() == details.len(), "A message type is named more than once in SourceDetails.")?;
    let [change, oversized, snapshot] =
        [MessageType::Change, MessageType::OversizedChange, MessageType::Snapshot]
            .map(|message_type| rule.has(message_type));
    ensure(
        change == oversized,
        "A rule that is triggered by configuration changes has two SourceDetails: ConfigurationItemChangeNotification and OversizedConfigurationItemChangeNotification.",
    )?;
    ensure(
        change || snapshot || rule.scope.is_none(),
        "Scope cannot be applied to rules that are triggered periodically only.",
    )?;
    ensure(
        snapshot || rule.maximum_execution_frequency.is_none(),
        "The MaximumExecutionFrequency of a custom rule is that of its SourceDetails, unless it is triggered by ConfigurationSnapshotDeliveryCompleted.",
    )
}

fn check_detail(detail: &SourceDetail) -> Check {
    ensure(detail.event_source.is_some(), "EventSource is required in SourceDetails: aws.config")?;
    let message_type = detail.message_type.as_deref().unwrap_or_default();
    ensure(!message_type.is_empty(), "MessageType is required in SourceDetails.")?;
    ensure(
        detail.maximum_execution_frequency.is_none() || message_type == MessageType::Schedule.name(),
        format!(
            "A maximum execution frequency is not allowed if MessageType is {message_type}. Only ScheduledNotification has one."
        ),
    )
}

/// Resource types, or one resource, or a tag.
fn check_scope(scope: &Scope) -> Check {
    let types = &scope.compliance_resource_types;
    if let Some(unknown) = types.iter().find(|name| !resource_types::is_recorded(name)) {
        let permitted = resource_types::recorded().collect::<Vec<_>>().join(", ");
        return ensure(
            false,
            format!(
                "The resource type {unknown} is invalid. Only the following values are permitted: [{permitted}]"
            ),
        );
    }
    let by_resource = !types.is_empty() || scope.compliance_resource_id.is_some();
    ensure(
        scope.compliance_resource_id.is_none() || types.len() == 1,
        "Scope must have exactly one resource type if it has a ComplianceResourceId.",
    )?;
    ensure(
        scope.tag_value.is_none() || scope.tag_key.is_some(),
        "Scope must have a TagKey if it has a TagValue.",
    )?;
    ensure(!by_resource || scope.tag_key.is_none(), "Scope must have resource types or a tag, not both.")
}

fn check_parameters(parameters: Option<&str>) -> Check {
    let is_object = |text: &str| serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
    let invalid =
        || format!("Invalid json {} passed in the InputParameters field.", parameters.unwrap_or_default());
    ensure(parameters.is_none_or(is_object), invalid())
}

fn check_modes(rule: &ConfigRule) -> Check {
    let modes = rule.evaluation_modes.as_deref().unwrap_or_default();
    let distinct = modes.iter().enumerate().all(|(index, mode)| !modes[..index].contains(mode));
    ensure(
        distinct && modes.iter().all(|mode| mode.mode.is_some()),
        "The EvaluationModes are distinct objects, each with a Mode.",
    )
}
