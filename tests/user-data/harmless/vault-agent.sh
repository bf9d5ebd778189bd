#!/bin/bash
set -euo pipefail
install -d -o vault -g vault -m 0750 /etc/vault.d /run/vault
cat > /etc/vault.d/agent.hcl <<'HCL'
pid_file = "/run/vault/agent.pid"

vault {
  address = "https://vault.example.com:8200"
  ca_cert = "/etc/ssl/certs/example-root.pem"
}

auto_auth {
  method "aws" {
    mount_path = "auth/aws"
    config = {
      type = "iam"
      role = "orders"
    }
  }
  sink "file" {
    config = {
      path = "/run/vault/token"
      mode = 0640
    }
  }
}

template {
  destination = "/run/orders/db.env"
  perms       = "0640"
  contents    = <<EOT
{{ with secret "database/creds/orders" }}
DB_USERNAME={{ .Data.username }}
DB_PASSWORD={{ .Data.password }}
{{ end }}
{{ with secret "secret/data/orders" }}
API_TOKEN={{ .Data.data.api_token }}
{{ end }}
EOT
  command = "systemctl reload-or-restart orders"
}

template_config {
  exit_on_retry_failure = true
}

listener "tcp" {
  address = "127.0.0.1:8100"
  tls_disable = true
  require_request_header = true
}
HCL
systemctl enable --now vault-agent
until [ -s /run/vault/token ]; do sleep 1; done
echo "vault agent is up, token: /run/vault/token"
