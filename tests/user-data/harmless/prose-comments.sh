#!/bin/bash
#
# How this host gets its secrets
# ------------------------------
# Nothing secret is written in this file, because everybody who may call
# DescribeInstanceAttribute can read it, and so can every process on the host.
#
#   password:    comes from Secrets Manager, see fetch_secrets below
#   the token:   see the wiki (https://wiki.example.com/tokens)
#   API key:     ask the platform team; they rotate it each quarter
#   passphrase:  there is none, the key is wrapped by KMS
#   credentials: those of the instance profile, nothing else
#
# If the password is lost, run `passwd` on the console. If the token = old one,
# the agent logs "token rejected" and asks for a new one. Don't use password
# as password! A secret that is shared by two people is not a secret.
# TODO(alice): drop the Password parameter from the old template
# NOTE: "-p" means port here, not password.
set -euo pipefail

log() { logger -t bootstrap -- "$*"; echo "$*"; }

fetch_secrets() {
  log "secret: reading prod/orders/db"
  aws secretsmanager get-secret-value --secret-id prod/orders/db --query SecretString --output text > /run/orders/db.json
  log "password: ok"
}

fetch_secrets
log "token: ok"
log 'Login with your own user name and password; the token is printed by "mfa-login".'
cat > /etc/issue.net <<'EOF'
This system is for authorized users only.
Forgotten password? Write to helpdesk@example.com.
Your token expires after 8 hours; get a new one with: sso login
EOF
log "password policy: minimum length 14, secret rotation: 30 days"
