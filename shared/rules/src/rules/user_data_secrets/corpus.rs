//! The scripts in `tests/user-data`: what holds no secret has no finding, and every planted secret is found in its line.
//!
//! What stands for a secret there is put in here, from halves, so that no scanner takes the repository's own for one.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it reads the corpus, and prints figures"
)]

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use regex::Regex;

use super::{decode::decode, detectors::Detector, tests::findings};

/// Text that looks random, always the same for the same number.
pub(super) fn random(seed: u64, length: usize, alphabet: &str) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[usize::try_from(state >> 33).unwrap() % letters.len()]
    };
    (0..length).map(|_| next()).collect()
}

const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const HEX: &str = "0123456789abcdef";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) fn pem(label: &str, headers: &str) -> String {
    let lines: Vec<_> = (1..13).map(|line| random(line, 64, BASE64)).collect();
    let rule = "-".repeat(5);
    format!("{rule}BEGIN {label}{rule}\n{headers}{}\n{rule}END {label}{rule}", lines.join("\n"))
}

/// What stands for a secret, the detector that finds it, and a secret.
fn kinds() -> BTreeMap<&'static str, (Detector, String)> {
    use Detector::{
        AwsAccessKey, AwsSecretKey, AwsSessionToken, Password, PasswordArgument, PasswordHash, PrivateKey,
        Token, UrlPassword,
    };
    let private = ["PRIVATE", " KEY"].concat();
    let alphanumeric = |seed, length| random(seed, length, ALPHANUMERIC);
    let key_id = |begin: &str| [begin, &random(21, 16, UPPER)].concat();
    let password =
        |seed| format!("{}-9{}^", random(seed, 5, ALPHANUMERIC), random(seed + 1, 6, ALPHANUMERIC));
    let putty = format!(
        "PuTTY-User-Key-{}: ssh-rsa\nEncryption: none\nComment: imported\nPublic-Lines: 1\n{}\nPrivate-Lines: 2\n{}\n{}\nPrivate-MAC: {}",
        "File-2",
        random(3, 64, BASE64),
        random(4, 64, BASE64),
        random(5, 64, BASE64),
        random(6, 40, HEX)
    );
    BTreeMap::from([
        ("RSA_KEY", (PrivateKey, pem(&format!("RSA {private}"), ""))),
        ("EC_KEY", (PrivateKey, pem(&format!("EC {private}"), ""))),
        ("OPENSSH_KEY", (PrivateKey, pem(&format!("OPENSSH {private}"), ""))),
        ("PKCS8_KEY", (PrivateKey, pem(&private, ""))),
        ("PGP_KEY", (PrivateKey, pem(&format!("PGP {private} BLOCK"), "Version: GnuPG v2\n\n"))),
        (
            "ENCRYPTED_KEY",
            (
                PrivateKey,
                pem(&format!("RSA {private}"), "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n"),
            ),
        ),
        ("PEM_ONE_LINE", (PrivateKey, pem(&private, "").replace('\n', "\\n"))),
        ("PEM_BASE64", (PrivateKey, BASE64_STANDARD.encode(pem(&private, "")))),
        ("PUTTY_KEY", (PrivateKey, putty)),
        ("AGE_KEY", (PrivateKey, ["AGE-SECRET", "-KEY-1", &random(7, 58, UPPER)].concat())),
        ("WG_KEY", (PrivateKey, random(8, 43, BASE64) + "=")),
        ("AKIA", (AwsAccessKey, key_id("AKIA"))),
        ("ASIA", (AwsAccessKey, key_id("ASIA"))),
        ("AWS_SECRET", (AwsSecretKey, random(9, 40, BASE64))),
        ("AWS_SESSION", (AwsSessionToken, random(10, 240, BASE64))),
        ("GITHUB_TOKEN", (Token, ["gh", "p_", &alphanumeric(11, 36)].concat())),
        ("GITHUB_PAT", (Token, ["github", "_pat_", &alphanumeric(12, 82)].concat())),
        ("GITLAB_TOKEN", (Token, ["gl", "pat-", &alphanumeric(13, 20)].concat())),
        (
            "SLACK_TOKEN",
            (Token, ["xo", "xb-", &random(14, 12, "0123456789"), "-", &alphanumeric(14, 24)].concat()),
        ),
        (
            "SLACK_WEBHOOK",
            (
                Token,
                [
                    "https://hooks.",
                    "slack.com/services/T0",
                    &alphanumeric(15, 9),
                    "/B0",
                    &alphanumeric(16, 24),
                ]
                .concat(),
            ),
        ),
        ("STRIPE_KEY", (Token, ["sk", "_live_", &alphanumeric(17, 24)].concat())),
        ("NPM_TOKEN", (Token, ["np", "m_", &alphanumeric(18, 36)].concat())),
        ("PYPI_TOKEN", (Token, ["py", "pi-AgEI", &alphanumeric(19, 100)].concat())),
        ("SENDGRID_KEY", (Token, ["S", "G.", &alphanumeric(20, 22), ".", &alphanumeric(21, 43)].concat())),
        ("GOOGLE_KEY", (Token, ["AI", "za", &alphanumeric(22, 35)].concat())),
        ("VAULT_TOKEN", (Token, ["hv", "s.", &alphanumeric(23, 24)].concat())),
        ("DOCKER_TOKEN", (Token, ["dckr", "_pat_", &alphanumeric(24, 27)].concat())),
        ("AZURE_KEY", (Token, random(25, 86, BASE64) + "==")),
        ("KUBEADM_TOKEN", (Token, [&random(26, 6, HEX), ".", &random(27, 16, HEX)].concat())),
        ("K3S_TOKEN", (Token, ["K", "10", &random(28, 64, HEX), "::server:", &random(29, 32, HEX)].concat())),
        ("URL_PASSWORD", (UrlPassword, password(30))),
        ("PASSWORD", (Password, password(32))),
        ("SIMPLE", (Password, ["change", "me1"].concat())),
        ("HEX", (Password, random(34, 40, HEX))),
        ("ARG_PASSWORD", (PasswordArgument, password(36))),
        (
            "HASH",
            (
                PasswordHash,
                ["$6", "$rounds=4096$", &alphanumeric(38, 16), "$", &alphanumeric(39, 86)].concat(),
            ),
        ),
        ("DOCKER_AUTH", (Password, BASE64_STANDARD.encode(format!("deploy:{}", password(40))))),
    ])
}

fn folder(name: &str) -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/user-data").join(name);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// A script with secrets where their names stood, and the lines and detectors that have to be found.
fn planted(script: &str) -> (String, Vec<(usize, Detector)>) {
    let (kinds, placeholder) = (kinds(), Regex::new("@@([A-Z0-9_]+)@@").unwrap());
    let (mut text, mut expected) = (String::new(), Vec::new());
    for line in script.lines() {
        let number = text.lines().count() + 1;
        let indent: String = line.chars().take_while(|character| character.is_whitespace()).collect();
        let replaced = placeholder.replace_all(line, |captures: &regex::Captures| {
            let (detector, secret) = &kinds[&captures[1]];
            if expected.last() != Some(&(number, *detector)) {
                expected.push((number, *detector));
            }
            secret.replace('\n', &format!("\n{indent}"))
        });
        writeln!(text, "{replaced}").unwrap();
    }
    (text, expected)
}

/// What is found in the outermost text, by line: what is in a part of it is counted by its detector alone.
fn found(text: &str) -> Vec<(usize, Detector)> {
    let mut found = Vec::new();
    for finding in findings(
        &BASE64_STANDARD.encode(text),
        r#"{"detectors":"private-key,aws-access-key,aws-secret-key,aws-session-token,token,url-password,password-argument,password,password-hash"}"#,
    ) {
        let line = finding.evidence["line"].as_u64().unwrap().try_into().unwrap();
        let outer = finding
            .evidence
            .get("part")
            .and_then(|part| part.as_str()?.split("at line ").nth(1)?.split(' ').next()?.parse().ok());
        let detector =
            crate::parameters::Value::parse(finding.evidence["detector"].as_str().unwrap()).unwrap();
        found.push((outer.unwrap_or(line), detector));
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn is_mime(text: &str) -> bool {
    decode(&BASE64_STANDARD.encode(text)).texts.len() > 1 && text.to_lowercase().contains("mime-version:")
}

/// Finds what each folder's scripts hold, and counts: found as expected, missed, and found although nothing is there.
fn counted() -> ([usize; 5], String) {
    let (mut right, mut missed, mut wrong, mut report) = (0, 0, 0, String::new());
    let (harmless, secret) = (folder("harmless"), folder("secret"));
    for (name, script) in harmless.iter().chain(&secret) {
        let (text, mut expected) = planted(script);
        if harmless.iter().any(|(harmless, _)| harmless == name)
            && !secret.iter().any(|(secret, _)| secret == name)
        {
            expected.clear();
        }
        let mut found = found(&text);
        if is_mime(&text) {
            [&mut expected, &mut found].into_iter().flatten().for_each(|(line, _)| *line = 0);
        }
        expected.sort_unstable();
        let mut left = found.clone();
        for planted in &expected {
            if let Some(place) = left.iter().position(|found| found == planted) {
                left.remove(place);
                right += 1;
            } else {
                missed += 1;
                writeln!(report, "{name}: missed {planted:?}: {}", line(&text, planted.0)).unwrap();
            }
        }
        for found in left {
            wrong += 1;
            writeln!(report, "{name}: wrongly found {found:?}: {}", line(&text, found.0)).unwrap();
        }
    }
    ([harmless.len(), secret.len(), right, missed, wrong], report)
}

fn line(text: &str, number: usize) -> &str {
    text.lines().nth(number.saturating_sub(1)).unwrap_or_default()
}

#[test]
fn every_planted_secret_is_found_and_nothing_else() {
    let ([harmless, secret, right, missed, wrong], report) = counted();
    assert!(report.is_empty(), "{report}{right} found, {missed} missed, {wrong} wrong");
    let figures = format!(
        "{harmless} scripts without a secret, none with a finding; {secret} scripts with {right} secrets, all found, and nothing else: \
         precision 100 %, recall 100 %."
    );
    println!("{figures}");
    let page = include_str!("mod.rs").lines().map(|line| line.trim_start_matches("//!").trim());
    let page: Vec<_> = page.collect();
    assert!(page.join(" ").contains(&figures), "the page has to say: {figures}");
}
