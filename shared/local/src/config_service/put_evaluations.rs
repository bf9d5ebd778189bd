//! The operation `PutEvaluations`.

use std::time::Duration;

use serde_json::json;

use super::evaluation::{PutEvaluations, WireRequest};
use super::fault::Fault;
use super::limits;
use super::protocol::{Reply, ServiceError, read};
use super::store::{Answer, Call, Store};

/// Meets its fault first, as a throttled call is never looked at; then checks the request; then stores all or nothing.
pub(super) fn put_evaluations(store: &mut Store, body: &[u8]) -> Reply {
    let wire = read::<WireRequest>(body);
    let request = wire.as_ref().ok().and_then(WireRequest::typed);
    let fault = store.faults.next(request.as_ref());
    let verdict = match injected_error(&fault) {
        Some(error) => Err(error),
        None => wire.and_then(|wire| check(store, &wire).map(|valid| (wire, valid))),
    };
    let failed = match &fault {
        Fault::FailEvaluations(indexes) => indexes.as_slice(),
        _ => &[],
    };
    if let Ok((_, valid)) = &verdict
        && !valid.test_mode
        && fault != Fault::CutConnection
    {
        store.accept(valid, failed);
    }
    let result = verdict.map(|(wire, _)| json!({"FailedEvaluations": limits::echo(&wire, failed)}));
    store.calls.push(Call {
        request: request.ok_or_else(|| String::from_utf8_lossy(body).into_owned()),
        answer: answer(&fault, result.as_ref().err()),
    });
    Reply {
        result,
        delay: delay(&fault),
        cut: matches!(fault, Fault::CutConnection | Fault::CutAfterStoring),
    }
}

fn injected_error(fault: &Fault) -> Option<ServiceError> {
    match *fault {
        Fault::Throttle => Some(ServiceError::bad_request("ThrottlingException", "Rate exceeded")),
        Fault::ServerError(status) => {
            Some(ServiceError { status, name: "InternalFailure", message: "The service failed.".into() })
        }
        _ => None,
    }
}

fn check(store: &Store, wire: &WireRequest) -> Result<PutEvaluations, ServiceError> {
    limits::check(wire)?;
    // The limits leave only one thing that has no type: a number that is no time.
    let request = wire
        .typed()
        .ok_or_else(|| ServiceError::bad_request("SerializationException", "A timestamp is out of range"))?;
    store.check_token(&request)?;
    Ok(request)
}

fn answer(fault: &Fault, error: Option<&ServiceError>) -> Answer {
    match (fault, error) {
        (Fault::None | Fault::Delay(_), None) => Answer::Accepted,
        (Fault::None | Fault::Delay(_) | Fault::FailEvaluations(_), Some(error)) => {
            Answer::Error { name: error.name.into(), message: error.message.clone() }
        }
        _ => Answer::Fault(fault.clone()),
    }
}

fn delay(fault: &Fault) -> Duration {
    match fault {
        Fault::Delay(delay) => *delay,
        _ => Duration::ZERO,
    }
}
