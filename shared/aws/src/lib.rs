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

use std::{
    env,
    sync::{Arc, LazyLock},
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_config::config::{
    BehaviorVersion, IdentityCache, Region, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use aws_types::SdkConfig;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
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
    sdk_config: Arc<SdkConfig>,
    config_service: Arc<LazyClient<aws_sdk_config::Client>>,
}

/// A client that is made when it is first used: it costs a million instructions, most of them for the rules of the service's
/// endpoints, and few events need more than AWS Config's.
pub type LazyClient<C> = LazyLock<C, Box<dyn FnOnce() -> C + Send>>;

/// Where a function's facts come from, and the resources of an account.
pub trait Source: FactSource + Inventory<Error = AwsError> {
    /// With these credentials. Nothing is called yet.
    fn new(session: &Session) -> Self;
}

impl Session {
    /// The function's own role, whose credentials Lambda puts into the environment. The SDK's standard chain would read profiles
    /// and make a client of STS first, which costs a function a fifth of its start and of its size.
    #[must_use]
    pub fn own() -> Self {
        let variable = |name: &str| env::var(name).ok().filter(|text| !text.is_empty());
        let is_on = |name: &str| variable(name).map(|text| text.eq_ignore_ascii_case("true"));
        let mut sdk_config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(http_client())
            .identity_cache(IdentityCache::lazy().build())
            .retry_config(retries())
            .timeout_config(timeouts())
            .service_config(Environment);
        sdk_config
            .set_region(variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).map(Region::new));
        sdk_config.set_use_fips(is_on("AWS_USE_FIPS_ENDPOINT"));
        sdk_config.set_use_dual_stack(is_on("AWS_USE_DUALSTACK_ENDPOINT"));
        if let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            let credentials =
                Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment");
            sdk_config.set_credentials_provider(Some(SharedCredentialsProvider::new(credentials)));
        }
        Self::new(sdk_config.build())
    }

    /// Any other set-up: endpoints on a loopback port, for one.
    #[must_use]
    pub fn new(sdk_config: SdkConfig) -> Self {
        let sdk_config = Arc::new(sdk_config);
        let config_service = Arc::new(lazily(&sdk_config, aws_sdk_config::Client::new));
        Self { sdk_config, config_service }
    }

    /// What the SDK's clients are made from.
    #[must_use]
    pub fn sdk_config(&self) -> &SdkConfig {
        &self.sdk_config
    }

    /// AWS Config's client, which all that is made from this session shares.
    #[must_use]
    pub fn config_service(&self) -> &aws_sdk_config::Client {
        &self.config_service
    }

    /// A client for those who need it: `session.client(aws_sdk_ec2::Client::new)`.
    #[must_use]
    pub fn client<C>(&self, make: fn(&SdkConfig) -> C) -> LazyClient<C>
    where
        C: 'static,
    {
        lazily(&self.sdk_config, make)
    }
}

fn lazily<C: 'static>(sdk_config: &Arc<SdkConfig>, make: fn(&SdkConfig) -> C) -> LazyClient<C> {
    let sdk_config = Arc::clone(sdk_config);
    LazyLock::new(Box::new(move || make(&sdk_config)))
}

/// ring, because the SDK's own choice spends 30 ms of processor time gathering entropy on the first call.
fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

/// `AWS_ENDPOINT_URL_CONFIG_SERVICE` and its like, as every SDK reads them.
#[derive(Debug)]
struct Environment;

impl LoadServiceConfig for Environment {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        env::var(format!("{}_{service}", key.env())).or_else(|_| env::var(key.env())).ok()
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
