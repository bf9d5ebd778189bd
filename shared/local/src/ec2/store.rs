//! What EC2 knows, and remembers between calls.

use super::actions;
use super::data::Ec2Data;
use super::error::Ec2Error;
use super::fault::Ec2Fault;
use super::protocol::Reply;
use super::request::Ec2Request;
use crate::faults::Faults;

/// One call and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ec2Call {
    /// The action and its parameters.
    pub request: Ec2Request,
    /// What the function was told.
    pub answer: Ec2Answer,
}

/// What was answered to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ec2Answer {
    /// Success.
    Answered,
    /// EC2's own refusal.
    Error {
        /// Such as `InvalidAMIID.NotFound`.
        code: String,
        /// The service's explanation.
        message: String,
    },
    /// The injected fault took the answer's place.
    Fault(Ec2Fault),
}

#[derive(Debug)]
pub(super) struct Store {
    data: Ec2Data,
    pub(super) faults: Faults<Ec2Request, Ec2Fault>,
    pub(super) calls: Vec<Ec2Call>,
}

impl Store {
    pub(super) fn new(data: Ec2Data) -> Self {
        Self { data, faults: Faults::default(), calls: Vec::new() }
    }

    /// Meets the call's fault first, as a throttled call is never looked at.
    pub(super) fn answer(&mut self, request: Ec2Request) -> Reply {
        let fault = self.faults.next(Some(&request));
        let result = match fault.error(&request.action) {
            Some(error) => Err(error),
            None => actions::run(&self.data, &request),
        };
        let reply = Reply {
            action: request.action.clone(),
            delay: fault.delay(),
            cut: fault == Ec2Fault::CutConnection,
            result,
        };
        self.calls.push(Ec2Call { request, answer: answer(fault, reply.result.as_ref().err()) });
        reply
    }
}

fn answer(fault: Ec2Fault, error: Option<&Ec2Error>) -> Ec2Answer {
    match (fault, error) {
        (Ec2Fault::None | Ec2Fault::Delay(_), None) => Ec2Answer::Answered,
        (Ec2Fault::None | Ec2Fault::Delay(_), Some(error)) => {
            Ec2Answer::Error { code: error.code.into(), message: error.message.clone() }
        }
        (fault, _) => Ec2Answer::Fault(fault),
    }
}
