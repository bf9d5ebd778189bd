#!/bin/bash
set -euo pipefail
rpm --import https://artifacts.example.org/GPG-KEY-elasticsearch
dnf install -y elasticsearch filebeat grafana
cat > /etc/elasticsearch/elasticsearch.yml <<'EOF'
cluster.name: logs
discovery.seed_providers: ec2
xpack.security.enabled: true
xpack.security.transport.ssl.keystore.path: certs/transport.p12
xpack.security.authc.token.enabled: true
xpack.security.authc.password_hashing.algorithm: pbkdf2_stretch
EOF
ELASTIC_PASSWORD=$(aws ssm get-parameter --name /elastic/admin --with-decryption --query Parameter.Value --output text)
echo "$ELASTIC_PASSWORD" | /usr/share/elasticsearch/bin/elasticsearch-keystore add -x bootstrap.password
/usr/share/elasticsearch/bin/elasticsearch-reset-password -u elastic -a -b -s > /run/elastic.pass
curl -fsS -u "elastic:$(cat /run/elastic.pass)" https://localhost:9200/_cluster/health
curl -fsS -u elastic:"${ELASTIC_PASSWORD}" -X POST https://localhost:9200/_security/user/kibana_system/_password -d "{\"password\":\"${KIBANA_PASSWORD}\"}"
cat > /etc/filebeat/filebeat.yml <<'EOF'
output.elasticsearch:
  hosts: ["https://logs.example.com:9200"]
  username: filebeat
  password: "${ES_PWD}"
  api_key: "${ES_API_ID}:${ES_API_KEY}"
EOF
cat > /etc/grafana/grafana.ini <<'EOF'
[security]
admin_user = admin
admin_password = $__file{/run/grafana/admin}
secret_key = $__env{GRAFANA_SECRET_KEY}
disable_initial_admin_creation = true
[auth]
login_maximum_lifetime_duration = 8h
token_rotation_interval_minutes = 10
[auth.generic_oauth]
client_id = grafana
client_secret = ${OAUTH_SECRET}
auth_url = https://login.example.com/authorize
token_url = https://login.example.com/token
[smtp]
password = """$__file{/run/grafana/smtp}"""
;cert_file =
EOF
systemctl enable --now elasticsearch filebeat grafana-server
