output "config_rules" {
  description = "The lab's Config rules."
  value       = sort(keys(module.rules.config_rules))
}

output "approved_image" {
  description = "Base AMI, the only image that the rule approves."
  value       = aws_ami_from_instance.base.id
}

locals {
  members = merge(
    { for name in local.developers : name => aws_instance.server[name].id },
    { "Base AMI Server" = aws_instance.from_base.id, Bastion = aws_instance.bastion.id },
  )

  # Which of the members each rule about instances finds.
  found = {
    approved-ami-lab            = local.developers
    instance-exposure-lab       = ["Bastion"]
    instance-profile-lab        = [local.without_profile]
    instance-public-address-lab = []
    key-pair-usage-lab          = ["Bastion"]
    required-tags-lab           = []
    user-data-secrets-lab       = []
  }
}

output "expected" {
  description = "What the rules have to answer, by rule and resource id. AWS Config lists nothing else: what a rule does not evaluate is NOT_APPLICABLE, and what has not the group's tag is outside its scope."
  value = merge(
    {
      for rule, found in local.found : rule => merge(
        { for name, id in local.members : id => contains(found, name) ? "NON_COMPLIANT" : "COMPLIANT" },
        # It evaluates resources of every type.
        rule != "required-tags-lab" ? {} : {
          (aws_s3_bucket.lab["Developer"].id) = "COMPLIANT"
          (aws_security_group.bastion.id)     = "COMPLIANT"
          (aws_security_group.web.id)         = "COMPLIANT"
        },
      )
    },
    {
      image-sharing-lab = { (data.aws_caller_identity.current.account_id) = "COMPLIANT" }
      security-group-exposure-lab = {
        (aws_security_group.bastion.id) = "NON_COMPLIANT"
        (aws_security_group.web.id)     = "COMPLIANT"
      }
    },
  )
}
