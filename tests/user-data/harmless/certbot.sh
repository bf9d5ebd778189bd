#!/bin/bash
set -euo pipefail
DOMAIN=app.example.com
EMAIL=certificates@example.com
snap install --classic certbot
snap set certbot trust-plugin-with-root=ok
snap install certbot-dns-route53
certbot certonly --dns-route53 --non-interactive --agree-tos -m "$EMAIL" -d "$DOMAIN" -d "*.${DOMAIN}" --key-type ecdsa
cat > /etc/letsencrypt/renewal-hooks/deploy/haproxy.sh <<'EOF'
#!/bin/sh
cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" > /etc/haproxy/certs/site.pem
if ! grep -q -e '-----BEGIN PRIVATE KEY-----' -e '-----BEGIN EC PRIVATE KEY-----' /etc/haproxy/certs/site.pem; then
  echo "site.pem holds no private key" >&2; exit 1
fi
systemctl reload haproxy
EOF
chmod +x /etc/letsencrypt/renewal-hooks/deploy/haproxy.sh
openssl rand -writerand /root/.rnd
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out /etc/ssl/private/fallback.key
openssl req -new -x509 -key /etc/ssl/private/fallback.key -subj "/CN=$DOMAIN" -days 30 -out /etc/ssl/certs/fallback.pem
openssl ec -in /etc/ssl/private/app.key -passin file:/run/app/key-pass -out /run/app/app.key
openssl dhparam -out /etc/ssl/dhparam.pem 2048
systemctl list-timers snap.certbot.renew.timer
