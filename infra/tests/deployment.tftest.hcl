# The Config rules, against a provider that makes everything up. modules/functions/tests has the functions.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  build_folder = "tests/build"
  tags         = { Owner = "security" }
}

run "build" {
  module {
    source = "./tests/setup"
  }
}

run "every_rule" {
  variables {
    rules = run.build.rules
  }

  assert {
    condition = jsonencode({
      for name, rule in aws_config_config_rule.rule : name => [for scope in rule.scope : sort(scope.compliance_resource_types)]
      }) == jsonencode({
      for name, entry in run.build.catalogue : name => [for types in [entry.resourceTypes] : sort(types) if length(types) > 0]
    })
    error_message = "Every rule of the catalogue is in scope of what it evaluates; one for every type, or for the account, has no scope."
  }
}

run "config_rules" {
  variables {
    snapshot_bucket_arn = "arn:aws:s3:::config-111122223333"
    rules = {
      approved-ami = {
        parameters = { amiIds = "ami-0123456789abcdef0", deniedAmiIds = null }
      }
      required-tags = {
        parameters = { requiredTags = "Owner,Env=prod|test" }
        snapshots  = true
      }
      cost-tags = {
        rule           = "required-tags"
        parameters     = { requiredTags = "CostCenter~[0-9]{4}" }
        resource_types = ["AWS::S3::Bucket", "AWS::EC2::Instance"]
      }
      security-group-exposure = {
        scope_tag_key   = "Env"
        scope_tag_value = "prod"
      }
      key-pair-usage = { enabled = false }
    }
  }

  assert {
    condition     = keys(aws_config_config_rule.rule) == ["approved-ami", "cost-tags", "required-tags", "security-group-exposure"]
    error_message = "Every rule that is switched on is deployed under its own name, and no other."
  }

  assert {
    condition = alltrue([
      for name, rule in aws_config_config_rule.rule : toset(rule.source[0].source_detail[*].message_type) == toset(concat(
        ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
        name == "required-tags" ? ["ConfigurationSnapshotDeliveryCompleted"] : [],
        name == "security-group-exposure" ? ["ScheduledNotification"] : [],
        )) && alltrue([
        for detail in rule.source[0].source_detail :
        detail.event_source == "aws.config" && detail.maximum_execution_frequency == (detail.message_type == "ScheduledNotification" ? "TwentyFour_Hours" : null)
      ])
    ])
    error_message = "Every rule takes both change message types, snapshots where it is told to, and a schedule where its answer drifts."
  }

  assert {
    condition     = alltrue([for rule in aws_config_config_rule.rule : rule.source[0].owner == "CUSTOM_LAMBDA" && rule.tags == tomap({ Owner = "security" })])
    error_message = "Every rule is a custom Lambda rule, and has the tags."
  }

  assert {
    condition     = aws_config_config_rule.rule["approved-ami"].input_parameters == jsonencode({ amiIds = "ami-0123456789abcdef0" })
    error_message = "Only parameters that are set are sent."
  }

  assert {
    condition     = aws_config_config_rule.rule["security-group-exposure"].input_parameters == null
    error_message = "A rule without parameters sends none."
  }

  assert {
    condition     = output.config_rules["cost-tags"] == aws_config_config_rule.rule["cost-tags"].arn && keys(output.functions) == ["approved-ami", "required-tags", "security-group-exposure"]
    error_message = "The ARNs are put out."
  }

  assert {
    condition     = aws_config_config_rule.rule["approved-ami"].scope[0].compliance_resource_types == toset(["AWS::AutoScaling::AutoScalingGroup", "AWS::AutoScaling::LaunchConfiguration", "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"])
    error_message = "A rule is in scope of what it evaluates."
  }

  assert {
    condition     = length(aws_config_config_rule.rule["required-tags"].scope) == 0
    error_message = "A rule for every type has no scope."
  }

  assert {
    condition     = aws_config_config_rule.rule["cost-tags"].scope[0].compliance_resource_types == toset(["AWS::EC2::Instance", "AWS::S3::Bucket"])
    error_message = "A rule for every type can be given some."
  }

  assert {
    condition = (
      length(aws_config_config_rule.rule["security-group-exposure"].scope) == 1 &&
      aws_config_config_rule.rule["security-group-exposure"].scope[0].tag_key == "Env" &&
      aws_config_config_rule.rule["security-group-exposure"].scope[0].tag_value == "prod" &&
      length(coalesce(aws_config_config_rule.rule["security-group-exposure"].scope[0].compliance_resource_types, [])) == 0
    )
    error_message = "A tag is a scope of its own, without resource types."
  }
}

run "problems_are_refused" {
  command = plan
  variables {
    rules = {
      required-tag = {}
    }
  }
  expect_failures = [aws_config_config_rule.rule]
}
