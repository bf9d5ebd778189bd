#!/bin/bash
set -e
docker network create app || true
docker run -d --name db --network app \
  -e POSTGRES_USER=app \
  -e POSTGRES_PASSWORD=@@PASSWORD@@ \
  -v /data/pg:/var/lib/postgresql/data postgres:16
docker run -d --name rabbit -p 5672:5672 -e RABBITMQ_DEFAULT_USER=app -e RABBITMQ_DEFAULT_PASS=@@PASSWORD@@ rabbitmq:3-management
docker run -d --name web -p 8080:8080 --env "API_TOKEN=@@HEX@@" --env DB_PASSWORD registry.example.com/web:2.14
cat > /opt/image/Dockerfile <<'EOF'
FROM debian:12-slim
ARG VERSION=2.14.0
ENV APP_PORT=8080
ENV DB_PASSWORD=@@PASSWORD@@
ENV ADMIN_PASSWORD @@PASSWORD@@
RUN --mount=type=secret,id=npm_token npm ci
EOF
docker build -t local/web /opt/image
