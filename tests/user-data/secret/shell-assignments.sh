#!/bin/bash
# settings of the orders service, in all the ways a shell allows
DB_HOST=db.example.com
DB_PASSWORD=@@PASSWORD@@
export SMTP_PASSWORD="@@PASSWORD@@"
export REDIS_PASS='@@SIMPLE@@'
declare -r ADMIN_PASSWD="@@SIMPLE@@"
declare -x API_KEY=@@HEX@@
readonly SESSION_SECRET='@@HEX@@'
local_passphrase="@@PASSWORD@@"; export local_passphrase
typeset WEBHOOK_TOKEN=@@HEX@@
LDAP_PWD=@@SIMPLE@@ ldap-sync --once
DB_PASSWORD_FILE=/run/orders/db
PASSWORD_LENGTH=24
BACKUP_PASSWORD=$(openssl rand -base64 24)
echo "DB_PASSWORD=@@PASSWORD@@" >> /etc/environment
cd /opt/orders && ORDERS_TOKEN="@@HEX@@" ./bin/migrate
exec /opt/orders/bin/server --host "$DB_HOST"
