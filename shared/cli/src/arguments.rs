//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use config_rules::parameters::RawParameters;

/// AWS Config custom rules, without AWS.
#[derive(Debug, Parser)]
#[command(version, about, arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Judges events and configuration items, and says why.
    ///
    /// Takes events as AWS Config sends them to a function, configuration items, resource histories, snapshots, and
    /// what `aws ec2 describe-security-groups` and its like print. Needs neither AWS nor credentials.
    #[command(after_help = EXIT_STATUS)]
    Replay(Replay),
    /// Checks the parameters of a rule, before they are deployed.
    #[command(after_help = "Exit status: 0 if the rule can use them, 2 if not.")]
    Check(Check),
    /// Sends events to a built Lambda binary, and shows what it reports to AWS Config.
    ///
    /// Starts the binary against a Lambda Runtime API and an AWS Config endpoint on loopback ports: the same file that
    /// is deployed, with nothing of AWS behind it.
    #[command(after_help = EXIT_STATUS)]
    Invoke(Invoke),
}

const EXIT_STATUS: &str = "\
Exit status:
  0  everything was judged
  1  --fail-on or --expect-names found something
  2  something could not be judged: a bad file, an event that is refused, a wrong argument";

#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The rule.
    pub(crate) rule: String,
    /// Its parameters, as a JSON object.
    #[arg(long, value_name = "JSON", value_parser = parameters, default_value = "{}")]
    pub(crate) parameters: RawParameters,
    /// What Parameter Store holds, for values such as `ssm:/path`: a JSON file, under `parameters`.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct Invoke {
    /// The `bootstrap` file; or a folder with `<rule>/bootstrap` in it, as `cargo lambda build` leaves it.
    #[arg(long, value_name = "PATH")]
    pub(crate) bootstrap: PathBuf,
    /// How long one invocation may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub(crate) timeout: u16,
    /// Shows on standard error what the function writes to its log.
    #[arg(long)]
    pub(crate) log: bool,
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Files, or folders whose .json files are all taken but those in folders named `facts`; `-` is standard input.
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,
    /// The rule to judge by. Else the one that the event's configRuleName, or the file's folder, is named after.
    #[arg(long)]
    pub(crate) rule: Option<String>,
    /// The rule's parameters, as a JSON object, in place of the event's own.
    #[arg(long, value_name = "JSON", value_parser = parameters)]
    pub(crate) parameters: Option<RawParameters>,
    /// What is known of images, prefix lists and key pairs: a JSON file. Without it nothing is. `invoke` lets the function
    /// find it at an EC2 endpoint of its own.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Output {
    /// How to print the answers.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Which verdict makes the exit status 1.
    #[arg(long, value_enum, value_name = "VERDICT")]
    pub(crate) fail_on: Option<FailOn>,
    /// Makes the exit status 1 unless each answer is the one that the file's name begins with: `compliant-`,
    /// `non-compliant-`, `not-applicable-` or `error-`.
    #[arg(long)]
    pub(crate) expect_names: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON array.
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    /// Any resource is NON_COMPLIANT.
    NonCompliant,
}

fn parameters(text: &str) -> Result<RawParameters, String> {
    RawParameters::from_json(text).map_err(|error| format!("not a JSON object: {error}"))
}
