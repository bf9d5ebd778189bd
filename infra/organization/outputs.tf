output "config_rules" {
  description = "The ARN of each organization rule, by its name."
  value       = { for name, rule in aws_config_organization_custom_rule.rule : name => rule.arn }
}

output "functions" {
  description = "The ARN of each function, by its rule in the catalogue."
  value       = module.functions.functions
}

output "failure_queues" {
  description = "The URL of each function's failure queue, by its rule in the catalogue."
  value       = module.functions.failure_queues
}

output "execution_role" {
  description = "What execution-role.yaml takes: for an account that the stack set does not reach, such as the management account."
  value       = aws_cloudformation_stack_set.execution_role.parameters
}
