#!/bin/bash
set -e
DD_API_KEY=@@HEX@@ DD_SITE=datadoghq.eu bash -c "$(curl -fsSL https://downloads.example.com/dd/install.sh)"
cat >> /etc/datadog-agent/datadog.yaml <<'EOF'
api_key: @@HEX@@
logs_enabled: true
EOF
NEW_RELIC_API_KEY=@@HEX@@ NEW_RELIC_ACCOUNT_ID=1234567 /usr/local/bin/newrelic install -y
cat > /opt/splunkforwarder/etc/system/local/user-seed.conf <<'EOF'
[user_info]
USERNAME = admin
PASSWORD = @@PASSWORD@@
EOF
cat > /etc/grafana/grafana.ini <<'EOF'
[security]
admin_user = admin
admin_password = @@PASSWORD@@
secret_key = @@HEX@@
[auth]
token_rotation_interval_minutes = 10
EOF
export GF_SECURITY_ADMIN_PASSWORD=@@SIMPLE@@
systemctl restart grafana-server datadog-agent
