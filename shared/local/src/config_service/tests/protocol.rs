//! What reaches an operation at all.

use super::*;

#[tokio::test]
async fn only_signed_calls_of_served_operations_reach_one() {
    let service = start().await;
    let [content_type, target, authorization] = SIGNED;
    for (headers, status, name) in [
        (vec![content_type, target], 403, "MissingAuthenticationTokenException"),
        (vec![content_type, authorization], 400, "UnknownOperationException"),
        (vec![target, authorization], 400, "UnknownOperationException"),
        (
            vec![content_type, ("x-amz-target", "StarlingDoveService.PutAnything"), authorization],
            400,
            "UnknownOperationException",
        ),
    ] {
        let body = request([evaluation("i-1")]).to_string();
        let mut client = connect(&service).await;
        let answer = client.call("POST", "/", &headers, &body).await.unwrap();
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.json()["__type"], name);
        if answer.body.contains("PutAnything") {
            assert!(
                answer.body.contains("DescribeConfigRules, DescribeConfigurationRecorderStatus"),
                "{answer:?}"
            );
        }
    }
    assert_eq!(service.calls(), []);
}

/// Functions that are given no endpoint of another service find this one in its place.
#[tokio::test]
async fn another_services_calls_are_refused_at_once_and_for_good() {
    let service = start().await;
    let authorization = SIGNED[2];
    let form = ("content-type", "application/x-www-form-urlencoded");
    let systems_manager = ("x-amz-target", "AmazonSSM.GetParameter");
    let start = Instant::now();
    for (headers, body) in [
        (vec![form, authorization], "Action=DescribeImages&Version=2016-11-15&ImageId.1=ami-1"),
        (vec![form, authorization], "Action=AssumeRole&Version=2011-06-15"),
        (vec![SIGNED[0], systems_manager, authorization], r#"{"Name":"/approved"}"#),
    ] {
        let answer = connect(&service).await.call("POST", "/", &headers, body).await.unwrap();
        assert_eq!(answer.status, 400);
        assert_eq!(answer.headers["x-amzn-errortype"], "UnknownOperationException");
    }
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(service.calls(), []);
}

#[tokio::test]
async fn a_plain_get_opens_the_connection_for_the_call_that_follows() {
    let service = start().await;
    let mut client = connect(&service).await;
    let answer = client.get("/").await.unwrap();
    assert_eq!(answer.status, 404);
    assert!(answer.json().is_object());
    assert_eq!(service.calls(), []);
    let body = request([evaluation("i-1")]).to_string();
    let answer = client.call("POST", "/", &SIGNED, &body).await.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(service.connections(), 1);
}
