output "snapshot_bucket_arn" {
  description = "The bucket's ARN: what the rules' snapshot_bucket_arn is for rules with `snapshots`."
  value       = aws_s3_bucket.config.arn
}
