//! What all APIs have in common, shown with EC2.

use std::io;

use super::*;
use crate::test_client::{Client, Received};
use crate::{Ec2, Ec2Data};

async fn start() -> Ec2 {
    let data = (0..10).fold(Ec2Data::default(), |data, number| data.instance(format!("i-{number}"), "ami-1"));
    Ec2::start(data.other_account("444455556666", Ec2Data::default().instance("i-other", "ami-1")))
        .await
        .unwrap()
}

async fn call(ec2: &Ec2, access_key_id: &str, call: &str) -> io::Result<Received> {
    let scope = "20260101/eu-west-1/ec2/aws4_request";
    let authorization = format!("AWS4-HMAC-SHA256 Credential={access_key_id}/{scope}, SignedHeaders=host");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", &authorization)];
    let body = format!("Version=2016-11-15&Action={call}");
    Client::connect(ec2.address()).await.call("POST", "/", &headers, &body).await
}

#[tokio::test]
async fn calls_have_their_permission_and_caller() {
    let ec2 = start().await;
    call(&ec2, "ASIA111122223333ABCD", "DescribeInstances").await.unwrap();
    let [call] = &ec2.calls()[..] else { unreachable!() };
    assert_eq!((call.service, call.action.as_str()), ("ec2", "DescribeInstances"));
    assert_eq!(call.permission, "ec2:DescribeInstances");
    let caller = Caller { access_key_id: "ASIA111122223333ABCD".into(), region: "eu-west-1".into() };
    assert_eq!(call.caller, caller);
}

#[tokio::test]
async fn the_credentials_decide_whose_data_is_answered() {
    let ec2 = start().await;
    for (key, instances) in [("ASIA111122223333ABCD", 10), ("ASIA444455556666ABCD", 1), ("AKIAEXAMPLE", 10)] {
        let answer = call(&ec2, key, "DescribeInstances").await.unwrap();
        assert_eq!(answer.body.matches("<instanceId>").count(), instances, "{key}");
    }
    let answer = call(&ec2, "ASIA444455556666ABCD", "DescribeInstances").await.unwrap();
    assert!(answer.body.contains("<ownerId>444455556666</ownerId>"), "{answer:?}");
}

#[tokio::test]
async fn a_fault_meets_the_nth_call_of_its_action_only() {
    let ec2 = start().await;
    ec2.inject_at("DescribeInstances", 2, Fault::Throttle);
    ec2.inject_at("DescribeInstances", 3, Fault::Denied);
    let mut statuses = Vec::new();
    for action in ["DescribeKeyPairs", "DescribeInstances", "DescribeInstances", "DescribeKeyPairs"] {
        statuses.push(call(&ec2, "ASIA", action).await.unwrap().status);
    }
    for _ in 0..2 {
        statuses.push(call(&ec2, "ASIA", "DescribeInstances").await.unwrap().status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 403, 200]);
}

#[tokio::test]
async fn an_answer_breaks_off_after_so_many_bytes() {
    let ec2 = start().await;
    ec2.inject([Fault::CutAfter(38)]);
    let error = call(&ec2, "ASIA", "DescribeInstances").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    assert_eq!(ec2.calls()[0].answer, Answer::Fault(Fault::CutAfter(38)));
    assert_eq!(call(&ec2, "ASIA", "DescribeInstances").await.unwrap().status, 200);
}
