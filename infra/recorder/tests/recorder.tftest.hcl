# What is recorded and who may reach it, against a provider that makes everything up.

mock_provider "aws" {
  source = "../tests/mocks"
}

run "recorder" {
  assert {
    condition = (
      aws_config_configuration_recorder.recorder.recording_group[0].all_supported &&
      aws_config_configuration_recorder.recorder.recording_group[0].include_global_resource_types &&
      aws_config_configuration_recorder.recorder.recording_mode[0].recording_frequency == "CONTINUOUS" &&
      aws_config_configuration_recorder_status.recorder.is_enabled
    )
    error_message = "Everything is recorded, as it changes."
  }

  assert {
    condition = (
      aws_config_configuration_recorder.recorder.role_arn == "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig" &&
      length(aws_iam_service_linked_role.config) == 1
    )
    error_message = "AWS Config records with its own role."
  }

  assert {
    condition = (
      aws_config_delivery_channel.channel.s3_bucket_name == aws_s3_bucket.config.id && aws_config_delivery_channel.channel.sns_topic_arn == null &&
      aws_config_delivery_channel.channel.snapshot_delivery_properties[0].delivery_frequency == "TwentyFour_Hours"
    )
    error_message = "Snapshots are delivered to the bucket once a day, and nothing to a topic."
  }

  assert {
    condition     = aws_s3_bucket.config.bucket == "config-111122223333-eu-west-1" && !aws_s3_bucket.config.force_destroy
    error_message = "The bucket is this account's and Region's, and keeps what it holds."
  }

  assert {
    condition = (
      aws_s3_bucket_public_access_block.config.block_public_acls && aws_s3_bucket_public_access_block.config.block_public_policy &&
      aws_s3_bucket_public_access_block.config.ignore_public_acls && aws_s3_bucket_public_access_block.config.restrict_public_buckets
    )
    error_message = "The bucket is never public."
  }

  assert {
    condition = (
      aws_s3_bucket_versioning.config.versioning_configuration[0].status == "Enabled" &&
      one(one(aws_s3_bucket_server_side_encryption_configuration.config.rule).apply_server_side_encryption_by_default).sse_algorithm == "AES256" &&
      aws_s3_bucket_lifecycle_configuration.config.rule[0].expiration[0].days == 2557
    )
    error_message = "The bucket is versioned, encrypted, and forgets after seven years."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_s3_bucket_policy.config.policy).Statement :
      statement.Effect == "Deny"
      ? statement.Principal == "*" && statement.Condition == { Bool = { "aws:SecureTransport" = "false" } }
      : statement.Principal == { Service = "config.amazonaws.com" } && statement.Condition.StringEquals["AWS:SourceAccount"] == "111122223333"
    ])
    error_message = "AWS Config alone reaches the bucket, for this account only, and nobody without TLS."
  }

  assert {
    condition = [for statement in jsondecode(aws_s3_bucket_policy.config.policy).Statement : statement.Resource if statement.Action == "s3:PutObject"] == [
      "arn:aws:s3:::config-111122223333-eu-west-1/AWSLogs/111122223333/Config/*"
    ]
    error_message = "AWS Config writes to its own prefix."
  }
}

run "choices" {
  variables {
    create_service_linked_role    = false
    include_global_resource_types = false
    recording_frequency           = "DAILY"
    snapshot_delivery_frequency   = "One_Hour"
    kms_key_arn                   = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555"
  }

  assert {
    condition = (
      length(aws_iam_service_linked_role.config) == 0 && endswith(aws_config_configuration_recorder.recorder.role_arn, "/AWSServiceRoleForConfig") &&
      !aws_config_configuration_recorder.recorder.recording_group[0].include_global_resource_types
    )
    error_message = "A role that is there is used, and global types are recorded in another Region."
  }

  assert {
    condition = (
      aws_config_delivery_channel.channel.s3_kms_key_arn == var.kms_key_arn &&
      one(one(aws_s3_bucket_server_side_encryption_configuration.config.rule).apply_server_side_encryption_by_default).kms_master_key_id == var.kms_key_arn
    )
    error_message = "The key encrypts what is delivered."
  }
}

run "frequencies" {
  command = plan
  variables {
    recording_frequency         = "HOURLY"
    snapshot_delivery_frequency = "Daily"
  }
  expect_failures = [var.recording_frequency, var.snapshot_delivery_frequency]
}
