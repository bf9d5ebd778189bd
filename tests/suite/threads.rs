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
    ("not-applicable-exempt-instance", &["fullstop#28"]),
    ("error-exemption-without-owner", &["status-list-server#406"]),
    ("compliant-deprecated-shared-image", &["karpenter-provider-aws#6500"]),
    ("compliant-deprecated-within-grace", &["c7n#7974"]),
    ("compliant-owner-account", &["c7n#8716", "fullstop#28"]),
    ("non-compliant-deprecated", &["prowler#6910"]),
    ("non-compliant-deprecated-denied", &["prowler#6910", "c7n#7974"]),
    ("compliant-age-of-own-images-only", &["aws-config-rules#381", "ElectricEye#61"]),
    ("compliant-marketplace-product-code", &["ant-media#5019"]),
    ("compliant-public-image-of-amazon", &["prisma-cloud-policies#30"]),
    ("non-compliant-auto-scaling-group-override", &["aws-config-rules#375"]),
    ("non-compliant-launch-configuration", &["c7n#6554", "c7n#1629", "aws-config-rules#375"]),
    ("non-compliant-launch-template", &["c7n#6554"]),
    ("non-compliant-too-new", &["karpenter-provider-aws#5551"]),
];

const KEY_PAIR_USAGE: &[Answered] = &[
    ("compliant-ed25519", &["cloudquery#8812"]),
    ("non-compliant-key-too-old", &["cloudquery#8812"]),
    ("non-compliant-key-type", &["cloudquery#8812"]),
    ("non-compliant-older-than-a-year", &["moonlight#31"]),
    ("non-compliant-launch-configuration", &["fullstop#34", "security-hq#152"]),
];

const REQUIRED_TAGS: &[Answered] = &[
    ("compliant-key-in-any-case", &["c7n#3389"]),
    ("compliant-pascal-case-tags", &["cloudformation-guard#291"]),
    ("compliant-tags-of-configuration", &["cloudformation-guard#603"]),
    ("non-compliant-condition-met", &["quickstart-compliance-hipaa#10"]),
    ("non-compliant-empty-value", &["aws-config-rules#333"]),
    ("non-compliant-function-without-tags", &["aws-config-rules#278"]),
    ("non-compliant-key-case", &["terraform-compliance#268"]),
    ("non-compliant-most-specific-type", &["aws-config-rules#396"]),
    ("non-compliant-no-tags", &["cloudformation-guard#86"]),
    ("non-compliant-several-missing", &["cloudformation-guard#152", "cloudformation-guard#273"]),
    ("non-compliant-value-not-in-list", &["aws-config-rules#32"]),
];

const SECURITY_GROUP_EXPOSURE: &[Answered] = &[
    ("compliant-exempt-port", &["mozilla/frost#92"]),
    ("non-compliant-exemption-expired", &["trivy#1779", "tfsec#1896", "drift#514"]),
    ("compliant-authorized-and-trusted", &["c7n#489", "c7n#1943", "c7n#2484"]),
    ("compliant-cdn-https", &["prowler#6780"]),
    ("compliant-exactly-65536-addresses", &["trivy#8184", "datadog-iac-scanner#79"]),
    ("compliant-gre-world", &["prowler#964"]),
    ("compliant-group-source", &["c7n#1595"]),
    ("compliant-not-the-internet", &["cfripper#109"]),
    ("compliant-overlapping-blocks", &["cloudmapper#111"]),
    ("compliant-private-ipv6", &["aws-config-rules#42"]),
    ("compliant-private-sources", &["cloudsploit#992"]),
    ("compliant-public-24", &["trivy-checks#100"]),
    ("compliant-single-ipv6-address", &["prowler#2690"]),
    ("compliant-single-public-address", &["Scout2#305"]),
    ("compliant-web-world", &["prowler#2442", "prowler#5172"]),
    ("non-compliant-all-protocols", &["checkov#6108"]),
    ("non-compliant-all-tcp-ports", &["checkov#264"]),
    ("non-compliant-describe-two-groups", &["prowler#5868"]),
    ("non-compliant-egress", &["prowler#4936", "prowler#4951"]),
    ("non-compliant-four-quarters", &["pepin#169"]),
    ("non-compliant-host-bits-set", &["cloudformation-guard#182"]),
    ("non-compliant-leading-zeros", &["detection-rules#3599"]),
    ("non-compliant-prefix-list-all-traffic", &["c7n#8054"]),
    ("non-compliant-prefix-list-world", &["mql#8531"]),
    ("non-compliant-public-eight", &["mql#8531"]),
    ("non-compliant-range-beginning-at-ssh", &["prowler#180"]),
    ("non-compliant-range-ending-at-ssh", &["cnspec-policies#481"]),
    ("non-compliant-single-public-address-any-public", &["prowler#3553", "prowler#6231"]),
    ("non-compliant-ssh-and-rdp-rules", &["c7n#4353"]),
    ("non-compliant-ssh-world", &["prowler#2107"]),
    ("non-compliant-ssh-world-ipv6", &["security_monkey#507", "tfsec#139", "kics#6079", "c7n#2836"]),
];

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
