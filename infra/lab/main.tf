# The lab: servers, buckets and a bastion host, of which some belong to the group Module=Developer; an image made from one of the
# servers; and every rule, for the group. `expected` says what the rules have to answer.

data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:the lab takes the first two by name, and new zones come after them
  state = "available"
}

data "aws_caller_identity" "current" {}

data "aws_ssm_parameter" "amazon_linux" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

locals {
  group = { Module = "Developer" }

  subnets = { A = 1, B = 2 }

  servers = merge([
    for subnet in keys(local.subnets) : {
      for server in ["Web Server 1", "Web Server 2", "Test Web Server"] : "${server} ${subnet}" => subnet
    }
  ]...)

  # The members of the group that run another image than the one that is approved.
  developers = ["Web Server 1 A", "Test Web Server B"]

  # One of them calls AWS, and has lost its profile.
  without_profile = "Test Web Server B"

  buckets = { Developer = local.group, Production = {} }

  # Every rule, with its parameters; the names are the catalogue's.
  rules = {
    approved-ami            = { amiIds = aws_ami_from_instance.base.id }
    image-sharing           = { snapshots = "ignore" }
    instance-exposure       = {}
    instance-profile        = { approvedProfiles = aws_iam_instance_profile.dev.name, trustedPrincipals = "ec2" }
    instance-public-address = { allowedSubnets = aws_subnet.public.id }
    key-pair-usage          = { mode = "none" }
    required-tags           = { requiredTags = "Module" }
    security-group-exposure = {}
    user-data-secrets       = {}
  }

  # They evaluate the account as a whole, on their schedule, and take no scope.
  of_the_account = ["image-sharing"]
}

resource "aws_instance" "server" {
  #checkov:skip=CKV_AWS_126:nobody looks at the lab's metrics
  #checkov:skip=CKV_AWS_135:t3 instances are always EBS optimized
  #checkov:skip=CKV2_AWS_41:one of the lab's servers has lost its profile
  for_each = local.servers

  ami                    = data.aws_ssm_parameter.amazon_linux.insecure_value
  instance_type          = var.instance_type
  subnet_id              = aws_subnet.lab[each.value].id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = each.key == local.without_profile ? null : aws_iam_instance_profile.dev.name
  tags                   = merge({ Name = each.key }, contains(local.developers, each.key) ? local.group : {})

  associate_public_ip_address = false

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }

  lifecycle {
    # Amazon Linux has a new image every few weeks; the lab's servers stay.
    ignore_changes = [ami]
  }
}

resource "aws_ami_from_instance" "base" {
  name               = "Base AMI"
  description        = "Made from Web Server 1 A."
  source_instance_id = aws_instance.server["Web Server 1 A"].id
  tags               = { Name = "Base AMI" }
}

resource "aws_instance" "from_base" {
  #checkov:skip=CKV_AWS_126:nobody looks at the lab's metrics
  #checkov:skip=CKV_AWS_135:t3 instances are always EBS optimized
  ami                    = aws_ami_from_instance.base.id
  instance_type          = var.instance_type
  subnet_id              = aws_subnet.lab["A"].id
  vpc_security_group_ids = [aws_security_group.web.id]
  iam_instance_profile   = aws_iam_instance_profile.dev.name
  tags                   = merge({ Name = "Base AMI Server" }, local.group)

  associate_public_ip_address = false

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }
}

resource "aws_resourcegroups_group" "developer" {
  name        = "lab-developer"
  description = "What belongs to the developers."

  resource_query {
    query = jsonencode({
      ResourceTypeFilters = ["AWS::AllSupported"]
      TagFilters          = [for key, value in local.group : { Key = key, Values = [value] }]
    })
  }
}

module "rules" {
  source = "./.."

  name_prefix  = "lab-"
  build_folder = var.build_folder
  architecture = var.architecture

  rules = {
    for rule, parameters in local.rules : "${rule}-lab" => {
      rule            = rule
      parameters      = parameters
      scope_tag_key   = contains(local.of_the_account, rule) ? null : one(keys(local.group))
      scope_tag_value = contains(local.of_the_account, rule) ? null : one(values(local.group))
      # A run over what EC2 holds answers the same as changes do.
      maximum_execution_frequency = rule == "required-tags" ? "" : "TwentyFour_Hours"
    }
  }
}
