# The Config rules of an organization: the functions once, in the account that administers AWS Config, and each rule in
# every member account. A function evaluates its own account with its own role, and another one with a role there.

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  execution_role_name = coalesce(var.execution_role_name, "${coalesce(var.name_prefix, "config-rules-")}${data.aws_region.current.id}")

  # Without a list, the role's name and its organization are all that is known of the accounts: they come and go.
  assume_roles = [
    for account in length(var.accounts) == 0 ? ["*"] : var.accounts : "arn:${data.aws_partition.current.partition}:iam::${account}:role/${local.execution_role_name}"
  ]

  # Statements of the functions' policies, by their ids.
  invokers = {
    accounts     = { for account in var.accounts : "AWSConfig-${account}" => { account = account, organization = null } }
    organization = { AWSConfig = { account = null, organization = var.organization_id } }
    anybody      = { AWSConfig = { account = null, organization = null } }
  }
}

module "functions" {
  source = "../modules/functions"

  rules               = var.rules
  execution_role_name = local.execution_role_name
  assume_roles        = local.assume_roles
  organization_id     = var.organization_id
  external_id         = var.external_id
  invokers            = local.invokers[var.invoked_for]
  name_prefix         = var.name_prefix
  build_folder        = var.build_folder
  architecture        = var.architecture
  memory_size         = var.memory_size
  timeout             = var.timeout
  maximum_event_age   = var.maximum_event_age
  log_retention_days  = var.log_retention_days
  log_kms_key_arn     = var.log_kms_key_arn
  alarm_topic_arn     = var.alarm_topic_arn
  tags                = var.tags
}

resource "aws_config_organization_custom_rule" "rule" {
  for_each = module.functions.config_rules

  name                        = each.key
  description                 = each.value.description
  lambda_function_arn         = each.value.function_arn
  input_parameters            = each.value.input_parameters
  trigger_types               = each.value.message_types
  maximum_execution_frequency = each.value.maximum_execution_frequency
  resource_types_scope        = length(each.value.resource_types) == 0 ? null : each.value.resource_types
  tag_key_scope               = each.value.tag_key
  tag_value_scope             = each.value.tag_value
  excluded_accounts           = length(var.excluded_accounts) == 0 ? null : var.excluded_accounts

  # Thousands of accounts take longer than the provider's five minutes.
  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }

  # The first events come as soon as a rule is there.
  depends_on = [aws_cloudformation_stack_set_instance.execution_role]

  lifecycle {
    precondition {
      condition     = length(each.value.problems) == 0
      error_message = join("\n", each.value.problems)
    }

    precondition {
      condition     = can(regex("^[A-Za-z0-9_-]+$", each.key))
      error_message = "${each.key}: the name of an organization's rule has only letters, digits, - and _."
    }

    precondition {
      condition     = !contains(each.value.message_types, "ConfigurationSnapshotDeliveryCompleted")
      error_message = "${each.key}: AWS Config does not tell an organization's rules of snapshots: leave out snapshots."
    }
  }
}
