//! What a function is started with, and the environment that Lambda makes of it.

use std::path::Path;

use crate::FunctionArn;
use crate::endpoint::access_key_id;

/// What a function is started with.
#[derive(Clone, Debug)]
pub struct FunctionOptions {
    /// The name, account and region that the function takes for its own.
    pub arn: FunctionArn,
    /// Where the function finds AWS Config, such as [`ConfigService::endpoint`](crate::ConfigService::endpoint).
    pub config_service: String,
    /// Where the function finds EC2, such as the [`endpoint`](crate::Endpoint::endpoint) of an [`Ec2`](crate::Ec2).
    /// Without one, its calls go where AWS Config's go, and are refused at once; and so with the others.
    pub ec2: Option<String>,
    /// Where the function finds EC2 Auto Scaling.
    pub auto_scaling: Option<String>,
    /// Where the function finds IAM.
    pub iam: Option<String>,
    /// Where the function finds S3.
    pub s3: Option<String>,
    /// Where the function finds SSM's Parameter Store.
    pub ssm: Option<String>,
    /// Where the function finds STS.
    pub sts: Option<String>,
    /// Megabytes; in the function's environment only, not enforced.
    pub memory_size: u32,
    /// Further environment variables; they win over those set here.
    pub environment: Vec<(String, String)>,
}

impl FunctionOptions {
    /// A function with the default ARN and 128 MB that reports to this endpoint of AWS Config.
    pub fn new(config_service: impl Into<String>) -> Self {
        Self {
            arn: FunctionArn::default(),
            config_service: config_service.into(),
            ec2: None,
            auto_scaling: None,
            iam: None,
            s3: None,
            ssm: None,
            sts: None,
            memory_size: 128,
            environment: Vec::new(),
        }
    }

    /// Lets the function find EC2 at this endpoint.
    #[must_use]
    pub fn ec2(mut self, endpoint: impl Into<String>) -> Self {
        self.ec2 = Some(endpoint.into());
        self
    }

    /// Lets the function find EC2 Auto Scaling at this endpoint.
    #[must_use]
    pub fn auto_scaling(mut self, endpoint: impl Into<String>) -> Self {
        self.auto_scaling = Some(endpoint.into());
        self
    }

    /// Lets the function find IAM at this endpoint.
    #[must_use]
    pub fn iam(mut self, endpoint: impl Into<String>) -> Self {
        self.iam = Some(endpoint.into());
        self
    }

    /// Lets the function find S3 at this endpoint.
    #[must_use]
    pub fn s3(mut self, endpoint: impl Into<String>) -> Self {
        self.s3 = Some(endpoint.into());
        self
    }

    /// Lets the function find SSM's Parameter Store at this endpoint.
    #[must_use]
    pub fn ssm(mut self, endpoint: impl Into<String>) -> Self {
        self.ssm = Some(endpoint.into());
        self
    }

    /// Lets the function find STS at this endpoint.
    #[must_use]
    pub fn sts(mut self, endpoint: impl Into<String>) -> Self {
        self.sts = Some(endpoint.into());
        self
    }

    /// Adds an environment variable.
    #[must_use]
    pub fn environment(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The variables of the Lambda Developer Guide, "Defined runtime environment variables", and every service's endpoint: no
    /// call leaves this machine. A service that is not served is sought where AWS Config is, which refuses what it does not
    /// know at once and for good.
    pub(super) fn variables(&self, runtime_api: &str, folder: &Path) -> [(&'static str, String); 24] {
        let Self { arn: FunctionArn { name, region, account, .. }, config_service, .. } = self;
        let or_refused = |endpoint: &Option<String>| endpoint.as_ref().unwrap_or(config_service).clone();
        [
            ("AWS_LAMBDA_RUNTIME_API", runtime_api.into()),
            ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".into()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.memory_size.to_string()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".into()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]00000000000000000000000000000000".into()),
            ("_HANDLER", "bootstrap".into()),
            ("AWS_REGION", region.clone()),
            ("AWS_DEFAULT_REGION", region.clone()),
            ("AWS_ACCESS_KEY_ID", access_key_id(account, "SELF")),
            ("AWS_SECRET_ACCESS_KEY", "example-secret-access-key".into()),
            ("AWS_SESSION_TOKEN", "example-session-token".into()),
            ("AWS_ENDPOINT_URL_AUTO_SCALING", or_refused(&self.auto_scaling)),
            ("AWS_ENDPOINT_URL_CONFIG_SERVICE", config_service.clone()),
            ("AWS_ENDPOINT_URL_EC2", or_refused(&self.ec2)),
            ("AWS_ENDPOINT_URL_IAM", or_refused(&self.iam)),
            ("AWS_ENDPOINT_URL_S3", or_refused(&self.s3)),
            ("AWS_ENDPOINT_URL_SSM", or_refused(&self.ssm)),
            ("AWS_ENDPOINT_URL_STS", or_refused(&self.sts)),
            ("LAMBDA_TASK_ROOT", folder.display().to_string()),
            ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin".into()),
            ("LANG", "en_US.UTF-8".into()),
            ("TZ", ":UTC".into()),
        ]
    }
}
