#!/bin/bash
set -euo pipefail
apt-get update -qq && apt-get install -y -qq nginx apache2-utils
cat > /etc/nginx/sites-available/app.conf <<'NGINX'
map $http_authorization $has_token { default 0; "~^Bearer " 1; }
upstream app { server 127.0.0.1:8080; keepalive 16; }
server {
    listen 443 ssl http2;
    server_name app.example.com;
    ssl_certificate     /etc/letsencrypt/live/app.example.com/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/app.example.com/privkey.pem;
    ssl_password_file   /etc/nginx/tls.pass;
    ssl_session_tickets off;

    location / {
        proxy_pass http://app;
        proxy_pass_header Authorization;
        proxy_set_header Host $host;
        proxy_set_header X-Auth-Token $http_x_auth_token;
        proxy_cache_bypass $http_upgrade;
    }
    location /admin {
        auth_basic "Administrator's area";
        auth_basic_user_file /etc/nginx/htpasswd;
        fastcgi_pass unix:/run/php/php8.3-fpm.sock;
    }
    location = /auth {
        internal;
        proxy_pass_request_body off;
        proxy_pass https://sso.example.com/oauth2/auth;
    }
    location /ws { uwsgi_pass 127.0.0.1:9000; }
    location /grpc { grpc_pass grpc://127.0.0.1:50051; }
}
NGINX
aws ssm get-parameter --with-decryption --name /app/admin --query Parameter.Value --output text \
  | htpasswd -i -c -B /etc/nginx/htpasswd admin
chown root:www-data /etc/nginx/htpasswd && chmod 0640 /etc/nginx/htpasswd
ln -sf /etc/nginx/sites-available/app.conf /etc/nginx/sites-enabled/
nginx -t && systemctl reload nginx
