#!/bin/bash
set -euo pipefail
LICENSE=$(aws ssm get-parameter --name /newrelic/license --with-decryption --query Parameter.Value --output text)
cat > /etc/newrelic-infra.yml <<EOF
license_key: ${LICENSE}
display_name: $(hostname -f)
log:
  level: info
custom_attributes:
  environment: production
  owner: platform@example.com
EOF
chmod 0600 /etc/newrelic-infra.yml
cat > /etc/newrelic-infra/integrations.d/mysql.yml <<'EOF'
integrations:
  - name: nri-mysql
    env:
      HOSTNAME: localhost
      PORT: 3306
      USERNAME: newrelic
      PASSWORD: ${mysql_password}
variables:
  mysql_password:
    aws-kms:
      type: plain
      file: /etc/newrelic-infra/mysql.enc
EOF
NEW_RELIC_API_KEY="$(vault kv get -field=user_key secret/newrelic)" NEW_RELIC_ACCOUNT_ID=1234567 /usr/local/bin/newrelic install -n infrastructure-agent-installer -y
systemctl enable --now newrelic-infra
