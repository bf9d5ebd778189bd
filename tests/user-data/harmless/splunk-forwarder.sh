#!/bin/bash
set -euo pipefail
export SPLUNK_HOME=/opt/splunkforwarder
SPLUNK_PASSWORD=$(aws secretsmanager get-secret-value --secret-id splunk/uf-admin --query SecretString --output text)
HEC_TOKEN=$(aws secretsmanager get-secret-value --secret-id splunk/hec --query SecretString --output text)
tar -xzf /tmp/splunkforwarder.tgz -C /opt
cat > "$SPLUNK_HOME/etc/system/local/user-seed.conf" <<EOF
[user_info]
USERNAME = admin
PASSWORD = $SPLUNK_PASSWORD
EOF
cat > "$SPLUNK_HOME/etc/system/local/outputs.conf" <<EOF
[tcpout]
defaultGroup = idx
[tcpout:idx]
server = idx1.example.com:9997, idx2.example.com:9997
clientCert = /opt/splunkforwarder/etc/auth/client.pem
sslPassword = ${SPLUNK_SSL_PASSWORD}
useACK = true
[httpout]
httpEventCollectorToken = $HEC_TOKEN
uri = https://hec.example.com:8088
EOF
"$SPLUNK_HOME/bin/splunk" start --accept-license --answer-yes --no-prompt
"$SPLUNK_HOME/bin/splunk" add monitor /var/log/messages -auth "admin:${SPLUNK_PASSWORD}"
"$SPLUNK_HOME/bin/splunk" enable boot-start -systemd-managed 1 -user splunk
curl -sS https://hec.example.com:8088/services/collector -H "Authorization: Splunk $HEC_TOKEN" -d '{"event":"started"}'
