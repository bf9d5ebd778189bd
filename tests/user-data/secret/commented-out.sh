#!/bin/bash
# 2023-05-02 bob: old login, kept in case the new one fails
# DB_PASSWORD=@@PASSWORD@@
#export API_TOKEN="@@HEX@@"
# aws_access_key_id = @@AKIA@@
# aws_secret_access_key = @@AWS_SECRET@@
#   password: ask the platform team
DB_PASSWORD=$(aws ssm get-parameter --name /app/db --with-decryption --query Parameter.Value --output text)
export DB_PASSWORD
: <<'DISABLED'
curl -fsS -u admin:@@ARG_PASSWORD@@ https://nexus.example.com/service/rest/v1/status
DISABLED
systemctl restart app
