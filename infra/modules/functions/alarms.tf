# What somebody should hear of, per function.

locals {
  alarms = merge([
    for rule, function in local.functions : {
      "${function.name}-errors" = {
        description = "An evaluation failed or ran out of time. Lambda tries it again twice."
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        dimensions  = { FunctionName = function.name }
      }
      "${function.name}-throttles" = {
        description = "Lambda delays events, because the account has no function instance to spare."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        statistic   = "Sum"
        dimensions  = { FunctionName = function.name }
      }
      "${function.name}-failures" = {
        description = "Lambda gave up on an event. The failure queue has it, with its error."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        dimensions  = { QueueName = aws_sqs_queue.failures[rule].name }
      }
      # Some errors are not Lambda's to know, because trying again would not help: wrong parameters, for one.
      "${function.name}-reported-errors" = {
        description = "The function wrote an errorType to its log ${aws_cloudwatch_log_group.rule[rule].name}; errorMessage says what to do."
        namespace   = "ConfigRules"
        metric      = aws_cloudwatch_log_metric_filter.reported_errors[rule].name
        statistic   = "Sum"
        dimensions  = {}
      }
    }
  ]...)
}

resource "aws_cloudwatch_metric_alarm" "rule" {
  for_each = local.alarms

  alarm_name          = each.key
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.value.statistic
  dimensions          = each.value.dimensions
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  # Nothing happened, nothing went wrong.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarm_topic_arn == null ? [] : [var.alarm_topic_arn]
  tags               = var.tags
}

resource "aws_cloudwatch_log_metric_filter" "reported_errors" {
  for_each = local.functions

  name           = "${each.value.name}-reported-errors"
  log_group_name = aws_cloudwatch_log_group.rule[each.key].name
  # Every line is one evaluation, and has an errorType only if it failed.
  pattern = "{ $.errorType = * }"

  metric_transformation {
    namespace = "ConfigRules"
    name      = "${each.value.name}-reported-errors"
    value     = "1"
  }
}
