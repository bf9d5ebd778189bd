output "config_rules" {
  description = "What AWS Config has to know of each rule, by its name; `problems` are sentences that say what is wrong with it, and refuse it."
  value = {
    for name, rule in local.config_rules : name => {
      description      = rule.metadata.description
      input_parameters = length(rule.parameters) == 0 ? null : jsonencode(rule.parameters)
      function_arn     = try(aws_lambda_function.rule[rule.rule].arn, null)
      # An item too large for a notification comes as the second type. Without it, that resource is never evaluated.
      message_types = concat(
        try(rule.metadata.scheduleOnly, false) ? [] : ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
        local.frequencies[name] == null ? [] : ["ScheduledNotification"],
        rule.snapshots ? ["ConfigurationSnapshotDeliveryCompleted"] : [],
      )
      maximum_execution_frequency = local.frequencies[name]
      # A rule that evaluates every type, and is given none, has no scope: it sees every recorded resource.
      resource_types = rule.scope_tag_key != null ? [] : concat(
        try(coalescelist(rule.resource_types, rule.metadata.resourceTypes), []),
        rule.further_triggers ? rule.metadata.furtherTriggers : [],
      )
      tag_key   = rule.scope_tag_key
      tag_value = rule.scope_tag_value
      problems  = local.problems[name]
    }
  }

  # AWS Config tries to invoke the function when the rule is made.
  depends_on = [aws_lambda_permission.config]
}

output "functions" {
  description = "The ARN of each function, by its rule in the catalogue."
  value       = { for rule, function in aws_lambda_function.rule : rule => function.arn }
}

output "roles" {
  description = "The ARN of each function's role, by its rule in the catalogue."
  value       = { for rule, role in aws_iam_role.rule : rule => role.arn }
}

output "iam_actions" {
  description = "What evaluating takes, for all functions together: what a role that they assume has to allow."
  value       = distinct(flatten(values(local.functions)[*].iam_actions))
}

output "failure_queues" {
  description = "The URL of each function's failure queue, by its rule in the catalogue."
  value       = { for rule, queue in aws_sqs_queue.failures : rule => queue.url }
}
