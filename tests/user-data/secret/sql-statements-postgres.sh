#!/bin/bash
set -e
dnf install -y postgresql16-server
postgresql-setup --initdb && systemctl enable --now postgresql
sudo -u postgres psql <<'SQL'
CREATE DATABASE orders;
CREATE USER orders_app WITH PASSWORD '@@PASSWORD@@';
ALTER ROLE postgres WITH PASSWORD '@@SIMPLE@@';
CREATE ROLE reporting LOGIN PASSWORD NULL;
ALTER USER auditor WITH PASSWORD :'pw';
GRANT ALL ON DATABASE orders TO orders_app;
SQL
echo "password_encryption = 'scram-sha-256'" >> /var/lib/pgsql/data/postgresql.conf
