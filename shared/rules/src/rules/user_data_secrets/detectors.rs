//! What a secret looks like: a table of regular expressions, the more specific ones first.
//!
//! In each, `v` is the secret and `n` the identifier that it is assigned to.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};

use super::{
    chpasswd,
    literal::{Context, Form, is_secret},
    private_key,
};
use crate::parameters::keywords;

/// Kinds of secrets, the more specific ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detector {
    PrivateKey,
    AwsAccessKey,
    AwsSecretKey,
    AwsSessionToken,
    Token,
    UrlPassword,
    PasswordArgument,
    Password,
    PasswordHash,
    Entropy,
}

keywords!(
    Detector,
    "`private-key`, `aws-access-key`, `aws-secret-key`, `aws-session-token`, `token`, `url-password`, `password-argument`, `password`, `password-hash` or `entropy`",
    "private-key" => Self::PrivateKey,
    "aws-access-key" => Self::AwsAccessKey,
    "aws-secret-key" => Self::AwsSecretKey,
    "aws-session-token" => Self::AwsSessionToken,
    "token" => Self::Token,
    "url-password" => Self::UrlPassword,
    "password-argument" => Self::PasswordArgument,
    "password" => Self::Password,
    "password-hash" => Self::PasswordHash,
    "entropy" => Self::Entropy,
);

impl Detector {
    /// Those that are on where the parameter is absent.
    pub(super) const DEFAULT: [Self; 8] = [
        Self::PrivateKey,
        Self::AwsAccessKey,
        Self::AwsSecretKey,
        Self::AwsSessionToken,
        Self::Token,
        Self::UrlPassword,
        Self::PasswordArgument,
        Self::Password,
    ];

    /// As the parameter has it, and as a finding says it.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::PrivateKey => ("private-key", "private key"),
            Self::AwsAccessKey => ("aws-access-key", "AWS access key id"),
            Self::AwsSecretKey => ("aws-secret-key", "AWS secret access key"),
            Self::AwsSessionToken => ("aws-session-token", "AWS session token"),
            Self::Token => ("token", "token"),
            Self::UrlPassword => ("url-password", "password in a URL"),
            Self::PasswordArgument => ("password-argument", "password in a command"),
            Self::Password => ("password", "password"),
            Self::PasswordHash => ("password-hash", "password hash"),
            Self::Entropy => ("entropy", "random text"),
        }
    }
}

/// What has found a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Known(Detector),
    /// A pattern of the account's own, by its name.
    Own(&'a str),
}

/// A secret in a text.
pub(super) struct Match<'a> {
    pub(super) kind: Kind<'a>,
    /// Where the text has it: the line of its beginning is reported.
    pub(super) start: usize,
    pub(super) value: &'a str,
    /// The identifier that it is assigned to.
    pub(super) name: Option<&'a str>,
    pub(super) is_encrypted: bool,
}

/// What a value is preceded by: `=`, `:`, `:=` and the like, or blanks.
macro_rules! assigned {
    () => {
        r#"["'\])}]*[ \t]*(?:=>|:=|\+=|\?=|=|:|,|>)[ \t]*"#
    };
}

/// The identifiers that passwords are assigned to end with these.
macro_rules! names {
    () => {
        r"(?:pass|passwd|password|passphrase|passcode|pwd|pw|secret|token|api_?key|access_?key|auth_?key|secret_?key|private_?key|license_?key|signing_?key|encryption_?key|credentials?|psk|pat)"
    };
}

/// A value: between quotes, or up to a blank or a sign that ends it.
macro_rules! value {
    () => {
        r#"(?:"(?P<d>(?:[^"\\\n]|\\.)*)"|'(?P<s>[^'\n]*)'|(?P<b>[^\s"'`;&|<>(){}\[\],][^\s"'`;&|<>(){}\[\],]*))"#
    };
}

struct Pattern {
    detector: Detector,
    form: Form,
    regex: Regex,
}

/// What is found, in which form of text, by which regular expression.
const PATTERNS: &[(Detector, Form, &str)] = &[
    (Detector::PrivateKey, Form::Exact, r"(?P<v>AGE-SECRET-KEY-1[A-Z0-9]{58})"),
    (
        Detector::PrivateKey,
        Form::Exact,
        r"(?i-u:\b)(?P<n>PrivateKey|PresharedKey)[ \t]*=[ \t]*(?P<v>[A-Za-z0-9+/]{43}=)",
    ),
    (Detector::AwsAccessKey, Form::Exact, r"(?-u:\b)(?P<v>A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16})(?-u:\b)"),
    (
        Detector::AwsSecretKey,
        Form::Exact,
        concat!(
            r"(?i)(?P<n>(?:aws_?)?secret_?(?:access_?)?key)(?:",
            assigned!(),
            r#"|[ \t]+)["']?(?P<v>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#
        ),
    ),
    (
        Detector::AwsSessionToken,
        Form::Exact,
        concat!(
            r"(?i)(?P<n>(?:aws_?)?(?:session|security)_?token)(?:",
            assigned!(),
            r#"|[ \t]+)["']?(?P<v>[A-Za-z0-9/+]{80,}={0,2})"#
        ),
    ),
    (
        Detector::Token,
        Form::Exact,
        r"(?-u:\b)(?P<v>gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{36,}|gl(?:pat|rt|dt|ptt|cbt|soat|agent)-[A-Za-z0-9_.-]{20,}|GR1348941[A-Za-z0-9_-]{20}|xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|[rs]k_live_[A-Za-z0-9]{16,}|npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{40,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|AIza[A-Za-z0-9_-]{35}|hv[sbr]\.[A-Za-z0-9_-]{24,}|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}|tskey-[a-z]+-[A-Za-z0-9-]{10,}|dop_v1_[a-f0-9]{64}|sk-(?:ant|proj)-[A-Za-z0-9_-]{20,}|K10[0-9a-f]{48,}::[^\s]+)",
    ),
    (
        Detector::Token,
        Form::Exact,
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<v>[A-Za-z0-9+/]{20,})",
    ),
    (Detector::Token, Form::Exact, r"(?i)AccountKey=(?P<v>[A-Za-z0-9+/]{86}==)"),
    (
        Detector::Token,
        Form::Exact,
        r#"--(?:discovery-)?token(?:[ \t]+|=)["']?(?P<v>[a-z0-9]{6}\.[a-z0-9]{16})(?-u:\b)"#,
    ),
    (
        Detector::UrlPassword,
        Form::Delimited,
        r#"(?i)(?-u:\b)[a-z][a-z0-9+.-]*://[^\s/:@"'<>?#]*:(?P<v>[^\s/@"'<>]+)@[^\s@]"#,
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(r"(?i)(?-u:\b)(?:PGPASSWORD|MYSQL_PWD|SSHPASS|REDISCLI_AUTH)=", value!()),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?m)(?:^|[\s'\x22])--?[a-z_-]*(?i:password|passwd|passphrase|adminpass|auth-?key|api-?key|token|secret)(?:=|[ \t]+|[\x22'],[ \t]*)",
            value!()
        ),
    ),
    (Detector::PasswordArgument, Form::Argument, concat!(r"sshpass[ \t]+-p[ \t]*", value!())),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?-u:\b)(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin|mysqlimport|xtrabackup)(?-u:\b)[^\n|;&]*[ \t]-p",
            value!()
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(r"(?-u:\b)(?:mysqladmin|mariadb-admin)(?-u:\b)[^\n|;&]*[ \t]password[ \t]+", value!()),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?-u:\b)(?:docker|podman|buildah|nerdctl|helm|az|oc|crane|skopeo)(?-u:\b)[^\n|;&]*[ \t]login(?-u:\b)[^\n|;&]*[ \t]-p[ \t]*",
            value!()
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        r#"(?-u:\b)(?:curl|wget|http)(?-u:\b)[^\n|;&]*[ \t](?:-u|-a|--user|--proxy-user)[ =]?["']?[^\s:"'$]+:(?P<v>[^\s"']+)"#,
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(r"(?-u:\b)redis-cli(?-u:\b)[^\n|;&]*[ \t](?:-a|--pass)[ \t]+", value!()),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?-u:\b)ldap(?:add|search|modify|delete|passwd|whoami)(?-u:\b)[^\n|;&]*[ \t]-w[ \t]*",
            value!()
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?-u:\b)rabbitmqctl(?-u:\b)[^\n|;&]*[ \t](?:add_user|change_password)[ \t]+\S+[ \t]+",
            value!()
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?-u:\b)htpasswd[ \t]+-[a-zA-Z]*b[a-zA-Z]*[ \t]+(?:\S+[ \t]+)?\S+[ \t]+",
            value!(),
            r"[ \t]*(?:$|\n|[;&|])"
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        r"(?-u:\b)(?:-pass(?:in|out)?|-k)[ \t]+pass:(?P<v>[^\s\x22']+)",
    ),
    (Detector::PasswordArgument, Form::Argument, r"[ \t]-auth[ \t]+[^\s:$\x22']+:(?P<v>[^\s\x22']+)"),
    (
        Detector::PasswordArgument,
        Form::Argument,
        r"(?i)(?-u:\b)net1?(?:\.exe)?[ \t]+user[ \t]+[^\s/]+[ \t]+(?P<v>[^\s/\x22'*][^\s\x22']*)",
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?i)ConvertTo-SecureString[ \t]+(?:-AsPlainText[ \t]+|-Force[ \t]+|-String[ \t]+)*",
            value!()
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        concat!(
            r"(?i)(?-u:\b)(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?",
            value!(),
            r"[ \t]*\|[ \t]*(?:sudo[ \t]+)?passwd[ \t]+--stdin"
        ),
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        r"(?-u:\b)(?:echo|printf)[ \t]+(?:-[en]+[ \t]+)?[\x22']?[A-Za-z_$][\w${}.-]*:(?P<v>[^\s\x22'\\]+)(?:\\n)?[\x22']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?(?:/usr/sbin/)?chpasswd",
    ),
    (
        Detector::PasswordArgument,
        Form::Argument,
        r"chpasswd[ \t]*<<<[ \t]*[\x22']?[A-Za-z_$][\w${}.-]*:(?P<v>[^\s\x22']+)",
    ),
    (
        Detector::Password,
        Form::Encoded,
        r#"(?-u:\b)auth["']?[ \t]*[:=][ \t]*["'](?P<v>[A-Za-z0-9+/_-]{8,}={0,2})["']"#,
    ),
    (
        Detector::Password,
        Form::Assignment,
        concat!(
            r"(?i)(?P<n>[A-Za-z_][A-Za-z0-9_.\-]*?)?(?P<k>",
            names!(),
            r")(?P<o>",
            assigned!(),
            r")",
            value!()
        ),
    ),
    (
        Detector::Password,
        Form::Element,
        concat!(
            r"(?i)<(?P<n>[A-Za-z_][\w:.-]*?)?(?P<k>",
            names!(),
            r")(?:[ \t][^<>]*)?>[ \t]*(?P<v>[^<>\s][^<>\n]*)</"
        ),
    ),
    (Detector::Password, Form::Element, r"(?is)<[\w.-]*password>\s*<value>[ \t]*(?P<v>[^<>\s][^<>\n]*)</"),
    (
        Detector::Password,
        Form::Delimited,
        r"\$\{(?P<n>[A-Za-z_][A-Za-z0-9_]*(?i:pass|passwd|password|passphrase|pwd|secret|token|key)):?[-=](?P<v>[^{}$\x22'\s]+)\}",
    ),
    (
        Detector::Password,
        Form::Quoted,
        r"(?i)(?:identified[ \t]+(?:with[ \t]+\S+[ \t]+)?by|(?-u:\b)password|set[ \t]+password[^\n=;]*=)[ \t]+(?:encrypted[ \t]+)?'(?P<v>[^'\n]+)'",
    ),
    (
        Detector::Password,
        Form::Quoted,
        concat!(
            r"(?im)^[ \t]*(?P<n>[A-Za-z_][\w.-]*?)?(?P<k>",
            names!(),
            r#")[ \t]+(?:"(?P<d>[^"\n]+)"|'(?P<s>[^'\n]+)')[ \t]*$"#
        ),
    ),
    (
        Detector::Password,
        Form::Spaced,
        concat!(
            r"(?im)^[ \t]*(?:ENV[ \t]+|set[ \t]+|export[ \t]+)?(?P<n>[A-Za-z_][\w.-]*?)?(?P<k>",
            names!(),
            r"|requirepass|masterauth|bindpw|rootpw)[ \t]+(?P<v>[^\s\x22'=:][^\s=]*=*)[ \t]*$"
        ),
    ),
    (
        Detector::Password,
        Form::Quoted,
        concat!(
            r"(?i)(?P<n>[A-Za-z_][\w.-]*?)?(?P<k>",
            names!(),
            r#")["'\])]*[ \t]*(?:\|\||\?\?|or|:[ \t]*[\w.\[\], |]+=)[ \t]*["'](?P<v>[^"'\n]+)["']"#
        ),
    ),
    (Detector::Password, Form::Delimited, r"(?i)(?-u:\b)login[ \t]+\S+[ \t\n]+password[ \t]+(?P<v>\S+)"),
    (
        Detector::Password,
        Form::Assignment,
        concat!(
            r"(?i)(?P<n>[A-Za-z_][A-Za-z0-9_.\-]*?)?(?P<k>bindpw|rootpw|credential)(?P<o>",
            assigned!(),
            r")",
            value!()
        ),
    ),
    (Detector::Password, Form::Quoted, r#"(?-u:\b)PSK[ \t]+"(?P<v>[^"\n]+)""#),
    (
        Detector::Password,
        Form::Delimited,
        r"(?i)password:[ \t]*\n[ \t]*type:[^\n]*\n[ \t]*data:[ \t]*[\x22']?(?P<v>[^\s\x22']+)",
    ),
    (Detector::Password, Form::Delimited, r"(?m)^[^:\s#/]+:(?:\d{2,5}|\*):[^:\s/]+:[^:\s/]+:(?P<v>[^\s:]+)$"),
    (Detector::PasswordHash, Form::Exact, r"(?P<v>\$(?:1|5|6|y|2[aby])\$[./A-Za-z0-9$=,]{20,})"),
    (Detector::Entropy, Form::Entropy, r"(?P<v>[A-Za-z0-9+/_-]{20,})"),
];

static COMPILED: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let compiled = PATTERNS.iter().filter_map(|(detector, form, pattern)| {
        Some(Pattern { detector: *detector, form: *form, regex: Regex::new(pattern).ok()? })
    });
    compiled.collect()
});

/// All secrets in a text, in the order of their places; of those that overlap, the one of the more specific detector, and of an
/// own pattern last.
pub(super) fn find<'a>(
    text: &'a str,
    detectors: &[Detector],
    own: &'a BTreeMap<String, Regex>,
) -> Vec<Match<'a>> {
    let mut found = Found { text, by_start: BTreeMap::new() };
    if detectors.contains(&Detector::PrivateKey) {
        for matched in private_key::find(text) {
            found.add(matched);
        }
    }
    for pattern in COMPILED.iter().filter(|pattern| detectors.contains(&pattern.detector)) {
        let captured = pattern.regex.captures_iter(text);
        captured
            .filter_map(|captures| pattern.matched(text, &captures))
            .for_each(|matched| found.add(matched));
    }
    if detectors.contains(&Detector::PasswordArgument) {
        for matched in chpasswd::find(text) {
            found.add(matched);
        }
    }
    for (name, pattern) in own {
        for matched in pattern.find_iter(text).filter(|matched| !matched.is_empty()) {
            let (kind, start, value) = (Kind::Own(name), matched.start(), matched.as_str());
            found.add(Match { kind, start, value, name: None, is_encrypted: false });
        }
    }
    found.by_start.into_values().collect()
}

/// Secrets that do not overlap, by the place of their value.
struct Found<'a> {
    text: &'a str,
    by_start: BTreeMap<usize, Match<'a>>,
}

impl<'a> Found<'a> {
    /// Adds a secret, unless another has its place, or that of its identifier.
    fn add(&mut self, matched: Match<'a>) {
        let start = self.place(matched.value);
        let is_taken = |from: usize, length: usize| {
            let last = self.by_start.range(..from + length).next_back();
            last.is_some_and(|(other, last)| from < other + last.value.len())
        };
        let name = matched.name.map(|name| self.place(name));
        if !is_taken(start, matched.value.len()) && !name.is_some_and(|name| is_taken(name, 1)) {
            self.by_start.insert(start, matched);
        }
    }

    fn place(&self, part: &str) -> usize {
        part.as_ptr() as usize - self.text.as_ptr() as usize
    }
}

impl Pattern {
    fn matched<'a>(&self, text: &'a str, captures: &Captures<'a>) -> Option<Match<'a>> {
        let value = ["v", "d", "s", "b"].iter().find_map(|group| captures.name(group))?;
        let name = captures.name("n").or(captures.name("k")).map(|first| {
            let last = captures.name("k").filter(|last| last.start() >= first.start()).unwrap_or(first);
            &text[first.start()..last.end()]
        });
        let is_quoted = captures.name("d").or(captures.name("s")).is_some();
        let operator = captures.name("o").map_or("", |operator| operator.as_str());
        let context = Context {
            name: name.unwrap_or_default(),
            operator,
            is_quoted,
            before: &text[..captures.get(0)?.start()],
            after: &text[value.end()..],
        };
        is_secret(self.form, value.as_str(), &context).then_some(Match {
            kind: Kind::Known(self.detector),
            start: value.start(),
            value: value.as_str(),
            name,
            is_encrypted: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_regular_expression_compiles() {
        for (detector, _, pattern) in PATTERNS {
            assert!(Regex::new(pattern).is_ok(), "{detector:?}: {:?}", Regex::new(pattern));
        }
    }
}
