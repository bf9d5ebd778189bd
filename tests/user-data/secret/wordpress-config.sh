#!/bin/bash -xe
yum install -y httpd php php-mysqlnd mariadb-server
systemctl enable --now httpd mariadb
mysqladmin -u root password '@@ARG_PASSWORD@@'
cat > /var/www/html/wp-config.php <<'PHP'
<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', '@@PASSWORD@@');
define('DB_HOST', 'localhost');
$table_prefix = 'wp_';
$smtp_password = "@@PASSWORD@@";
$config['api_key'] = '@@HEX@@';
define('WP_DEBUG', false);
PHP
wp core install --url=https://blog.example.com --title=Blog --admin_user=editor --admin_password=@@ARG_PASSWORD@@ --admin_email=blog@example.com
chown -R apache: /var/www/html
