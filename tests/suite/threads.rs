//! What users of other tools asked for, and the sample event that answers each: the threads of public issue trackers.
//!
//! An owner or a repository that many threads share is shortened as in `prowler#964`: `prowler-cloud/prowler`.

/// A scenario of a rule's events (the file's name without `.json`), and the threads that it answers.
pub(crate) type Answered = (&'static str, &'static [&'static str]);

/// The rules and what their events answer.
pub(crate) const THREADS: &[(&str, &[Answered])] = &[
    ("approved-ami", APPROVED_AMI),
    ("key-pair-usage", KEY_PAIR_USAGE),
    ("required-tags", REQUIRED_TAGS),
    ("security-group-exposure", SECURITY_GROUP_EXPOSURE),
];

const APPROVED_AMI: &[Answered] = &[
    ("compliant-deprecated-shared-image", &["karpenter-provider-aws#6500"]),
    ("compliant-deprecated-within-grace", &["c7n#7974"]),
    ("compliant-owner-account", &["c7n#8716", "fullstop#28"]),
    ("non-compliant-deprecated", &["prowler#6910"]),
    ("non-compliant-deprecated-denied", &["prowler#6910", "c7n#7974"]),
];

const KEY_PAIR_USAGE: &[Answered] = &[
    ("compliant-ed25519", &["cloudquery#8812"]),
    ("non-compliant-key-too-old", &["cloudquery#8812"]),
    ("non-compliant-key-type", &["cloudquery#8812"]),
    ("non-compliant-older-than-a-year", &["moonlight#31"]),
];

const REQUIRED_TAGS: &[Answered] = &[("non-compliant-no-tags", &["cloudformation-guard#86"])];

const SECURITY_GROUP_EXPOSURE: &[Answered] = &[("non-compliant-ssh-world", &["prowler#2107"])];

/// The threads that an event of a rule answers.
pub(crate) fn of(rule: &str, scenario: &str) -> &'static [&'static str] {
    let answered = THREADS.iter().find(|(name, _)| *name == rule).map_or(&[][..], |(_, answered)| answered);
    answered.iter().find(|(name, _)| *name == scenario).map_or(&[][..], |(_, threads)| threads)
}

#[test]
fn every_thread_is_answered_by_an_event() {
    for (rule, answered) in THREADS {
        for (scenario, threads) in *answered {
            let path = crate::files::root().join(format!("events/{rule}/{scenario}.json"));
            assert!(path.exists(), "{} does not exist", path.display());
            assert!(!threads.is_empty(), "{scenario} answers nothing");
        }
    }
}
