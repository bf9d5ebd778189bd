//! AWS Config's documented limits on `PutEvaluations`, each with the error that AWS answers.
//!
//! Lengths and required members are those of the API model `config` 2014-11-12. What it leaves open is decided strictly:
//! a character is a UTF-16 unit.

use serde_json::Value;

use super::evaluation::{WireEvaluation, WireRequest};
use super::protocol::ServiceError;
use super::resource_types;

const MAX_EVALUATIONS: usize = 100;
const COMPLIANCE_TYPES: [&str; 4] = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"];

/// Checks everything but the token; the first kind of error that applies is the answer to the whole call.
pub(super) fn check(request: &WireRequest) -> Result<(), ServiceError> {
    let violations = violations(request);
    if !violations.is_empty() {
        return Err(validation_exception(&violations));
    }
    request.evaluations().iter().try_for_each(check_values)
}

fn validation_exception(violations: &[String]) -> ServiceError {
    let count = violations.len();
    let errors = if count == 1 { "error" } else { "errors" };
    let list = violations.join("; ");
    ServiceError::bad_request("ValidationException", format!("{count} validation {errors} detected: {list}"))
}

fn violations(request: &WireRequest) -> Vec<String> {
    let token = required("resultToken", request.result_token.as_deref());
    let mut violations: Vec<_> = token.into_iter().chain(too_many(request)).collect();
    for (index, evaluation) in request.evaluations().iter().enumerate() {
        let path = format!("evaluations.{}.member", index + 1);
        violations.extend(violations_of(evaluation, &path));
    }
    violations
}

fn too_many(request: &WireRequest) -> Option<String> {
    let count = request.evaluations().len();
    // The service shows its own objects, not what they hold.
    let shown = |index| format!("com.amazonaws.starling.dove.Evaluation@{index:08x}");
    (count > MAX_EVALUATIONS).then(|| {
        let list = (1..=count).map(shown).collect::<Vec<_>>().join(", ");
        longer(&format!("[{list}]"), "evaluations", MAX_EVALUATIONS)
    })
}

fn violations_of(evaluation: &WireEvaluation, path: &str) -> impl Iterator<Item = String> {
    let member = |name: &str| format!("{path}.{name}");
    let resource_type = evaluation.compliance_resource_type.as_deref();
    let resource_id = evaluation.compliance_resource_id.as_deref();
    let annotation = evaluation.annotation.as_deref();
    let compliance_type = evaluation.compliance_type.as_deref();
    let timestamp = evaluation.ordering_timestamp.map(|_| "");
    [
        required(&member("complianceResourceType"), resource_type),
        length(&member("complianceResourceType"), resource_type, 256),
        required(&member("complianceResourceId"), resource_id),
        length(&member("complianceResourceId"), resource_id, 768),
        required(&member("complianceType"), compliance_type),
        one_of_the_compliance_types(&member("complianceType"), compliance_type),
        length(&member("annotation"), annotation, 256),
        required(&member("orderingTimestamp"), timestamp),
    ]
    .into_iter()
    .flatten()
}

fn required(path: &str, value: Option<&str>) -> Option<String> {
    let violation =
        || format!("Value null at '{path}' failed to satisfy constraint: Member must not be null");
    value.is_none().then(violation)
}

fn length(path: &str, value: Option<&str>, max: usize) -> Option<String> {
    let value = value?;
    match value.encode_utf16().count() {
        0 => Some(format!(
            "Value '' at '{path}' failed to satisfy constraint: \
             Member must have length greater than or equal to 1"
        )),
        length => (length > max).then(|| longer(value, path, max)),
    }
}

fn longer(value: &str, path: &str, max: usize) -> String {
    format!(
        "Value '{value}' at '{path}' failed to satisfy constraint: \
         Member must have length less than or equal to {max}"
    )
}

fn one_of_the_compliance_types(path: &str, value: Option<&str>) -> Option<String> {
    let value = value.filter(|value| !COMPLIANCE_TYPES.contains(value))?;
    let list = COMPLIANCE_TYPES.join(", ");
    Some(format!(
        "Value '{value}' at '{path}' failed to satisfy constraint: \
         Member must satisfy enum value set: [{list}]"
    ))
}

/// What the model allows and the service refuses.
fn check_values(evaluation: &WireEvaluation) -> Result<(), ServiceError> {
    let invalid = |message| Err(ServiceError::bad_request("InvalidParameterValueException", message));
    let resource_type = evaluation.compliance_resource_type.as_deref().unwrap_or_default();
    if !resource_types::is_known(resource_type) {
        let permitted = resource_types::all().collect::<Vec<_>>().join(", ");
        return invalid(format!(
            "The resource type {resource_type} is invalid. Only the following values are permitted: [{permitted}]"
        ));
    }
    if evaluation.compliance_type.as_deref() == Some("INSUFFICIENT_DATA") {
        return invalid("INSUFFICIENT_DATA is not a valid ComplianceType.".into());
    }
    Ok(())
}

/// The evaluations with these indexes, as `FailedEvaluations` returns them.
pub(super) fn echo(request: &WireRequest, indexes: &[usize]) -> Value {
    indexes
        .iter()
        .filter_map(|&index| request.evaluations().get(index))
        .map(|evaluation| serde_json::to_value(evaluation).unwrap_or_default())
        .collect()
}
