//! What users of other tools asked for, and the sample event that answers each: the threads of public issue trackers.
//!
//! An owner or a repository that many threads share is shortened as in `prowler#964`: `prowler-cloud/prowler`.

/// Sample events, without `.json`, and the threads that each answers.
const THREADS: &[(&str, &[&str])] = &[
    ("approved-ami/not-applicable-exempt-instance", &["fullstop#28"]),
    ("approved-ami/error-exemption-without-owner", &["status-list-server#406"]),
    ("approved-ami/compliant-deprecated-shared-image", &["karpenter-provider-aws#6500"]),
    ("approved-ami/compliant-deprecated-within-grace", &["c7n#7974"]),
    ("approved-ami/compliant-owner-account", &["c7n#8716", "fullstop#28"]),
    ("approved-ami/non-compliant-deprecated", &["prowler#6910"]),
    ("approved-ami/non-compliant-deprecated-denied", &["prowler#6910", "c7n#7974"]),
    (
        "image-sharing/non-compliant-block-public-access-off",
        &["prowler#11794", "c7n#9128", "ScoutSuite#1585"],
    ),
    ("image-sharing/non-compliant-public-snapshot", &["amis#35", "kube-deploy#290"]),
    (
        "image-sharing/non-compliant-shared-with-nobody",
        &["c7n#2174", "c7n#5924", "prowler#2617", "panther-analysis#1067"],
    ),
    ("instance-exposure/compliant-https-allowed", &["prowler#3237"]),
    ("instance-exposure/compliant-main-table-without-route", &["c7n#7195", "c7n#7481"]),
    (
        "instance-exposure/compliant-network-acl-denies",
        &["checkov#4518", "steampipe-mod-aws-compliance#404", "steampipe-mod-aws-compliance#562"],
    ),
    ("instance-exposure/compliant-no-public-address", &["cartography#31"]),
    (
        "instance-exposure/non-compliant-elastic-ip-on-second-interface",
        &["c7n#8500", "c7n#9126", "batfish#5902"],
    ),
    (
        "instance-exposure/non-compliant-main-table",
        &["prowler#5046", "copilot-cli#3266", "aws-parallelcluster#7174", "cluster-api-provider-aws#835"],
    ),
    ("instance-exposure/non-compliant-network-acl-allows-first", &["fakecloud#1763"]),
    ("instance-exposure/non-compliant-second-group", &["cloudmapper#233"]),
    (
        "instance-profile/compliant-approved-role",
        &["ansible#45534", "ansible#49113", "ucx#1711", "aws-parallelcluster#600"],
    ),
    (
        "instance-profile/compliant-ec2-in-china",
        &["kops#27", "kubernetes#21858", "cdk-eks-blueprints#558", "aws-cdk#22589"],
    ),
    ("instance-profile/compliant-metadata-service-disabled", &["prowler#2978", "kics#7623"]),
    ("instance-profile/compliant-none-required", &["checkov#156", "aws-security-benchmark#75"]),
    ("instance-profile/non-compliant-dangling", &["terraform#7198"]),
    ("instance-profile/non-compliant-empty", &["cloud-nuke#378"]),
    ("instance-profile/non-compliant-role-policy", &["c7n#4600", "c7n#7947", "c7n#2601", "prowler#433"]),
    ("instance-public-address/compliant-private", &["cartography#31"]),
    ("instance-public-address/compliant-public-name-only", &["cartography#378"]),
    ("instance-public-address/non-compliant-elastic-ip-on-secondary-address", &["aws_public_ips#28"]),
    ("instance-public-address/non-compliant-second-interface", &["c7n#8500", "c7n#9126"]),
    ("approved-ami/compliant-age-of-own-images-only", &["aws-config-rules#381", "ElectricEye#61"]),
    ("approved-ami/compliant-marketplace-product-code", &["ant-media#5019"]),
    ("approved-ami/compliant-public-image-of-amazon", &["prisma-cloud-policies#30"]),
    ("approved-ami/non-compliant-auto-scaling-group-override", &["aws-config-rules#375"]),
    ("approved-ami/non-compliant-launch-configuration", &["c7n#6554", "c7n#1629", "aws-config-rules#375"]),
    ("approved-ami/non-compliant-launch-template", &["c7n#6554"]),
    ("approved-ami/non-compliant-too-new", &["karpenter-provider-aws#5551"]),
    ("key-pair-usage/compliant-ed25519", &["cloudquery#8812"]),
    ("key-pair-usage/non-compliant-key-too-old", &["cloudquery#8812"]),
    ("key-pair-usage/non-compliant-key-type", &["cloudquery#8812"]),
    ("key-pair-usage/non-compliant-older-than-a-year", &["moonlight#31"]),
    ("key-pair-usage/non-compliant-launch-configuration", &["fullstop#34", "security-hq#152"]),
    ("required-tags/compliant-any-tag", &["awsweeper#91"]),
    ("required-tags/compliant-key-in-any-case", &["c7n#3389"]),
    ("required-tags/compliant-tags-as-a-map", &["c7n#2868", "aws-cdk#7363"]),
    ("required-tags/compliant-tags-of-supplement", &["c7n#1700", "c7n#879"]),
    ("required-tags/not-applicable-aws-managed-key", &["c7n#6847", "c7n#4662", "prowler#2467"]),
    ("required-tags/not-applicable-excluded-by-tag", &["aws-nuke#348", "aws-nuke#431"]),
    ("required-tags/compliant-pascal-case-tags", &["cloudformation-guard#291"]),
    ("required-tags/compliant-tags-of-configuration", &["cloudformation-guard#603"]),
    ("required-tags/non-compliant-condition-met", &["quickstart-compliance-hipaa#10"]),
    ("required-tags/non-compliant-empty-value", &["aws-config-rules#333"]),
    ("required-tags/non-compliant-function-without-tags", &["aws-config-rules#278"]),
    ("required-tags/non-compliant-key-case", &["terraform-compliance#268"]),
    ("required-tags/non-compliant-most-specific-type", &["aws-config-rules#396"]),
    ("required-tags/non-compliant-no-tags", &["cloudformation-guard#86"]),
    (
        "required-tags/non-compliant-several-missing",
        &["cloudformation-guard#152", "cloudformation-guard#273"],
    ),
    ("required-tags/non-compliant-value-not-in-list", &["aws-config-rules#32"]),
    ("security-group-exposure/compliant-exempt-port", &["mozilla/frost#92"]),
    ("security-group-exposure/non-compliant-exemption-expired", &["trivy#1779", "tfsec#1896", "drift#514"]),
    ("security-group-exposure/compliant-authorized-and-trusted", &["c7n#489", "c7n#1943", "c7n#2484"]),
    ("security-group-exposure/compliant-cdn-https", &["prowler#6780"]),
    ("security-group-exposure/compliant-default-group-untouched", &["prowler#4132", "prowler#371"]),
    ("security-group-exposure/compliant-exactly-65536-addresses", &["trivy#8184", "datadog-iac-scanner#79"]),
    ("security-group-exposure/compliant-gre-world", &["prowler#964"]),
    ("security-group-exposure/compliant-group-source", &["c7n#1595"]),
    ("security-group-exposure/compliant-icmp-type-allowed", &["coreos-kubernetes#185"]),
    ("security-group-exposure/compliant-ipsec-allowed", &["terraform#10143", "exoscale#529"]),
    ("security-group-exposure/compliant-not-the-internet", &["cfripper#109"]),
    ("security-group-exposure/compliant-overlapping-blocks", &["cloudmapper#111"]),
    ("security-group-exposure/compliant-private-ipv6", &["aws-config-rules#42"]),
    ("security-group-exposure/compliant-private-sources", &["cloudsploit#992"]),
    ("security-group-exposure/compliant-public-24", &["trivy-checks#100"]),
    ("security-group-exposure/compliant-single-ipv6-address", &["prowler#2690"]),
    ("security-group-exposure/compliant-single-public-address", &["Scout2#305"]),
    ("security-group-exposure/compliant-web-world", &["prowler#2442", "prowler#5172"]),
    ("security-group-exposure/non-compliant-all-protocols", &["checkov#6108"]),
    ("security-group-exposure/non-compliant-all-tcp-ports", &["checkov#264"]),
    (
        "security-group-exposure/non-compliant-default-group-not-closed",
        &["prowler#2761", "defsec#870", "checkov#5097"],
    ),
    ("security-group-exposure/non-compliant-describe-two-groups", &["prowler#5868"]),
    ("security-group-exposure/non-compliant-egress", &["prowler#4936", "prowler#4951"]),
    ("security-group-exposure/non-compliant-four-quarters", &["pepin#169"]),
    ("security-group-exposure/non-compliant-host-bits-set", &["cloudformation-guard#182"]),
    ("security-group-exposure/non-compliant-leading-zeros", &["detection-rules#3599"]),
    ("security-group-exposure/non-compliant-many-ports-of-one-rule", &["steampipe-mod-aws-compliance#977"]),
    ("security-group-exposure/non-compliant-port-of-one-protocol", &["cloudsploit#1318"]),
    ("security-group-exposure/non-compliant-prefix-list-all-traffic", &["c7n#8054"]),
    ("security-group-exposure/non-compliant-prefix-list-world", &["mql#8531"]),
    ("security-group-exposure/non-compliant-public-eight", &["mql#8531"]),
    ("security-group-exposure/non-compliant-range-beginning-at-ssh", &["prowler#180"]),
    ("security-group-exposure/non-compliant-range-ending-at-ssh", &["cnspec-policies#481"]),
    (
        "security-group-exposure/non-compliant-rules-not-described",
        &["tfsec#207", "tfsec#266", "checkov#1654"],
    ),
    (
        "security-group-exposure/non-compliant-single-public-address-any-public",
        &["prowler#3553", "prowler#6231"],
    ),
    ("security-group-exposure/non-compliant-ssh-and-rdp-rules", &["c7n#4353"]),
    ("security-group-exposure/non-compliant-ssh-world", &["prowler#2107"]),
    (
        "security-group-exposure/non-compliant-ssh-world-ipv6",
        &["security_monkey#507", "tfsec#139", "kics#6079", "c7n#2836"],
    ),
    ("security-group-exposure/not-applicable-unattached", &["prowler#4132", "security-hq#75"]),
];

/// The threads that an event of a rule answers.
pub(crate) fn of(rule: &str, scenario: &str) -> &'static [&'static str] {
    let event = format!("{rule}/{scenario}");
    THREADS.iter().find(|(answer, _)| *answer == event).map_or(&[][..], |(_, threads)| threads)
}

#[test]
fn every_thread_is_answered_by_an_event() {
    for (event, threads) in THREADS {
        let path = crate::files::root().join(format!("events/{event}.json"));
        assert!(path.exists(), "{} does not exist", path.display());
        assert!(!threads.is_empty(), "{event} answers nothing");
    }
}
