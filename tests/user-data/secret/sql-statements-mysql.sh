#!/bin/bash
set -e
apt-get install -y mysql-server
mysql <<'SQL'
CREATE DATABASE shop;
CREATE USER 'shop'@'192.0.2.%' IDENTIFIED BY '@@PASSWORD@@';
ALTER USER 'root'@'localhost' IDENTIFIED WITH caching_sha2_password BY '@@PASSWORD@@';
SET PASSWORD FOR 'backup'@'localhost' = '@@PASSWORD@@';
GRANT ALL ON shop.* TO 'shop'@'192.0.2.%';
CREATE USER 'monitor'@'localhost' IDENTIFIED WITH auth_socket;
FLUSH PRIVILEGES;
SQL
