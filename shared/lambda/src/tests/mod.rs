//! The Lambda side in process: a handler between AWS's APIs on loopback ports, with an EC2 that a test makes up.

mod accounts;
mod changes;
mod example_rule;
mod fake_ec2;
mod faults;
mod forms;
mod further_triggers;
mod oversized;
mod parameters;
mod reports;
mod runs;
mod secrets;
mod snapshots;

use std::{
    collections::BTreeMap,
    io,
    marker::PhantomData,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_config::config::{BehaviorVersion, Region, retry::RetryConfig};
use aws_smithy_http_client::Builder;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use config_rules::rule::Rule;
use config_rules_aws::{ParameterStore, SdkConfig, Session, Source};
use config_rules_local::{
    ConfigService, ConfigurationItem, Ec2, Ec2Data, Evaluation, FunctionArn, Invocation, Ssm, SsmData,
};
use config_rules_test_aws::{S3, S3Data, Sts, StsData, config_rule};
use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json, value::RawValue};

use self::{example_rule::ExampleRule, fake_ec2::FakeEc2};
use crate::{
    accounts::{Accounts, Environment},
    handler::Handler,
    record::Log,
};

/// The account of the function.
const OWN: &str = "111122223333";
/// Another account, whose rules the function serves.
const MEMBER: &str = "444455556666";
/// Longer than any invocation takes, also with every retry.
const ENOUGH: Duration = Duration::from_mins(1);

/// A function that evaluates a rule, and all that it can reach.
struct World<R, S> {
    config_service: ConfigService,
    ec2: Ec2,
    s3: S3,
    ssm: Ssm,
    sts: Sts,
    handler: Handler<S>,
    function_arn: FunctionArn,
    log: Lines,
    rule: PhantomData<R>,
}

/// What a function makes of an event: its record; or the name and the message of the error that Lambda gets.
type Outcome = Result<Value, (String, String)>;

impl World<ExampleRule, FakeEc2> {
    /// The example rule, deployed without parameters for every resource, and an EC2 that knows what it reads.
    async fn example() -> Self {
        let world = Self::start(Environment::default()).await;
        world.deploy(&json!({}));
        world
    }
}

impl<R: Rule, S: Source> World<R, S> {
    async fn start(environment: Environment) -> Self {
        FakeEc2::reset();
        let config_service = ConfigService::start_recording().await.unwrap();
        let ec2 = Ec2::start(Ec2Data::default()).await.unwrap();
        let s3 = S3::start(S3Data::default()).await.unwrap();
        let ssm = Ssm::start(SsmData::default()).await.unwrap();
        let sts = Sts::start(StsData::default()).await.unwrap();
        let session = session([
            ("Config Service", config_service.endpoint()),
            ("EC2", ec2.endpoint()),
            ("S3", s3.endpoint()),
            ("SSM", ssm.endpoint()),
            ("STS", sts.endpoint()),
        ]);
        let (log, parameter_store) = (Lines::default(), ParameterStore::new(&session));
        let accounts = Accounts::new(session, R::METADATA.name, environment);
        let handler = Handler::new(accounts, parameter_store, Log::to(log.clone()));
        let function_arn = FunctionArn::default();
        Self { config_service, ec2, s3, ssm, sts, handler, function_arn, log, rule: PhantomData }
    }

    /// Deploys the rule in the function's account, for every resource.
    fn deploy(&self, parameters: &Value) {
        self.deploy_in(OWN, parameters, &Value::Null);
    }

    fn deploy_in(&self, account: &str, parameters: &Value, scope: &Value) {
        let rule = config_rule(R::METADATA.name, parameters, scope);
        self.config_service.deploy(account, &rule).unwrap();
        drop(self.config_service.take_invocations());
    }

    /// AWS Config holds a NON_COMPLIANT result from before.
    fn hold(&self, resource_type: &str, resource_id: &str, at: &str) {
        self.hold_of(R::METADATA.name, resource_type, resource_id, at);
    }

    /// The same of a rule that is deployed under another name.
    fn hold_of(&self, rule: &str, resource_type: &str, resource_id: &str, at: &str) {
        let evaluation = Evaluation {
            compliance_resource_type: resource_type.to_owned(),
            compliance_resource_id: resource_id.to_owned(),
            compliance_type: "NON_COMPLIANT".to_owned(),
            annotation: Some("from before".to_owned()),
            ordering_timestamp: at.parse().unwrap(),
        };
        self.config_service.hold(OWN, rule, evaluation);
    }

    /// The event about this item.
    fn change(&self, item: &Value) -> String {
        one(&self.config_service.record(ConfigurationItem::from_event(item.clone()).unwrap()))
    }

    fn scheduled(&self) -> String {
        one(&self.config_service.run_schedule(OWN))
    }

    async fn handle(&self, event: &str, time: Duration) -> Outcome {
        let mut context = Context::default();
        context.request_id = "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned();
        context.invoked_function_arn = self.function_arn.to_string();
        let deadline = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + time;
        context.deadline = deadline.as_millis().try_into().unwrap();
        let event = RawValue::from_string(event.to_owned()).unwrap();
        match Box::pin(self.handler.handle::<R>(LambdaEvent::new(event, context))).await {
            Ok(record) => Ok(serde_json::to_value(record).unwrap()),
            Err(error) => Err((error.error_type, error.error_message)),
        }
    }

    /// The record of an invocation that Lambda takes for a success.
    async fn record(&self, event: &str) -> Value {
        self.handle(event, ENOUGH).await.unwrap()
    }

    /// The record of a scheduled run that Lambda takes for a success.
    async fn run(&self) -> Value {
        self.record(&self.scheduled()).await
    }

    /// The name and the message of the error that Lambda gets.
    async fn error(&self, event: &str) -> (String, String) {
        self.handle(event, ENOUGH).await.unwrap_err()
    }

    /// What AWS Config holds of an account: ids, compliance types and annotations.
    fn results(&self, account: &str) -> BTreeMap<String, (String, String)> {
        let results = self.config_service.results_of(account).into_values().map(|result| {
            let answer = (result.compliance_type, result.annotation.unwrap_or_default());
            (result.compliance_resource_id, answer)
        });
        results.collect()
    }

    /// The ids that have each of these compliance types.
    #[track_caller]
    fn results_are(&self, expected: &[(&str, &str)]) {
        let results = self.results(OWN);
        let held: Vec<_> = results.iter().map(|(id, (kind, _))| (id.as_str(), kind.as_str())).collect();
        assert_eq!(held, expected);
    }

    /// The calls to AWS Config, by their operations.
    fn operations(&self) -> Vec<String> {
        self.config_service.requests().into_iter().map(|request| request.operation.to_string()).collect()
    }
}

/// The event of the one invocation.
#[track_caller]
fn one(invocations: &[Invocation]) -> String {
    let [invocation] = invocations else { panic!("{invocations:?}") };
    invocation.event.clone()
}

/// An instance that was recorded at 2026-03-01T10:00:00Z: an item as in an event.
fn instance(id: &str, group: &str) -> Value {
    json!({
        "resourceType": "AWS::EC2::Instance", "resourceId": id, "awsAccountId": OWN, "awsRegion": "us-east-1",
        "configurationItemCaptureTime": "2026-03-01T10:00:00.000Z", "configurationItemStatus": "OK",
        "configuration": {"instanceId": id, "state": {"name": "running"}, "securityGroups": [{"groupId": group}]},
    })
}

/// The same item with another field.
fn with(mut item: Value, field: &str, value: impl Into<Value>) -> Value {
    item[field] = value.into();
    item
}

/// A function's set-up, but for its retries, which come soon.
fn session(endpoints: impl Into<BTreeMap<&'static str, String>>) -> Session {
    let credentials = Credentials::new("AKIAEXAMPLE", "secret", None, None, "test");
    let sdk_config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .retry_config(
            RetryConfig::standard().with_max_attempts(6).with_initial_backoff(Duration::from_millis(1)),
        )
        .service_config(Endpoints(endpoints.into()));
    Session::new(sdk_config.build())
}

/// The endpoints by the SDK's name of each service.
#[derive(Debug)]
struct Endpoints(BTreeMap<&'static str, String>);

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        self.0.get(key.service_id()).filter(|_| key.env() == "AWS_ENDPOINT_URL").cloned()
    }
}

/// What a function has logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    fn all(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl io::Write for Lines {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
