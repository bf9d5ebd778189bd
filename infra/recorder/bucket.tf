# Where AWS Config puts snapshots and histories.

resource "aws_s3_bucket" "config" {
  #checkov:skip=CKV_AWS_18:a log of accesses needs a bucket that logs itself; CloudTrail's data events are the better place
  #checkov:skip=CKV_AWS_144:AWS Config keeps what is recorded as well, for as long as its retention says
  #checkov:skip=CKV_AWS_145:kms_key_arn is for those who want a key of their own; without it, S3 encrypts with its own
  #checkov:skip=CKV2_AWS_62:AWS Config tells the rules of a new snapshot; nobody else needs to hear of it
  bucket        = coalesce(var.bucket, "config-${local.account}-${data.aws_region.current.id}")
  force_destroy = var.delete_history
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "config" {
  bucket = aws_s3_bucket.config.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "config" {
  bucket = aws_s3_bucket.config.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "config" {
  bucket = aws_s3_bucket.config.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "config" {
  bucket = aws_s3_bucket.config.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "config" {
  bucket = aws_s3_bucket.config.id

  rule {
    id     = "forget"
    status = "Enabled"

    filter {}

    expiration {
      days = var.retention_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  # A rule for old versions needs versioning first.
  depends_on = [aws_s3_bucket_versioning.config]
}

locals {
  # AWS Config, on behalf of this account only.
  aws_config = {
    Effect    = "Allow"
    Principal = { Service = "config.amazonaws.com" }
    Condition = { StringEquals = { "AWS:SourceAccount" = local.account } }
  }
}

resource "aws_s3_bucket_policy" "config" {
  bucket = aws_s3_bucket.config.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "OnlyEncryptedConnections"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource  = [aws_s3_bucket.config.arn, "${aws_s3_bucket.config.arn}/*"]
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      merge(local.aws_config, {
        Sid      = "AWSConfigBucketCheck"
        Action   = ["s3:GetBucketAcl", "s3:ListBucket"]
        Resource = aws_s3_bucket.config.arn
      }),
      merge(local.aws_config, {
        Sid      = "AWSConfigBucketDelivery"
        Action   = "s3:PutObject"
        Resource = "${aws_s3_bucket.config.arn}/AWSLogs/${local.account}/Config/*"
        Condition = { StringEquals = {
          "AWS:SourceAccount" = local.account
          "s3:x-amz-acl"      = "bucket-owner-full-control"
        } }
      }),
    ]
  })

  # S3 refuses a policy while it changes the bucket's public access.
  depends_on = [aws_s3_bucket_public_access_block.config]
}
