#!/bin/bash
set -e
ENCRYPT_KEY=$(vault kv get -field=gossip_key secret/consul)
MASTER_TOKEN=$(uuidgen)
INSTANCE_ID=$(ec2-metadata -i | awk '{print $2}')
cat > /etc/consul.d/consul.hcl <<EOF
datacenter         = "us-east-1"
server             = true
bootstrap_expect   = 3
node_name          = "${INSTANCE_ID}"
retry_join         = ["provider=aws tag_key=consul tag_value=server"]
encrypt            = "${ENCRYPT_KEY}"
verify_incoming    = true
verify_outgoing    = true
auto_encrypt {
  allow_tls = true
}
acl {
  enabled                  = true
  default_policy           = "deny"
  enable_token_persistence = true
  tokens {
    initial_management = "${MASTER_TOKEN}"
    agent              = "$(aws ssm get-parameter --name /consul/agent-token --with-decryption --query Parameter.Value --output text)"
  }
}
autopilot {
  redundancy_zone_tag = "zone"
}
EOF
cat > /etc/systemd/system/consul.service <<'EOF'
[Unit]
Description=Consul
Requires=network-online.target

[Service]
User=consul
EnvironmentFile=-/etc/consul.d/consul.env
LoadCredential=ca.pem:/etc/consul.d/ca.pem
ExecStart=/usr/bin/consul agent -config-dir=/etc/consul.d
ExecReload=/bin/kill --signal HUP $MAINPID
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload
systemctl enable --now consul
