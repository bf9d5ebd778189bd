//! `asff`: the AWS Security Finding Format, for Security Hub. Each line is a request of `aws securityhub
//! batch-import-findings --cli-input-json`: up to a hundred findings of one account and Region, since Security Hub takes the
//! findings of a custom product in its own Region only.
//! <https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html>
//!
//! Older versions of resources are left out: a finding has one state. What does not apply (any more) is archived.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
};

use anstream::eprintln;
use config_rules::{catalogue, rule::ACCOUNT};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Renderer, Stream, Summary,
    fields::{cut, fingerprint, remedies},
};
use crate::result::EvaluationResult;

/// The most findings of a request.
const BATCH: usize = 100;
/// The longest texts, in characters.
const TITLE: usize = 256;
const DESCRIPTION: usize = 1024;
const RECOMMENDATION: usize = 512;
const PRODUCT_FIELD: usize = 2048;

pub(crate) struct Asff<'a> {
    stream: Stream<'a>,
    now: Timestamp,
    /// The findings that are not yet written, by account and Region.
    batches: BTreeMap<(String, String), Vec<Value>>,
    without_place: usize,
}

impl<'a> Asff<'a> {
    pub(crate) fn new(stream: Stream<'a>, now: Timestamp) -> Self {
        Self { stream, now, batches: BTreeMap::new(), without_place: 0 }
    }
}

impl Renderer for Asff<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        if result.is_older {
            return Ok(());
        }
        let Some(finding) = Place::of(result).map(|place| finding(result, &place, self.now)) else {
            self.without_place += 1;
            return Ok(());
        };
        let key = |text: &Option<String>| text.clone().unwrap_or_default();
        let key = (key(&result.resource.account_id), key(&result.resource.aws_region));
        let batch = self.batches.entry(key).or_default();
        batch.push(finding);
        if batch.len() == BATCH {
            write(&mut self.stream, batch)?;
            batch.clear();
        }
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        for batch in std::mem::take(&mut self.batches).into_values().filter(|batch| !batch.is_empty()) {
            write(&mut self.stream, &batch)?;
        }
        if self.without_place > 0 {
            let why = "account, Region or resource is not known";
            eprintln!("asff: {} results are left out: their {why}", self.without_place);
        }
        self.stream.flush()
    }
}

fn write(stream: &mut Stream<'_>, findings: &[Value]) -> io::Result<()> {
    serde_json::to_writer(&mut *stream, &json!({"Findings": findings}))?;
    stream.write_all(b"\n")
}

/// What a finding cannot be without.
struct Place<'a> {
    account_id: &'a str,
    aws_region: &'a str,
    resource_type: &'a str,
    resource_id: &'a str,
}

impl<'a> Place<'a> {
    fn of(result: &'a EvaluationResult) -> Option<Self> {
        let known = |text: &'a Option<String>| text.as_deref().filter(|text| !text.trim().is_empty());
        let resource = &result.resource;
        Some(Self {
            account_id: known(&resource.account_id)?,
            aws_region: known(&resource.aws_region)?,
            resource_type: known(&resource.resource_type)?,
            resource_id: known(&resource.resource_id)?,
        })
    }

    /// `aws`, or the partition of China, the government and others.
    fn partition(&self) -> &'static str {
        let region = self.aws_region;
        let partitions = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("us-isob-", "aws-iso-b"),
            ("us-isof-", "aws-iso-f"),
            ("us-iso-", "aws-iso"),
            ("eu-isoe-", "aws-iso-e"),
            ("eusc-", "aws-eusc"),
        ];
        partitions.into_iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, name)| name)
    }
}

fn finding(result: &EvaluationResult, place: &Place<'_>, now: Timestamp) -> Value {
    let Place { account_id, aws_region, .. } = place;
    let name = result.config_rule_name.as_deref().or(result.rule.as_deref()).unwrap_or("config-rules");
    let rule = result.rule.as_deref().and_then(catalogue::find);
    let (status, state) = match result.compliance_type() {
        "COMPLIANT" => ("PASSED", "ACTIVE"),
        "NON_COMPLIANT" => ("FAILED", "ACTIVE"),
        "NOT_APPLICABLE" => ("NOT_AVAILABLE", "ARCHIVED"),
        _ => ("NOT_AVAILABLE", "ACTIVE"),
    };
    let title = rule.map_or(name.to_owned(), |rule| format!("{name}: {}", rule.metadata.description));
    // Security Hub takes an update only if its time is later; since when the resource is so, AWS Config has recorded.
    let since = result.ordering_timestamp.map_or(now, |time| time.min(now));
    let mut finding = json!({
        "SchemaVersion": "2018-10-08",
        "Id": format!("{aws_region}/{account_id}/config-rules/{}", fingerprint(result)),
        "ProductArn": format!(
            "arn:{}:securityhub:{aws_region}:{account_id}:product/{account_id}/default",
            place.partition()
        ),
        "ProductName": "config-rules",
        "GeneratorId": cut(&format!("config-rules/{name}"), RECOMMENDATION),
        "AwsAccountId": account_id,
        "Types": ["Software and Configuration Checks/AWS Security Best Practices"],
        "CreatedAt": since.to_string(),
        "UpdatedAt": now.to_string(),
        "LastObservedAt": now.to_string(),
        "Severity": {"Label": result.severity().map_or("INFORMATIONAL".to_owned(), |severity| severity.to_string())},
        "Title": text(&title, TITLE),
        "Description": text(&result.reason(), DESCRIPTION),
        "Resources": [resource(result, place)],
        "Compliance": {"Status": status},
        "RecordState": state,
        "ProductFields": product_fields(result),
    });
    let remedies = remedies(result);
    if !remedies.is_empty() {
        finding["Remediation"] = json!({"Recommendation": {"Text": text(&remedies, RECOMMENDATION)}});
    }
    finding
}

fn resource(result: &EvaluationResult, place: &Place<'_>) -> Value {
    let id = match (&result.resource.arn, place.resource_type) {
        (Some(arn), _) if !arn.trim().is_empty() => arn.clone(),
        (_, ACCOUNT) => format!("{ACCOUNT}:{}", place.resource_id),
        _ => place.resource_id.to_owned(),
    };
    let mut resource = json!({"Type": type_of(place.resource_type), "Id": id, "Region": place.aws_region});
    // The API knows no other names.
    if matches!(place.partition(), "aws" | "aws-cn" | "aws-us-gov") {
        resource["Partition"] = place.partition().into();
    }
    resource
}

fn product_fields(result: &EvaluationResult) -> Value {
    let fields = [
        ("config-rules/ConfigRuleName", result.config_rule_name.clone()),
        ("config-rules/Rule", result.rule.clone()),
        ("config-rules/Codes", Some(result.codes().join(" "))),
        ("config-rules/ResourceType", result.resource.resource_type.clone()),
        ("config-rules/ResourceName", result.resource.resource_name.clone()),
        ("config-rules/File", Some(result.file.clone())),
    ];
    let known = fields.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let known = known.filter(|(_, value)| !value.trim().is_empty());
    known
        .map(|(name, value)| (name.to_owned(), cut(&value, PRODUCT_FIELD).into()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A text that the API takes: not too long, and never blank.
fn text(text: &str, limit: usize) -> String {
    if text.trim().is_empty() { "-".to_owned() } else { cut(text, limit) }
}

/// Security Hub's name of a type of AWS Config: `AwsEc2SecurityGroup` of `AWS::EC2::SecurityGroup`; `Other` if it has none.
fn type_of(resource_type: &str) -> &'static str {
    let name = match resource_type {
        ACCOUNT => return "AwsAccount",
        "AWS::ACM::Certificate" => "AwsCertificateManagerCertificate",
        "AWS::ElasticLoadBalancing::LoadBalancer" => "AwsElbLoadBalancer",
        "AWS::ElasticLoadBalancingV2::LoadBalancer" => "AwsElbv2LoadBalancer",
        "AWS::OpenSearch::Domain" => "AwsOpenSearchServiceDomain",
        "AWS::StepFunctions::StateMachine" => "AwsStepFunctionStateMachine",
        other => &other.replace("::", ""),
    };
    TYPES.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or("Other")
}

/// The types that Security Hub has details of, and that AWS Config records under a name like it.
/// <https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ResourceDetails.html>
const TYPES: &[&str] = &[
    "AwsAmazonMqBroker",
    "AwsApiGatewayRestApi",
    "AwsApiGatewayStage",
    "AwsApiGatewayV2Api",
    "AwsApiGatewayV2Stage",
    "AwsAppSyncGraphQlApi",
    "AwsAthenaWorkGroup",
    "AwsAutoScalingAutoScalingGroup",
    "AwsAutoScalingLaunchConfiguration",
    "AwsBackupBackupPlan",
    "AwsBackupBackupVault",
    "AwsBackupRecoveryPoint",
    "AwsCertificateManagerCertificate",
    "AwsCloudFormationStack",
    "AwsCloudFrontDistribution",
    "AwsCloudTrailTrail",
    "AwsCloudWatchAlarm",
    "AwsCodeBuildProject",
    "AwsDmsEndpoint",
    "AwsDmsReplicationInstance",
    "AwsDmsReplicationTask",
    "AwsDynamoDbTable",
    "AwsEc2ClientVpnEndpoint",
    "AwsEc2Eip",
    "AwsEc2Instance",
    "AwsEc2LaunchTemplate",
    "AwsEc2NetworkAcl",
    "AwsEc2NetworkInterface",
    "AwsEc2RouteTable",
    "AwsEc2SecurityGroup",
    "AwsEc2Subnet",
    "AwsEc2TransitGateway",
    "AwsEc2Volume",
    "AwsEc2Vpc",
    "AwsEc2VpcEndpointService",
    "AwsEc2VpcPeeringConnection",
    "AwsEc2VpnConnection",
    "AwsEcrRepository",
    "AwsEcsCluster",
    "AwsEcsService",
    "AwsEcsTask",
    "AwsEcsTaskDefinition",
    "AwsEfsAccessPoint",
    "AwsEksCluster",
    "AwsElasticBeanstalkEnvironment",
    "AwsElasticsearchDomain",
    "AwsElbLoadBalancer",
    "AwsElbv2LoadBalancer",
    "AwsEventSchemasRegistry",
    "AwsEventsEndpoint",
    "AwsEventsEventbus",
    "AwsGuardDutyDetector",
    "AwsIamGroup",
    "AwsIamPolicy",
    "AwsIamRole",
    "AwsIamUser",
    "AwsKinesisStream",
    "AwsKmsKey",
    "AwsLambdaFunction",
    "AwsLambdaLayerVersion",
    "AwsMskCluster",
    "AwsNetworkFirewallFirewall",
    "AwsNetworkFirewallFirewallPolicy",
    "AwsNetworkFirewallRuleGroup",
    "AwsOpenSearchServiceDomain",
    "AwsRdsDbCluster",
    "AwsRdsDbClusterSnapshot",
    "AwsRdsDbInstance",
    "AwsRdsDbSecurityGroup",
    "AwsRdsDbSnapshot",
    "AwsRdsEventSubscription",
    "AwsRedshiftCluster",
    "AwsRoute53HostedZone",
    "AwsS3AccessPoint",
    "AwsS3Bucket",
    "AwsSageMakerNotebookInstance",
    "AwsSecretsManagerSecret",
    "AwsSnsTopic",
    "AwsSqsQueue",
    "AwsStepFunctionStateMachine",
    "AwsWafRateBasedRule",
    "AwsWafRegionalRateBasedRule",
    "AwsWafRegionalRule",
    "AwsWafRegionalRuleGroup",
    "AwsWafRegionalWebAcl",
    "AwsWafRule",
    "AwsWafRuleGroup",
    "AwsWafWebAcl",
    "AwsWafv2RuleGroup",
    "AwsWafv2WebAcl",
    "AwsXrayEncryptionConfig",
];

#[cfg(test)]
mod tests {
    use super::{
        super::fields::samples::{rendered, result, results},
        *,
    };

    fn requests(results: &[EvaluationResult]) -> Vec<Value> {
        let now = "2026-08-01T00:00:00Z".parse().unwrap();
        let text = rendered(|stream| Asff::new(stream, now), results);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn a_finding_says_who_what_and_what_to_do() {
        let findings = requests(&results())[0]["Findings"].clone();
        let status: Vec<_> =
            findings.as_array().unwrap().iter().map(|finding| &finding["Compliance"]["Status"]).collect();
        assert_eq!(
            status,
            ["PASSED", "FAILED", "FAILED", "NOT_AVAILABLE", "FAILED"],
            "refused files are none"
        );
        let finding = &findings[1];
        assert_eq!(finding["AwsAccountId"], "111122223333");
        let product = "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default";
        assert_eq!(finding["ProductArn"], product);
        assert_eq!(finding["Severity"]["Label"], "CRITICAL");
        assert_eq!(finding["Description"], "annotation of sg-2");
        assert_eq!(finding["CreatedAt"], "2026-07-20T16:05:27.827Z");
        assert_eq!(finding["UpdatedAt"], "2026-08-01T00:00:00Z");
        assert_eq!(
            finding["Resources"][0],
            json!({"Type": "AwsEc2SecurityGroup", "Id": "sg-2", "Region": "eu-central-1", "Partition": "aws"})
        );
        assert_eq!(finding["ProductFields"]["config-rules/Codes"], "SG-ADMIN-OPEN");
        assert!(finding["Remediation"]["Recommendation"]["Text"].is_string());
        assert_eq!(findings[3]["RecordState"], "ARCHIVED");
        for finding in findings.as_array().unwrap() {
            for (text, limit) in [
                (&finding["Title"], TITLE),
                (&finding["Description"], DESCRIPTION),
                (&finding["Id"], 512),
                (&finding["GeneratorId"], 512),
                (&finding["Remediation"]["Recommendation"]["Text"], RECOMMENDATION),
            ] {
                assert!(text.as_str().unwrap_or("-").chars().count() <= limit, "{text}");
            }
        }
    }

    #[test]
    fn the_id_stays_when_the_answer_changes() {
        let ids = ["NON_COMPLIANT", "COMPLIANT"]
            .map(|kind| requests(&[result(kind, "sg-1", &[])])[0]["Findings"][0]["Id"].clone());
        assert_eq!(ids[0], ids[1]);
        assert_ne!(ids[0], requests(&[result("COMPLIANT", "sg-2", &[])])[0]["Findings"][0]["Id"]);
    }

    #[test]
    fn a_request_has_a_hundred_findings_of_one_place_at_most() {
        let mut results: Vec<_> =
            (0..250).map(|index| result("COMPLIANT", &format!("sg-{index}"), &[])).collect();
        results[3].resource.aws_region = Some("cn-north-1".to_owned());
        results[4].resource.aws_region = None;
        results[5].resource.account_id = Some(" ".to_owned());
        let requests = requests(&results);
        let sizes: Vec<_> =
            requests.iter().map(|request| request["Findings"].as_array().unwrap().len()).collect();
        assert_eq!(sizes, [100, 100, 1, 47]);
        assert_eq!(
            requests[2]["Findings"][0]["ProductArn"],
            "arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default"
        );
    }

    #[test]
    fn types_are_those_of_security_hub() {
        for (aws_config, security_hub) in [
            ("AWS::EC2::Instance", "AwsEc2Instance"),
            ("AWS::AutoScaling::LaunchConfiguration", "AwsAutoScalingLaunchConfiguration"),
            ("AWS::RDS::DBInstance", "AwsRdsDbInstance"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AwsElbv2LoadBalancer"),
            ("AWS::::Account", "AwsAccount"),
            ("AWS::EC2::FlowLog", "Other"),
            ("AwsEc2Instance::", "AwsEc2Instance"),
        ] {
            assert_eq!(type_of(aws_config), security_hub, "{aws_config}");
        }
        assert!(TYPES.is_sorted());
    }
}
