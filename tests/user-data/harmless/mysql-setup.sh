#!/bin/bash
set -euo pipefail
apt-get install -y mysql-server pwgen
ROOT_PW=$(pwgen -s 32 1)
APP_PW=$(openssl rand -base64 24)
BACKUP_PW=`tr -dc 'A-Za-z0-9' < /dev/urandom | head -c 32`

mysql --defaults-file=/etc/mysql/debian.cnf <<SQL
ALTER USER 'root'@'localhost' IDENTIFIED WITH caching_sha2_password BY '${ROOT_PW}';
CREATE USER 'orders'@'192.0.2.%' IDENTIFIED BY '$APP_PW' REQUIRE SSL PASSWORD EXPIRE NEVER;
CREATE USER 'backup'@'localhost' IDENTIFIED BY "$BACKUP_PW";
CREATE USER 'monitor'@'localhost' IDENTIFIED WITH auth_socket;
GRANT SELECT, INSERT, UPDATE, DELETE ON orders.* TO 'orders'@'192.0.2.%';
FLUSH PRIVILEGES;
SQL

cat > /etc/mysql/conf.d/zz-local.cnf <<'CNF'
[mysqld]
default_authentication_plugin = caching_sha2_password
validate_password.policy = STRONG
validate_password.length = 16
default_password_lifetime = 0
bind-address = 0.0.0.0
[client]
user = root
# no password here: mysql_config_editor keeps it
CNF
cat > /root/.my.cnf <<CNF
[client]
user=root
password=$ROOT_PW
[mysqldump]
user=backup
password="${BACKUP_PW}"
CNF
chmod 0600 /root/.my.cnf
mysql --login-path=root -e 'select user, plugin, password_expired from mysql.user'
mysqldump --defaults-extra-file=/root/.my.cnf -P 3306 --all-databases | gzip > /backup/all.sql.gz
mysql -u root -p"$ROOT_PW" -e 'select 1'
mysqladmin -u root --password="$ROOT_PW" ping
aws ssm put-parameter --name /mysql/root --type SecureString --overwrite --value "$ROOT_PW"
