output "config_rule" {
  description = "The lab's Config rule."
  value       = "approved-ami-lab"
}

output "approved_image" {
  description = "Base AMI, the only image that the rule approves."
  value       = aws_ami_from_instance.base.id
}

output "expected" {
  description = "What the rule has to answer, by resource id: null where it must not say anything, because the resource is outside its scope."
  value = merge(
    { (aws_instance.from_base.id) = "COMPLIANT" },
    { for name, server in aws_instance.server : server.id => contains(local.developers, name) ? "NON_COMPLIANT" : null },
    { for name, bucket in aws_s3_bucket.lab : bucket.id => local.buckets[name] == local.group ? "NOT_APPLICABLE" : null },
  )
}
