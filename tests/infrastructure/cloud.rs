//! An AWS account in emulators: AWS Config is our own, which invokes nothing itself; EC2 and IAM are moto's, which makes
//! images, and so is Parameter Store, which knows Amazon's; all else is ministack, which runs functions from their archives.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Command,
};

use config_rules_local::{ConfigService, ConfigurationItem, Invocation};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    emulator::{Emulator, eventually, free_port},
    terraform::Terraform,
    tools::{beside, root, text},
};

/// By resource id the verdict and its annotation.
pub(crate) type Details = BTreeMap<String, (String, String)>;

pub(crate) const ACCOUNT: &str = "111122223333";

/// An account, Terraform with its credentials, and the built functions' archives.
pub(crate) struct Cloud {
    pub(crate) config_service: ConfigService,
    pub(crate) terraform: Terraform,
    variables: Vec<(String, String)>,
    _emulators: [Emulator; 2],
    folder: TempDir,
}

impl Cloud {
    /// Makes these modules ready to be applied. The reason if this machine lacks something.
    pub(crate) async fn start(modules: &[&str]) -> Result<Self, String> {
        let config_service = ConfigService::start().await.unwrap();
        let folder = TempDir::new().unwrap();
        archive_functions(&folder.path().join("lambda"));
        let (ec2, all) = (free_port(), free_port());
        let variables = variables(ec2, all, &config_service, folder.path());
        let terraform = Terraform::new()?.with(variables.clone());
        prepare(&terraform, modules)?;
        let server = root().join("tests/infrastructure/moto_server.py").display().to_string();
        let moto = [&server, "-H", "127.0.0.1", "-p", &ec2.to_string()];
        let moto = Emulator::start(&beside("moto_server", "python")?, &moto, &variables)?;
        let ministack = Emulator::start("ministack", &[], &variables)?;
        moto.listens_on(ec2);
        ministack.listens_on(all);
        Ok(Self { config_service, terraform, variables, _emulators: [moto, ministack], folder })
    }

    /// The AWS command line's answer.
    #[track_caller]
    pub(crate) fn aws(&self, arguments: &[&str]) -> Value {
        self.try_aws(arguments).unwrap_or_else(|error| panic!("aws {arguments:?}: {error}"))
    }

    /// The AWS command line's answer, or what it says is wrong.
    pub(crate) fn try_aws(&self, arguments: &[&str]) -> Result<Value, String> {
        let mut command = Command::new("aws");
        command.args(arguments).args(["--output", "json"]).env_remove("AWS_PROFILE");
        if arguments[0] == "sqs" {
            // It has an old name of its own for this service, which comes before the environment.
            command.args(["--endpoint-url", self.variable("AWS_ENDPOINT_URL")]);
        }
        let output = command.envs(self.variables.iter().map(|(name, value)| (name, value))).output().unwrap();
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
        } else {
            Err(text(&output))
        }
    }

    fn variable(&self, name: &str) -> &str {
        &self.variables.iter().find(|(own, _)| own == name).unwrap().1
    }

    /// AWS Config has recorded a resource.
    pub(crate) fn record(&self, resource_type: &str, resource_id: &str, more: &Value) -> Vec<Invocation> {
        let mut item = json!({
            "resourceType": resource_type,
            "resourceId": resource_id,
            "configurationItemCaptureTime": Timestamp::now().to_string(),
        });
        if let (Value::Object(item), Value::Object(more)) = (&mut item, more.clone()) {
            item.extend(more);
        }
        self.config_service.record(ConfigurationItem::from_event(item).unwrap())
    }

    /// Invokes functions as AWS Config does, asynchronously and by their ARNs, until AWS Config has so many more
    /// evaluations, and no more.
    #[track_caller]
    pub(crate) fn evaluate(&self, invocations: Vec<Invocation>, evaluations: usize) {
        let accepted = || self.config_service.accepted().len();
        let expected = accepted() + evaluations;
        for Invocation { function_arn, event, .. } in invocations {
            self.invoke(&function_arn, &event);
        }
        eventually(&format!("{expected} evaluations"), || (accepted() >= expected).then_some(()));
        assert_eq!(accepted(), expected);
    }

    /// Not by the AWS command line, which takes a second to start, and there are many events.
    fn invoke(&self, function_arn: &str, event: &str) {
        let address = self.variable("AWS_ENDPOINT_URL").trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "POST /2015-03-31/functions/{function_arn}/invocations HTTP/1.1\r\nHost: {address}\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/us-east-1/lambda/aws4_request\r\n\
             X-Amz-Invocation-Type: Event\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }

    /// What the AWS command line says of each resource that a rule evaluated; AWS Config does not list what is
    /// `NOT_APPLICABLE`.
    #[track_caller]
    pub(crate) fn details(&self, rule: &str) -> Details {
        let answer =
            self.aws(&["configservice", "get-compliance-details-by-config-rule", "--config-rule-name", rule]);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let detail = |result: &Value| {
            let of = &result["EvaluationResultIdentifier"]["EvaluationResultQualifier"];
            (text(&of["ResourceId"]), (text(&result["ComplianceType"]), text(&result["Annotation"])))
        };
        answer["EvaluationResults"].as_array().unwrap().iter().map(detail).collect()
    }

    /// Nothing that the modules deploy is left.
    #[track_caller]
    pub(crate) fn is_empty(&self) {
        for (listing, member) in [
            (["configservice", "describe-config-rules"], "ConfigRules"),
            (["configservice", "describe-configuration-recorders"], "ConfigurationRecorders"),
            (["configservice", "describe-delivery-channels"], "DeliveryChannels"),
            (["lambda", "list-functions"], "Functions"),
            (["iam", "list-roles"], "Roles"),
            (["logs", "describe-log-groups"], "logGroups"),
            (["cloudwatch", "describe-alarms"], "MetricAlarms"),
            (["sqs", "list-queues"], "QueueUrls"),
            (["s3api", "list-buckets"], "Buckets"),
        ] {
            let left = &self.aws(&listing)[member];
            assert!(left.as_array().is_none_or(Vec::is_empty), "{}: {left:#}", listing.join(" "));
        }
    }

    /// Writes a file for a command line to read.
    pub(crate) fn write(&self, name: &str, contents: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, contents).unwrap();
        path.display().to_string()
    }
}

/// A bucket is no name that DNS knows here.
const PROVIDER: &str = r#"
provider "aws" {
  s3_use_path_style = true
}
"#;

/// Where the emulators are not like AWS, by module: else a plan would want to mend it.
const DIFFERENCES: [(&str, &str); 2] = [
    (
        "recorder",
        r#"
# ministack makes a description up.
resource "aws_iam_service_linked_role" "config" {
  lifecycle {
    ignore_changes = [description]
  }
}
"#,
    ),
    (
        "lab",
        r#"
# moto does not take the volume's size from the image, gives every instance a public address, and does not tell the groups
# of one whose network interface comes with it.
resource "aws_instance" "server" {
  root_block_device {
    encrypted   = true
    volume_size = 8
  }
  lifecycle {
    ignore_changes = [ami, associate_public_ip_address, vpc_security_group_ids]
  }
}

resource "aws_instance" "bastion" {
  root_block_device {
    encrypted   = true
    volume_size = 8
  }
  lifecycle {
    ignore_changes = [associate_public_ip_address, vpc_security_group_ids]
  }
}

resource "aws_instance" "from_base" {
  root_block_device {
    encrypted   = true
    volume_size = 8
  }
  lifecycle {
    ignore_changes = [associate_public_ip_address, vpc_security_group_ids]
  }
}
"#,
    ),
];

fn prepare(terraform: &Terraform, modules: &[&str]) -> Result<(), String> {
    for module in modules {
        fs::write(terraform.folder(module).join("provider.tf"), PROVIDER).unwrap();
    }
    for (module, text) in DIFFERENCES {
        fs::write(terraform.folder(module).join("emulator_override.tf"), text).unwrap();
    }
    modules.iter().try_for_each(|module| terraform.init(module))
}

fn variables(ec2: u16, all: u16, config_service: &ConfigService, folder: &Path) -> Vec<(String, String)> {
    let architecture = match env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    };
    [
        ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "example-secret-access-key".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{all}")),
        ("AWS_ENDPOINT_URL_CLOUDWATCH", format!("http://127.0.0.1:{ec2}")),
        ("AWS_ENDPOINT_URL_EC2", format!("http://127.0.0.1:{ec2}")),
        // An instance profile is IAM's, and moto's EC2 asks its own.
        ("AWS_ENDPOINT_URL_IAM", format!("http://127.0.0.1:{ec2}")),
        ("AWS_ENDPOINT_URL_SSM", format!("http://127.0.0.1:{ec2}")),
        ("AWS_ENDPOINT_URL_CONFIG_SERVICE", config_service.endpoint()),
        ("AWS_PAGER", String::new()),
        ("BIND_HOST", "127.0.0.1".to_owned()),
        ("GATEWAY_PORT", all.to_string()),
        ("LAMBDA_EXECUTOR", "local".to_owned()),
        ("NO_PROXY", "127.0.0.1".to_owned()),
        ("no_proxy", "127.0.0.1".to_owned()),
        ("MOTO_ACCOUNT_ID", ACCOUNT.to_owned()),
        ("TF_VAR_architecture", architecture.to_owned()),
        // The recorder's bucket goes with what is in it.
        ("TF_VAR_delete_history", "true".to_owned()),
        ("TF_VAR_build_folder", folder.join("lambda").display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// `<folder>/<function>/bootstrap.zip` of every function that is built, as `cargo lambda build --output-format zip` makes
/// it.
fn archive_functions(folder: &Path) {
    let built = root().join("target/lambda");
    for entry in fs::read_dir(root().join("functions")).unwrap().map(Result::unwrap) {
        let name = entry.file_name();
        let bootstrap = built.join(&name).join("bootstrap");
        fs::create_dir_all(folder.join(&name)).unwrap();
        let archive = folder.join(&name).join("bootstrap.zip");
        let mut command = Command::new("python3");
        command.args(["-m", "zipfile", "-c"]).args([&archive, &bootstrap]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}: {}; tests/run builds it", bootstrap.display(), text(&output));
    }
}
