//! Rules, as tests deploy them to AWS Config.

use config_rules_local::FunctionArn;
use serde_json::{Value, json};

/// A rule of this name, on every trigger; of every resource, if the scope is none.
#[must_use]
pub fn config_rule(name: &str, parameters: &Value, scope: &Value) -> Value {
    let on = |message_type| json!({"EventSource": "aws.config", "MessageType": message_type});
    let function = FunctionArn { name: name.to_owned(), ..FunctionArn::default() };
    let mut rule = json!({
        "ConfigRuleName": name,
        "InputParameters": parameters.to_string(),
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": function.to_string(),
            "SourceDetails": [
                on("ConfigurationItemChangeNotification"),
                on("OversizedConfigurationItemChangeNotification"),
                on("ScheduledNotification"),
                on("ConfigurationSnapshotDeliveryCompleted"),
            ],
        },
    });
    if scope.is_object() {
        rule["Scope"] = scope.clone();
    }
    rule
}
