terraform {
  # Conditions of variables that look at more than their own variable; OpenTofu has them since 1.9 too.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0, < 7.0"
    }
  }
}
