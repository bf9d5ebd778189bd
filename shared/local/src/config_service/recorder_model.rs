//! What the API model says of a recorder's definition.

use super::model::{Member, Shape, TEXT, optional, required};

pub(super) const NAME: Shape = Shape::Text(1, 256);
const TYPES: Shape = Shape::List(&Shape::ResourceType, 0, usize::MAX);
const RECORDING_FREQUENCY: Shape = Shape::OneOf(&["CONTINUOUS", "DAILY"]);

pub(super) const RECORDER: &[Member] = &[
    optional("name", NAME),
    optional("roleARN", TEXT),
    optional("recordingGroup", Shape::Structure(RECORDING_GROUP)),
    optional("recordingMode", Shape::Structure(RECORDING_MODE)),
];

const RECORDING_GROUP: &[Member] = &[
    optional("allSupported", Shape::Boolean),
    optional("includeGlobalResourceTypes", Shape::Boolean),
    optional("resourceTypes", TYPES),
    optional("exclusionByResourceTypes", Shape::Structure(&[optional("resourceTypes", TYPES)])),
    optional(
        "recordingStrategy",
        Shape::Structure(&[optional(
            "useOnly",
            Shape::OneOf(&[
                "ALL_SUPPORTED_RESOURCE_TYPES",
                "INCLUSION_BY_RESOURCE_TYPES",
                "EXCLUSION_BY_RESOURCE_TYPES",
            ]),
        )]),
    ),
];

const RECORDING_MODE: &[Member] = &[
    required("recordingFrequency", RECORDING_FREQUENCY),
    optional(
        "recordingModeOverrides",
        Shape::List(
            &Shape::Structure(&[
                optional("description", NAME),
                required("resourceTypes", TYPES),
                required("recordingFrequency", RECORDING_FREQUENCY),
            ]),
            0,
            1,
        ),
    ),
];
