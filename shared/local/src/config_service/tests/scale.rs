//! Time and memory grow with the resources, and not with their square.

use super::rules::{change_rule, deploy};
use super::*;

struct Caller {
    client: Client,
}

impl Caller {
    async fn call(&mut self, operation: &str, input: Value) -> Value {
        let target = format!("StarlingDoveService.{operation}");
        let headers = [SIGNED[0], ("x-amz-target", target.as_str()), SIGNED[2]];
        let answer = self.client.call("POST", "/", &headers, &input.to_string()).await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// How many there are on all pages.
    async fn count(&mut self, operation: &str, mut input: Value, list: &str) -> usize {
        let token = if list.starts_with(char::is_lowercase) { "nextToken" } else { "NextToken" };
        let mut count = 0;
        loop {
            let page = self.call(operation, input.clone()).await;
            count += page[list].as_array().unwrap().len();
            match &page[token] {
                Value::Null => return count,
                next => input[token] = next.clone(),
            }
        }
    }
}

/// Records so many instances, evaluates them by two rules, and reads all of it: how long that takes.
async fn evaluates(resources: usize) -> Duration {
    let service = ConfigService::start_recording().await.unwrap();
    let mut caller = Caller { client: connect(&service).await };
    let start = Instant::now();
    let items: Vec<_> = (0..resources).map(|number| item(&format!("i-{number}"), 1)).collect();
    let snapshot = json!({"configurationItems": items}).to_string();
    caller.client.post("/configuration-items", &snapshot).await.unwrap();
    for name in ["first", "second"] {
        deploy(&service, change_rule(name)).await;
    }
    while let Some(invocation) = service.next_invocation() {
        let event: Value = serde_json::from_str(&invocation.event).unwrap();
        let message: Value = serde_json::from_str(event["invokingEvent"].as_str().unwrap()).unwrap();
        let evaluation = evaluation(message["configurationItem"]["resourceId"].as_str().unwrap());
        let input = json!({"ResultToken": event["resultToken"], "Evaluations": [evaluation]});
        caller.call("PutEvaluations", input).await;
        assert_eq!(service.take_accepted().len(), 1);
    }
    let kind = "AWS::EC2::Instance";
    for (operation, input, list) in [
        (
            "GetComplianceDetailsByConfigRule",
            json!({"ConfigRuleName": "first", "Limit": 100}),
            "EvaluationResults",
        ),
        (
            "DescribeComplianceByResource",
            json!({"ComplianceTypes": ["NON_COMPLIANT"]}),
            "ComplianceByResources",
        ),
        ("ListDiscoveredResources", json!({"resourceType": kind}), "resourceIdentifiers"),
        ("SelectResourceConfig", json!({"Expression": "SELECT resourceId, tags", "Limit": 100}), "Results"),
    ] {
        assert_eq!(caller.count(operation, input, list).await, resources, "{operation}");
    }
    assert_eq!(service.deliver_snapshot("111122223333").unwrap().body.matches(kind).count(), resources);
    start.elapsed()
}

/// The memory of a service that runs for long is that of what it was told, not of how often.
#[tokio::test]
async fn neither_calls_nor_accepted_evaluations_are_kept_once_they_are_taken() {
    let service = start().await;
    put(&service, &request([evaluation("i-1")])).await;
    assert_eq!(ids(&service.take_accepted()), ["i-1"]);
    assert!(service.take_accepted().is_empty() && service.requests().is_empty());
    assert_eq!(service.results().len(), 1);
}

#[tokio::test]
async fn four_times_the_resources_take_less_than_eight_times_the_time() {
    let few = evaluates(500).await;
    // Others use this machine, too.
    let mut many = evaluates(2_000).await;
    for _ in 0..2 {
        if many >= few * 8 {
            many = many.min(evaluates(2_000).await);
        }
    }
    assert!(many < few * 8, "500: {few:?}, 2000: {many:?}");
}
