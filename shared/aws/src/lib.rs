//! The one place where the functions' AWS clients are set up.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

/// What every client is made from: the Region and the role of the function, and how long and how often it asks.
pub async fn sdk_config() -> SdkConfig {
    // ring, because the SDK's own choice spends 30 ms of processor time gathering entropy on the first call.
    let http_client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http_client)
        .retry_config(retries())
        .timeout_config(timeouts())
        .load()
        .await
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_max_attempts(4).with_initial_backoff(Duration::from_millis(200))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .build()
}
