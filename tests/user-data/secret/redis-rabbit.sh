#!/bin/bash
set -e
cat > /etc/redis/redis.conf <<'EOF'
bind 0.0.0.0
protected-mode yes
requirepass @@PASSWORD@@
appendonly yes
aclfile /etc/redis/users.acl
EOF
cat > /etc/rabbitmq/rabbitmq.conf <<'EOF'
listeners.tcp.default = 5672
default_user = orders
default_pass = @@PASSWORD@@
password_hashing_module = rabbit_password_hashing_sha512
EOF
rabbitmqctl add_user orders @@ARG_PASSWORD@@
rabbitmqctl set_permissions -p / orders '.*' '.*' '.*'
rabbitmqctl add_user reader "$READER_PASSWORD"
redis-cli -a @@ARG_PASSWORD@@ --no-auth-warning ping
systemctl restart redis rabbitmq-server
