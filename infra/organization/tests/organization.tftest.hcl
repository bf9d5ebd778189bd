# The rules of an organization, against a provider that makes everything up. ../modules/functions/tests has the functions.

mock_provider "aws" {
  source = "../tests/mocks"
}

variables {
  build_folder         = "tests/build"
  organization_id      = "o-a1b2c3d4e5"
  organizational_units = ["ou-ab12-cdefgh34"]
  external_id          = "7c1d5b1e-0000-4000-8000-000000000000"
  accounts             = ["222233334444", "444455556666"]
  rules = {
    approved-ami  = { parameters = { owners = "self" } }
    required-tags = { parameters = { requiredTags = "Owner" }, scope_tag_key = "Env", scope_tag_value = "prod" }
    every-type    = { rule = "required-tags", parameters = { requiredTags = "Owner" } }
  }
}

run "build" {
  module {
    source = "../tests/setup"
  }
}

run "every_rule" {
  command = plan
  variables {
    rules = run.build.rules
  }

  assert {
    condition = jsonencode({
      for name, rule in aws_config_organization_custom_rule.rule : name => sort(coalesce(rule.resource_types_scope, []))
      }) == jsonencode({
      for name, entry in run.build.catalogue : name => sort(entry.resourceTypes)
    })
    error_message = "Every rule of the catalogue is in scope of what it evaluates; one for every type, or for the account, has no scope."
  }
}

run "listed_accounts" {
  assert {
    condition = keys(aws_config_organization_custom_rule.rule) == ["approved-ami", "every-type", "required-tags"] && alltrue([
      for name, rule in aws_config_organization_custom_rule.rule :
      rule.name == name && rule.excluded_accounts == null && rule.trigger_types == toset(concat(
        ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
        rule.maximum_execution_frequency == null ? [] : ["ScheduledNotification"],
      )) && (rule.maximum_execution_frequency != null) == (name == "approved-ami")
    ])
    error_message = "Every rule is the organization's, and takes both change message types; a schedule where its answer drifts."
  }

  assert {
    condition = (
      aws_config_organization_custom_rule.rule["approved-ami"].resource_types_scope == toset(["AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"]) &&
      aws_config_organization_custom_rule.rule["required-tags"].tag_key_scope == "Env" &&
      aws_config_organization_custom_rule.rule["required-tags"].tag_value_scope == "prod" &&
      aws_config_organization_custom_rule.rule["required-tags"].resource_types_scope == null &&
      aws_config_organization_custom_rule.rule["every-type"].resource_types_scope == null &&
      aws_config_organization_custom_rule.rule["every-type"].tag_key_scope == null
    )
    error_message = "Scopes are the same as in one account."
  }

  assert {
    condition     = jsondecode(aws_config_organization_custom_rule.rule["approved-ami"].input_parameters) == { owners = "self", ExecutionRoleName = "config-rules-eu-west-1" }
    error_message = "The functions learn the member account's role."
  }

  assert {
    condition = (
      aws_cloudformation_stack_set.execution_role.permission_model == "SERVICE_MANAGED" && aws_cloudformation_stack_set.execution_role.call_as == "DELEGATED_ADMIN" &&
      aws_cloudformation_stack_set.execution_role.auto_deployment[0].enabled && aws_cloudformation_stack_set.execution_role.name == "config-rules-eu-west-1" &&
      aws_cloudformation_stack_set_instance.execution_role.deployment_targets[0].organizational_unit_ids == toset(["ou-ab12-cdefgh34"])
    )
    error_message = "The role reaches every account of the organizational units, later ones as well."
  }

  assert {
    condition = aws_cloudformation_stack_set.execution_role.parameters == tomap({
      RoleName = "config-rules-eu-west-1"
      # The mocked provider gives all roles one ARN.
      FunctionRoles = "arn:aws:iam::111122223333:role/mock,arn:aws:iam::111122223333:role/mock"
      ExternalId    = "7c1d5b1e-0000-4000-8000-000000000000"
      Actions = join(",", concat(
        run.build.catalogue["approved-ami"].iamActions,
        run.build.catalogue["approved-ami"].runActions,
        ["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"],
      ))
      IamActions = ""
    })
    error_message = "The role trusts the functions that show the external id, with what their rules need."
  }

  assert {
    condition     = { for id, invoker in local.invokers[var.invoked_for] : id => invoker.account } == { AWSConfig-222233334444 = "222233334444", AWSConfig-444455556666 = "444455556666" }
    error_message = "AWS Config may invoke the functions for the accounts that are listed."
  }

  assert {
    condition     = local.assume_roles == ["arn:aws:iam::222233334444:role/config-rules-eu-west-1", "arn:aws:iam::444455556666:role/config-rules-eu-west-1"]
    error_message = "The functions may assume the role of the accounts that are listed."
  }

  assert {
    condition     = output.execution_role == aws_cloudformation_stack_set.execution_role.parameters
    error_message = "The role can be made by hand where the stack set does not go."
  }
}

run "excluded_accounts" {
  command = plan
  variables {
    accounts             = []
    invoked_for          = "organization"
    excluded_accounts    = ["333344445555"]
    organizational_units = ["r-ab12"]
    execution_role_name  = "security_config-rules"
  }

  assert {
    condition     = alltrue([for rule in aws_config_organization_custom_rule.rule : rule.excluded_accounts == toset(["333344445555"])])
    error_message = "Accounts can be left out."
  }

  assert {
    condition     = alltrue([for rule in aws_config_organization_custom_rule.rule : jsondecode(rule.input_parameters).ExecutionRoleName == "security_config-rules"])
    error_message = "The role can have another name."
  }

  assert {
    condition     = aws_cloudformation_stack_set.execution_role.name == "security-config-rules"
    error_message = "A stack set's name has no underscores."
  }

  assert {
    condition     = jsonencode(local.invokers[var.invoked_for]) == jsonencode({ AWSConfig = { account = null, organization = "o-a1b2c3d4e5" } })
    error_message = "AWS Config may invoke the functions for the organization."
  }

  assert {
    condition     = local.assume_roles == ["arn:aws:iam::*:role/security_config-rules"]
    error_message = "Accounts that are not listed are those of the organization."
  }
}

run "profiles" {
  command = plan
  variables {
    rules = { instance-profile = { parameters = { trustedPrincipals = "ec2" } } }
  }

  assert {
    condition = (
      aws_cloudformation_stack_set.execution_role.parameters.IamActions == "iam:GetInstanceProfile" &&
      !strcontains(aws_cloudformation_stack_set.execution_role.parameters.Actions, "iam:")
    )
    error_message = "What IAM is asked is limited to the account's profiles and roles."
  }
}

run "snapshots" {
  command = plan
  variables {
    rules = { required-tags = { parameters = { requiredTags = "Owner" }, snapshots = true } }
  }
  # Two sentences: no bucket is known here, and AWS Config does not do it.
  expect_failures = [aws_config_organization_custom_rule.rule]
}

run "problems_are_refused" {
  command = plan
  variables {
    rules = {
      required-tag = {}
      "two words"  = { rule = "required-tags" }
    }
  }
  expect_failures = [aws_config_organization_custom_rule.rule]
}

run "wrong_values" {
  command = plan
  variables {
    organization_id      = "111122223333"
    organizational_units = []
    external_id          = "two words"
    accounts             = ["1234"]
  }
  expect_failures = [var.organization_id, var.organizational_units, var.external_id, var.accounts]
}

run "unknown_invoker" {
  command = plan
  variables {
    invoked_for = "everybody"
  }
  expect_failures = [var.invoked_for]
}

run "accounts_that_are_not_listed" {
  command = plan
  variables {
    accounts = []
  }
  expect_failures = [var.invoked_for]
}

run "too_many_accounts" {
  command = plan
  variables {
    accounts = [for number in range(61) : format("%012d", number)]
  }
  expect_failures = [var.accounts]
}
