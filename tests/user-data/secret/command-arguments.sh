#!/bin/bash
set -e
sshpass -p '@@ARG_PASSWORD@@' scp -P 22 backup@192.0.2.5:/srv/dump.sql.gz /tmp/
mysql -u root -p'@@ARG_PASSWORD@@' orders < /tmp/dump.sql
mysqladmin -u root -p@@ARG_PASSWORD@@ ping
PGPASSWORD=@@ARG_PASSWORD@@ psql -h db.example.com -p 5432 -U app -c 'select 1'
export PGPASSWORD="@@ARG_PASSWORD@@"
curl -fsS -u admin:@@ARG_PASSWORD@@ https://nexus.example.com/repository/app.tar.gz -o /tmp/app.tar.gz
curl -fsS --user "ci:@@ARG_PASSWORD@@" https://artifacts.example.com/status
docker login -u puller -p @@ARG_PASSWORD@@ registry.example.com
wget --user=ci --password=@@ARG_PASSWORD@@ https://artifacts.example.com/tool.tgz
influx setup --username admin --password "@@ARG_PASSWORD@@" --org example --bucket metrics --force
mkdir -p /opt/app && docker run -d -p 8080:8080 registry.example.com/app
mysql -u root -p"$MYSQL_ROOT" -e 'select 1'
sshpass -f /run/backup scp backup@192.0.2.5:/srv/other /tmp/
