#!/usr/bin/env bash
set -euo pipefail
# Raft storage, unsealed by KMS. TLS material comes out of Secrets Manager as one JSON document.
TLS_SECRET_ARN="arn:aws:secretsmanager:us-east-1:111122223333:secret:vault/tls-9aBcDe"
KMS_KEY_ID="3d89637b-0185-40c0-aac4-329cd9062ff1"
bundle=$(aws secretsmanager get-secret-value --secret-id "$TLS_SECRET_ARN" --query SecretString --output text)
umask 077
jq -r .vault_cert <<<"$bundle" | base64 -d > /opt/vault/tls/vault-cert.pem
jq -r .vault_pk   <<<"$bundle" | base64 -d > /opt/vault/tls/vault-key.pem
jq -r .vault_ca   <<<"$bundle" | base64 -d > /opt/vault/tls/vault-ca.pem

cat > /etc/vault.d/vault.hcl <<EOF
ui = true
disable_mlock = true
api_addr = "https://$(hostname -i):8200"
storage "raft" {
  path    = "/opt/vault/data"
  node_id = "$(ec2-metadata -i | cut -d' ' -f2)"
  retry_join {
    auto_join               = "provider=aws tag_key=vault tag_value=server"
    leader_tls_servername   = "vault.example.com"
    leader_ca_cert_file     = "/opt/vault/tls/vault-ca.pem"
    leader_client_key_file  = "/opt/vault/tls/vault-key.pem"
  }
}
seal "awskms" {
  region     = "us-east-1"
  kms_key_id = "$KMS_KEY_ID"
}
listener "tcp" {
  address            = "0.0.0.0:8200"
  tls_cert_file      = "/opt/vault/tls/vault-cert.pem"
  tls_key_file       = "/opt/vault/tls/vault-key.pem"
}
EOF
systemctl enable --now vault
sleep 10
if ! vault status -format=json | jq -e .initialized >/dev/null; then
  root_token=$(vault operator init -format=json | jq -r .root_token)
  aws secretsmanager put-secret-value --secret-id vault/root --secret-string "$root_token"
  VAULT_TOKEN="$root_token" vault audit enable file file_path=/var/log/vault_audit.log
  VAULT_TOKEN="$root_token" vault auth enable aws
  VAULT_TOKEN="$root_token" vault secrets enable -path=secret kv-v2
  vault token revoke -self
fi
