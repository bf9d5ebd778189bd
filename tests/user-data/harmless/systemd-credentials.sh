#!/bin/bash
set -e
cat > /etc/systemd/system/billing.service <<'UNIT'
[Unit]
Description=Billing API
After=network-online.target billing-secrets.service
Requires=billing-secrets.service

[Service]
Type=notify
User=billing
DynamicUser=yes
EnvironmentFile=/etc/billing/billing.env
Environment=BILLING_PORT=8080 BILLING_PASSWORD_FILE=%d/db-password
Environment="BILLING_TOKEN_PATH=%d/api-token"
PassEnvironment=AWS_REGION
LoadCredential=db-password:/run/billing/db-password
LoadCredentialEncrypted=api-token:/etc/credstore.encrypted/api-token
ImportCredential=tls.*
ExecStart=/opt/billing/bin/billingd --password-file ${CREDENTIALS_DIRECTORY}/db-password
NoNewPrivileges=yes
ProtectSystem=strict

[Install]
WantedBy=multi-user.target
UNIT

cat > /etc/systemd/system/billing-secrets.service <<'UNIT'
[Service]
Type=oneshot
RemainAfterExit=yes
RuntimeDirectory=billing
RuntimeDirectoryMode=0700
ExecStart=/bin/sh -c 'aws secretsmanager get-secret-value --secret-id prod/billing/db --query SecretString --output text > /run/billing/db-password'
UNIT
systemd-creds setup
aws ssm get-parameter --with-decryption --name /billing/token --query Parameter.Value --output text \
  | systemd-creds encrypt --name=api-token - /etc/credstore.encrypted/api-token
systemctl daemon-reload
systemctl enable --now billing.service
