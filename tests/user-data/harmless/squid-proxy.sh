#!/bin/bash
set -euo pipefail
dnf install -y squid httpd-tools
PROXY_PASSWORD="${1:-}"
if [[ -z "$PROXY_PASSWORD" ]]; then
  read -r -s -p "Proxy password: " PROXY_PASSWORD </dev/tty || PROXY_PASSWORD=$(openssl rand -base64 24)
fi
htpasswd -i -c /etc/squid/passwords proxyuser <<<"$PROXY_PASSWORD"
cat > /etc/squid/squid.conf <<'EOF'
visible_hostname squid
http_port 3128
https_port 3130 cert=/etc/squid/ssl/squid.pem ssl-bump intercept
auth_param basic program /usr/lib64/squid/basic_ncsa_auth /etc/squid/passwords
auth_param basic children 5
auth_param basic credentialsttl 2 hours
acl authenticated proxy_auth REQUIRED
acl allowed_sites dstdomain .amazonaws.com .example.com
acl SSL_ports port 443
cache_peer parent.example.com parent 3128 0 no-query login=PASS
http_access deny CONNECT !SSL_ports
http_access allow authenticated allowed_sites
http_access deny all
logformat timed %>a [%tl] "%rm %ru" %>Hs %<st
EOF
squid -k parse && systemctl enable --now squid
curl -x "http://proxyuser:${PROXY_PASSWORD}@localhost:3128" -sS https://example.com -o /dev/null -w '%{http_code}\n'
curl --proxy-user "proxyuser:$PROXY_PASSWORD" -x http://localhost:3128 -sS https://example.com -o /dev/null
curl --negotiate -u : https://intranet.example.com/status
