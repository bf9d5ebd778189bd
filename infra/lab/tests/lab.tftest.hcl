# The lab is what its answers are expected of, against a provider that makes everything up.

mock_provider "aws" {
  source = "../tests/mocks"

  mock_data "aws_availability_zones" {
    defaults = { names = ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }
  }

  mock_resource "aws_ami_from_instance" {
    defaults = { id = "ami-0e512ec68648bed63" }
  }
}

override_resource {
  target = aws_subnet.public
  values = { id = "subnet-0f78608b4635f9780" }
}

variables {
  build_folder = "tests/build"
}

run "build" {
  module {
    source = "../tests/setup"
  }
}

run "lab" {
  assert {
    condition = { for name, server in aws_instance.server : name => server.subnet_id } == {
      "Web Server 1 A"    = aws_subnet.lab["A"].id
      "Web Server 2 A"    = aws_subnet.lab["A"].id
      "Test Web Server A" = aws_subnet.lab["A"].id
      "Web Server 1 B"    = aws_subnet.lab["B"].id
      "Web Server 2 B"    = aws_subnet.lab["B"].id
      "Test Web Server B" = aws_subnet.lab["B"].id
    } && aws_subnet.lab["A"].id != aws_subnet.lab["B"].id
    error_message = "Each subnet has two web servers and a test web server."
  }

  assert {
    condition = (
      aws_subnet.lab["A"].cidr_block == "10.20.1.0/24" && aws_subnet.lab["B"].cidr_block == "10.20.2.0/24" &&
      aws_subnet.lab["A"].availability_zone != aws_subnet.lab["B"].availability_zone
    )
    error_message = "The subnets are those of events/lab."
  }

  assert {
    condition = alltrue([
      for server in concat(values(aws_instance.server), [aws_instance.from_base]) :
      !server.associate_public_ip_address && server.metadata_options[0].http_tokens == "required" && server.root_block_device[0].encrypted
    ])
    error_message = "Servers are closed."
  }

  assert {
    condition = toset([
      for server in concat(values(aws_instance.server), [aws_instance.from_base, aws_instance.bastion]) : server.tags.Name if lookup(server.tags, "Module", "") == "Developer"
    ]) == toset(["Web Server 1 A", "Test Web Server B", "Base AMI Server", "Bastion"])
    error_message = "Three servers and the bastion host belong to the group."
  }

  assert {
    condition = { for name, bucket in aws_s3_bucket.lab : bucket.bucket => lookup(coalesce(bucket.tags, {}), "Module", "none") } == {
      lab-developer-111122223333  = "Developer"
      lab-production-111122223333 = "none"
    }
    error_message = "One bucket belongs to the group, and one does not."
  }

  assert {
    condition     = jsondecode(aws_resourcegroups_group.developer.resource_query[0].query).TagFilters == [{ Key = "Module", Values = ["Developer"] }]
    error_message = "The group is over the tag."
  }

  assert {
    condition = (
      aws_ami_from_instance.base.name == "Base AMI" && aws_ami_from_instance.base.source_instance_id == aws_instance.server["Web Server 1 A"].id &&
      aws_instance.from_base.ami == aws_ami_from_instance.base.id && alltrue([for server in aws_instance.server : server.ami != aws_ami_from_instance.base.id])
    )
    error_message = "One server runs the image that was made from Web Server 1 A."
  }

  assert {
    condition = (
      aws_instance.bastion.associate_public_ip_address && aws_instance.bastion.subnet_id == aws_subnet.public.id &&
      aws_instance.bastion.key_name == "lab-shared" && one(aws_route_table.public.route).cidr_block == "0.0.0.0/0" &&
      one(one(aws_security_group.bastion.ingress).cidr_blocks) == "0.0.0.0/0"
    )
    error_message = "The bastion host is a door to the internet."
  }

  assert {
    condition = (
      aws_iam_instance_profile.dev.name == "DEV_PROFILE" && aws_iam_instance_profile.dev.role == "DEV_ROLE" &&
      jsondecode(aws_iam_role.dev.assume_role_policy).Statement[0].Principal == { Service = "ec2.amazonaws.com" } &&
      alltrue([for name, server in aws_instance.server : name == "Test Web Server B" ? server.iam_instance_profile != "DEV_PROFILE" : server.iam_instance_profile == "DEV_PROFILE"])
    )
    error_message = "All servers but one have the profile, whose role is for EC2."
  }

  assert {
    condition     = output.config_rules == sort([for rule in keys(run.build.catalogue) : "${rule}-lab"])
    error_message = "Every rule of the catalogue is there."
  }

  assert {
    condition     = alltrue([for rule in output.config_rules : contains(keys(output.expected), rule)]) && length(output.expected) == length(output.config_rules)
    error_message = "Every rule's answers are expected."
  }

  assert {
    condition = jsonencode(output.expected["approved-ami-lab"]) == jsonencode({
      (aws_instance.server["Web Server 1 A"].id)    = "NON_COMPLIANT"
      (aws_instance.server["Test Web Server B"].id) = "NON_COMPLIANT"
      (aws_instance.from_base.id)                   = "COMPLIANT"
      (aws_instance.bastion.id)                     = "COMPLIANT"
    })
    error_message = "Two servers run another image than the one that is approved."
  }
}
