#!/bin/bash
set -e
mkdir -p /opt/infra && cd /opt/infra
cat > backend.tf <<'HCL'
terraform {
  backend "s3" {
    bucket     = "example-state"
    key        = "prod/network/terraform.tfstate"
    region     = "us-east-1"
    access_key = "@@AKIA@@"
    secret_key = "@@AWS_SECRET@@"
  }
}
provider "aws" {
  region = var.region
}
HCL
terraform init -input=false && terraform apply -auto-approve
