#!/bin/bash
set -euo pipefail
ACCOUNT=111122223333
REGION=us-east-1
REGISTRY="${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com"
aws ecr get-login-password --region "$REGION" | docker login --username AWS --password-stdin "$REGISTRY"
# the old way, for hosts with CLI 1
$(aws ecr get-login --no-include-email --region "$REGION")
docker login -u "$HUB_USER" -p "$HUB_PASSWORD" docker.io || true

mkdir -p /opt/orders/conf
docker run -d --name orders --restart unless-stopped \
  -p 8080:8080 \
  -e SPRING_PROFILES_ACTIVE=production \
  -e SPRING_DATASOURCE_PASSWORD \
  -e DB_PASSWORD="$(aws ssm get-parameter --name /orders/db --with-decryption --query Parameter.Value --output text)" \
  -e "API_TOKEN=${API_TOKEN}" \
  -e TOKEN_ISSUER=https://login.example.com/ \
  -v /opt/orders/conf:/conf:ro \
  "$REGISTRY/orders@sha256:c1ba5d42b08bea95c7d446994e52dfc6177b96223a63a5768b01d3ec963a138d"

mkdir -p /root/.docker
cat > /root/.docker/config.json <<'JSON'
{
  "credsStore": "ecr-login",
  "credHelpers": {
    "public.ecr.aws": "ecr-login",
    "111122223333.dkr.ecr.us-east-1.amazonaws.com": "ecr-login"
  },
  "auths": { "registry.example.com": {} }
}
JSON
docker system prune --force --filter until=72h
