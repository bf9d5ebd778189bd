//! Facts of an account: EC2 and Parameter Store on loopback stand for it.

use std::{fs, process::Command};

use config_rules_local::{Ec2, Ec2Data, Ssm, SsmData};

use crate::{BY_OWNER, Run, command, json, root};

const ACCOUNT: &str = "111122223333";

/// The account's facts, as a file.
pub(crate) struct Account {
    pub(crate) ec2: Ec2,
    ssm: Ssm,
    folder: tempfile::TempDir,
}

impl Account {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let samples = fs::read_to_string(root().join("events/facts/samples.json")).unwrap();
        let event: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(root().join(BY_OWNER)).unwrap()).unwrap();
        let invoking: serde_json::Value =
            serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
        let instance = invoking["configurationItem"]["configuration"].clone();
        let id = |key: &str| instance[key].as_str().unwrap().to_owned();
        let ec2 = Ec2Data::from_json(&samples).unwrap().instance(id("instanceId"), id("imageId"));
        let ssm = SsmData::new(ACCOUNT, "us-east-1").string("/owners", "amazon");
        let (ec2, ssm) =
            runtime.block_on(async { (Ec2::start(ec2).await.unwrap(), Ssm::start(ssm).await.unwrap()) });
        Self { ec2, ssm, folder: tempfile::tempdir().unwrap() }
    }

    fn facts(&self, arguments: &[&str]) -> Run {
        self.facts_where(("AWS_REGION", "us-east-1"), arguments)
    }

    /// With this in the environment; without the variable, if it is empty.
    fn facts_where(&self, (name, value): (&str, &str), arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.envs([
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "invented"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ]);
        if value.is_empty() {
            command.env_remove(name)
        } else {
            command.env(name, value)
        };
        command.output().unwrap().into()
    }

    /// Without anything in the environment but where AWS is.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(&[&["facts", "--output", &self.file()], arguments].concat());
        command
            .env_clear()
            .env("AWS_ENDPOINT_URL_EC2", self.ec2.endpoint())
            .env("AWS_ENDPOINT_URL_SSM", self.ssm.endpoint());
        command
    }

    fn file(&self) -> String {
        self.folder.path().join("facts.json").to_str().unwrap().to_owned()
    }
}

#[test]
fn facts_give_the_verdict_of_the_account() {
    let account = Account::new();
    let run = account.facts(&[BY_OWNER]);
    assert_eq!((run.status, run.error.as_str()), (0, ""));
    let answers = json(&["replay", "--facts", &account.file(), BY_OWNER]);
    assert_eq!(answers[0]["complianceType"], "COMPLIANT", "{answers}");
    assert!(account.ssm.calls().is_empty(), "no parameter refers to it");
}

#[test]
fn what_parameters_refer_to_is_a_fact() {
    let account = Account::new();
    let arguments = ["--rule", r#"approved-ami={"owners":"ssm:/owners"}"#, BY_OWNER];
    let run = account.facts(&arguments);
    assert_eq!((run.status, run.error.as_str()), (0, ""));
    let file = account.file();
    let answers = json(&[&["replay", "--facts", &file], &arguments[..]].concat());
    assert_eq!(answers[0]["complianceType"], "COMPLIANT", "{answers}");
}

#[test]
fn what_aws_does_not_tell_and_what_cannot_be_read_is_said() {
    let account = Account::new();
    let unknown = account.facts(&["--rule", r#"approved-ami={"owners":"ssm:/nowhere"}"#, BY_OWNER]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.error.contains("Parameter Store has no parameter /nowhere"), "{}", unknown.error);
    let bad = account.facts(&["events/approved-ami/error-misspelled-parameter.json"]);
    assert!(bad.status == 2 && bad.error.contains("InvalidParameters"), "{}", bad.error);
    let nobody = account.facts_where(("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1"), &[BY_OWNER]);
    assert!(nobody.status == 1 && nobody.error.contains("no connection"), "{}", nobody.error);
    assert!(fs::read_to_string(account.file()).unwrap().contains("no connection"));
    let nowhere = account.facts_where(("AWS_REGION", ""), &[BY_OWNER]);
    assert!(nowhere.status == 2 && nowhere.error.contains("which Region?"), "{}", nowhere.error);
}
