#!/bin/bash
set -euo pipefail
dnf install -y postgresql16-server
postgresql-setup --initdb
secret=$(aws secretsmanager get-secret-value --secret-id prod/orders/db --query SecretString --output text)
app_password=$(jq -r .password <<<"$secret")

cat >> /var/lib/pgsql/data/postgresql.conf <<'CONF'
listen_addresses = '*'
password_encryption = 'scram-sha-256'
ssl = on
ssl_passphrase_command = '/usr/local/bin/pg-passphrase %p'
ssl_passphrase_command_supports_reload = on
shared_preload_libraries = 'passwordcheck,pg_stat_statements'
authentication_timeout = 30s
CONF
cat > /var/lib/pgsql/data/pg_hba.conf <<'CONF'
local   all       postgres                    peer
hostssl orders    orders_app   192.0.2.0/24   scram-sha-256
hostssl all       all          0.0.0.0/0      ldap ldapserver=ldap.example.com ldapbasedn="dc=example,dc=com"
host    all       all          ::/0           reject
CONF
systemctl enable --now postgresql

sudo -u postgres psql -v ON_ERROR_STOP=1 -v pw="$app_password" <<'SQL'
CREATE ROLE orders_app LOGIN;
ALTER USER orders_app WITH PASSWORD :'pw';
ALTER ROLE orders_app VALID UNTIL 'infinity';
CREATE USER reporting PASSWORD NULL;
CREATE TABLE app_user (id bigint PRIMARY KEY, email text NOT NULL, password_hash text NOT NULL, reset_token uuid, token_expires_at timestamptz);
COMMENT ON COLUMN app_user.password_hash IS 'argon2id, never the password itself';
SQL
umask 077
echo "db.example.com:5432:orders:orders_app:${app_password}" > /root/.pgpass
PGPASSWORD="$app_password" psql -h db.example.com -p 5432 -U orders_app -c 'select 1' orders
PGPASSFILE=/root/.pgpass pg_dump -h db.example.com -U orders_app -w orders > /backup/orders.sql
unset app_password secret
