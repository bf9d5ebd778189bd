//! Faults at random: single ones, and several in a row that outlast the function's own attempts.

use std::time::Duration;

use config_rules_local::Fault;

/// How many calls of a hundred meet a fault.
const FAULTS: u32 = 20;
/// How many calls of a thousand begin a storm.
const STORMS: u32 = 4;
/// As many calls in a row meet the same fault: those of several processes.
const STORM: u32 = 60;

/// What happens to the calls of one service.
pub(super) struct Weather<F> {
    random: fastrand::Rng,
    choose: fn(&mut fastrand::Rng) -> F,
    /// What a service does that has too much to do.
    overload: F,
    storm: u32,
}

impl<F: Clone + Default> Weather<F> {
    pub(super) fn new(seed: u64, choose: fn(&mut fastrand::Rng) -> F, overload: F) -> Self {
        Self { random: fastrand::Rng::with_seed(seed), choose, overload, storm: 0 }
    }

    pub(super) fn next(&mut self) -> F {
        if self.random.u32(..1_000) < STORMS {
            self.storm = STORM;
        }
        if self.storm > 0 {
            self.storm -= 1;
            return self.overload.clone();
        }
        if self.random.u32(..100) < FAULTS { (self.choose)(&mut self.random) } else { F::default() }
    }
}

fn some_time(random: &mut fastrand::Rng) -> Duration {
    Duration::from_millis(random.u64(..100))
}

pub(super) fn of_config_service(random: &mut fastrand::Rng) -> Fault {
    match random.u8(..10) {
        0 => Fault::Throttle,
        1 => Fault::ServerError(500),
        2 => Fault::ServerError(503),
        3 => Fault::Refuse("AccessDeniedException"),
        4 => Fault::Delay(some_time(random)),
        5 => Fault::CutConnection,
        6 => Fault::EmptyPage,
        7 | 8 => Fault::FailEvaluations((0..random.usize(1..20)).map(|_| random.usize(..30)).collect()),
        _ => Fault::CutAfterStoring,
    }
}

pub(super) fn of_api(random: &mut fastrand::Rng) -> Fault {
    match random.u8(..7) {
        0 => Fault::Throttle,
        1 => Fault::ServerError(500),
        2 => Fault::ServerError(503),
        3 => Fault::Denied,
        4 => Fault::Delay(some_time(random)),
        5 => Fault::CutConnection,
        _ => Fault::CutAfter(random.u64(..2_000)),
    }
}
