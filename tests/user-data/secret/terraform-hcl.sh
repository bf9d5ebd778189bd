#!/bin/bash
set -e
cat > /opt/infra/terraform.tfvars <<'HCL'
region         = "us-east-1"
instance_class = "db.t4g.medium"
db_password    = "@@PASSWORD@@"
datadog_api_key = "@@HEX@@"
HCL
cat > /opt/infra/main.tf <<'HCL'
variable "admin_password" {
  type      = string
  sensitive = true
}
resource "aws_db_instance" "legacy" {
  username = "legacy"
  password = "@@PASSWORD@@"
}
resource "aws_db_instance" "orders" {
  username = "orders"
  password = var.db_password
}
provider "vault" {
  address = "https://vault.example.com:8200"
  token   = "@@VAULT_TOKEN@@"
}
HCL
terraform -chdir=/opt/infra init && terraform -chdir=/opt/infra apply -auto-approve
