#!/bin/bash
set -e
tar -xzf /tmp/splunkforwarder.tgz -C /opt
/opt/splunkforwarder/bin/splunk start --accept-license --answer-yes --seed-passwd @@ARG_PASSWORD@@
/opt/splunkforwarder/bin/splunk add forward-server idx.example.com:9997 -auth admin:@@ARG_PASSWORD@@
/opt/splunkforwarder/bin/splunk add monitor /var/log/secure -auth "admin:${SPLUNK_PASSWORD}"
cat > /etc/newrelic-infra.yml <<'EOF'
license_key: @@HEX@@
display_name: app-01
EOF
systemctl enable --now newrelic-infra
