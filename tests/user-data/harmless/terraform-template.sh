#!/bin/bash
# rendered by templatefile(); what is still in ${...} was left by a broken pipeline
set -e
cluster_name="${cluster_name}"
db_password="${db_password}"
export REDIS_AUTH_TOKEN=${redis_auth_token}
echo "DB_PASSWORD='${db_password}'" >> /etc/app.env
echo "postgres://app:${db_password}@${db_host}:5432/app" > /run/app/dsn

%{ if enable_proxy ~}
export HTTPS_PROXY="http://${proxy_user}:${proxy_password}@proxy.example.com:3128"
%{ endif ~}

cat > /opt/infra/main.tf <<'HCL'
variable "db_password" {
  type        = string
  sensitive   = true
  description = "Database password; comes from the pipeline"
}

variable "api_token" { type = string }

resource "aws_db_instance" "app" {
  identifier                  = "app"
  username                    = "app"
  password                    = var.db_password
  manage_master_user_password = false
}

resource "random_password" "app" {
  length  = 32
  special = false
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = jsonencode({ username = "app", password = random_password.app.result })
}

provider "datadog" {
  api_key = data.aws_ssm_parameter.datadog.value
  app_key = local.app_key
}

resource "aws_elasticache_replication_group" "app" {
  auth_token                 = random_password.app.result
  auth_token_update_strategy = "ROTATE"
}

output "password" {
  value     = random_password.app.result
  sensitive = true
}
HCL
