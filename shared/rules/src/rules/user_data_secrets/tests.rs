//! Cases of the rule.

use std::io::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::json;

use super::{
    UserDataSecrets,
    corpus::{pem, random},
};
use crate::{
    finding::{Compliance, Finding},
    rules::testing::{self, parameter_error},
};

type Case = testing::Case<UserDataSecrets>;

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    BASE64_STANDARD.encode(bytes)
}

fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes.as_ref()).unwrap();
    encoder.finish().unwrap()
}

/// An instance with this user data.
fn instance(bytes: impl AsRef<[u8]>) -> Case {
    raw(&encoded(bytes))
}

fn raw(user_data: &str) -> Case {
    let configuration = json!({"instanceId": "id", "state": {"name": "running"}});
    Case::new("AWS::EC2::Instance", &configuration.to_string())
        .knowing(&json!({"userData": {"id": user_data}}).to_string())
}

/// All findings about an instance with this user data.
pub(super) fn findings(user_data: &str, parameters: &str) -> Vec<Finding> {
    let parameters: serde_json::Value = serde_json::from_str(parameters).unwrap();
    match raw(user_data).with_all(&parameters).compliance() {
        Compliance::NonCompliant(findings) => findings,
        _ => Vec::new(),
    }
}

fn password() -> String {
    ["Tr0ub4", "dor-3x"].concat()
}

fn key() -> String {
    pem(&["RSA PRIVATE", " KEY"].concat(), "")
}

#[test]
fn user_data_without_a_secret_is_compliant() {
    for (user_data, annotation) in [
        ("", "no user data"),
        ("#!/bin/bash\nyum update -y\n", "no secret in 2 lines"),
        (
            "#include https://example.com/start.sh",
            "no secret in 1 line; note USER-DATA-INCLUDE: what it includes from a URL is not read",
        ),
        ("DB_PASSWORD=$(aws ssm get-parameter --name /db)", "no secret in 1 line"),
    ] {
        instance(user_data).is("COMPLIANT", annotation);
    }
    instance([0_u8, 1, 2, 3, 0xfe, 0xff, 0].repeat(90))
        .is("COMPLIANT", "no secret in 1 KB of data; note USER-DATA-UNDECODED: some of it is not text");
}

#[test]
fn a_secret_is_found_in_its_line_and_never_shown() {
    instance(format!("#!/bin/bash\nexport DB_PASSWORD=\"{}\"\n", password()))
        .is("NON_COMPLIANT", "USER-DATA-SECRET: password in DB_PASSWORD at line 2");
    instance(format!("a\n{}\n", key())).is("NON_COMPLIANT", "USER-DATA-SECRET: private key at line 2");
}

/// In each of these encodings, and in encodings of them.
#[test]
fn a_key_is_found_in_every_encoding() {
    let script = format!("#!/bin/bash\n{}\n", key());
    let mime = |transfer: &str, body: &str| {
        format!(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=PART=\"\n\n--=PART=\nContent-Type: text/plain\n\nhello\n\
             --=PART=\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: {transfer}\n\n{body}\n--=PART=--\n"
        )
    };
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let part = " at line 2 of part 2 (text/x-shellscript)";
    let inner = " at line 2 of the Base64 at line 1";
    for (bytes, place) in [
        (gzip(&script), " at line 2"),
        (gzip(gzip(&script)), " at line 2"),
        ([gzip("#!/bin/bash\n"), gzip(key())].concat(), " at line 2"),
        (mime("7bit", &script).into_bytes(), part),
        (mime("base64", &encoded(&script)).into_bytes(), part),
        (mime("base64", &encoded(gzip(&script))).into_bytes(), part),
        (mime("quoted-printable", &script.replace('=', "=3D")).into_bytes(), part),
        (gzip(mime("7bit", &script)), part),
        (encoded(&script).into_bytes(), inner),
        (format!("echo {} | base64 -d", encoded(&script)).into_bytes(), inner),
        (format!("content: {}", encoded(gzip(&script))).into_bytes(), inner),
        ([vec![0xff, 0xfe], wide(&script)].concat(), " at line 2"),
        (format!("powershell -EncodedCommand {}", encoded(wide(&script))).into_bytes(), inner),
    ] {
        let annotation = instance(&bytes).compliance().annotation();
        assert_eq!(
            annotation,
            format!("USER-DATA-SECRET: private key{place}"),
            "{}",
            String::from_utf8_lossy(&bytes)
        );
    }
}

#[test]
fn what_cannot_be_read_is_missing_data_and_never_compliant() {
    let bomb = gzip(vec![b'a'; 64 << 20]);
    let deep = (0..10).fold(b"#!/bin/bash\necho harmless".to_vec(), |inner, _| encoded(inner).into_bytes());
    let mut damaged = gzip("#!/bin/bash\n".repeat(50));
    damaged.truncate(30);
    for (bytes, why) in [
        (gzip(bomb), "of what is decoded no more than 1 MiB, or 1000 parts, is read"),
        (deep, "what is encoded more than 4 times of the Base64 at line 1"),
        (damaged.clone(), "the gzip data is damaged"),
        (
            format!("content: {}", encoded(damaged)).into_bytes(),
            "the gzip data of the Base64 at line 1 is damaged",
        ),
    ] {
        let compliance = instance(bytes).compliance();
        assert_eq!(compliance.compliance_type(), "NON_COMPLIANT");
        assert!(
            compliance.annotation().starts_with(&format!("MISSING-DATA: {why}")),
            "{}",
            compliance.annotation()
        );
    }
    let mime = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"=PART=\"\n\n--=PART=\n\
                Content-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n%%%\n--=PART=--\n";
    let problem =
        "what follows the headers of part 1 (text/x-shellscript) is not in the encoding that they name";
    instance(mime).is("NON_COMPLIANT", &format!("MISSING-DATA: {problem}"));
    raw("%%%").is("NON_COMPLIANT", "MISSING-DATA: the user data is not Base64");
    let unknown = Case::new("AWS::EC2::Instance", r#"{"state":{"name":"running"}}"#);
    unknown.knowing(r#"{"unavailable":{"id":"ec2:DescribeInstanceAttribute: UnauthorizedOperation"}}"#).is(
        "NON_COMPLIANT",
        "MISSING-DATA: nothing is known about the user data: ec2:DescribeInstanceAttribute: UnauthorizedOperation",
    );
    Case::new("AWS::EC2::Instance", r#"{"state":{"name":"running"}}"#)
        .knowing(r#"{"userData":{"id":null}}"#)
        .is("NOT_APPLICABLE", "the instance is gone");
}

/// User data of 16 KB unpacks to much, and its secrets are not compared each with each.
#[test]
fn many_secrets_are_found_in_linear_time() {
    let (line, run) =
        (format!("DB_PASSWORD={}\n", password()), format!("{}\n", random(1, 76, "ABCDEFGHabcdefgh0123")));
    for (text, count) in [(line.repeat(5_000), 100), (run.repeat(3_000) + &line, 1)] {
        let Compliance::NonCompliant(findings) = instance(gzip(text)).compliance() else { panic!() };
        assert_eq!(findings.len(), count);
    }
}

#[test]
fn launch_configurations_are_evaluated_by_their_item() {
    let of = |user_data: &str| {
        Case::new("AWS::AutoScaling::LaunchConfiguration", &json!({"userData": user_data}).to_string())
    };
    of("").is("COMPLIANT", "no user data");
    of(&encoded(key())).is("NON_COMPLIANT", "USER-DATA-SECRET: private key at line 1");
}

#[test]
fn launch_templates_are_evaluated_by_their_default_and_latest_versions() {
    let (harmless, secret) = (encoded("#!/bin/sh"), encoded(key()));
    let versions = |of: &[(u64, &str)]| {
        of.iter().map(|(number, data)| (number.to_string(), json!(data))).collect::<serde_json::Map<_, _>>()
    };
    let facts = json!({"templateUserData": {
        "id/1": versions(&[(1, &harmless)]),
        "id/5": versions(&[(5, "")]),
        "id/all": versions(&[(1, &harmless), (3, &secret), (5, "")]),
    }});
    let template = || {
        Case::new("AWS::EC2::LaunchTemplate", r#"{"DefaultVersionNumber":1,"LatestVersionNumber":5}"#)
            .knowing(&facts.to_string())
    };
    template()
        .is("COMPLIANT", "no secret in 1 line in version 1 (default); no user data in version 5 (latest)");
    template()
        .with("templateVersions", "all")
        .is("NON_COMPLIANT", "USER-DATA-SECRET: private key at line 1 in version 3");
    Case::new("AWS::EC2::LaunchTemplate", r#"{"DefaultVersionNumber":2,"LatestVersionNumber":2}"#).is(
        "NON_COMPLIANT",
        "MISSING-DATA: nothing is known about the user data of version 2: not looked up",
    );
}

/// A password may begin with any sign, and have any word in it.
#[test]
fn passwords_are_not_taken_for_references_or_placeholders() {
    for begin in ["!", "@", "&", "*", "+", "~", "|", "Annonette", "Nullable", "Reinserted", "Mastodon"] {
        instance(format!("DB_PASSWORD='{begin}{}'", password()))
            .is("NON_COMPLIANT", "USER-DATA-SECRET: password in DB_PASSWORD at line 1");
    }
    for value in
        ["${DB}", "!Ref DbPassword", "@db.password@", "[your password]", "replace_me", "__DB__", "TODO-later"]
    {
        instance(format!("DB_PASSWORD='{value}'")).is("COMPLIANT", "no secret in 1 line");
    }
}

#[test]
fn detectors_patterns_and_exemptions_say_what_counts() {
    let two = format!("LEGACY_TOKEN={}\nDB_PASSWORD={}\n", password(), password());
    let found = |case: Case| match case.compliance() {
        Compliance::NonCompliant(findings) => findings.len(),
        _ => 0,
    };
    assert_eq!(found(instance(&two)), 2);
    let exemption =
        json!([{"names": "LEGACY_*", "reason": "until the move", "owner": "ops", "expires": "2026-04-01"}]);
    assert_eq!(found(instance(&two).with("exemptions", &exemption.to_string())), 1);
    assert_eq!(found(instance(&two).with("ignorePatterns", "^LEGACY_")), 1);
    assert_eq!(found(instance(&two).with("detectors", "private-key")), 0);
    instance("id badge-123456789012")
        .with("patterns", r#"{"badge":"badge-[0-9]{12}"}"#)
        .is("NON_COMPLIANT", "USER-DATA-SECRET: secret of pattern badge at line 1");
    for (parameters, problem) in [
        (
            r#"{"patterns":"{\"a\":\"(\"}"}"#,
            "parameter patterns: a: the regular expression, at character 1: unclosed group",
        ),
        (r#"{"ignorePatterns":"a{1000}{1000}"}"#, "too large"),
        (r#"{"detectors":"passwords"}"#, "is not `private-key`"),
    ] {
        let error = parameter_error::<UserDataSecrets>(parameters);
        assert!(error.contains(problem), "{error}");
    }
}

/// An identifier that is part of a secret is not shown either.
#[test]
fn no_output_has_any_six_characters_of_a_secret() {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_";
    for seed in 1..300 {
        let secret = random(seed, 8 + usize::try_from(seed % 40).unwrap(), alphabet);
        for script in [
            format!("PASSWORD='{secret}'"),
            format!("{secret}_password=\"{secret}\""),
            format!("curl -u admin:{secret} https://{secret}:{secret}@example.com/"),
            format!(
                "Content-Type: multipart/mixed; boundary=\"{secret}\"\nMIME-Version: 1.0\n\n--{secret}\nContent-Type: text/{secret}\n\npassword: {secret}1\n--{secret}--\n"
            ),
            encoded(format!("#!/bin/bash\nDB_SECRET={secret}\n")),
            format!("IGNORED_TOKEN='{secret}'\n{secret}_password='{secret}x'\n"),
        ] {
            for user_data in [encoded(&script), script.clone()] {
                let compliance = raw(&user_data).with("ignorePatterns", "^IGNORED_").compliance();
                let output = format!("{compliance:?} {}", compliance.annotation());
                for part in (0..=secret.len() - 6).map(|start| &secret[start..start + 6]) {
                    assert!(!output.contains(part), "{output}");
                }
            }
        }
    }
}
