# What is deployed, against a provider that makes everything up.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  build_folder = "tests/build"
  tags         = { Owner = "security" }
  rules = {
    approved-ami = {
      parameters = { amiIds = "ami-0123456789abcdef0", deniedAmiIds = null }
    }
    required-tags = {
      parameters = { requiredTags = "Owner,Env=prod|test" }
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

run "build" {
  module {
    source = "./tests/setup"
  }
}

run "config_rules" {
  assert {
    condition     = keys(aws_config_config_rule.rule) == ["approved-ami", "cost-tags", "required-tags", "security-group-exposure"]
    error_message = "Every rule that is switched on is deployed under its own name, and no other."
  }

  assert {
    condition = alltrue([
      for rule in aws_config_config_rule.rule : toset(rule.source[0].source_detail[*].message_type) == toset([
        "ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification",
      ]) && alltrue([for detail in rule.source[0].source_detail : detail.event_source == "aws.config"])
    ])
    error_message = "Every rule takes both change message types."
  }

  assert {
    condition     = alltrue([for rule in aws_config_config_rule.rule : rule.source[0].owner == "CUSTOM_LAMBDA"])
    error_message = "Every rule is a custom Lambda rule."
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
    condition     = output.config_rules["cost-tags"] == aws_config_config_rule.rule["cost-tags"].arn
    error_message = "The Config rules' ARNs are put out."
  }
}

run "scopes" {
  assert {
    condition     = aws_config_config_rule.rule["approved-ami"].scope[0].compliance_resource_types == toset(["AWS::EC2::Instance"])
    error_message = "A rule is in scope of what it judges."
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
    condition     = length(aws_config_config_rule.rule["security-group-exposure"].scope) == 1
    error_message = "A rule has one scope."
  }

  assert {
    condition = (
      aws_config_config_rule.rule["security-group-exposure"].scope[0].tag_key == "Env" &&
      aws_config_config_rule.rule["security-group-exposure"].scope[0].tag_value == "prod" &&
      length(coalesce(aws_config_config_rule.rule["security-group-exposure"].scope[0].compliance_resource_types, [])) == 0
    )
    error_message = "A tag is a scope of its own, without resource types."
  }
}

run "functions" {
  assert {
    condition = { for rule, function in aws_lambda_function.rule : rule => function.function_name } == {
      approved-ami            = "config-rules-approved-ami"
      required-tags           = "config-rules-required-tags"
      security-group-exposure = "config-rules-security-group-exposure"
    }
    error_message = "Rules share the function of their catalogue rule; a rule that nobody uses has none."
  }

  assert {
    condition = alltrue([
      for function in aws_lambda_function.rule :
      function.architectures == tolist(["arm64"]) && function.runtime == "provided.al2023" && function.handler == "bootstrap" && function.memory_size == 128
    ])
    error_message = "Functions are what cargo-lambda builds."
  }

  assert {
    condition     = aws_lambda_function.rule["required-tags"].source_code_hash == filebase64sha256("tests/build/required-tags/bootstrap.zip")
    error_message = "New code is noticed."
  }

  assert {
    condition = alltrue([
      for rule, permission in aws_lambda_permission.config :
      permission.principal == "config.amazonaws.com" && permission.source_account == "111122223333" &&
      permission.action == "lambda:InvokeFunction" && permission.function_name == aws_lambda_function.rule[rule].function_name
    ])
    error_message = "AWS Config may invoke the functions, for this account only."
  }

  assert {
    condition = alltrue([
      for rule, config in aws_lambda_function_event_invoke_config.rule :
      config.maximum_retry_attempts == 2 && config.destination_config[0].on_failure[0].destination == aws_sqs_queue.failures[rule].arn
    ])
    error_message = "An event that fails three times goes to the failure queue."
  }

  assert {
    condition     = alltrue([for queue in aws_sqs_queue.failures : queue.message_retention_seconds == 1209600 && queue.sqs_managed_sse_enabled])
    error_message = "Failure queues are encrypted and keep their messages for 14 days."
  }
}

run "least_privilege" {
  assert {
    condition = alltrue([
      for rule, policy in aws_iam_role_policy.rule : jsondecode(policy.policy).Statement == [
        {
          Sid    = "Evaluate"
          Effect = "Allow"
          # Without a parameter that needs facts.
          Action = concat(
            jsondecode(file("rules.json"))[rule].iamActions,
            jsondecode(file("rules.json"))[rule].factsByDefault ? jsondecode(file("rules.json"))[rule].factActions : [],
          )
          Resource = "*"
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "arn:aws:logs:eu-west-1:111122223333:log-group:mock:*"
        },
        {
          Sid      = "KeepFailedEvents"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = "arn:aws:sqs:eu-west-1:111122223333:mock"
        },
      ]
    ])
    error_message = "A role may do what its rule's entry says, write its log and fill its failure queue: nothing else."
  }

  assert {
    condition     = length(aws_iam_role.rule) == length(aws_lambda_function.rule) && aws_iam_role.rule["approved-ami"].name == "config-rules-approved-ami-eu-west-1"
    error_message = "Every function has a role of its own, in every Region."
  }
}

run "facts_are_allowed_where_they_are_asked_for" {
  variables {
    rules = {
      approved-ami = { parameters = { owners = "self" } }
    }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.rule["approved-ami"].policy).Statement[0].Action == [
      "config:PutEvaluations", "ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata",
    ]
    error_message = "A parameter that needs facts gives the role the calls for them."
  }
}

run "logs_and_alarms" {
  assert {
    condition = alltrue([
      for rule, group in aws_cloudwatch_log_group.rule :
      group.name == "/aws/lambda/${aws_lambda_function.rule[rule].function_name}" && group.retention_in_days == 90 && group.kms_key_id == null
    ])
    error_message = "Every function has its log group, which forgets after 90 days."
  }

  assert {
    condition = alltrue([
      for rule in keys(aws_lambda_function.rule) : alltrue([
        for alarm in ["errors", "throttles", "failures", "reported-errors"] : contains(keys(aws_cloudwatch_metric_alarm.rule), "config-rules-${rule}-${alarm}")
      ])
    ])
    error_message = "Every function has its four alarms."
  }

  assert {
    condition = alltrue([
      for rule, filter in aws_cloudwatch_log_metric_filter.reported_errors :
      filter.pattern == "{ $.errorType = * }" &&
      filter.metric_transformation[0].namespace == aws_cloudwatch_metric_alarm.rule["config-rules-${rule}-reported-errors"].namespace &&
      filter.metric_transformation[0].name == aws_cloudwatch_metric_alarm.rule["config-rules-${rule}-reported-errors"].metric_name
    ])
    error_message = "The alarm watches the metric that the filter counts."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.rule : length(alarm.alarm_actions) == 0])
    error_message = "Without a topic, alarms tell nobody."
  }
}

run "tags" {
  assert {
    condition = alltrue([
      for resource in concat(
        values(aws_config_config_rule.rule), values(aws_lambda_function.rule), values(aws_iam_role.rule),
        values(aws_sqs_queue.failures), values(aws_cloudwatch_log_group.rule), values(aws_cloudwatch_metric_alarm.rule),
      ) : resource.tags == tomap({ Owner = "security" })
    ])
    error_message = "Everything that takes tags has them."
  }
}

run "choices" {
  variables {
    name_prefix     = "acme-"
    architecture    = "x86_64"
    alarm_topic_arn = "arn:aws:sns:eu-west-1:111122223333:alarms"
    log_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition = (
      aws_lambda_function.rule["approved-ami"].function_name == "acme-approved-ami" &&
      aws_lambda_function.rule["approved-ami"].architectures == tolist(["x86_64"])
    )
    error_message = "Prefix and architecture are the functions'."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.rule : alarm.alarm_actions == toset(["arn:aws:sns:eu-west-1:111122223333:alarms"])])
    error_message = "The topic hears of every alarm."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.rule : endswith(group.kms_key_id, "key/11111111-2222-3333-4444-555555555555")])
    error_message = "The key encrypts every log."
  }
}

run "nothing" {
  variables {
    rules = {}
  }

  assert {
    condition     = length(aws_lambda_function.rule) == 0 && length(aws_cloudwatch_metric_alarm.rule) == 0
    error_message = "Without rules nothing is deployed."
  }
}
