//! One test per fault.

use super::*;

#[tokio::test]
async fn throttles_on_demand_and_once_per_fault() {
    let service = start().await;
    service.inject([Fault::Throttle, Fault::None, Fault::Throttle]);
    let mut statuses = Vec::new();
    for id in ["i-1", "i-2", "i-3", "i-4"] {
        let answer = put(&service, &request([evaluation(id)])).await;
        if answer.status == 400 {
            let body = json!({"__type": "ThrottlingException", "message": "Rate exceeded"});
            assert_eq!(answer.json(), body);
        }
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [400, 200, 400, 200]);
    assert_eq!(ids(&service.accepted()), ["i-2", "i-4"]);
    assert_eq!(service.calls()[0].answer, Answer::Fault(Fault::Throttle));
    assert_eq!(service.calls()[1].answer, Answer::Accepted);
}

#[tokio::test]
async fn answers_with_a_server_error_on_demand() {
    let service = start().await;
    service.inject([Fault::ServerError(503)]);
    let answer = put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.headers["x-amzn-errortype"], "InternalFailure");
    assert_eq!(service.accepted(), []);
}

#[tokio::test]
async fn returns_failed_evaluations_and_stores_the_others() {
    let service = start().await;
    service.inject([Fault::FailEvaluations(vec![0, 2, 9])]);
    let [first, second, third] = ["i-0", "i-1", "i-2"].map(evaluation);
    let answer = put(&service, &request([first.clone(), second, third.clone()])).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["FailedEvaluations"], json!([first, third]));
    assert_eq!(ids(&service.accepted()), ["i-1"]);
}

#[tokio::test]
async fn delays_an_answer() {
    let service = start().await;
    let delay = Duration::from_millis(100);
    service.inject([Fault::Delay(delay)]);
    let start = Instant::now();
    let answer = put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(answer.status, 200);
    assert!(start.elapsed() >= delay);
    assert_eq!(service.calls()[0].answer, Answer::Accepted);
}

#[tokio::test]
async fn a_delayed_answer_does_not_delay_the_work() {
    let service = start().await;
    service.inject([Fault::Delay(Duration::from_hours(1))]);
    let mut client = connect(&service).await;
    let body = request([evaluation("i-1")]).to_string();
    client.send("POST", "/", &SIGNED, &body).await.unwrap();
    let stored = async {
        while service.accepted().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let patience = Duration::from_secs(20);
    tokio::time::timeout(patience, stored).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_millis(50), client.receive()).await;
    assert!(answer.is_err(), "{answer:?}");
}

#[tokio::test]
async fn cuts_the_connection_before_anything_is_stored() {
    let service = start().await;
    service.inject([Fault::CutConnection]);
    let request = request([evaluation("i-1")]);
    let error = try_put(&service, &request).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(service.accepted(), []);
    assert_eq!(service.calls()[0].answer, Answer::Fault(Fault::CutConnection));
    assert_eq!(put(&service, &request).await.status, 200);
}

#[tokio::test]
async fn cuts_the_connection_after_storing() {
    let service = start().await;
    service.inject([Fault::CutAfterStoring]);
    let error = try_put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(error.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(ids(&service.accepted()), ["i-1"]);
}

#[tokio::test]
async fn a_function_chooses_faults_once_the_queue_is_empty() {
    let service = start().await;
    service.inject([Fault::None]);
    service.inject_with(|request| match request.evaluations().as_slice() {
        [only] if only.compliance_resource_id == "i-1" => Fault::Throttle,
        _ => Fault::None,
    });
    let mut statuses = Vec::new();
    for id in ["i-1", "i-1", "i-2"] {
        statuses.push(put(&service, &request([evaluation(id)])).await.status);
    }
    assert_eq!(statuses, [200, 400, 200]);
}

#[tokio::test]
async fn every_operation_meets_its_faults() {
    let service = start().await;
    record(&service, item("i-1", 1));
    let operation = "ListDiscoveredResources";
    let input = json!({"resourceType": "AWS::EC2::Instance"});
    service.inject([Fault::Throttle]);
    service.inject_into(operation, [Fault::Refuse("AccessDeniedException"), Fault::ServerError(503)]);
    service.inject_into("PutEvaluations", [Fault::None]);
    fails(&service, operation, input.clone(), "AccessDeniedException").await;
    let answer = call_as("AKIAEXAMPLE", &service, operation, &input).await;
    assert_eq!((answer.status, &answer.json()["__type"]), (503, &"InternalFailure".into()));
    assert_eq!(put(&service, &request([])).await.status, 200);
    fails(&service, operation, input.clone(), "ThrottlingException").await;
    service.inject_with(move |request| match request.operation {
        "ListDiscoveredResources" => Fault::Throttle,
        _ => Fault::None,
    });
    fails(&service, operation, input, "ThrottlingException").await;
    assert_eq!(put(&service, &request([])).await.status, 200);
}
