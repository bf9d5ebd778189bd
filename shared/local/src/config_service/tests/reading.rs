//! What was recorded, as rules and people read it: histories, the inventory, and queries.

use super::*;

const HISTORY: &str = "GetResourceConfigHistory";
const SELECT: &str = "SelectResourceConfig";

/// Seconds since the epoch of this second of [`item`]'s hour, and a half.
fn at(second: u8) -> f64 {
    1_787_677_200.5 + f64::from(second)
}

async fn with_history() -> ConfigService {
    let service = ConfigService::start().await.unwrap();
    for second in [2, 1, 4, 3] {
        record(&service, item("i-1", second));
    }
    service
}

fn history(members: &Value) -> Value {
    let mut input = json!({"resourceType": "AWS::EC2::Instance", "resourceId": "i-1"});
    input.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    input
}

/// The seconds of the items that are answered.
async fn lists(service: &ConfigService, members: Value, seconds: &[u8]) -> Value {
    let answer = call(service, HISTORY, history(&members)).await;
    let expected: Vec<Value> = seconds.iter().map(|second| at(*second).into()).collect();
    let listed = all(&answer["configurationItems"], "/configurationItemCaptureTime");
    assert_eq!(listed, expected.iter().collect::<Vec<_>>(), "{members}");
    answer["nextToken"].clone()
}

#[tokio::test]
async fn a_history_is_listed_from_the_latest_item_within_the_time_range() {
    let service = with_history().await;
    for (members, seconds) in [
        (json!({}), &[4, 3, 2, 1][..]),
        (json!({"chronologicalOrder": "Forward"}), &[1, 2, 3, 4]),
        (json!({"laterTime": at(3)}), &[3, 2, 1]),
        (json!({"laterTime": at(3) - 0.001, "earlierTime": at(2)}), &[2]),
        (json!({"laterTime": at(0)}), &[]),
        (json!({"laterTime": at(3), "limit": 0}), &[3, 2, 1]),
    ] {
        assert_eq!(lists(&service, members, seconds).await, Value::Null);
    }
    let first = json!({"laterTime": at(3), "limit": 2});
    let token = lists(&service, first, &[3, 2]).await;
    let second = json!({"laterTime": at(3), "limit": 2, "nextToken": token});
    assert_eq!(lists(&service, second, &[1]).await, Value::Null);
}

#[tokio::test]
async fn an_item_of_the_history_is_spelled_as_the_api_spells_it() {
    let service = ConfigService::start().await.unwrap();
    record(&service, item("i-1", 1));
    let answer = call(&service, HISTORY, history(&json!({}))).await;
    let expected = json!({
        "version": "1.3",
        "accountId": "111122223333",
        "configurationItemCaptureTime": at(1),
        "configurationItemStatus": "OK",
        "configurationStateId": "1787677201500",
        "configurationItemMD5Hash": "",
        "resourceType": "AWS::EC2::Instance",
        "resourceId": "i-1",
        "awsRegion": "us-east-1",
        "tags": {"Owner": "team"},
        "relatedEvents": [],
        "relationships": [],
        "configuration": r#"{"imageId":"ami-1","second":1}"#,
        "supplementaryConfiguration": {},
    });
    assert_eq!(answer, json!({"configurationItems": [expected]}));
}

#[tokio::test]
async fn an_empty_page_on_demand_leads_to_the_items() {
    let service = with_history().await;
    service.inject_into(HISTORY, [Fault::EmptyPage, Fault::EmptyPage]);
    let first = lists(&service, json!({}), &[]).await;
    let second = lists(&service, json!({"nextToken": first}), &[]).await;
    lists(&service, json!({"nextToken": second}), &[4, 3, 2, 1]).await;
}

#[tokio::test]
async fn a_history_that_cannot_be_answered_is_refused() {
    let service = ConfigService::start().await.unwrap();
    fails(&service, HISTORY, history(&json!({})), "NoAvailableConfigurationRecorderException").await;
    record(&service, item("i-1", 1));
    for (members, name) in [
        (json!({"resourceId": "i-2"}), "ResourceNotDiscoveredException"),
        (json!({"resourceType": "AWS::EC2::Volume"}), "ResourceNotDiscoveredException"),
        (json!({"resourceType": "AWS::::Account"}), "ValidationException"),
        (json!({"resourceId": ""}), "ValidationException"),
        (json!({"chronologicalOrder": "forward"}), "ValidationException"),
        (json!({"limit": 101}), "InvalidLimitException"),
        (json!({"nextToken": "x"}), "InvalidNextTokenException"),
        (json!({"laterTime": 1, "earlierTime": 2}), "InvalidTimeRangeException"),
        (json!({"laterTime": "now"}), "SerializationException"),
    ] {
        fails(&service, HISTORY, history(&members), name).await;
    }
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let service = ConfigService::start().await.unwrap();
    let mut foreign = item("i-1", 2);
    foreign["awsAccountId"] = OTHER_ACCOUNT.into();
    record(&service, item("i-1", 1));
    record(&service, foreign);
    lists(&service, json!({}), &[1]).await;
    let answer = call_as(OTHER_KEY, &service, HISTORY, &history(&json!({}))).await.json();
    assert_eq!(all(&answer["configurationItems"], "/accountId"), [OTHER_ACCOUNT]);
    let requests = service.requests();
    let callers =
        requests.iter().map(|request| (request.operation, &*request.access_key_id, &*request.account));
    let expected = [(HISTORY, "AKIAEXAMPLE", "111122223333"), (HISTORY, OTHER_KEY, OTHER_ACCOUNT)];
    assert_eq!(callers.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_token_of_one_account_is_invalid_in_another() {
    let service = ConfigService::start().await.unwrap();
    service.assign_token("token", "required-tags");
    let input = request([evaluation("i-1")]);
    let answer = call_as(OTHER_KEY, &service, "PutEvaluations", &input).await;
    assert_eq!(answer.json()["__type"], "InvalidResultTokenException");
    service.assign_token_of(OTHER_ACCOUNT, "token", "required-tags");
    let answer = call_as(OTHER_KEY, &service, "PutEvaluations", &input).await;
    assert_eq!(answer.status, 200);
    assert_eq!(service.results(), BTreeMap::new());
    let key = service.results_of(OTHER_ACCOUNT).into_keys().next().unwrap();
    assert_eq!(key.rule, "required-tags");
}

/// Two instances, a volume, a deleted instance and one that is not recorded.
async fn with_inventory() -> ConfigService {
    let service = with_history().await;
    for (id, member, value) in [
        ("i-2", "resourceName", "two"),
        ("vol-1", "resourceType", "AWS::EC2::Volume"),
        ("i-3", "configurationItemStatus", "ResourceDeleted"),
        ("i-4", "configurationItemStatus", "ResourceNotRecorded"),
    ] {
        let mut item = item(id, 1);
        item[member] = value.into();
        record(&service, item);
    }
    service
}

#[tokio::test]
async fn a_query_selects_fields_of_what_exists_now() {
    let service = with_inventory().await;
    let expression =
        "SELECT resourceId, configuration.second, tags WHERE resourceType = 'AWS::EC2::Instance'";
    let first = call(&service, SELECT, json!({"Expression": expression, "Limit": 1})).await;
    let row = |answer: &Value| -> Value {
        let rows = answer["Results"].as_array().unwrap();
        assert_eq!(rows.len(), 1);
        serde_json::from_str(rows[0].as_str().unwrap()).unwrap()
    };
    let tags = json!([{"key": "Owner", "value": "team", "tag": "Owner=team"}]);
    assert_eq!(row(&first), json!({"resourceId": "i-1", "configuration": {"second": 4}, "tags": tags}));
    let names = json!([{"Name": "resourceId"}, {"Name": "configuration.second"}, {"Name": "tags"}]);
    assert_eq!(first["QueryInfo"]["SelectFields"], names);
    let next = json!({"Expression": expression, "Limit": 1, "NextToken": first["NextToken"]});
    let second = call(&service, SELECT, next).await;
    assert_eq!(row(&second)["resourceId"], "i-2");
    assert_eq!(second["NextToken"], Value::Null);
    let everything = call(&service, SELECT, json!({"Expression": "SELECT resourceId"})).await;
    assert_eq!(everything["Results"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_query_that_cannot_be_answered_is_refused() {
    let service = with_inventory().await;
    for (input, name) in [
        (json!({"Expression": "SELECT *"}), "InvalidExpressionException"),
        (json!({"Expression": ""}), "ValidationException"),
        (json!({"Expression": "SELECT tags", "Limit": 101}), "InvalidLimitException"),
        (json!({"Expression": "SELECT tags", "NextToken": "x"}), "InvalidNextTokenException"),
    ] {
        fails(&service, SELECT, input, name).await;
    }
}

#[tokio::test]
async fn resources_are_listed_by_type_id_and_name() {
    let service = with_inventory().await;
    for (members, ids) in [
        (json!({}), &["i-1", "i-2", "i-4"][..]),
        (json!({"includeDeletedResources": true}), &["i-1", "i-2", "i-3", "i-4"]),
        (json!({"resourceIds": ["i-2", "i-9"]}), &["i-2"]),
        (json!({"resourceName": "two"}), &["i-2"]),
    ] {
        let mut input = members.clone();
        input["resourceType"] = "AWS::EC2::Instance".into();
        let answer = call(&service, "ListDiscoveredResources", input).await;
        assert_eq!(all(&answer["resourceIdentifiers"], "/resourceId"), ids, "{members}");
    }
    let both = json!({"resourceType": "AWS::EC2::Instance", "resourceIds": ["i-1"], "resourceName": "two"});
    fails(&service, "ListDiscoveredResources", both, "ValidationException").await;
}

#[tokio::test]
async fn configurations_come_without_tags_and_without_what_is_deleted() {
    let service = with_inventory().await;
    let key = |id| json!({"resourceType": "AWS::EC2::Instance", "resourceId": id});
    let keys: Vec<_> = ["i-1", "i-3", "i-9"].map(key).into();
    let answer = call(&service, "BatchGetResourceConfig", json!({"resourceKeys": keys})).await;
    let items = &answer["baseConfigurationItems"];
    assert_eq!(all(items, "/resourceId"), ["i-1"]);
    assert_eq!(items[0]["configuration"], r#"{"imageId":"ami-1","second":4}"#);
    assert_eq!(items[0]["tags"], Value::Null);
    assert_eq!(answer["unprocessedResourceKeys"], json!([]));
    fails(&service, "BatchGetResourceConfig", json!({"resourceKeys": []}), "ValidationException").await;
}

#[tokio::test]
async fn resources_are_counted_by_type_while_they_are_recorded() {
    let service = ConfigService::start_recording().await.unwrap();
    for (id, member, value) in [
        ("vol-1", "resourceType", "AWS::EC2::Volume"),
        ("i-1", "configurationItemStatus", "OK"),
        ("i-2", "configurationItemStatus", "ResourceDiscovered"),
        ("i-3", "configurationItemStatus", "ResourceDeleted"),
        ("i-4", "configurationItemStatus", "ResourceNotRecorded"),
    ] {
        let mut item = item(id, 1);
        item[member] = value.into();
        record(&service, item);
    }
    let count = |name, count| json!({"resourceType": name, "count": count});
    let (instances, volumes) = (count("AWS::EC2::Instance", 2), count("AWS::EC2::Volume", 1));
    let operation = "GetDiscoveredResourceCounts";
    for (input, total, counts) in [
        (json!({}), 3, json!([instances, volumes])),
        (json!({"resourceTypes": ["AWS::EC2::Volume", "AWS::S3::Bucket"]}), 1, json!([volumes])),
        (json!({"limit": 1}), 3, json!([instances])),
    ] {
        let answer = call(&service, operation, input).await;
        assert_eq!(
            (&answer["totalDiscoveredResources"], &answer["resourceCounts"]),
            (&json!(total), &counts)
        );
    }
    fails(&service, operation, json!({"limit": 101}), "InvalidLimitException").await;
    call(&service, "StopConfigurationRecorder", json!({"ConfigurationRecorderName": "default"})).await;
    let answer = call(&service, operation, json!({})).await;
    assert_eq!(answer, json!({"totalDiscoveredResources": 0, "resourceCounts": []}));
}
