//! An AWS that holds what the story tells of.

use std::collections::{BTreeMap, HashMap};

use config_rules_local::{
    ConfigService, Ec2, Evaluation, Fault, Function, FunctionOptions, ResultKey, Ssm, SsmData,
};
use config_rules_test_aws::{AutoScaling, AutoScalingData, S3, S3Data, Sts, StsData, StsRole};

use super::{
    MEMBER,
    faults::{Weather, of_api, of_config_service},
    resources::ec2,
    story::{Story, deploy},
};
use crate::{environment::bootstrap, world::OWN};

pub(super) struct Aws {
    pub(super) config_service: ConfigService,
    auto_scaling: AutoScaling,
    ec2: Ec2,
    s3: S3,
    ssm: Ssm,
    sts: Sts,
    rules: HashMap<String, &'static str>,
}

impl Aws {
    pub(super) async fn start(story: &Story) -> Self {
        let config_service = ConfigService::start_recording().await.unwrap();
        deploy(&config_service);
        for item in &story.items {
            config_service.record(item.clone());
        }
        for event in story.events() {
            config_service.assign_token_of(event.account, &event.token, event.rule);
        }
        let s3 = story.snapshots.iter().fold(S3Data::default(), |s3, snapshot| {
            s3.object(&snapshot.bucket, &snapshot.key, snapshot.body.clone())
        });
        let ssm = SsmData::new(OWN, "us-east-1").string("/rules/ports", "22").string("/rules/tags", "Owner");
        let role =
            StsRole::new(MEMBER, "/config/evaluate").trusts(format!("arn:aws:iam::{OWN}:role/config-rules"));
        Self {
            config_service,
            auto_scaling: AutoScaling::start(AutoScalingData::default()).await.unwrap(),
            ec2: Ec2::start(ec2().other_account(MEMBER, ec2())).await.unwrap(),
            s3: S3::start(s3).await.unwrap(),
            ssm: Ssm::start(ssm).await.unwrap(),
            sts: Sts::start(StsData::default().role(role)).await.unwrap(),
            rules: story.events().map(|event| (event.token.clone(), event.rule)).collect(),
        }
    }

    pub(super) async fn function(&self, name: &str) -> Function {
        let options = FunctionOptions::new(self.config_service.endpoint())
            .ec2(self.ec2.endpoint())
            .s3(self.s3.endpoint())
            .ssm(self.ssm.endpoint())
            .sts(self.sts.endpoint())
            .auto_scaling(self.auto_scaling.endpoint());
        Function::start(&bootstrap(name), options).await.unwrap()
    }

    pub(super) fn fail_at_random(&self, seed: u64) {
        let mut config_service = Weather::new(seed, of_config_service, Fault::ServerError(503));
        self.config_service.inject_with(move |_| config_service.next());
        let weather = |service| Weather::new(seed ^ service, of_api, Fault::Throttle);
        let (mut auto_scaling, mut ec2, mut s3) = (weather(1), weather(2), weather(3));
        let (mut ssm, mut sts) = (weather(4), weather(5));
        self.auto_scaling.inject_with(move |_| auto_scaling.next());
        self.ec2.inject_with(move |_| ec2.next());
        self.s3.inject_with(move |_| s3.next());
        self.ssm.inject_with(move |_| ssm.next());
        self.sts.inject_with(move |_| sts.next());
    }

    pub(super) fn held(&self, account: &str) -> BTreeMap<ResultKey, Evaluation> {
        self.config_service.results_of(account)
    }

    /// The rule that a token is of.
    pub(super) fn rule_of(&self, token: &str) -> &'static str {
        self.rules[token]
    }
}
