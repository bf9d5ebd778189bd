//! The operations that are served, by what they are about.

mod compliance;
mod evaluations;
mod query;
mod recorders;
mod resources;
mod rules;
mod tags;

use super::operation::Operation;

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
