//! The operations that are served, and the way of every call through them.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::caller::Caller;
use super::compliance;
use super::delivery_channel;
use super::error::ServiceError;
use super::evaluations;
use super::fault::Fault;
use super::history;
use super::inventory;
use super::model::{self, Member};
use super::paging;
use super::put_evaluations::PUT_EVALUATIONS;
use super::recorders;
use super::request::{Answer, Request, typed, without_nulls};
use super::rules;
use super::select;
use super::store::Store;
use super::tags;

/// Every operation. A new one is a line here, its input's model and a function.
const OPERATIONS: &[Operation] = &[
    PUT_EVALUATIONS,
    compliance::GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE,
    compliance::GET_COMPLIANCE_DETAILS_BY_RESOURCE,
    delivery_channel::DELETE_DELIVERY_CHANNEL,
    delivery_channel::DESCRIBE_DELIVERY_CHANNELS,
    delivery_channel::DESCRIBE_DELIVERY_CHANNEL_STATUS,
    delivery_channel::PUT_DELIVERY_CHANNEL,
    evaluations::DESCRIBE_COMPLIANCE_BY_CONFIG_RULE,
    evaluations::DESCRIBE_CONFIG_RULE_EVALUATION_STATUS,
    evaluations::START_CONFIG_RULES_EVALUATION,
    history::GET_RESOURCE_CONFIG_HISTORY,
    inventory::BATCH_GET_RESOURCE_CONFIG,
    inventory::LIST_DISCOVERED_RESOURCES,
    recorders::DELETE_CONFIGURATION_RECORDER,
    recorders::DESCRIBE_CONFIGURATION_RECORDERS,
    recorders::DESCRIBE_CONFIGURATION_RECORDER_STATUS,
    recorders::PUT_CONFIGURATION_RECORDER,
    recorders::START_CONFIGURATION_RECORDER,
    recorders::STOP_CONFIGURATION_RECORDER,
    rules::DELETE_CONFIG_RULE,
    rules::DESCRIBE_CONFIG_RULES,
    rules::PUT_CONFIG_RULE,
    select::SELECT_RESOURCE_CONFIG,
    tags::LIST_TAGS_FOR_RESOURCE,
    tags::TAG_RESOURCE,
    tags::UNTAG_RESOURCE,
];

/// An operation of the API.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) input: &'static [Member],
    /// Does the work on an input that the model allows. It must not wait.
    pub(super) serve: fn(&mut Context<'_>) -> Result<Value, ServiceError>,
}

/// What an operation finds when it serves a call.
pub(super) struct Context<'a> {
    pub(super) store: &'a mut Store,
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) fault: &'a Fault,
    pub(super) input: &'a Value,
    operation: &'static str,
}

/// What becomes of a call.
pub(super) struct Reply {
    pub(super) result: Result<Value, ServiceError>,
    /// How much later than now the client gets it.
    pub(super) delay: Duration,
    /// Close the connection instead of replying.
    pub(super) cut: bool,
}

pub(super) fn find(name: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.name == name)
}

/// Meets its fault first, as a throttled call is never looked at; then checks the input; then does the work.
pub(super) fn answer(store: &mut Store, operation: &Operation, caller: Caller, body: &[u8]) -> Reply {
    let region = caller.region.clone();
    let request = Request::new(operation.name, caller, body);
    let fault = store.next_fault(&request);
    let result = match fault.error() {
        Some(error) => Err(error),
        None if fault == Fault::CutConnection => Ok(Value::Null),
        None => operation.run(store, &request, &region, &fault),
    };
    let answer = Answer::new(&fault, result.as_ref().err());
    store.log.push((request, answer));
    Reply { result, delay: fault.delay(), cut: fault.cuts() }
}

/// Does the work alone: no fault, and no call to keep.
pub(super) fn perform(
    store: &mut Store,
    operation: &Operation,
    caller: Caller,
    body: &[u8],
) -> Result<Value, ServiceError> {
    let region = caller.region.clone();
    operation.run(store, &Request::new(operation.name, caller, body), &region, &Fault::None)
}

impl Operation {
    fn run(
        &self,
        store: &mut Store,
        request: &Request,
        region: &str,
        fault: &Fault,
    ) -> Result<Value, ServiceError> {
        let input = &request.json()?;
        model::check(self.input, input)?;
        let account = &request.account;
        (self.serve)(&mut Context { store, account, region, fault, input, operation: self.name })
            .map(without_nulls)
    }
}

impl Context<'_> {
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, ServiceError> {
        typed(self.input)
    }

    /// The page that the token stands for, without one the first, and the next page's token.
    pub(super) fn page<T>(
        &self,
        items: Vec<T>,
        token: Option<&str>,
        size: usize,
    ) -> Result<(Vec<T>, Option<String>), ServiceError> {
        paging::page(self.operation, items, token, self.page_size(size))
    }

    /// As many items as a page gets, for those who cannot hold the items and the context together.
    pub(super) fn page_size(&self, size: usize) -> usize {
        if *self.fault == Fault::EmptyPage { 0 } else { size }
    }
}
