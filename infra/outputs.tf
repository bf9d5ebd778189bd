output "config_rules" {
  description = "The ARN of each Config rule, by its name."
  value       = { for name, rule in aws_config_config_rule.rule : name => rule.arn }
}

output "functions" {
  description = "The ARN of each function, by its rule in the catalogue."
  value       = module.functions.functions
}

output "failure_queues" {
  description = "The URL of each function's failure queue, by its rule in the catalogue."
  value       = module.functions.failure_queues
}
