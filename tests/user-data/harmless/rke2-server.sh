#!/bin/bash
# RKE2 server, first node decides by taking a lock in DynamoDB
export TYPE="server"
export CCM="true"
set -eu
info()  { echo "[INFO] " "$@"; }
fatal() { echo "[ERROR] " "$@" >&2; exit 1; }

fetch_token() {
  info "Fetching rke2 join token..."
  TOKEN=$(aws s3 cp "s3://example-rke2-111122223333/token" -)
  export TOKEN
  [ -n "$TOKEN" ] || fatal "token: empty answer from s3"
}

append_config() {
  mkdir -p /etc/rancher/rke2
  grep -qs "^$1:" /etc/rancher/rke2/config.yaml || echo "$1: $2" >> /etc/rancher/rke2/config.yaml
}

fetch_token
append_config token "${TOKEN}"
append_config server "https://rke2.example.com:9345"
append_config write-kubeconfig-mode '"0640"'
append_config secrets-encryption true
append_config profile cis
cat >> /etc/rancher/rke2/config.yaml <<EOF
tls-san:
  - rke2.example.com
kube-apiserver-arg:
  - audit-log-path=/var/log/kube-audit.log
  - anonymous-auth=false
EOF
chmod 0640 /etc/rancher/rke2/config.yaml
useradd --system --no-create-home --shell /sbin/nologin etcd
systemctl enable --now rke2-server
