#!/bin/bash
cat > /etc/shop/shop.env <<'EOF'
# payment
STRIPE_PUBLISHABLE_KEY_FILE=/etc/shop/pk.txt
STRIPE_SECRET_KEY=@@STRIPE_KEY@@
# mail
SMTP_HOST=smtp.example.com
SENDGRID_API_KEY=@@SENDGRID_KEY@@
# maps
GOOGLE_MAPS_KEY='@@GOOGLE_KEY@@'
# secrets
VAULT_ADDR=https://vault.example.com:8200
VAULT_TOKEN=@@VAULT_TOKEN@@
SESSION_LIFETIME=3600
DB_PASSWORD=${DB_PASSWORD}
EOF
chmod 0600 /etc/shop/shop.env
docker run -d --env-file /etc/shop/shop.env -p 443:8443 registry.example.com/shop:2.14
