#!/bin/bash
set -euo pipefail
VAULT_ADDR=https://vault.example.com:8200
export VAULT_ADDR
VAULT_TOKEN=$(vault login -method=aws -token-only role=nomad-client)
export VAULT_TOKEN

CONSUL_TOKEN="$(vault read -field=token consul/creds/nomad-client)"
GOSSIP=$(vault kv get -field=key secret/nomad/gossip)

cat > /etc/nomad.d/client.hcl <<HCL
datacenter = "us-east-1"
data_dir   = "/opt/nomad"
bind_addr  = "0.0.0.0"

client {
  enabled = true
  options = {
    "docker.auth.config"        = "/etc/docker/config.json"
    "env.denylist"              = "AWS_SECRET_ACCESS_KEY,VAULT_TOKEN,PGPASSWORD"
    "driver.allowlist"          = "docker,exec"
  }
}

server {
  enabled = false
  encrypt = "${GOSSIP}"
}

consul {
  address = "127.0.0.1:8500"
  token   = "${CONSUL_TOKEN}"
}

vault {
  enabled          = true
  address          = "$VAULT_ADDR"
  create_from_role = "nomad-cluster"
  task_token_ttl   = "1h"
}

tls {
  http      = true
  ca_file   = "/etc/nomad.d/ca.pem"
  cert_file = "/etc/nomad.d/client.pem"
  key_file  = "/etc/nomad.d/client-key.pem"
}
HCL
chmod 0640 /etc/nomad.d/client.hcl
systemctl enable --now nomad
