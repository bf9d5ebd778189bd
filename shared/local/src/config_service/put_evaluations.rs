//! The operation `PutEvaluations`.

use serde_json::{Value, json};

use super::error::ServiceError;
use super::evaluation::{Evaluation, PutEvaluations};
use super::fault::Fault;
use super::model::{Member, Shape, optional, required};
use super::operation::{Context, Operation};
use super::resource_types;

pub(super) const PUT_EVALUATIONS: Operation =
    Operation { name: "PutEvaluations", input: INPUT, serve: put_evaluations };

pub(super) const COMPLIANCE_TYPES: Shape =
    Shape::OneOf(&["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE", "INSUFFICIENT_DATA"]);

const INPUT: &[Member] = &[
    required("ResultToken", super::model::TEXT),
    optional("Evaluations", Shape::List(&Shape::Structure(EVALUATION), 0, 100)),
    optional("TestMode", Shape::Boolean),
];

const EVALUATION: &[Member] = &[
    required("ComplianceResourceType", Shape::Text(1, 256)),
    required("ComplianceResourceId", Shape::Text(1, 768)),
    required("ComplianceType", COMPLIANCE_TYPES),
    optional("Annotation", Shape::Text(1, 256)),
    required("OrderingTimestamp", Shape::Timestamp),
];

/// Stores all or nothing, but for what is to fail on demand.
fn put_evaluations(context: &mut Context<'_>) -> Result<Value, ServiceError> {
    let request: PutEvaluations = context.read()?;
    request.evaluations.iter().try_for_each(check_values)?;
    let issued = context.store.check_token(&request, context.account)?;
    let failed = match context.fault {
        Fault::FailEvaluations(indexes) => indexes.as_slice(),
        _ => &[],
    };
    if !request.test_mode {
        context.store.accept(&request, &issued, failed);
    }
    let echo: Vec<_> = failed.iter().filter_map(|&index| context.input["Evaluations"].get(index)).collect();
    Ok(json!({"FailedEvaluations": echo}))
}

/// What the model allows and the service refuses.
fn check_values(evaluation: &Evaluation) -> Result<(), ServiceError> {
    let resource_type = &evaluation.compliance_resource_type;
    if !resource_types::is_known(resource_type) {
        let permitted = resource_types::all().collect::<Vec<_>>().join(", ");
        return Err(ServiceError::invalid_parameter(format!(
            "The resource type {resource_type} is invalid. Only the following values are permitted: [{permitted}]"
        )));
    }
    if evaluation.compliance_type == "INSUFFICIENT_DATA" {
        return Err(ServiceError::invalid_parameter("INSUFFICIENT_DATA is not a valid ComplianceType."));
    }
    Ok(())
}
