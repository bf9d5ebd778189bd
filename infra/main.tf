# The Config rules of one account and Region.

module "functions" {
  source = "./modules/functions"

  rules                = var.rules
  name_prefix          = var.name_prefix
  build_folder         = var.build_folder
  architecture         = var.architecture
  memory_size          = var.memory_size
  timeout              = var.timeout
  maximum_event_age    = var.maximum_event_age
  log_retention_days   = var.log_retention_days
  log_kms_key_arn      = var.log_kms_key_arn
  alarm_topic_arn      = var.alarm_topic_arn
  snapshot_bucket_arn  = var.snapshot_bucket_arn
  snapshot_kms_key_arn = var.snapshot_kms_key_arn
  assume_roles         = var.assume_roles
  external_id          = var.external_id
  tags                 = var.tags
}

resource "aws_config_config_rule" "rule" {
  for_each = module.functions.config_rules

  name             = each.key
  description      = each.value.description
  input_parameters = each.value.input_parameters
  tags             = var.tags

  source {
    owner             = "CUSTOM_LAMBDA"
    source_identifier = each.value.function_arn

    dynamic "source_detail" {
      for_each = each.value.message_types
      content {
        event_source                = "aws.config"
        message_type                = source_detail.value
        maximum_execution_frequency = source_detail.value == "ScheduledNotification" ? each.value.maximum_execution_frequency : null
      }
    }
  }

  dynamic "scope" {
    for_each = each.value.tag_key == null && length(each.value.resource_types) == 0 ? [] : [each.value]
    content {
      compliance_resource_types = length(scope.value.resource_types) == 0 ? null : scope.value.resource_types
      tag_key                   = scope.value.tag_key
      tag_value                 = scope.value.tag_value
    }
  }

  lifecycle {
    precondition {
      condition     = length(each.value.problems) == 0
      error_message = join("\n", each.value.problems)
    }
  }
}
