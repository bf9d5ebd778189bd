# One function for each rule that is used: its code, who may invoke it, its log, and where events go that it could not
# handle.

resource "aws_lambda_function" "rule" {
  #checkov:skip=CKV_AWS_50:an evaluation is one call, and its log line has its duration
  #checkov:skip=CKV_AWS_115:evaluations come as fast as resources change; a limit would only delay them
  #checkov:skip=CKV_AWS_116:the failure queue below takes a failed event with its error, which a dead-letter queue does not
  #checkov:skip=CKV_AWS_117:the function calls AWS APIs only, and nothing calls it over a network
  #checkov:skip=CKV_AWS_173:the external id is no secret: it says whose request it is, and the roles' trust does the rest
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

  dynamic "environment" {
    for_each = var.external_id == null ? [] : [var.external_id]
    content {
      variables = { CONFIG_RULES_EXTERNAL_ID = environment.value }
    }
  }

  # Before the first event: the role may not make the log group, and without its policy nothing is reported.
  depends_on = [aws_cloudwatch_log_group.rule, aws_iam_role_policy.rule]
}

locals {
  # Statements of the functions' policies, by their ids.
  invokers = coalesce(var.invokers, { AWSConfig = { account = local.account, organization = null } })

  permissions = merge([
    for rule in keys(local.functions) : {
      for statement_id, invoker in local.invokers : "${rule}/${statement_id}" => merge(invoker, { rule = rule, statement_id = statement_id })
    }
  ]...)
}

resource "aws_lambda_permission" "config" {
  for_each = local.permissions

  statement_id  = each.value.statement_id
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.rule[each.value.rule].function_name
  principal     = "config.amazonaws.com"
  # Not source_arn: the Config rule's ARN is not known before the rule is made, and AWS Config asks for the permission then.
  source_account   = each.value.account
  principal_org_id = each.value.organization
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
