# What is deployed for each function, against a provider that makes everything up.

mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  build_folder = "tests/build"
  tags         = { Owner = "security" }
}

run "build" {
  module {
    source = "../../tests/setup"
  }
}

run "every_rule" {
  variables {
    rules = merge({ for rule in keys(run.build.catalogue) : rule => {} }, { cost-tags = { rule = "required-tags" } })
  }

  assert {
    condition = { for rule, function in aws_lambda_function.rule : rule => [function.function_name, function.description] } == {
      for rule, entry in run.build.catalogue : rule => ["config-rules-${rule}", entry.description]
    }
    error_message = "Every rule of the catalogue has a function, which its Config rules share."
  }

  assert {
    condition = jsonencode({
      for rule in keys(run.build.catalogue) : rule => [output.config_rules[rule].resource_types, output.config_rules[rule].message_types]
      }) == jsonencode({
      for rule, entry in run.build.catalogue : rule => [entry.resourceTypes, concat(
        entry.scheduleOnly ? [] : ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
        entry.drifts || entry.scheduleOnly ? ["ScheduledNotification"] : [],
      )]
    })
    error_message = "A rule is triggered by what it evaluates, and runs on a schedule if its answer drifts."
  }

  assert {
    condition = alltrue([
      for function in aws_lambda_function.rule :
      function.architectures == tolist(["arm64"]) && function.runtime == "provided.al2023" && function.handler == "bootstrap" &&
      function.memory_size == 128 && length(function.environment) == 0
    ])
    error_message = "Functions are what cargo-lambda builds."
  }

  assert {
    condition     = aws_lambda_function.rule["required-tags"].source_code_hash == filebase64sha256("tests/build/required-tags/bootstrap.zip")
    error_message = "New code is noticed."
  }

  assert {
    condition = toset(keys(aws_lambda_permission.config)) == toset([for rule in keys(run.build.catalogue) : "${rule}/AWSConfig"]) && alltrue([
      for key, permission in aws_lambda_permission.config :
      permission.principal == "config.amazonaws.com" && permission.source_account == "111122223333" && permission.principal_org_id == null &&
      permission.action == "lambda:InvokeFunction" && permission.statement_id == "AWSConfig" &&
      permission.function_name == aws_lambda_function.rule[split("/", key)[0]].function_name
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

  assert {
    condition = alltrue([
      for rule, policy in aws_iam_role_policy.rule : jsondecode(policy.policy).Statement == [
        {
          Sid    = "Evaluate"
          Effect = "Allow"
          Action = [for action in distinct(concat(
            run.build.catalogue[rule].iamActions,
            contains(output.config_rules[rule].message_types, "ScheduledNotification") ? run.build.catalogue[rule].runActions : [],
          )) : action]
          Resource = ["*"]
        },
        {
          Sid      = "Log"
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-west-1:111122223333:log-group:mock:*"]
        },
        {
          Sid      = "KeepFailedEvents"
          Effect   = "Allow"
          Action   = ["sqs:SendMessage"]
          Resource = ["arn:aws:sqs:eu-west-1:111122223333:mock"]
        },
      ]
    ])
    error_message = "A role may do what its rule's entry says, write its log and fill its failure queue: nothing else."
  }

  assert {
    condition     = length(aws_iam_role.rule) == length(aws_lambda_function.rule) && aws_iam_role.rule["approved-ami"].name == "config-rules-approved-ami-eu-west-1"
    error_message = "Every function has a role of its own, in every Region."
  }

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

  assert {
    condition = alltrue([
      for resource in concat(
        values(aws_lambda_function.rule), values(aws_iam_role.rule), values(aws_sqs_queue.failures),
        values(aws_cloudwatch_log_group.rule), values(aws_cloudwatch_metric_alarm.rule),
      ) : resource.tags == tomap({ Owner = "security" })
    ])
    error_message = "Everything that takes tags has them."
  }
}

run "choices" {
  variables {
    name_prefix         = "acme-"
    architecture        = "x86_64"
    alarm_topic_arn     = "arn:aws:sns:eu-west-1:111122223333:alarms"
    log_kms_key_arn     = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    snapshot_bucket_arn = "arn:aws:s3:::config-111122223333/audit"
    assume_roles        = ["arn:aws:iam::444455556666:role/evaluate"]
    external_id         = "7c1d5b1e"
    rules = {
      # A parameter that needs facts.
      approved-ami  = { parameters = { owners = "self" } }
      stored        = { rule = "required-tags", parameters = { requiredTags = "ssm:/tags/required", forbiddenTags = " ssm:/tags/forbidden " } }
      stored-too    = { rule = "required-tags", parameters = { requiredTags = "Owner, ssm:/tags/required:3,ssm:/aws/tags,ssm:/tags/earlier@30d", forbiddenTags = "[\"ssm:/tags/forbidden\"]" } }
      with-snapshot = { rule = "required-tags", parameters = { requiredTags = "Owner" }, snapshots = true }
      # A rule that nobody uses.
      key-pair-usage = { enabled = false }
    }
  }

  assert {
    condition     = keys(aws_lambda_function.rule) == ["approved-ami", "required-tags"]
    error_message = "Only rules that are used have a function."
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

  assert {
    condition     = alltrue([for function in aws_lambda_function.rule : function.environment[0].variables == tomap({ CONFIG_RULES_EXTERNAL_ID = "7c1d5b1e" })])
    error_message = "Functions know their external id."
  }

  assert {
    condition = toset(jsondecode(aws_iam_role_policy.rule["approved-ami"].policy).Statement[0].Action) == toset(concat(
      run.build.catalogue["approved-ami"].iamActions,
      run.build.catalogue["approved-ami"].runActions,
      ["ec2:DescribeImages", "ec2:DescribeInstanceImageMetadata"],
    ))
    error_message = "A parameter that needs facts gives the role the calls for them, and a schedule to notice that they change."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.rule["required-tags"].policy).Statement, 3, 7) == [
      {
        Sid    = "ReadParameters"
        Effect = "Allow"
        Action = ["ssm:GetParameters"]
        Resource = [
          "arn:aws:ssm:eu-west-1:111122223333:parameter/tags/forbidden", "arn:aws:ssm:eu-west-1:111122223333:parameter/tags/required",
          "arn:aws:ssm:eu-west-1::parameter/aws/tags",
        ]
      },
      {
        Sid      = "ReadParameterHistories"
        Effect   = "Allow"
        Action   = ["ssm:GetParameterHistory"]
        Resource = ["arn:aws:ssm:eu-west-1:111122223333:parameter/tags/earlier"]
      },
      {
        Sid      = "ReadSnapshots"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = ["arn:aws:s3:::config-111122223333/audit/AWSLogs/111122223333/Config/eu-west-1/*/ConfigSnapshot/*"]
      },
      {
        Sid      = "AssumeRole"
        Effect   = "Allow"
        Action   = ["sts:AssumeRole"]
        Resource = ["arn:aws:iam::444455556666:role/evaluate"]
      },
    ]
    error_message = "A role may read its rules' stored parameters and this account's snapshots, and assume the roles that were given."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.rule["approved-ami"].policy).Statement : statement.Sid] == ["Evaluate", "Log", "KeepFailedEvents", "AssumeRole"]
    error_message = "What one rule reads, another one's role does not."
  }

  assert {
    condition     = [for name, rule in output.config_rules : name if contains(rule.message_types, "ConfigurationSnapshotDeliveryCompleted")] == ["with-snapshot"]
    error_message = "A rule that evaluates snapshots hears of them."
  }
}

run "further_triggers" {
  variables {
    rules = { instance-exposure = { further_triggers = true, maximum_execution_frequency = "" } }
  }

  assert {
    condition     = toset(output.config_rules["instance-exposure"].resource_types) == toset(concat(["AWS::EC2::Instance"], run.build.catalogue["instance-exposure"].furtherTriggers))
    error_message = "AWS Config sends the changes of further triggers only if they are in the rule's scope."
  }

  assert {
    condition = toset(jsondecode(aws_iam_role_policy.rule["instance-exposure"].policy).Statement[0].Action) == toset(concat(
      run.build.catalogue["instance-exposure"].iamActions,
      ["config:DescribeConfigRules", "ec2:DescribeInstances"],
    ))
    error_message = "To know its scope, and to list what a change concerns, the role may make two more calls."
  }
}

run "another_accounts_role" {
  variables {
    execution_role_name  = "evaluate"
    assume_roles         = ["arn:aws:iam::*:role/evaluate"]
    organization_id      = "o-a1b2c3d4e5"
    snapshot_bucket_arn  = "arn:aws:s3:::config-111122223333"
    snapshot_kms_key_arn = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
    invokers = {
      AWSConfig-444455556666 = { account = "444455556666" }
      Organization           = { organization = "o-a1b2c3d4e5" }
      Anybody                = {}
    }
    rules = {
      required-tags = { parameters = { requiredTags = "Owner" }, snapshots = true }
    }
  }

  assert {
    condition     = jsondecode(output.config_rules["required-tags"].input_parameters) == { requiredTags = "Owner", ExecutionRoleName = "evaluate" }
    error_message = "The function learns which role to assume."
  }

  assert {
    condition = jsonencode({ for key, permission in aws_lambda_permission.config : key => [permission.source_account, permission.principal_org_id] }) == jsonencode({
      "required-tags/AWSConfig-444455556666" = ["444455556666", null]
      "required-tags/Organization"           = [null, "o-a1b2c3d4e5"]
      "required-tags/Anybody"                = [null, null]
    })
    error_message = "AWS Config may invoke the functions for those that were named."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.rule["required-tags"].policy).Statement : statement.Sid] == ["Evaluate", "Log", "KeepFailedEvents", "ReadSnapshots", "DecryptSnapshots", "AssumeRole"]
    error_message = "A function evaluates its own account with its own role, and assumes another one for the others."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.rule["required-tags"].policy).Statement[5].Condition == { StringEquals = { "aws:ResourceOrgID" = "o-a1b2c3d4e5" } }
    error_message = "The role belongs to the organization."
  }
}

run "schedule" {
  command = plan
  variables {
    catalogue = "tests/catalogue.json"
    rules = {
      image-sharing = {}
      often         = { rule = "image-sharing", maximum_execution_frequency = "Three_Hours" }
      never         = { rule = "image-sharing", maximum_execution_frequency = "" }
      required-tags = {}
      exempt        = { rule = "required-tags", parameters = { exemptions = "[]" } }
      stored        = { rule = "required-tags", parameters = { requiredTags = "ssm:/tags" } }
      account       = { rule = "account-settings" }
    }
  }

  assert {
    condition     = output.config_rules["account"].message_types == tolist(["ScheduledNotification"]) && length(output.config_rules["account"].resource_types) == 0
    error_message = "Nothing but a schedule invokes a rule that evaluates the account."
  }

  assert {
    condition = jsonencode({ for name, rule in output.config_rules : name => rule.maximum_execution_frequency }) == jsonencode({
      account       = "TwentyFour_Hours"
      image-sharing = "TwentyFour_Hours"
      often         = "Three_Hours"
      never         = null
      required-tags = null
      exempt        = "TwentyFour_Hours"
      stored        = "TwentyFour_Hours"
    })
    error_message = "A rule whose answer drifts runs once a day, or as often as it is told; the others not at all."
  }

  assert {
    condition     = toset(output.iam_actions) == toset(["config:PutEvaluations", "config:DescribeConfigRules", "ec2:DescribeImages"])
    error_message = "Who has a schedule may look at all there is, and who has a parameter may ask what it asks."
  }

  assert {
    condition = alltrue([
      for rule in output.config_rules : contains(rule.message_types, "ScheduledNotification") == (rule.maximum_execution_frequency != null)
    ])
    error_message = "Who has a schedule hears of it."
  }
}

run "resources" {
  variables {
    rules = {
      instance-profile = { parameters = { approvedProfiles = "web-*", trustedPrincipals = "ec2" }, maximum_execution_frequency = "" }
    }
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.rule["instance-profile"].policy).Statement, 0, 2) == [
      {
        Sid      = "Evaluate"
        Effect   = "Allow"
        Action   = ["config:PutEvaluations", "config:GetResourceConfigHistory"]
        Resource = ["*"]
      },
      {
        Sid      = "GetInstanceProfile"
        Effect   = "Allow"
        Action   = ["iam:GetInstanceProfile"]
        Resource = ["arn:aws:iam::111122223333:instance-profile/*"]
      },
    ]
    error_message = "What a parameter asks of IAM is limited to the account's own profiles and roles; what no parameter asks is not allowed."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.rule["instance-profile"].policy).Statement[2].Sid == "Log"
    error_message = "Policies are listed only with a parameter that denies some."
  }
}

run "nothing" {
  command = plan
  variables {
    rules = {}
  }

  assert {
    condition     = length(aws_lambda_function.rule) == 0 && length(aws_cloudwatch_metric_alarm.rule) == 0
    error_message = "Without rules nothing is deployed."
  }
}
