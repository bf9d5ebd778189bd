# What a function may do.

locals {
  account = data.aws_caller_identity.current.account_id
  region  = data.aws_region.current.id

  # Where AWS Config puts the snapshots of this account and Region.
  snapshots = "AWSLogs/${local.account}/Config/${local.region}/*/ConfigSnapshot/*"
}

resource "aws_iam_role" "rule" {
  for_each = local.functions

  # Roles belong to the account, not to a Region: the name tells apart those of several.
  name        = "${each.value.name}-${local.region}"
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
    # A statement that has nothing to be about is left out.
    Statement = [
      for statement in concat([
        {
          # config:PutEvaluations cannot be limited to a resource: AWS defines none for it. The result token that each
          # event brings is what ties a call to one rule and one evaluation.
          Sid      = "Evaluate"
          Action   = [for action in each.value.iam_actions : action if !contains(keys(each.value.action_resources), action)]
          Resource = ["*"]
        },
        ], [
        # What can be limited to the account's own resources is.
        for action, resource in each.value.action_resources : {
          Sid      = split(":", action)[1]
          Action   = [action]
          Resource = ["arn:${data.aws_partition.current.partition}:${split(":", action)[0]}::${local.account}:${resource}"]
        } if contains(each.value.iam_actions, action)
        ], [
        {
          Sid      = "Log"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["${aws_cloudwatch_log_group.rule[each.key].arn}:*"]
        },
        {
          # Lambda sends a failed event with the function's own role.
          Sid      = "KeepFailedEvents"
          Action   = ["sqs:SendMessage"]
          Resource = [aws_sqs_queue.failures[each.key].arn]
        },
        {
          Sid      = "ReadParameters"
          Action   = ["ssm:GetParameters"]
          Resource = [for path in each.value.stored_parameters : "arn:${data.aws_partition.current.partition}:ssm:${local.region}:${startswith(path, "aws/") ? "" : local.account}:parameter/${path}"]
        },
        {
          Sid      = "ReadParameterHistories"
          Action   = ["ssm:GetParameterHistory"]
          Resource = [for path in each.value.stored_histories : "arn:${data.aws_partition.current.partition}:ssm:${local.region}:${startswith(path, "aws/") ? "" : local.account}:parameter/${path}"]
        },
        {
          Sid      = "ReadSnapshots"
          Action   = ["s3:GetObject"]
          Resource = each.value.reads_snapshots ? ["${coalesce(var.snapshot_bucket_arn, "-")}/${local.snapshots}"] : []
        },
        {
          Sid      = "DecryptSnapshots"
          Action   = ["kms:Decrypt"]
          Resource = each.value.reads_snapshots ? compact([var.snapshot_kms_key_arn]) : []
        },
        {
          Sid       = "AssumeRole"
          Action    = ["sts:AssumeRole"]
          Resource  = var.assume_roles
          Condition = var.organization_id == null ? null : { StringEquals = { "aws:ResourceOrgID" = var.organization_id } }
        },
      ]) : merge({ Effect = "Allow" }, { for key, value in statement : key => value if value != null }) if length(statement.Resource) > 0
    ]
  })
}
