//! The one place where the functions' AWS clients are set up: whose credentials they use, how long and how often they
//! ask, and what a failed call means; and what every source of facts may need: Parameter Store, AWS Config's inventory.

#[cfg(feature = "s3")]
mod bucket;
mod cache;
mod credentials;
mod error;
mod failure;
mod inventory;
mod parameter_store;
mod role;
#[cfg(feature = "user")]
mod user;

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use config_rules::{facts::FactSource, inventory::Inventory};

#[cfg(feature = "s3")]
pub use self::bucket::{Bucket, ByteStream, Listing};
#[cfg(feature = "user")]
pub use self::user::UserError;
pub use self::{
    cache::{Answer, Cache},
    error::AwsError,
    failure::Failure,
    inventory::ConfigInventory,
    parameter_store::ParameterStore,
    role::Role,
};

/// Whose credentials, in the Region of the function: what every client is made from.
#[derive(Clone, Debug)]
pub struct Session {
    sdk_config: SdkConfig,
}

/// Where a function's facts come from, and the resources of an account.
pub trait Source: FactSource + Inventory<Error = AwsError> {
    /// With these credentials. Nothing is called yet.
    fn new(session: &Session) -> Self;
}

impl Session {
    /// The function's own role.
    pub async fn own() -> Self {
        // ring, because the SDK's own choice spends 30 ms of processor time gathering entropy on the first call.
        let http_client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let sdk_config = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http_client)
            .retry_config(retries())
            .timeout_config(timeouts())
            .load()
            .await;
        Self::new(sdk_config)
    }

    /// Any other set-up: endpoints on a loopback port, for one.
    #[must_use]
    pub fn new(sdk_config: SdkConfig) -> Self {
        Self { sdk_config }
    }

    /// What the SDK's clients are made from.
    #[must_use]
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.sdk_config
    }
}

/// A run makes thousands of calls, and one that fails ends it: with six attempts, throttling that meets one call in ten ends
/// one run in a thousand.
fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(6).with_initial_backoff(Duration::from_millis(200))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .build()
}
