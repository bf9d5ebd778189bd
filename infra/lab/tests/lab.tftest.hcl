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
      for server in concat(values(aws_instance.server), [aws_instance.from_base]) : server.tags.Name if lookup(server.tags, "Module", "") == "Developer"
    ]) == toset(["Web Server 1 A", "Test Web Server B", "Base AMI Server"])
    error_message = "Three servers belong to the group."
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
    condition     = keys(module.rules.config_rules) == [output.config_rule]
    error_message = "There is one rule."
  }

  assert {
    condition = jsonencode(output.expected) == jsonencode(merge(
      { for name, server in aws_instance.server : server.id => null },
      { for name, bucket in aws_s3_bucket.lab : bucket.id => null },
      {
        (aws_instance.server["Web Server 1 A"].id)    = "NON_COMPLIANT"
        (aws_instance.server["Test Web Server B"].id) = "NON_COMPLIANT"
        (aws_instance.from_base.id)                   = "COMPLIANT"
        (aws_s3_bucket.lab["Developer"].id)           = "NOT_APPLICABLE"
      },
    ))
    error_message = "One server is compliant, two are not, and the rule says nothing of the rest."
  }
}
