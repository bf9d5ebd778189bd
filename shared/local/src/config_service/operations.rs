//! The operations that are served, by what they are about.

mod compliance;
mod evaluations;
mod query;
mod recorders;
mod resources;
mod rules;
mod tags;

use super::operation::Operation;
use crate::endpoint::ApiError;

/// A new operation is an entry in its file's list: its name, the model of its input, and a function.
const OPERATIONS: [&[Operation]; 6] = [
    compliance::OPERATIONS,
    evaluations::OPERATIONS,
    recorders::OPERATIONS,
    resources::OPERATIONS,
    rules::OPERATIONS,
    tags::OPERATIONS,
];

pub(super) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.into_iter().flatten().find(|operation| operation.name == name)
}

/// Says what is served besides, so that nobody has to guess what this AWS Config can do.
pub(super) fn unknown(name: &str) -> ApiError {
    let mut served: Vec<_> = OPERATIONS.into_iter().flatten().map(|operation| operation.name).collect();
    served.sort_unstable();
    ApiError::bad_request(
        "UnknownOperationException",
        format!("{name:?} is not served; {} are", served.join(", ")),
    )
}
