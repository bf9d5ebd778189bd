//! `ocsf`: the Open Cybersecurity Schema Framework, for Amazon Security Lake and other stores of security events: one
//! Compliance Finding (class 2003, with the profile `cloud`) a line.
//! <https://schema.ocsf.io/1.8.0/classes/compliance_finding>
//!
//! Older versions of resources are left out: an event says what is so now.

use std::io::{self, Write as _};

use config_rules::{catalogue, finding::Severity};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Renderer, Stream, Summary,
    fields::{fingerprint, remedies},
};
use crate::result::{EvaluationResult, Resource, code};

/// The version of the schema. The events have no field that 1.5.0 has not got.
const VERSION: &str = "1.8.0";

pub(crate) struct Ocsf<'a> {
    stream: Stream<'a>,
    /// When the findings were made.
    now: Timestamp,
}

impl<'a> Ocsf<'a> {
    pub(crate) fn new(stream: Stream<'a>, now: Timestamp) -> Self {
        Self { stream, now }
    }
}

impl Renderer for Ocsf<'_> {
    fn add(&mut self, result: &EvaluationResult, _: bool) -> io::Result<()> {
        if result.is_older {
            return Ok(());
        }
        serde_json::to_writer(&mut self.stream, &event(result, self.now))?;
        self.stream.write_all(b"\n")
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.stream.flush()
    }
}

fn event(result: &EvaluationResult, now: Timestamp) -> Value {
    let (severity, severity_id) = severity(result.severity().unwrap_or(Severity::Informational));
    let is_exempt = !result.is_non_compliant() && !result.findings().is_empty();
    let (status, status_id) = if is_exempt { ("Suppressed", 3) } else { ("New", 1) };
    let mut event = json!({
        "category_uid": 2, "category_name": "Findings",
        "class_uid": 2003, "class_name": "Compliance Finding",
        "activity_id": 1, "activity_name": "Create",
        "type_uid": 200_301, "type_name": "Compliance Finding: Create",
        "time": now.as_millisecond(),
        "severity_id": severity_id, "severity": severity,
        "status_id": status_id, "status": status,
        "message": result.reason(),
        "metadata": {
            "version": VERSION,
            "profiles": ["cloud"],
            "product": {"name": "config-rules", "vendor_name": "config-rules", "version": env!("CARGO_PKG_VERSION")},
        },
        "cloud": cloud(&result.resource),
        "finding_info": finding_info(result),
        "compliance": compliance(result),
        "unmapped": {"file": result.file},
    });
    if let Some(time) = result.ordering_timestamp {
        event["metadata"]["original_time"] = time.to_string().into();
    }
    if let Some(resource) = resource(&result.resource) {
        event["resources"] = json!([resource]);
    }
    let remedies = remedies(result);
    if !remedies.is_empty() {
        event["remediation"] = json!({"desc": remedies});
    }
    let evidence = result.findings().iter().map(|finding| &finding.evidence);
    let evidence: Vec<_> =
        evidence.filter(|facts| !facts.is_empty()).map(|facts| json!({"data": facts})).collect();
    if !evidence.is_empty() {
        event["evidences"] = evidence.into();
    }
    event
}

fn finding_info(result: &EvaluationResult) -> Value {
    let name = result.config_rule_name.as_deref().unwrap_or("config-rules");
    let subject = result.resource.resource_id.as_deref().unwrap_or(&result.file);
    let mut info = json!({
        "uid": fingerprint(result),
        "title": format!("{name}: {subject}"),
        "desc": result.reason(),
        "analytic": {"type_id": 1, "type": "Rule", "name": name},
    });
    if let Some(rule) = &result.rule {
        info["analytic"]["uid"] = rule.as_str().into();
    }
    if let Some(time) = result.ordering_timestamp {
        info["created_time"] = time.as_millisecond().into();
    }
    info
}

/// OCSF has no word for what does not apply; what could not be evaluated has no result for lack of information.
fn compliance(result: &EvaluationResult) -> Value {
    let (status, status_id) = match result.compliance_type() {
        "COMPLIANT" => ("Pass", 1),
        "NON_COMPLIANT" => ("Fail", 3),
        "NOT_APPLICABLE" => ("Not Applicable", 99),
        _ => ("Warning", 2),
    };
    let mut compliance = json!({
        "status_id": status_id, "status": status,
        "status_code": result.compliance_type(),
        "status_details": [result.reason()],
    });
    if let Some(name) = &result.config_rule_name {
        compliance["control"] = name.as_str().into();
    }
    if let Some(rule) = result.rule.as_deref().and_then(catalogue::find) {
        compliance["desc"] = rule.metadata.description.into();
    }
    if result.is_non_compliant() {
        let codes = result.codes().into_iter().filter_map(code);
        let checks = codes.map(|code| {
            let (severity, severity_id) = severity(code.severity);
            json!({
                "uid": code.name, "name": code.name, "desc": code.description,
                "severity_id": severity_id, "severity": severity,
                "status_id": 3, "status": "Fail",
            })
        });
        let checks: Vec<_> = checks.collect();
        if !checks.is_empty() {
            compliance["checks"] = checks.into();
        }
    }
    compliance
}

fn cloud(resource: &Resource) -> Value {
    let mut cloud = json!({"provider": "AWS"});
    if let Some(id) = &resource.account_id {
        cloud["account"] = account(id);
    }
    if let Some(region) = &resource.aws_region {
        cloud["region"] = region.as_str().into();
    }
    cloud
}

fn account(id: &str) -> Value {
    json!({"uid": id, "type_id": 10, "type": "AWS Account"})
}

/// The resource, if there is one.
fn resource(resource: &Resource) -> Option<Value> {
    let id = resource.resource_id.as_ref()?;
    let mut value = json!({"uid": resource.arn.as_ref().unwrap_or(id)});
    let fields = [
        ("name", &resource.resource_name),
        ("type", &resource.resource_type),
        ("region", &resource.aws_region),
    ];
    for (name, text) in fields {
        if let Some(text) = text {
            value[name] = text.as_str().into();
        }
    }
    if resource.arn.as_ref().is_some_and(|arn| arn != id) {
        value["uid_alt"] = id.as_str().into();
    }
    if let Some(id) = &resource.account_id {
        value["owner"] = json!({"account": account(id)});
    }
    Some(value)
}

fn severity(severity: Severity) -> (&'static str, u8) {
    match severity {
        Severity::Informational => ("Informational", 1),
        Severity::Low => ("Low", 2),
        Severity::Medium => ("Medium", 3),
        Severity::High => ("High", 4),
        Severity::Critical => ("Critical", 5),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::fields::samples::{HOSTILE, rendered, result, results},
        *,
    };

    fn events(results: &[EvaluationResult]) -> Vec<Value> {
        let text = rendered(|stream| Ocsf::new(stream, Timestamp::UNIX_EPOCH), results);
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn an_event_is_a_result() {
        let events = events(&results());
        let status: Vec<_> =
            events.iter().map(|event| event["compliance"]["status"].as_str().unwrap()).collect();
        assert_eq!(status, ["Pass", "Fail", "Fail", "Not Applicable", "Fail", "Warning", "Warning"]);
        let wrong = &events[1];
        assert_eq!(wrong["severity"], "Critical");
        assert_eq!(wrong["time"], 0);
        assert_eq!(wrong["metadata"]["original_time"], "2026-07-20T16:05:27.827Z");
        assert_eq!(wrong["finding_info"]["created_time"], 1_784_563_527_827_i64);
        assert_eq!(wrong["compliance"]["control"], "ssh");
        assert_eq!(wrong["compliance"]["checks"][0]["uid"], "SG-ADMIN-OPEN");
        assert_eq!(wrong["resources"][0]["uid"], "sg-2");
        assert_eq!(wrong["resources"][0]["owner"]["account"]["uid"], "111122223333");
        assert_eq!(wrong["cloud"]["region"], "eu-central-1");
        assert_eq!(wrong["evidences"][0]["data"]["key"], "sg-2");
        assert!(!wrong["remediation"]["desc"].as_str().unwrap().is_empty());
        assert_eq!(events[4]["finding_info"]["analytic"]["name"], HOSTILE);
        assert!(events[5].get("resources").is_none() && events[5].get("remediation").is_none());
        assert!(events[5]["cloud"].get("account").is_none(), "what is not known is not invented");
    }

    #[test]
    fn what_has_an_arn_is_known_by_it() {
        let mut named = result("COMPLIANT", "sg-1", &["SG-UNION"]);
        named.resource.arn = Some("arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1".to_owned());
        let event = &events(&[named])[0];
        assert_eq!(event["resources"][0]["uid"], "arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1");
        assert_eq!(event["resources"][0]["uid_alt"], "sg-1");
        assert_eq!(event["status"], "Suppressed", "it is exempt");
        assert_eq!(event["severity"], "Informational");
    }
}
