# The role in the member accounts, through a stack set that reaches accounts that join later as well.

locals {
  # In percent. StackSets takes one account at a time unless it is told otherwise, and stops at the first that fails, such as
  # a suspended one.
  at_a_time = 10
  may_fail  = 10
}

resource "aws_cloudformation_stack_set" "execution_role" {
  # A role's name may have characters that a stack set's may not.
  name             = replace(local.execution_role_name, "/[^A-Za-z0-9-]/", "-")
  description      = "The role with which the functions ${coalesce(var.name_prefix, "config-rules-")}* evaluate this account's resources."
  template_body    = file("${path.module}/execution-role.yaml")
  capabilities     = ["CAPABILITY_NAMED_IAM"]
  permission_model = "SERVICE_MANAGED"
  call_as          = var.call_as
  tags             = var.tags

  parameters = {
    RoleName      = local.execution_role_name
    FunctionRoles = join(",", values(module.functions.roles))
    ExternalId    = var.external_id
    Actions       = join(",", [for action in module.functions.iam_actions : action if !startswith(action, "iam:")])
    # What can be limited to the account's own profiles and roles is.
    IamActions = join(",", [for action in module.functions.iam_actions : action if startswith(action, "iam:")])
  }

  auto_deployment {
    enabled                          = true
    retain_stacks_on_account_removal = false
  }

  managed_execution {
    active = true
  }

  operation_preferences {
    max_concurrent_percentage    = local.at_a_time
    failure_tolerance_percentage = local.may_fail
  }

  lifecycle {
    # For service-managed stack sets, AWS tells a role that was never given.
    ignore_changes = [administration_role_arn]
  }
}

resource "aws_cloudformation_stack_set_instance" "execution_role" {
  stack_set_name = aws_cloudformation_stack_set.execution_role.name
  # IAM is the same in all Regions: one stack for an account.
  region  = data.aws_region.current.id
  call_as = var.call_as

  deployment_targets {
    organizational_unit_ids = var.organizational_units
  }

  operation_preferences {
    max_concurrent_percentage    = local.at_a_time
    failure_tolerance_percentage = local.may_fail
  }

  timeouts {
    create = "120m"
    update = "120m"
    delete = "120m"
  }
}
