//! A built function in an AWS that holds rules, resources, roles, stored values and snapshots.

use std::time::Duration;

use config_rules_local::{
    ConfigService, ConfigurationItem, Ec2, Ec2Data, Function, FunctionOptions, Iam, IamData, Outcome, Ssm,
    SsmData,
};
use config_rules_test_aws::{AutoScaling, AutoScalingData, S3, S3Data, Sts, StsData, config_rule};
use serde_json::{Value, json};

use crate::environment::{bootstrap, ec2, facts};

/// Longer than any answer takes, also with every retry.
const ENOUGH: Duration = Duration::from_mins(2);

/// The account of the function.
pub(crate) const OWN: &str = "111122223333";

/// What there is before the function starts. By default, nothing.
#[derive(Default)]
pub(crate) struct Before {
    pub(crate) ec2: Ec2Data,
    pub(crate) iam: IamData,
    pub(crate) s3: S3Data,
    pub(crate) ssm: SsmData,
    pub(crate) sts: StsData,
}

/// The function and all that it can reach.
pub(crate) struct World {
    pub(crate) config_service: ConfigService,
    pub(crate) ec2: Ec2,
    pub(crate) iam: Iam,
    pub(crate) s3: S3,
    pub(crate) ssm: Ssm,
    pub(crate) sts: Sts,
    pub(crate) auto_scaling: AutoScaling,
    pub(crate) function: Function,
    rule: &'static str,
}

impl Before {
    /// What is known in the samples.
    pub(crate) fn samples() -> Self {
        Self {
            ec2: ec2(),
            iam: IamData::from_json(&facts()).unwrap(),
            ssm: SsmData::from_json(&facts()).unwrap(),
            ..Self::default()
        }
    }
}

impl World {
    /// For the sample events of a rule, whose tokens come from elsewhere. The rule is deployed under its own name: a run
    /// asks for its scope.
    pub(crate) async fn of_samples(rule: &'static str, before: Before) -> Self {
        let world = Self::start(rule, before).await;
        world.config_service.accept_any_token();
        world.deploy(OWN, &json!({}), &Value::Null);
        world
    }

    pub(crate) async fn start(rule: &'static str, before: Before) -> Self {
        let config_service = ConfigService::start_recording().await.unwrap();
        let ec2 = Ec2::start(before.ec2).await.unwrap();
        let iam = Iam::start(before.iam).await.unwrap();
        let s3 = S3::start(before.s3).await.unwrap();
        let ssm = Ssm::start(before.ssm).await.unwrap();
        let sts = Sts::start(before.sts).await.unwrap();
        let auto_scaling = AutoScaling::start(AutoScalingData::default()).await.unwrap();
        let options = FunctionOptions::new(config_service.endpoint())
            .ec2(ec2.endpoint())
            .iam(iam.endpoint())
            .s3(s3.endpoint())
            .ssm(ssm.endpoint())
            .sts(sts.endpoint())
            .auto_scaling(auto_scaling.endpoint());
        let function = Function::start(&bootstrap(rule), options).await.unwrap();
        Self { config_service, ec2, iam, s3, ssm, sts, auto_scaling, function, rule }
    }

    /// Deploys the rule under its own name, with these parameters and this scope, on every trigger.
    pub(crate) fn deploy(&self, account: &str, parameters: &Value, scope: &Value) {
        let rule = config_rule(self.rule, parameters, scope);
        self.config_service.deploy(account, &rule).unwrap();
        drop(self.config_service.take_invocations());
    }

    /// The record of an invocation that Lambda takes for a success.
    pub(crate) async fn record(&mut self, event: &str) -> Value {
        match self.send(event).await {
            Outcome::Response(record) => serde_json::from_str(&record).unwrap(),
            error @ Outcome::Error { .. } => panic!("{error:?}"),
        }
    }

    pub(crate) async fn send(&mut self, event: &str) -> Outcome {
        self.function.invoke(event.to_owned(), ENOUGH).await.unwrap()
    }

    /// The largest part of memory that the function has had, in kB.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = self.of_process("status");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// How long the function has had a processor.
    pub(crate) fn processor_time(&self) -> Duration {
        const TICKS_PER_SECOND: u64 = 100;
        let stat = self.of_process("stat");
        let (_, after_name) = stat.rsplit_once(") ").unwrap();
        let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap());
        Duration::from_millis(ticks.sum::<u64>() * 1_000 / TICKS_PER_SECOND)
    }

    fn of_process(&self, file: &str) -> String {
        let process_id = self.function.process_id().unwrap();
        std::fs::read_to_string(format!("/proc/{process_id}/{file}")).unwrap()
    }

    /// Every call that the function made, as the IAM action that it takes.
    pub(crate) fn actions(&self) -> std::collections::BTreeSet<String> {
        let config =
            self.config_service.requests().into_iter().map(|call| format!("config:{}", call.operation));
        config
            .chain(self.ec2.calls().into_iter().map(|call| call.permission))
            .chain(self.iam.calls().into_iter().map(|call| call.permission))
            .chain(self.s3.calls().into_iter().map(|call| call.permission))
            .chain(self.ssm.calls().into_iter().map(|call| call.permission))
            .chain(self.sts.calls().into_iter().map(|call| call.permission))
            .chain(self.auto_scaling.calls().into_iter().map(|call| call.permission))
            .collect()
    }
}

/// An item of the account 111122223333 in us-east-1, captured at 2026-03-01T10:00:00Z.
pub(crate) fn item(resource_type: &str, resource_id: &str, more: Value) -> ConfigurationItem {
    let mut item = json!({
        "resourceType": resource_type,
        "resourceId": resource_id,
        "configurationItemCaptureTime": "2026-03-01T10:00:00.000Z",
        "configurationItemStatus": "OK",
    });
    if let (Value::Object(item), Value::Object(more)) = (&mut item, more) {
        item.extend(more);
    }
    ConfigurationItem::from_event(item).unwrap()
}
