#!/bin/bash
set -euo pipefail
DD_API_KEY="$(aws ssm get-parameter --name /datadog/api-key --with-decryption --query Parameter.Value --output text)"
export DD_API_KEY DD_SITE=datadoghq.eu
DD_APP_KEY=`aws ssm get-parameter --name /datadog/app-key --with-decryption --query Parameter.Value --output text`
curl -fsSL -o /tmp/install.sh https://downloads.example.com/datadog/install_script_agent7.sh
echo "28ac0759fb00b9946f99783af23a7d95e5af4465c1c9faaf75eba5643a5f50f4  /tmp/install.sh" | sha256sum --check
bash /tmp/install.sh
sed -i "s/^# api_key:.*/api_key: ${DD_API_KEY}/; s/^api_key:.*/api_key: ${DD_API_KEY}/" /etc/datadog-agent/datadog.yaml
cat >> /etc/datadog-agent/datadog.yaml <<'YAML'
secret_backend_command: /usr/local/bin/dd-secrets
secret_backend_timeout: 10
logs_enabled: true
process_config:
  custom_sensitive_words: ['personal_key', '*token', 'sql*', '*pass*d*']
YAML
cat > /etc/datadog-agent/conf.d/postgres.d/conf.yaml <<'YAML'
init_config:
instances:
  - host: localhost
    port: 5432
    username: datadog
    password: "ENC[postgres_password]"
    api_key: ENC[datadog_api_key]
    dbm: true
YAML
curl -fsS -X POST "https://api.datadoghq.eu/api/v1/events" \
  -H "DD-API-KEY: ${DD_API_KEY}" -H "DD-APPLICATION-KEY: ${DD_APP_KEY}" \
  -H "Content-Type: application/json" -d '{"title":"boot","text":"instance started","tags":["env:prod"]}'
systemctl restart datadog-agent
