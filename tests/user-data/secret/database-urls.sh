#!/bin/bash
cat > /etc/app/app.env <<'EOF'
APP_ENV=production
DATABASE_URL=postgres://app:@@URL_PASSWORD@@@db.example.com:5432/app?sslmode=require
CACHE_URL="rediss://default:@@URL_PASSWORD@@@cache.example.com:6379/0"
AMQP_URL='amqps://orders:@@URL_PASSWORD@@@mq.example.com:5671/orders'
REPLICA_URL=postgres://app:${DB_PASSWORD}@replica.example.com:5432/app
METRICS_URL=https://metrics@metrics.example.com/push
DOCS_URL=https://example.com:8443/@docs/start
EOF
mongosh "mongodb+srv://admin:@@URL_PASSWORD@@@cluster.example.com/admin" --eval 'db.version()'
export HTTPS_PROXY=http://proxyuser:@@URL_PASSWORD@@@proxy.example.com:3128
curl -fsS https://example.org/health
