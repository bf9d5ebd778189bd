#!/bin/bash
set -euo pipefail
get() { aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
REDIS_PASSWORD=$(get cache/redis)
RABBITMQ_PASSWORD=$(get mq/rabbit)
cat > /etc/redis/redis.conf <<EOF
bind 0.0.0.0
protected-mode yes
requirepass ${REDIS_PASSWORD}
masterauth $REDIS_PASSWORD
tls-key-file-pass $(cat /run/redis/key-pass)
aclfile /etc/redis/users.acl
tls-auth-clients optional
EOF
REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli ping
redis-cli -h cache.example.com -a "$REDIS_PASSWORD" --no-auth-warning info

rabbitmqctl add_user orders "$RABBITMQ_PASSWORD"
rabbitmqctl change_password orders "$RABBITMQ_PASSWORD"
rabbitmqctl clear_password guest
rabbitmqctl delete_user guest
cat > /etc/rabbitmq/rabbitmq.conf <<EOF
default_user = orders
default_pass = ${RABBITMQ_PASSWORD}
password_hashing_module = rabbit_password_hashing_sha512
credential_validator.validation_backend = rabbit_credential_validator_min_length
credential_validator.min_length = 14
auth_backends.1 = rabbit_auth_backend_ldap
EOF
install -m 0400 /run/rabbit/cookie /var/lib/rabbitmq/.erlang.cookie
export AMQP_URL="amqps://orders:${RABBITMQ_PASSWORD}@mq.example.com:5671/orders"

cat > /etc/kafka/client.properties <<EOF
security.protocol=SASL_SSL
sasl.mechanism=AWS_MSK_IAM
sasl.jaas.config=software.amazon.msk.auth.iam.IAMLoginModule required;
sasl.client.callback.handler.class=software.amazon.msk.auth.iam.IAMClientCallbackHandler
ssl.truststore.location=/etc/kafka/truststore.jks
ssl.truststore.password=${TRUSTSTORE_PASSWORD}
ssl.key.password=\${file:/etc/kafka/secrets.properties:key.password}
EOF
cat > /etc/kafka/scram.properties <<EOF
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="orders" password="$(get kafka/orders)";
EOF
