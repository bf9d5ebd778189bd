//! What the API model says of a rule's definition.

use super::model::{Member, Shape, optional, required};

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
