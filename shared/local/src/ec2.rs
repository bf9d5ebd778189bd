//! EC2's API on a loopback port: answers from a file of facts, refuses what AWS refuses, and fails on demand.

mod actions;
mod data;
mod error;
mod fault;
mod filters;
mod listing;
mod names;
mod paging;
mod protocol;
mod request;
mod store;
#[cfg(test)]
mod tests;
mod xml;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::Server;
use store::Store;

pub use data::Ec2Data;
pub use fault::Ec2Fault;
pub use request::Ec2Request;
pub use store::{Ec2Answer, Ec2Call};

/// EC2 as one account's functions reach it, in one region.
///
/// It serves what describes images, instances, security groups, key pairs, prefix lists, launch templates and Spot
/// requests: `ACTIONS` in `actions.rs`. Where AWS documents nothing, or does more than it documents, the stricter reading is
/// enforced: parameters and filters that are not served are refused, a reservation can go on in the next page, and a
/// deprecated image is left out unless it is asked for, even by its id and by its owner.
#[derive(Debug)]
pub struct Ec2 {
    server: Server,
    store: Arc<Mutex<Store>>,
}

impl Ec2 {
    /// Starts with no faults.
    pub async fn start(data: Ec2Data) -> io::Result<Self> {
        let store = Arc::new(Mutex::new(Store::new(data)));
        let router = protocol::router(Arc::clone(&store));
        let server = Server::start("ec2", router).await?;
        Ok(Self { server, store })
    }

    /// What belongs into `AWS_ENDPOINT_URL_EC2`: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// Every signed call of an action, in the order of arrival, whether or not the action is served.
    #[must_use]
    pub fn calls(&self) -> Vec<Ec2Call> {
        self.store().calls.clone()
    }

    /// TCP connections accepted so far, open or closed.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.connections()
    }

    /// Queues faults: each call from now on takes one, until none is left.
    pub fn inject(&self, faults: impl IntoIterator<Item = Ec2Fault>) {
        self.store().faults.extend(faults);
    }

    /// Lets a function choose the fault of every call that finds the queue empty. It runs while the service is locked:
    /// it must not ask this service anything.
    pub fn inject_with(&self, choose: impl FnMut(&Ec2Request) -> Ec2Fault + Send + 'static) {
        self.store().faults.choose_with(Box::new(choose));
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
