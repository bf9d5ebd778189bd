# A bastion host: a door to the internet. Anybody may knock at it by SSH, and nobody gets in: of its key pair nobody has the
# private half.

resource "aws_key_pair" "shared" {
  key_name   = "lab-shared"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvF2BDldtUsuKp4soWSl2JKymKtohw0SeaX/Qq1D6X9 lab-shared"
  tags       = { Name = "lab-shared" }
}

resource "aws_security_group" "bastion" {
  #checkov:skip=CKV_AWS_24:this is what the lab's rules find
  name        = "lab-bastion"
  description = "The lab's bastion host: SSH from everywhere."
  vpc_id      = aws_vpc.lab.id
  tags        = merge({ Name = "lab-bastion" }, local.group)

  ingress {
    description = "everybody"
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "bastion" {
  #checkov:skip=CKV_AWS_88:this is what the lab's rules find
  #checkov:skip=CKV_AWS_126:nobody looks at the lab's metrics
  #checkov:skip=CKV_AWS_135:t3 instances are always EBS optimized
  ami                    = aws_ami_from_instance.base.id
  instance_type          = var.instance_type
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.bastion.id]
  key_name               = aws_key_pair.shared.key_name
  iam_instance_profile   = aws_iam_instance_profile.dev.name
  tags                   = merge({ Name = "Bastion" }, local.group)

  associate_public_ip_address = true

  metadata_options {
    http_tokens = "required"
  }

  root_block_device {
    encrypted = true
  }
}
