//! One test per documented limit on evaluations.

use super::*;

/// The call is refused with this error, its message has these words, nothing is stored, the call is on record.
#[track_caller]
fn refused(service: &ConfigService, answer: &Received, name: &str, words: &str) {
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(answer.headers["x-amzn-errortype"], name, "{answer:?}");
    assert_eq!(answer.json()["__type"], name);
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains(words), "{message}");
    assert_eq!(service.accepted(), []);
    let expected = Answer::Error { name: name.into(), message };
    assert_eq!(service.calls().last().unwrap().answer, expected);
}

async fn is_refused(request: Value, name: &str, words: &str) {
    let service = start().await;
    let answer = put(&service, &request).await;
    refused(&service, &answer, name, words);
}

async fn is_accepted(request: Value) {
    let service = start().await;
    let answer = put(&service, &request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(service.calls()[0].answer, Answer::Accepted);
    let sent = request["Evaluations"].as_array().map_or(0, Vec::len);
    assert_eq!(service.accepted().len(), sent);
}

#[tokio::test]
async fn keeps_an_evaluation_and_answers_as_aws_does() {
    let service = start().await;
    let answer = put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({"FailedEvaluations": []}));
    assert_eq!(answer.headers["content-type"], "application/x-amz-json-1.1");
    assert_eq!(answer.headers["x-amzn-requestid"].len(), 36);
    let kept = Evaluation {
        compliance_resource_type: "AWS::EC2::Instance".into(),
        compliance_resource_id: "i-1".into(),
        compliance_type: "NON_COMPLIANT".into(),
        annotation: Some("No tag Owner.".into()),
        ordering_timestamp: "2016-06-13T21:53:09.5Z".parse().unwrap(),
    };
    let key = ResultKey {
        rule: "token".into(),
        resource_type: "AWS::EC2::Instance".into(),
        resource_id: "i-1".into(),
    };
    assert_eq!(service.accepted(), std::slice::from_ref(&kept));
    assert_eq!(service.results(), BTreeMap::from([(key, kept.clone())]));
    let request = PutEvaluations { result_token: "token".into(), evaluations: vec![kept], test_mode: false };
    let call = Call { request: Ok(request), answer: Answer::Accepted };
    assert_eq!(service.calls(), [call]);
}

#[tokio::test]
async fn an_older_timestamp_never_replaces_a_newer_one() {
    let service = start().await;
    let at = |seconds: u64, compliance: &str| {
        let mut evaluation = evaluation("i-1");
        evaluation["OrderingTimestamp"] = seconds.into();
        evaluation["ComplianceType"] = compliance.into();
        request([evaluation])
    };
    let mut held = Vec::new();
    for request in
        [at(2, "COMPLIANT"), at(1, "NON_COMPLIANT"), at(2, "NOT_APPLICABLE"), at(3, "NON_COMPLIANT")]
    {
        put(&service, &request).await;
        let results = service.results();
        assert_eq!(results.len(), 1);
        held.extend(results.into_values().map(|result| result.compliance_type));
    }
    assert_eq!(held, ["COMPLIANT", "COMPLIANT", "NOT_APPLICABLE", "NON_COMPLIANT"]);
    assert_eq!(service.accepted().len(), 4);
}

#[tokio::test]
async fn results_belong_to_the_rule_of_their_token() {
    let service = start().await;
    service.assign_token("first", "required-tags");
    service.assign_token("second", "required-tags");
    for token in ["first", "second", "third"] {
        let mut request = request([evaluation("i-1")]);
        request["ResultToken"] = token.into();
        put(&service, &request).await;
    }
    let rules: Vec<_> = service.results().into_keys().map(|key| key.rule).collect();
    assert_eq!(rules, ["required-tags", "third"]);
}

#[tokio::test]
async fn a_token_that_was_never_issued_is_invalid() {
    let service = ConfigService::start_recording().await.unwrap();
    let mut request = request([evaluation("i-1")]);
    let answer = put(&service, &request).await;
    refused(&service, &answer, "InvalidResultTokenException", "ResultToken");
    request["TestMode"] = true.into();
    assert_eq!(put(&service, &request).await.status, 200);
    assert_eq!(service.results(), BTreeMap::new());
}

#[tokio::test]
async fn calls_that_are_taken_are_forgotten() {
    let service = start().await;
    put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(service.take_calls().len(), 1);
    assert_eq!((service.calls(), service.requests()), (Vec::new(), Vec::new()));
    assert_eq!(service.accepted().len(), 1);
}

#[tokio::test]
async fn a_result_token_is_required() {
    let words = "1 validation error detected: Value null at 'resultToken' failed to satisfy constraint: Member must not be null";
    is_refused(json!({"Evaluations": []}), "ValidationException", words).await;
    let empty = json!({"ResultToken": "", "Evaluations": []});
    is_refused(empty, "InvalidResultTokenException", "ResultToken").await;
}

#[tokio::test]
async fn a_rejected_token_is_invalid() {
    let service = start().await;
    service.reject_token("token");
    let mut request = request([evaluation("i-1")]);
    let answer = put(&service, &request).await;
    refused(&service, &answer, "InvalidResultTokenException", "ResultToken");
    request["TestMode"] = true.into();
    assert_eq!(put(&service, &request).await.status, 200);
}

#[tokio::test]
async fn the_token_of_a_test_is_invalid_outside_test_mode() {
    let mut request = request([evaluation("i-1")]);
    request["ResultToken"] = "TESTMODE".into();
    is_refused(request, "InvalidResultTokenException", "ResultToken").await;
}

#[tokio::test]
async fn test_mode_validates_and_stores_nothing() {
    let service = start().await;
    let mut valid = request([evaluation("i-1")]);
    valid["ResultToken"] = "TESTMODE".into();
    valid["TestMode"] = true.into();
    assert_eq!(put(&service, &valid).await.status, 200);
    assert_eq!(service.calls()[0].answer, Answer::Accepted);
    assert_eq!(service.accepted(), []);
    assert_eq!(service.results(), BTreeMap::new());
    valid["Evaluations"][0]["Annotation"] = "".into();
    let answer = put(&service, &valid).await;
    refused(&service, &answer, "ValidationException", "annotation");
}

#[tokio::test]
async fn at_most_a_hundred_evaluations() {
    let evaluations = |count: usize| request((0..count).map(|id| evaluation(&format!("i-{id}"))));
    is_accepted(evaluations(0)).await;
    is_accepted(evaluations(100)).await;
    let words =
        "' at 'evaluations' failed to satisfy constraint: Member must have length less than or equal to 100";
    is_refused(evaluations(101), "ValidationException", words).await;
}

#[tokio::test]
async fn a_resource_type_has_1_to_256_characters() {
    let type_of = |value: &str| with("ComplianceResourceType", value);
    let path = "'evaluations.1.member.complianceResourceType'";
    is_refused(type_of(""), "ValidationException", path).await;
    is_refused(type_of(&"x".repeat(257)), "ValidationException", path).await;
    let name = "InvalidParameterValueException";
    is_refused(type_of(&"x".repeat(256)), name, "is invalid").await;
}

#[tokio::test]
async fn a_resource_type_is_one_that_config_knows() {
    is_accepted(with("ComplianceResourceType", "AWS::::Account")).await;
    for unknown in ["AWS::Account", "AWS::EC2::KeyPair", "AWS::EC2::Image"] {
        let words = format!(
            "The resource type {unknown} is invalid. Only the following values are permitted: [AWS::"
        );
        let request = with("ComplianceResourceType", unknown);
        is_refused(request, "InvalidParameterValueException", &words).await;
    }
}

#[tokio::test]
async fn a_resource_id_has_1_to_768_characters() {
    let id = |length| with("ComplianceResourceId", "x".repeat(length));
    is_accepted(id(1)).await;
    is_accepted(id(768)).await;
    let path = "'evaluations.1.member.complianceResourceId'";
    is_refused(id(0), "ValidationException", path).await;
    is_refused(id(769), "ValidationException", path).await;
}

#[tokio::test]
async fn a_compliance_type_is_one_of_three() {
    for accepted in ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"] {
        is_accepted(with("ComplianceType", accepted)).await;
    }
    let known = with("ComplianceType", "INSUFFICIENT_DATA");
    is_refused(known, "InvalidParameterValueException", "INSUFFICIENT_DATA").await;
    let unknown = with("ComplianceType", "compliant");
    let words = "Member must satisfy enum value set: [COMPLIANT, ";
    is_refused(unknown, "ValidationException", words).await;
}

#[tokio::test]
async fn an_annotation_has_1_to_256_characters() {
    is_accepted(with("Annotation", Value::Null)).await;
    is_accepted(with("Annotation", "é".repeat(256))).await;
    let words =
        "' at 'evaluations.1.member.annotation' failed to satisfy constraint: Member must have length";
    for length in [0, 257] {
        let request = with("Annotation", "x".repeat(length));
        is_refused(request, "ValidationException", words).await;
    }
    let pairs = with("Annotation", "🔑".repeat(129));
    is_refused(pairs, "ValidationException", words).await;
}

#[tokio::test]
async fn required_members_are_required() {
    for (member, path) in [
        ("ComplianceResourceType", "complianceResourceType"),
        ("ComplianceResourceId", "complianceResourceId"),
        ("ComplianceType", "complianceType"),
        ("OrderingTimestamp", "orderingTimestamp"),
    ] {
        let words =
            format!("1 validation error detected: Value null at 'evaluations.1.member.{path}' failed");
        is_refused(with(member, Value::Null), "ValidationException", &words).await;
    }
}

#[tokio::test]
async fn every_violation_is_named() {
    let mut second = evaluation("");
    second["Annotation"] = "".into();
    let request = request([evaluation("i-1"), second]);
    let words = "2 validation errors detected: Value '' at 'evaluations.2.member.complianceResourceId'";
    is_refused(request, "ValidationException", words).await;
}

#[tokio::test]
async fn a_timestamp_is_a_number_of_seconds() {
    is_accepted(with("OrderingTimestamp", 1_465_854_789)).await;
    for value in [json!("2016-06-13T21:53:09Z"), json!(1e300)] {
        let request = with("OrderingTimestamp", value);
        is_refused(request, "SerializationException", "").await;
    }
}

#[tokio::test]
async fn a_body_is_json_of_at_most_a_mebibyte() {
    let service = start().await;
    let long = json!({"ResultToken": "x".repeat(1024 * 1024)}).to_string();
    for body in ["", "{", "[]", &long] {
        let answer = connect(&service).await.call("POST", "/", &SIGNED, body).await;
        refused(&service, &answer.unwrap(), "SerializationException", "");
        assert_eq!(service.calls().last().unwrap().request, Err(body.to_owned()));
    }
}
