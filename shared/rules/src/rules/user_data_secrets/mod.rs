//! `user-data-secrets`: no secret in what an instance, a launch template or a launch configuration is started with.
//!
//! | the user data | answer |
//! | --- | --- |
//! | holds a secret | NON_COMPLIANT `USER-DATA-SECRET` for each, with its line |
//! | is damaged, nested more than 4 times, or more than 1 MiB or 1,000 parts when it is unpacked, and no secret was found | `MISSING-DATA`: `onMissingData` decides |
//! | may not be read | `MISSING-DATA` |
//! | takes more from a URL (`#include`), which is not read | COMPLIANT, with a note `USER-DATA-INCLUDE` |
//! | is not text, and was searched all the same | COMPLIANT, with a note `USER-DATA-UNDECODED` |
//! | holds none, or there is no user data | COMPLIANT |
//!
//! Everybody who may call `ec2:DescribeInstanceAttribute`, and every process on the instance, can read user data; that of
//! launch configurations also stands in AWS Config's history. A secret belongs into Secrets Manager or Parameter Store, and
//! one that stood in user data has to be replaced.
//!
//! **The secret itself is shown nowhere**: no annotation, log line, report or file of facts holds any part of it, its length
//! or its hash. A finding names the kind of secret, the line, and the identifier that it is assigned to. Of one piece of user
//! data there are at most 100 findings.
//!
//! User data is unpacked as cloud-init does: Base64, gzip, MIME parts in any transfer encoding. Whatever else is Base64, if it
//! decodes to text or to gzip data, is read as well (`write_files`, Ignition, `echo … | base64 -d`, `-EncodedCommand`, what was
//! encoded twice), and so are percent-encoded data URLs and UTF-16. Comments count, because whoever reads the user data
//! reads them; marks such as `gitleaks:allow` do not, because whoever writes the secret would write the mark.
//!
//! | `detectors` | finds | by default |
//! | --- | --- | --- |
//! | `private-key` | private keys as PEM, of SSH, PGP, `PuTTY`, age and `WireGuard`, also encrypted ones | yes |
//! | `aws-access-key` | access key ids (`AKIA…`, `ASIA…`), but for that of a presigned URL | yes |
//! | `aws-secret-key`, `aws-session-token` | what is assigned to an identifier of that name | yes |
//! | `token` | tokens that have a prefix: GitHub, GitLab, Slack, Stripe, npm, `PyPI`, `SendGrid`, Google, Vault, Docker, Azure, Tailscale, Kubernetes, k3s | yes |
//! | `url-password` | `scheme://user:password@host` | yes |
//! | `password-argument` | passwords as arguments of commands, and `chpasswd` | yes |
//! | `password` | what is assigned to an identifier that ends in `password`, `secret`, `token`, `api_key` and the like, in any language | yes |
//! | `password-hash` | hashes of passwords, as `hashed_passwd` takes them | no |
//! | `entropy` | text that looks random: many false findings | no |
//!
//! No secrets are references (`$DB_PASSWORD`, `{{resolve:…}}`, `<password>`), paths, ARNs, what is visibly to be replaced
//! (`CHANGE_ME`, `xxxx`), booleans, UUIDs, certificates, public keys, and the keys of AWS's documentation. `changeme` is one: it
//! is the password until somebody changes it.
//!
//! ## Precision and recall
//!
//! Of the corpus in `tests/user-data`, which is not a proof of anything else; the figures are those of
//! `cargo test --package config-rules corpus`:
//! 99 scripts without a secret, none with a finding; 83 scripts with 245 secrets, all found, and nothing else: precision 100 %, recall 100 %.
//!
//! ## When it runs
//!
//! User data can be changed only while an instance is stopped, so stop and start show every change; a schedule would cost
//! one call for each instance, of which EC2 answers some 20 a second, and is on by default only with parameters in Parameter
//! Store. After an update with new detectors, `aws configservice start-config-rules-evaluation` evaluates everything again.
//!
//! AWS Config does not record the user data of a launch template: its default and its latest version, or all, are
//! read from EC2. Intrusion detection may report `DescribeInstanceAttribute`: the caller is this function's role.

mod chpasswd;
mod decode;
mod detectors;
mod literal;
mod parameters;
mod private_key;
mod scan;
mod source;

pub use self::parameters::Parameters;
use self::{
    detectors::Detector,
    parameters::{Exempt, OwnPatterns, Pattern},
    source::StartSource,
};
use crate::{
    ec2::instance_states::InstanceStates,
    facts::{Facts, LAUNCH_TEMPLATE_ACTIONS, USER_DATA_ACTIONS},
    finding::{Code, Verdict, codes},
    item::ConfigurationItem,
    launch::{self, TemplateVersions},
    parameters::{Glob, Parameter, ParameterError, RawParameters},
    rule::{Metadata, ResourceTypes, Rule, Schedule},
};

/// The rule.
#[derive(Debug)]
pub struct UserDataSecrets;

codes! {
    /// The codes of `user-data-secrets`.
    enum UserDataCode {
        Secret = "USER-DATA-SECRET", Critical,
            "User data holds a secret",
            "Replace the secret: many have been able to read it. Store the new one in Secrets Manager or Parameter Store, let \
             the instance read it at start with its role, and stop, change and start the instance.",
            "aws ec2 modify-instance-attribute --instance-id i-0123456789abcdef0 --attribute userData --value file://user-data.b64";
        Include = "USER-DATA-INCLUDE", Informational,
            "User data takes more from a URL, which is not read; a note of a COMPLIANT answer",
            "See that what the URL holds has no secret.";
        Undecoded = "USER-DATA-UNDECODED", Informational,
            "Some of the user data is not text, and was searched all the same; a note of a COMPLIANT answer",
            "Nothing, if the instance is meant to be started with a program.";
    }
}

const FACT_ACTIONS: &[&str] = &[USER_DATA_ACTIONS[0], LAUNCH_TEMPLATE_ACTIONS[0]];

impl Rule for UserDataSecrets {
    type Configuration = StartSource;
    type Parameters = Parameters;

    const METADATA: Metadata = Metadata {
        name: "user-data-secrets",
        description: "The user data of an EC2 instance, a launch template or a launch configuration holds no private key, access key, token or password.",
        resource_types: ResourceTypes::These(source::RESOURCE_TYPES),
        further_triggers: &[],
        schedule: Schedule::WithDriftingParameters,
        parameters: &[
            Parameter::list::<Detector>(
                "detectors",
                None,
                "Which secrets are looked for; the default is those of the table.",
            ),
            Parameter::one::<OwnPatterns>(
                "patterns",
                None,
                "Secrets of your own: a JSON object of names and regular expressions, such as `{\"badge\":\"badge-[0-9]{12}\"}`.",
            ),
            Parameter::list::<Pattern>(
                "ignorePatterns",
                None,
                "Regular expressions: a line in which one of them matches holds no secret.",
            ),
            InstanceStates::PARAMETER,
            TemplateVersions::PARAMETER,
        ],
        requirements: &[],
        fact_actions: FACT_ACTIONS,
        inventory_actions: launch::INVENTORY_ACTIONS,
    };

    const CODES: &'static [&'static Code] = UserDataCode::ALL;

    const EXEMPTIBLE: &'static [Parameter] = &[
        Parameter::list::<Detector>("detectors", None, "Secrets of these kinds."),
        Parameter::list::<Glob>(
            "names",
            None,
            "Secrets that are assigned to these identifiers, such as `LEGACY_*`; with `detectors`, of those kinds only.",
        ),
    ];

    fn parameters(raw: &RawParameters) -> Result<Parameters, ParameterError> {
        Parameters::read(raw)
    }

    fn exempt(parameters: Parameters, parts: &RawParameters) -> Result<Parameters, ParameterError> {
        let exempt = [parameters.exempt, vec![Exempt::read(parts)?]].concat();
        Ok(Parameters { exempt, ..parameters })
    }

    fn cautions(parameters: &Parameters) -> Vec<String> {
        let missing = Detector::DEFAULT.iter().filter(|detector| !parameters.detectors.contains(detector));
        missing.map(|detector| format!("detectors: {} is not looked for", detector.names().0)).collect()
    }

    fn evaluate(item: &ConfigurationItem<StartSource>, parameters: &Parameters, facts: &Facts) -> Verdict {
        source::evaluate(item, parameters, facts)
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
