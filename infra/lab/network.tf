# Two subnets that nothing enters and nothing leaves.

resource "aws_vpc" "lab" {
  #checkov:skip=CKV2_AWS_11:nothing flows in a network without doors
  cidr_block = "10.20.0.0/16"
  tags       = { Name = "lab" }
}

resource "aws_subnet" "lab" {
  for_each = local.subnets

  vpc_id            = aws_vpc.lab.id
  cidr_block        = cidrsubnet(aws_vpc.lab.cidr_block, 8, each.value)
  availability_zone = data.aws_availability_zones.available.names[each.value - 1]
  tags              = { Name = "lab-${each.key}" }
}

resource "aws_security_group" "web" {
  name        = "lab-web"
  description = "The lab's servers: no way in, no way out."
  vpc_id      = aws_vpc.lab.id
  tags        = { Name = "lab-web" }
}

# Without permissions.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.lab.id
}
