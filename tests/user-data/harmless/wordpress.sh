#!/bin/bash -xe
# WordPress on EFS; the salts are fetched, the database password comes from Secrets Manager
export DB_SECRET_ARN=arn:aws:secretsmanager:us-east-1:111122223333:secret:wordpress/db-AbCdEf
amazon-linux-extras install -y php8.2 lamp-mariadb10.2-php7.2
yum install -y httpd jq mod_ssl
cat > /usr/local/bin/wp-config.sh <<'EOF'
#!/bin/bash
secret=$(aws secretsmanager get-secret-value --secret-id "$DB_SECRET_ARN" --query SecretString --output text)
wp core config --dbname=wordpress --dbhost=db.example.com \
  --dbuser="$(jq -r .username <<<"$secret")" --dbpass="$(jq -r .password <<<"$secret")" --skip-salts --extra-php <<PHP
define('FORCE_SSL_ADMIN', true);
define('DISALLOW_FILE_EDIT', true);
PHP
curl -sS https://api.wordpress.example.org/secret-key/1.1/salt/ >> /var/www/html/wp-salts.php
ADMIN_PASSWORD=$(openssl rand -base64 18)
wp core install --url=https://blog.example.com --title=Blog --admin_user=editor \
  --admin_email=blog@example.com --admin_password="$ADMIN_PASSWORD" --skip-email
EOF
chmod +x /usr/local/bin/wp-config.sh
cat > /var/www/html/wp-config-env.php <<'PHP'
<?php
define('DB_USER', getenv('DB_USER'));
define('DB_PASSWORD', getenv('DB_PASSWORD'));
define('AUTH_KEY', getenv('AUTH_KEY'));
$password = $_ENV['DB_PASSWORD'];
$token = wp_generate_password(32, false);
$config['password'] = $password;
if (empty($_POST['password'])) { wp_die('password: missing'); }
PHP
sed -i "s/password_here/${DB_PASSWORD}/; s/username_here/${DB_USER}/; s/database_name_here/wordpress/" /var/www/html/wp-config.php
systemctl enable --now httpd php-fpm
