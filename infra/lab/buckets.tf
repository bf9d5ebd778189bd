# Two buckets: one of the group, whose rule does not evaluate it, and one outside.

resource "aws_s3_bucket" "lab" {
  #checkov:skip=CKV_AWS_18:the lab's buckets stay empty
  #checkov:skip=CKV_AWS_144:the lab's buckets stay empty
  #checkov:skip=CKV_AWS_145:the lab's buckets stay empty, and S3 encrypts with a key of its own
  #checkov:skip=CKV2_AWS_61:the lab's buckets stay empty
  #checkov:skip=CKV2_AWS_62:the lab's buckets stay empty
  for_each = local.buckets

  bucket        = "lab-${lower(each.key)}-${data.aws_caller_identity.current.account_id}"
  force_destroy = true
  tags          = each.value
}

resource "aws_s3_bucket_public_access_block" "lab" {
  for_each = local.buckets

  bucket = aws_s3_bucket.lab[each.key].id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "lab" {
  for_each = local.buckets

  bucket = aws_s3_bucket.lab[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}
