//! The cases that users of other tools were bitten by, by number.

use serde_json::{Value, json};

use super::*;
use crate::rules::testing::{Case, parameter_error};

fn instance(configuration: &Value) -> Case<KeyPairUsage> {
    Case::new("AWS::EC2::Instance", &configuration.to_string())
}

fn with_key(name: &str) -> Case<KeyPairUsage> {
    instance(&json!({"keyName": name, "state": {"name": "running"}}))
}

fn without_key() -> Case<KeyPairUsage> {
    instance(&json!({}))
}

/// An instance launched on 2025-11-02, with key pair "ops", of which this is known. Now is 2026-03-01T10:00:00Z.
pub(super) fn knowing(record: &Value) -> Case<KeyPairUsage> {
    instance(&json!({"keyName": "ops", "launchTime": "2025-11-02T08:00:00.000Z"}))
        .with("approvedKeyNames", "ops")
        .knowing(&json!({"keyPairs": {"ops": record}}).to_string())
}

/// The same, of a key pair that was made before the launch.
fn made(rest: &Value) -> Case<KeyPairUsage> {
    let mut record = json!({"createTime": "2025-11-01T10:00:00.000Z"});
    record.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    knowing(&record)
}

const UNMADE: &str = r#"EC2 does not tell when key pair "ops" was made, and so neither its age nor whether the instance trusts it"#;

/// Case 1.
#[test]
fn instance_without_key_pair_is_evaluated_by_mode() {
    for blank in [json!({}), json!({"keyName": null}), json!({"keyName": ""}), json!({"keyName": " "})] {
        let without = || instance(&blank);
        without().with("mode", "none").is("COMPLIANT", "launched without a key pair");
        without().with("approvedKeyNames", "ops").is("COMPLIANT", "launched without a key pair");
        let missing = "KEY-MISSING: launched without a key pair; one is required";
        without().with("mode", "anyKey").is("NON_COMPLIANT", missing);
        without().with("approvedKeyNames", "k").with("requireKey", "true").is("NON_COMPLIANT", missing);
    }
}

/// Case 1.
#[test]
fn instance_with_key_pair_is_evaluated_by_mode() {
    let ignoring = |name| with_key(name).with("danglingKey", "ignore");
    ignoring("ssm-key")
        .with("mode", "none")
        .is("NON_COMPLIANT", r#"KEY-PRESENT: "ssm-key"; no key pair is allowed"#);
    ignoring("k").with("mode", "anyKey").is("COMPLIANT", r#"launched with key pair "k""#);
    ignoring("ops-eu")
        .with("approvedKeyNames", "bastion-2026, ops-*")
        .is("COMPLIANT", r#"launched with key pair "ops-eu", approved by ops-*"#);
    ignoring("dev-laptop")
        .with("approvedKeyNames", "ops-*,bastion-2026")
        .is("NON_COMPLIANT", r#"KEY-UNAPPROVED: "dev-laptop" is not in ops-*, bastion-2026"#);
}

/// Case 2.
#[test]
fn name_patterns_match_whole_names_exactly() {
    let of = |name: &str, approved: &str, answer: &str| {
        with_key(name).with("approvedKeyNames", approved).has_type(answer);
    };
    of("clé de Zoë", "clé de Zoë", "COMPLIANT");
    of("clé de Zoë", "cl? de *", "COMPLIANT");
    of("ops, Bern", r#"["ops, Bern"]"#, "COMPLIANT");
    of("ops, Bern", "ops, Bern", "NON_COMPLIANT");
    of("[ops]", r#"["[ops]"]"#, "COMPLIANT");
    of("[ops]", "bastion,[ops]", "COMPLIANT");
    of("ops*", r"ops\*", "COMPLIANT");
    of("ops-1", r"ops\*", "NON_COMPLIANT");
    of("Ops-eu", "ops-*", "NON_COMPLIANT");
    of("devops-1", "ops-*", "NON_COMPLIANT");
}

/// Case 3.
#[test]
fn instances_in_other_states_are_not_applicable() {
    let in_state = |state: &str| {
        instance(&json!({"keyName": "dev", "state": {"name": state}})).with("approvedKeyNames", "ops")
    };
    for state in ["pending", "running", "stopping", "stopped"] {
        in_state(state).has_type("NON_COMPLIANT");
    }
    for state in ["shutting-down", "terminated"] {
        in_state(state).is("NOT_APPLICABLE", &format!("the instance is {state}"));
    }
    in_state("stopped").with("instanceStates", "running").has_type("NOT_APPLICABLE");
}

/// Case 4.
#[test]
fn deleted_key_pair_is_dangling() {
    let gone = || knowing(&json!(null));
    let fact = r#""ops" was deleted, and the instance still trusts its key"#;
    gone().is("NON_COMPLIANT", &format!("KEY-DANGLING: {fact}"));
    gone().with("danglingKey", "ignore").is("COMPLIANT", r#"launched with key pair "ops", approved by ops"#);
    for (limit, value) in [("allowedKeyTypes", "rsa"), ("allowedOrigins", "created"), ("maxKeyAgeDays", "9")]
    {
        gone()
            .with("danglingKey", "ignore")
            .with(limit, value)
            .is("NON_COMPLIANT", &format!("MISSING-DATA: {fact}, of which EC2 tells nothing"));
    }
}

/// Case 5.
#[test]
fn key_pair_made_after_the_launch_is_a_reused_name() {
    let at = |time: &str| knowing(&json!({"createTime": time, "keyType": "ed25519"}));
    let fact =
        r#""ops" was made 2026-03-01, after the launch on 2025-11-02: the instance trusts an older key"#;
    let again = || at("2026-03-01T00:00:00.000Z");
    again().is("NON_COMPLIANT", &format!("KEY-REUSED-NAME: {fact}"));
    again().with("allowedKeyTypes", "rsa").is("NON_COMPLIANT", &format!("KEY-REUSED-NAME: {fact}"));
    again().with("danglingKey", "ignore").has_type("COMPLIANT");
    again()
        .with("danglingKey", "ignore")
        .with("allowedKeyTypes", "ed25519")
        .is("NON_COMPLIANT", &format!("MISSING-DATA: {fact}, of which EC2 tells nothing"));
    at("2025-11-02T08:00:00.000Z").is("COMPLIANT", r#"launched with key pair "ops", approved by ops"#);
    at("2025-11-02T08:00:00.001Z").has_type("NON_COMPLIANT");
}

/// Case 5: EC2 counts a start as a launch.
#[test]
fn launch_time_is_that_of_the_first_interface() {
    let interface = |time: &str| json!({"attachment": {"attachTime": time}});
    let (first, second) = (interface("2024-01-01T08:00:00.000Z"), interface("2025-01-01T08:00:00.000Z"));
    let facts = json!({"keyPairs": {"ops": {"createTime": "2024-06-01T08:00:00.000Z"}}}).to_string();
    let started = json!({"keyName": "ops", "launchTime": "2025-11-02T08:00:00.000Z",
        "networkInterfaces": [second, {"attachment": null}, first]});
    instance(&started).with("mode", "anyKey").knowing(&facts).is(
        "NON_COMPLIANT",
        r#"KEY-REUSED-NAME: "ops" was made 2024-06-01, after the launch on 2024-01-01: the instance trusts an older key"#,
    );
    let without_times = json!({"keyName": "ops", "networkInterfaces": null});
    instance(&without_times)
        .with("mode", "anyKey")
        .with("danglingKey", "report")
        .knowing(&facts)
        .is("NON_COMPLIANT", "MISSING-DATA: when the instance was launched is not known");
}

/// Cases 5 and 6: when an old key was made is unknown, and with it whether the instance trusts it.
#[test]
fn key_pair_without_create_time_is_unknown() {
    let old = || knowing(&json!({"keyType": "rsa"}));
    old().is("COMPLIANT", &format!(r#"launched with key pair "ops", approved by ops; {UNMADE}"#));
    for (name, value) in [("danglingKey", "report"), ("maxKeyAgeDays", "120"), ("allowedKeyTypes", "rsa")] {
        old().with(name, value).is("NON_COMPLIANT", &format!("MISSING-DATA: {UNMADE}"));
    }
    old()
        .with("allowedKeyTypes", "ed25519")
        .is("NON_COMPLIANT", &format!("KEY-TYPE: \"ops\" is rsa; allowed: ed25519; MISSING-DATA: {UNMADE}"));
    old().with("danglingKey", "ignore").is("COMPLIANT", r#"launched with key pair "ops", approved by ops"#);
    knowing(&json!({"createTime": "long ago"})).with("maxKeyAgeDays", "120").has_type("NON_COMPLIANT");
}

/// Case 6.
#[test]
fn key_pair_older_than_max_key_age_days_is_a_finding() {
    let made = |date: &str| {
        let facts = json!({"keyPairs": {"ops": {"createTime": date}}}).to_string();
        instance(&json!({"keyName": "ops", "launchTime": "2026-02-28T00:00:00.000Z"}))
            .with("mode", "anyKey")
            .with("maxKeyAgeDays", "120")
            .knowing(&facts)
    };
    made("2025-11-01T10:00:00.000Z").has_type("COMPLIANT");
    made("2025-11-01T09:59:59.000Z")
        .is("NON_COMPLIANT", "KEY-TOO-OLD: \"ops\" is more than 120 days old; limit 120");
    made("2025-10-01T10:00:00.000Z").is("NON_COMPLIANT", "KEY-TOO-OLD: \"ops\" is 151 days old; limit 120");
}

/// Case 7.
#[test]
fn origin_is_read_from_the_fingerprint_of_rsa_keys() {
    const SHA256: &str = "uV1VPzgQKsVtJLLtVnYhFvMzCdGmAqOyGaLxLvUhLmI=";
    let of = |record: Value, allowed: &str| made(&record).with("allowedOrigins", allowed);
    let digest = |bytes: usize| vec!["0F"; bytes].join(":");
    let rsa = |bytes| json!({"keyType": "rsa", "fingerprint": digest(bytes)});
    of(rsa(20), "imported").is("NON_COMPLIANT", "KEY-ORIGIN: \"ops\" was created by EC2; allowed: imported");
    of(rsa(16), "created").is("NON_COMPLIANT", "KEY-ORIGIN: \"ops\" was imported; allowed: created");
    of(rsa(20), "created").has_type("COMPLIANT");
    of(rsa(16), "imported").has_type("COMPLIANT");
    for unknown in [
        json!({"keyType": "ed25519", "fingerprint": SHA256}),
        json!({"keyType": "ed25519", "fingerprint": digest(16)}),
        json!({"fingerprint": digest(16)}),
        json!({"keyType": "rsa"}),
        json!({"keyType": "rsa", "fingerprint": SHA256}),
        json!({"keyType": "rsa", "fingerprint": digest(15)}),
        json!({"keyType": "rsa", "fingerprint": vec!["+f"; 16].join(":")}),
    ] {
        for allowed in ["imported", "created"] {
            of(unknown.clone(), allowed)
                .is("NON_COMPLIANT", "MISSING-DATA: the origin of key pair \"ops\" is not known");
        }
    }
}

/// Case 10.
#[test]
fn denied_fingerprint_is_a_finding_whatever_the_name() {
    let md5 = vec!["0f"; 16].join(":");
    let sha256 = "uV1VPzgQKsVtJLLtVnYhFvMzCdGmAqOyGaLxLvUhLmI";
    let of = |fingerprint: &str, denied: &str| {
        made(&json!({"fingerprint": fingerprint})).with("deniedKeyFingerprints", denied)
    };
    of(&md5, &md5.to_uppercase()).is(
        "NON_COMPLIANT",
        &format!(r#"KEY-DENIED: "ops" has the fingerprint {md5}, which is in deniedKeyFingerprints"#),
    );
    for denied in [sha256.to_owned(), format!("{sha256}="), format!("SHA256:{sha256}")] {
        of(&format!("{sha256}="), &denied).has_type("NON_COMPLIANT");
        of(&md5, &denied).is("COMPLIANT", r#"launched with key pair "ops", approved by ops"#);
    }
    of("?", &md5).is("NON_COMPLIANT", r#"MISSING-DATA: the fingerprint of key pair "ops" is not known"#);
    for wrong in ["0f:0f", &vec!["0g"; 16].join(":"), &vec!["0f"; 17].join(":"), "SHA256:q=", "ops"] {
        assert!(
            error(&json!({"mode": "anyKey", "deniedKeyFingerprints": wrong})).contains("fingerprint"),
            "{wrong}"
        );
    }
}

/// Case 8.
#[test]
fn key_pair_of_another_type_is_a_finding() {
    let rsa = || made(&json!({"keyType": "rsa"}));
    rsa()
        .with("allowedKeyTypes", "ed25519")
        .is("NON_COMPLIANT", "KEY-TYPE: \"ops\" is rsa; allowed: ed25519");
    rsa().with("allowedKeyTypes", "ed25519,rsa").has_type("COMPLIANT");
    made(&json!({}))
        .with("allowedKeyTypes", "rsa")
        .is("NON_COMPLIANT", "MISSING-DATA: the type of key pair \"ops\" is not known");
}

/// Case 11.
#[test]
fn name_with_region_matches_in_that_region_only() {
    let ops =
        |approved: &str| with_key("ops").with("danglingKey", "ignore").with("approvedKeyNames", approved);
    ops("eu-west-1:*,us-east-1:o*")
        .is("COMPLIANT", r#"launched with key pair "ops", approved by us-east-1:o*"#);
    ops("eu-west-1:ops,dev").is(
        "NON_COMPLIANT",
        r#"KEY-UNAPPROVED: "ops" (approved in eu-west-1, not in us-east-1) is not in eu-west-1:ops, dev"#,
    );
    ops("ops").with("deniedKeyNames", "eu-west-1:ops").has_type("COMPLIANT");
    ops("ops")
        .with("deniedKeyNames", "us-east-1:ops")
        .is("NON_COMPLIANT", r#"KEY-DENIED: "ops" is denied by us-east-1:ops"#);
    ops("us-east-1:ops").nowhere().has_type("NON_COMPLIANT");
    ops("ops").with("deniedKeyNames", "us-east-1:ops").nowhere().has_type("NON_COMPLIANT");
}

/// Case 11.
#[test]
fn name_may_contain_colons() {
    let of = |name: &str, approved: &str, answer: &str| {
        with_key(name).with("approvedKeyNames", approved).has_type(answer);
    };
    of("team:ops", "team:ops", "COMPLIANT");
    of("team:ops", "us-east-1:team:ops", "COMPLIANT");
    of("eu-west-1:ops", "eu-west-1:ops", "NON_COMPLIANT");
    of("eu-west-1:ops", "us-east-1:eu-west-1:ops", "COMPLIANT");
}

/// Case 17.
#[test]
fn mode_approved_without_names_is_refused() {
    for nothing in [json!({}), json!({"approvedKeyNames": " "}), json!({"deniedKeyNames": "old"})] {
        assert!(error(&nothing).contains("approvedKeyNames: missing"), "{nothing}");
    }
}

/// Case 18.
#[test]
fn unavailable_record_does_not_hide_what_the_name_says() {
    let unavailable = || with_key("ops").with("approvedKeyNames", "ops");
    let nothing = "nothing is known about key pair \"ops\": not looked up";
    unavailable().is("COMPLIANT", &format!("launched with key pair \"ops\", approved by ops; {nothing}"));
    unavailable().with("deniedKeyNames", "o*").has_type("NON_COMPLIANT");
    for (name, value) in [
        ("danglingKey", "report"),
        ("maxKeyAgeDays", "90"),
        ("allowedKeyTypes", "rsa"),
        ("allowedOrigins", "imported"),
    ] {
        unavailable().with(name, value).is("NON_COMPLIANT", &format!("MISSING-DATA: {nothing}"));
    }
    unavailable()
        .with("allowedKeyTypes", "rsa")
        .with("onMissingData", "NOT_APPLICABLE")
        .is("NOT_APPLICABLE", nothing);
}

#[test]
fn denied_name_overrides_every_mode() {
    for (mode, approved) in [("approved", "*"), ("anyKey", ""), ("none", "")] {
        with_key("old")
            .with("mode", mode)
            .with("approvedKeyNames", approved)
            .with("deniedKeyNames", "ol?")
            .is("NON_COMPLIANT", r#"KEY-DENIED: "old" is denied by ol?"#);
    }
}

#[test]
fn record_is_requested_only_if_the_answer_depends_on_it() {
    let asks = |case: Case<KeyPairUsage>| !case.requests().is_empty();
    let ignoring = || with_key("ops").with("approvedKeyNames", "ops").with("danglingKey", "ignore");
    assert!(asks(with_key("ops").with("approvedKeyNames", "ops")));
    assert!(asks(ignoring().with("maxKeyAgeDays", "9")));
    assert!(!asks(ignoring()));
    assert!(!asks(with_key("dev").with("approvedKeyNames", "ops")));
    assert!(!asks(without_key().with("approvedKeyNames", "ops")));
    assert!(!asks(with_key("ops").with("mode", "none")));
    assert!(!asks(with_key("ops").with("mode", "anyKey").with("instanceStates", "stopped")));
}

#[track_caller]
fn error(parameters: &Value) -> String {
    parameter_error::<KeyPairUsage>(&parameters.to_string())
}

#[test]
fn invalid_parameters_are_refused() {
    let problem = |name: &str, value: &str, words: &str| {
        let error = error(&json!({"approvedKeyNames": "k", name: value}));
        assert!(error.contains(words), "{error}");
    };
    problem("mode", "any", "`approved`, `none` or `anyKey`");
    problem("deniedKeyNames", r"a\b", "deniedKeyNames: item 1");
    problem("deniedKeyNames", "old,eu-west-1:", "item 2 \"eu-west-1:\"");
    problem("deniedKeyNames", "[old]", "not a JSON array of strings");
    problem("requireKey", "yes", "`true` or `false`");
    problem("allowedKeyTypes", "RSA", "`rsa` or `ed25519`");
    problem("allowedOrigins", "made", "`created` or `imported`");
    problem("maxKeyAgeDays", "90d", "a whole number");
    problem("danglingKey", "deny", "`report` or `ignore`");
    assert!(error(&json!({"mode": "none", "requireKey": "true"})).contains("contradicts mode `none`"));
}

#[test]
fn arn_or_id_as_a_name_is_a_caution() {
    let cautions = |name: &str, value: &str| {
        let raw = RawParameters::from_json(&json!({"mode": "anyKey", name: value}).to_string()).unwrap();
        KeyPairUsage::cautions(&KeyPairUsage::parameters(&raw).unwrap())
    };
    for name in ["approvedKeyNames", "deniedKeyNames"] {
        for id in [
            "arn:aws:ec2:us-east-1:111122223333:key-pair/ops",
            "key-0b4847888cf82cc5f",
            "us-east-1:key-0123abcd",
        ] {
            let expected = format!(
                "{name}: {id} looks like an ARN or an id, and is compared with the names of key pairs"
            );
            assert_eq!(cautions(name, &format!("ops,{id}")), [expected]);
        }
        assert!(cautions(name, "ops,key-*,key-2026,arnold").is_empty());
    }
}
