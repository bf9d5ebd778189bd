//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};
use config_rules::{catalogue::CatalogueEntry, finding::Severity, parameters::RawParameters};

use crate::rules::{ConfigRule, config_rule, parameters, rule};

/// AWS Config custom rules, without AWS.
#[derive(Debug, Parser)]
#[command(name = "config-rules", version, about, arg_required_else_help = true, max_term_width = 110)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Evaluates events, configuration items and snapshots, and says why.
    ///
    /// Takes events as AWS Config sends them to a function, configuration items, resource histories, snapshots, and
    /// what `aws ec2 describe-security-groups` and its like print; compressed with gzip or not. Needs neither AWS nor
    /// credentials.
    ///
    /// In a file of many resources a rule evaluates those of its types, and people see what is NON_COMPLIANT or could not
    /// be evaluated, and a table of the rest.
    #[command(after_help = EXIT_STATUS)]
    Replay(Replay),
    /// Checks the parameters of a rule, before they are deployed, and says what the deployment needs.
    #[command(after_help = "Exit status: 0 if the rule can use them and AWS Config can hold them, 2 if not.")]
    Check(Check),
    /// Says what other rules, or other resources, would change: what becomes NON_COMPLIANT, what does no longer, and why.
    ///
    /// Compares two files of results, two fleets by the same rules, or one fleet by two sets of rules. With `--history`, says
    /// of each resource since when it is what it is.
    #[command(after_help = DIFF_EXIT_STATUS)]
    Diff(Diff),
    /// Prints the rules.
    List,
    /// Says what a rule or a code means, and what to do.
    Explain(Explain),
    /// Prints the JSON Schema of a rule's parameters, or of the results that `--format json` and `jsonl` write.
    ///
    /// The schema of parameters takes whatever the rule takes. The rule may refuse more, which only `check` can say.
    Schema(Schema),
    /// Asks AWS for all that evaluating some files takes, and prints it for `replay --facts`.
    ///
    /// Reads only: images, launch templates, prefix lists, security groups and key pairs from EC2, instance profiles
    /// and their roles from IAM, and what parameters such as `ssm:/path` refer to from Parameter Store. Credentials come
    /// from the standard chain of AWS's SDKs: the first of environment (`AWS_ACCESS_KEY_ID`), profile (`AWS_PROFILE`, with
    /// IAM Identity Center, `aws login`, roles and processes), web identity, container and instance. The Region comes from
    /// `AWS_REGION`, the profile or the instance.
    ///
    /// What is printed holds account ids, names and tags of the account: look through it before you share it.
    #[command(after_help = FACTS_EXIT_STATUS)]
    Facts(Facts),
    /// Sends events to a built Lambda binary, and shows what it reports to AWS Config.
    ///
    /// Starts the binary against a Lambda Runtime API and an AWS Config endpoint on loopback ports: the same file that
    /// is deployed, with nothing of AWS behind it. Takes events only: items, histories, snapshots and listings are for
    /// `replay`.
    #[command(after_help = EXIT_STATUS)]
    Invoke(Invoke),
    /// Plays AWS Config: deploys rules to their functions, records resources, and takes the AWS command line's calls.
    ///
    /// Starts an AWS Config and the functions of its rules on loopback ports, records what the files hold, and shows what
    /// the functions answer, until Ctrl-C or SIGTERM. Meanwhile the AWS command line can change rules, start evaluations and
    /// ask for compliance; what to type is printed.
    ///
    /// It plays one account, that of the first item; those of others are left out. Schedules evaluate what EC2 lists, which
    /// is nothing here, or, for rules of every type, what is recorded.
    Local(Local),
    /// Prints what a shell needs to complete these commands.
    Completions(Completions),
    /// Prints this manual, or that of one command, as a page for `man`.
    Man(Man),
}

const EXIT_STATUS: &str = "\
Exit status:
  0  everything was evaluated
  1  --fail-on or --expect-names found something
  2  something could not be evaluated: a bad file, an event that is refused, a wrong argument";

const DIFF_EXIT_STATUS: &str = "\
Exit status:
  0  it was compared
  1  --fail-on-new found something
  2  something cannot be evaluated that could be before, or an argument is wrong";

const FACTS_EXIT_STATUS: &str = "\
Exit status:
  0  all is known
  1  AWS did not tell something: why stands under `unavailable`
  2  something could not be read: a bad file, an event that is refused, a wrong argument";

#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The rule.
    #[arg(value_parser = rule, required_unless_present = "rules")]
    pub(crate) rule: Option<&'static CatalogueEntry>,
    /// Its parameters: a JSON object, or `@` and the name of a file that holds one; `@-` is standard input.
    #[arg(long, value_name = "JSON|@FILE", value_parser = parameters, requires = "rule")]
    pub(crate) parameters: Option<RawParameters>,
    /// A file of rules, all of which are checked: what `aws configservice describe-config-rules` prints, or the Terraform
    /// variable `rules` as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "rule")]
    pub(crate) rules: Vec<PathBuf>,
    /// What Parameter Store holds, for values such as `ssm:/path`: a JSON file, under `parameters`.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Schema {
    /// The rule, or `results`.
    #[arg(value_name = "RULE|results", value_parser = schema_of)]
    pub(crate) of: SchemaOf,
}

/// What has a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SchemaOf {
    Rule(&'static CatalogueEntry),
    Results,
}

fn schema_of(name: &str) -> Result<SchemaOf, String> {
    if name == "results" { Ok(SchemaOf::Results) } else { rule(name).map(SchemaOf::Rule) }
}

#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A rule, or a code such as `SG-ADMIN-OPEN`.
    #[arg(value_name = "RULE|CODE")]
    pub(crate) name: String,
}

#[derive(Args, Debug)]
pub(crate) struct Man {
    /// The command.
    #[arg(value_name = "COMMAND")]
    pub(crate) name: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args, Debug)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) input: Input,
    /// What is known beyond the resources themselves, of images, key pairs, instance profiles and others: a JSON file, such as
    /// `config-rules facts` or `aws ec2 describe-images` prints. Several can be given. What snapshots hold is known without.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Vec<PathBuf>,
    /// Shows what is COMPLIANT or NOT_APPLICABLE in files of many resources as well.
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct Facts {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where to write it, instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Writes secrets, such as user data, as well: only by these can a rule that reads them be replayed. Without it they
    /// are looked up, and left out.
    #[arg(long)]
    pub(crate) include_secrets: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Invoke {
    /// The `bootstrap` file; or a folder with `<rule>/bootstrap` in it, as `cargo lambda build` leaves it.
    #[arg(long, value_name = "PATH")]
    pub(crate) bootstrap: PathBuf,
    #[command(flatten)]
    pub(crate) running: Running,
    #[command(flatten)]
    pub(crate) files: Files,
    /// The rule whose function to start. Else the one that the event's configRuleName, or the file's folder, is named
    /// after.
    #[arg(long, value_parser = rule)]
    pub(crate) rule: Option<&'static CatalogueEntry>,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Args, Debug)]
pub(crate) struct Local {
    /// What AWS Config has recorded at the start: files of events, configuration items or snapshots, or folders of them.
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,
    /// A Config rule to deploy, perhaps with its parameters: `required-tags='{"requiredTags": "Owner"}'` or
    /// `required-tags=@parameters.json`. Several can be given, each once. Else they are the ones that the events name, with the
    /// parameters of the first event of each.
    #[arg(long = "rule", value_name = "[NAME:]RULE[=JSON|=@FILE]", value_parser = config_rule)]
    pub(crate) rule: Vec<ConfigRule>,
    /// A file of rules to deploy, with names, parameters and scopes, as for `replay`.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// A folder with `<rule>/bootstrap` in it, as `cargo lambda build` leaves it. Else `cargo build` builds each function
    /// when it is first invoked, for this machine and without optimization; the first time takes minutes.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) bootstrap: Option<PathBuf>,
    /// The port on which AWS Config listens; any that is free by default.
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
    #[command(flatten)]
    pub(crate) running: Running,
}

/// How functions run here.
#[derive(Args, Debug)]
pub(crate) struct Running {
    /// How long one invocation may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=900))]
    pub(crate) timeout: u16,
    /// Shows on standard error what functions write to their logs.
    #[arg(long)]
    pub(crate) log: bool,
    /// What functions find at an EC2 and a Parameter Store of their own: a JSON file of images, prefix lists, security
    /// groups, key pairs and parameters. Without it neither answers.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Input {
    #[command(flatten)]
    pub(crate) files: Files,
    /// A rule to evaluate by, perhaps with a name of its own and with its parameters: `approved-ami`,
    /// `approved-ami='{"owners": "self"}'` or `production:approved-ami=@parameters.json`. Several can be given; one that the
    /// event was not sent for does not take the event's parameters. Else it is the one that the event's configRuleName, or
    /// the file's folder, is named after.
    #[arg(long = "rule", value_name = "[NAME:]RULE[=JSON|=@FILE]", value_parser = config_rule)]
    pub(crate) rule: Vec<ConfigRule>,
    /// A file of rules, with names, parameters and scopes: what `aws configservice describe-config-rules` prints, or the
    /// Terraform variable `rules` as JSON; `-` is standard input. Rules of others are left out.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// Evaluates every version of a resource that a file has, each with its time. Else the newest is what counts; with it,
    /// too, for `--fail-on`.
    #[arg(long)]
    pub(crate) history: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Files {
    /// Files, or folders whose .json and .json.gz files are all taken but those in folders named `facts`; `-` is
    /// standard input. `replay`, `diff` and `facts` take folders in buckets as well, where the build can ask AWS:
    /// `s3://BUCKET/AWSLogs/*/Config/*/2026/1/31/ConfigSnapshot`. They are copied to a temporary folder (`TMPDIR`).
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,
    /// The rule's parameters, in place of the event's own: a JSON object, or `@` and the name of a file that holds one.
    #[arg(long, value_name = "JSON|@FILE", value_parser = parameters)]
    pub(crate) parameters: Option<RawParameters>,
}

#[derive(Args, Debug, Default)]
pub(crate) struct Output {
    /// How to print the results.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Writes a report to a file as well; several can be given: `--report html=report.html --report sarif=report.sarif`.
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    pub(crate) reports: Vec<(Format, PathBuf)>,
    /// Prints the totals only.
    #[arg(long)]
    pub(crate) summary: bool,
    /// What the totals are counted by.
    #[arg(long, value_enum, value_name = "KEY")]
    pub(crate) group_by: Option<GroupBy>,
    /// What makes the exit status 1: anything that is NON_COMPLIANT, or such of this severity at least.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<FailOn>,
    /// Earlier results, as `--format json` or `jsonl` has written them: what was NON_COMPLIANT there does not make the exit
    /// status 1.
    #[arg(long, value_name = "FILE", requires = "fail_on")]
    pub(crate) baseline: Option<PathBuf>,
    /// Makes the exit status 1 unless each answer is the one that the file's name begins with: `compliant-`,
    /// `non-compliant-`, `not-applicable-` or `error-`.
    #[arg(long)]
    pub(crate) expect_names: bool,
}

/// A format of reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, as it comes.
    #[default]
    Text,
    /// For people: a table as wide as the terminal, of what needs somebody.
    Table,
    /// One page for a browser, to be sent to colleagues: what is NON_COMPLIANT or could not be evaluated.
    Html,
    /// All results in one JSON object; `config-rules schema results` prints its JSON Schema.
    Json,
    /// A result a line, as JSON.
    Jsonl,
    /// A row for each result, for spreadsheets; a cell that would be a formula begins with an apostrophe.
    Csv,
    /// `JUnit` XML, for CI servers: a suite for each Config rule, a test for each resource.
    Junit,
    /// SARIF 2.1.0, for GitHub code scanning and the like: what is NON_COMPLIANT.
    Sarif,
    /// Annotations of a run in GitHub Actions: the gravest ten of each kind, which is all that GitHub takes.
    Github,
    /// OCSF Compliance Findings, a JSON object a line, for Amazon Security Lake and the like.
    Ocsf,
    /// Findings for AWS Security Hub: each line is a request of `aws securityhub batch-import-findings`.
    Asff,
}

/// What totals can be counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupBy {
    /// By account.
    Account,
    /// By account and Region.
    Region,
    /// By Config rule and type of resource.
    Rule,
    /// By account and Config rule.
    AccountAndRule,
    /// By type of resource.
    ResourceType,
}

/// Reads `sarif=report.sarif`.
fn report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("expected FORMAT=FILE, such as json=report.json")?;
    let formats: Vec<_> = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
    let names: Vec<_> = formats.iter().map(PossibleValue::get_name).collect();
    let format = Format::from_str(format, false)
        .map_err(|_| format!("there is no format {format:?}; there are {}", names.join(", ")))?;
    if path.is_empty() {
        return Err("the file's name is missing behind `=`".to_owned());
    }
    Ok((format, path.into()))
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    /// Any resource is NON_COMPLIANT.
    NonCompliant,
    /// One is, with a finding of LOW or more.
    Low,
    /// Of MEDIUM or more.
    Medium,
    /// Of HIGH or more.
    High,
    /// Of CRITICAL.
    Critical,
}

impl FailOn {
    /// The least severity that counts.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::NonCompliant => Severity::Informational,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}

#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// What is compared with: results that `--format json` or `jsonl` has written, or a file or folder of resources.
    pub(crate) before: PathBuf,
    /// What is compared: the same of both kinds. Without it, the same resources by other rules: `--rules-before`.
    pub(crate) after: Option<PathBuf>,
    /// A rule to evaluate resources by, as for `replay`.
    #[arg(long = "rule", value_name = "[NAME:]RULE[=JSON|=@FILE]", value_parser = config_rule)]
    pub(crate) rule: Vec<ConfigRule>,
    /// A file of rules to evaluate resources by, as for `replay`.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Vec<PathBuf>,
    /// The rules before, where they were others.
    #[arg(long, value_name = "FILE")]
    pub(crate) rules_before: Vec<PathBuf>,
    /// What is known beyond the resources themselves, as for `replay`.
    #[arg(long, value_name = "FILE")]
    pub(crate) facts: Vec<PathBuf>,
    /// Says of each resource since when it is what it is: of all versions that histories and snapshots have.
    #[arg(long, conflicts_with = "rules_before")]
    pub(crate) history: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = DiffFormat::Text)]
    pub(crate) format: DiffFormat,
    /// Makes the exit status 1 if something is newly NON_COMPLIANT.
    #[arg(long)]
    pub(crate) fail_on_new: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    Text,
    /// A JSON array of changes; with `--history`, of results.
    Json,
}
