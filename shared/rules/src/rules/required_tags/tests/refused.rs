//! Parameters that are refused, and the words for it.

use super::*;

#[track_caller]
fn refused(parameters: &Json, problem: &str) {
    let error = parameter_error::<RequiredTags>(&parameters.to_string());
    assert!(error.contains(problem), "{error}");
}

/// Case 21, among others.
#[test]
fn wrong_parameters_are_refused() {
    refused(&json!({}), "requiredTags: missing");
    refused(&json!({"tag2Value": "a"}), "tag2Value: has no meaning without tag2Key");
    refused(&json!({"requiredTags": "a,=b"}), "item 2");
    refused(&json!({"requiredTags": "a=b||c"}), "value 2 is empty");
    refused(&json!({"requiredTags": "a~x("}), "at character 2: unclosed group");
    refused(&json!({"requiredTags": "a~(x{1000}){1000}"}), "too large");
    refused(&json!({"requiredTags": "a~(?x)b #"}), "cannot stand between");
    refused(&json!({"requiredTags": "a", "tag1Key": "a"}), "tag1Key: a is required twice for every type");
    refused(&json!({"requiredTags": "a", "forbiddenTags": "a"}), "a is required as well");
    refused(&json!({"requiredTags": "a", "ignoreResourceTypes": "Bucket"}), "AWS::EC2::Instance");
    refused(&json!({"requiredTags": "a", "ignoreResourceTypes": "AWS::*::Bucket"}), "AWS::EC2::*");
    refused(&json!({"categories": "finance"}), "`technical`, `automation`");
}

/// Case 21, and what else can go wrong in a document.
#[test]
fn a_wrong_policy_is_refused_with_the_place_of_the_mistake() {
    for (policy, problem) in [
        (r#"["Owner"]"#, r#""[\"Owner\"]" is not a JSON object of tag keys"#),
        (r#"{"Owner": {}"#, "EOF while parsing an object at line 1 column 12"),
        (r#"{"Owner": {},, }"#, "key must be a string at line 1 column 14"),
        ("{}", "it names no tag"),
        (
            r#"{"Owner": {}, "Owner": {}}"#,
            "Owner is there twice; several requirements for one tag are a list",
        ),
        (r#"{" Owner": {}}"#, r#"" Owner" is not a tag key"#),
        (r#"{"Owner": true}"#, "Owner: expected an object such as {}, with any of values, pattern, not,"),
        (r#"{"Owner": []}"#, "Owner has an empty list"),
        (r#"{"Owner": {"vlaues": ["a"]}}"#, "Owner.vlaues: unknown; did you mean values?"),
        (r#"{"Owner": [{}, {"appliesto": []}]}"#, "Owner item 2.appliesto: unknown; did you mean appliesTo?"),
        (r#"{"Owner": {"a": 1}}"#, "Owner.a: unknown; expected one of values, pattern"),
        (r#"{"Owner": {"values": ["a"], "values": ["b"]}}"#, "Owner: values is there twice"),
        (r#"{"Owner": {"values": "a"}}"#, "Owner.values: expected a list of texts"),
        (r#"{"Owner": {"values": [1]}}"#, "Owner.values: expected a list of texts"),
        (r#"{"Owner": {"values": []}}"#, "Owner.values: no value is listed"),
        (r#"{"Owner": {"values": ["a", " "]}}"#, "Owner.values: value 2 is empty"),
        (
            r#"{"Owner": {"pattern": "x("}}"#,
            "Owner.pattern: the regular expression, at character 2: unclosed group",
        ),
        (
            r#"{"Owner": {"pattern": "(x{1000}){1000}"}}"#,
            "Owner.pattern: the regular expression is too large",
        ),
        (
            r#"{"Owner": {"values": ["a"], "pattern": "a"}}"#,
            "Owner has values and a pattern; write one of them",
        ),
        (r#"{"Owner": {"allowEmpty": "no"}}"#, "Owner.allowEmpty: expected true or false"),
        (r#"{"Owner": {"not": {}}}"#, "Owner.not: empty; expected values or pattern"),
        (
            r#"{"Owner": {"not": {"allowEmpty": true}}}"#,
            "Owner.not.allowEmpty: unknown; expected one of values, pattern",
        ),
        (r#"{"Owner": {"appliesTo": "AWS::EC2::*"}}"#, "Owner.appliesTo: expected a list of resource types"),
        (r#"{"Owner": {"appliesTo": []}}"#, "Owner.appliesTo: no type is listed"),
        (
            r#"{"Owner": {"appliesTo": ["AWS::EC2::*", "EC2"]}}"#,
            r#"Owner.appliesTo: item 2 "EC2" is not a resource type"#,
        ),
        (r#"{"Owner": {"when": {}}}"#, "Owner.when: empty; expected other tags"),
        (r#"{"Owner": {"when": "Stage"}}"#, "Owner.when: expected an object"),
        (r#"{"Owner": {"when": {"Stage": ["a"]}}}"#, "Owner.when.Stage: expected an object"),
        (
            r#"{"Owner": {"when": {"Stage": {"value": ["a"]}}}}"#,
            "Owner.when.Stage.value: unknown; did you mean values?",
        ),
    ] {
        refused(&json!({"tagPolicy": policy}), &format!("parameter tagPolicy: {problem}"));
    }
}

/// The managed rule takes such a key for what it is.
#[test]
fn a_key_alone_may_hold_a_comma() {
    let parameter = RequiredTags::METADATA.parameters.iter().find(|parameter| parameter.name == "tag1Key");
    let pattern = regex::Regex::new(&parameter.unwrap().pattern()).unwrap();
    assert!(pattern.is_match("a,b") && !pattern.is_match(&"a".repeat(129)));
    tagged(&[("a,b", "c")]).with("tag1Key", "a,b").has_type("COMPLIANT");
}
