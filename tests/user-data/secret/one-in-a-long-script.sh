#!/bin/bash
# Bootstrap of the orders service. See the wiki for details.
set -euo pipefail
exec > >(tee /var/log/user-data.log | logger -t user-data -s 2>/dev/console) 2>&1
REGION=us-east-1
VERSION=2.14.0
SHA256=81c56e9d24a3b7c68e445fd80c7897caa258d5d4e5c155bb8e99b1af201767dc
dnf update -y
dnf install -y nginx jq amazon-cloudwatch-agent
aws s3 cp "s3://example-artifacts-111122223333/orders/${VERSION}.tar.gz" /tmp/orders.tar.gz
echo "${SHA256}  /tmp/orders.tar.gz" | sha256sum -c -
tar -xzf /tmp/orders.tar.gz -C /opt
DB_PASSWORD=$(aws ssm get-parameter --name /orders/db --with-decryption --query Parameter.Value --output text)
cat > /opt/orders/conf/orders.yaml <<EOF
listen: 0.0.0.0:8080
database:
  host: db.example.com
  user: orders
  password: ${DB_PASSWORD}
cache:
  host: cache.example.com
  password: @@PASSWORD@@
sessions:
  token_lifetime: 3600
  secret_file: /run/orders/session
EOF
cat > /etc/nginx/conf.d/orders.conf <<'EOF'
server {
  listen 80;
  location / { proxy_pass http://127.0.0.1:8080; }
  location /admin { auth_basic admin; auth_basic_user_file /etc/nginx/htpasswd; }
}
EOF
systemctl enable --now nginx orders
/opt/aws/bin/cfn-signal -e $? --stack orders --resource Group --region "$REGION"
