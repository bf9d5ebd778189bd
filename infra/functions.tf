# One function for each rule that is used: its code, what its role may do, its log, and where events go that it could
# not handle.

resource "aws_lambda_function" "rule" {
  #checkov:skip=CKV_AWS_50:an evaluation is one call, and its log line has its duration
  #checkov:skip=CKV_AWS_115:evaluations come as fast as resources change; a limit would only delay them
  #checkov:skip=CKV_AWS_116:the failure queue below takes a failed event with its error, which a dead-letter queue does not
  #checkov:skip=CKV_AWS_117:the function calls AWS Config only, and nothing calls it over a network
  #checkov:skip=CKV_AWS_272:the archives are built from source by whoever deploys them
  for_each = local.functions

  function_name = each.value.name
  description   = each.value.description
  role          = aws_iam_role.rule[each.key].arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = var.memory_size
  timeout       = var.timeout
  filename      = each.value.archive
  # An archive that does not exist is the Config rule's to refuse, together with whatever else is wrong.
  source_code_hash = try(filebase64sha256(each.value.archive), null)
  tags             = var.tags

  # Before the first event: the role may not make the log group, and without its policy nothing is reported.
  depends_on = [aws_cloudwatch_log_group.rule, aws_iam_role_policy.rule]
}

resource "aws_lambda_permission" "config" {
  for_each = local.functions

  statement_id  = "AWSConfig"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.rule[each.key].function_name
  principal     = "config.amazonaws.com"
  # Not source_arn: the Config rule's ARN is not known before the rule is made, and AWS Config asks for the permission then.
  source_account = data.aws_caller_identity.current.account_id
}

resource "aws_lambda_function_event_invoke_config" "rule" {
  for_each = local.functions

  function_name                = aws_lambda_function.rule[each.key].function_name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = var.maximum_event_age

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failures[each.key].arn
    }
  }
}

resource "aws_sqs_queue" "failures" {
  for_each = local.functions

  name                      = "${each.value.name}-failures"
  message_retention_seconds = 14 * 24 * 60 * 60
  sqs_managed_sse_enabled   = true
  tags                      = var.tags
}

resource "aws_cloudwatch_log_group" "rule" {
  #checkov:skip=CKV_AWS_158:log_kms_key_arn is for those who want a key of their own
  #checkov:skip=CKV_AWS_338:AWS Config keeps the verdicts; the log is for finding faults
  for_each = local.functions

  name              = "/aws/lambda/${each.value.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
  tags              = var.tags
}

resource "aws_iam_role" "rule" {
  for_each = local.functions

  # Roles belong to the account, not to a Region: the name tells apart those of several.
  name        = "${each.value.name}-${data.aws_region.current.id}"
  description = "What the function ${each.value.name} may do."
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "rule" {
  for_each = local.functions

  name = "rule"
  role = aws_iam_role.rule[each.key].name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # config:PutEvaluations cannot be limited to a resource: AWS defines none for it. The result token that each
        # event brings is what ties a call to one rule and one evaluation.
        Sid      = "Evaluate"
        Effect   = "Allow"
        Action   = each.value.iam_actions
        Resource = "*"
      },
      {
        Sid      = "Log"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${aws_cloudwatch_log_group.rule[each.key].arn}:*"
      },
      {
        # Lambda sends a failed event with the function's own role.
        Sid      = "KeepFailedEvents"
        Effect   = "Allow"
        Action   = "sqs:SendMessage"
        Resource = aws_sqs_queue.failures[each.key].arn
      },
    ]
  })
}
