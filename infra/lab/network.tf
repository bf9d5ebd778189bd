# Two subnets that nothing enters and nothing leaves, and a public one.

resource "aws_vpc" "lab" {
  #checkov:skip=CKV2_AWS_11:nothing flows here but what knocks at the bastion's door
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

resource "aws_subnet" "public" {
  vpc_id            = aws_vpc.lab.id
  cidr_block        = cidrsubnet(aws_vpc.lab.cidr_block, 8, 0)
  availability_zone = data.aws_availability_zones.available.names[0]
  tags              = { Name = "lab-public" }
}

resource "aws_internet_gateway" "lab" {
  vpc_id = aws_vpc.lab.id
  tags   = { Name = "lab" }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.lab.id
  tags   = { Name = "lab-public" }

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.lab.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_security_group" "web" {
  name        = "lab-web"
  description = "The lab's servers: no way in, no way out."
  vpc_id      = aws_vpc.lab.id
  tags        = merge({ Name = "lab-web" }, local.group)
}

# Without permissions.
resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.lab.id
}
