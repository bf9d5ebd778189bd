#!/bin/bash
set -e
STATS_PASSWORD=$(openssl rand -hex 16)
STATS_HASH=$(printf '%s' "$STATS_PASSWORD" | mkpasswd --method=sha-512 --stdin)
cat > /etc/haproxy/haproxy.cfg <<CFG
global
    log /dev/log local0
    ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
    setenv API_TOKEN_FILE /etc/haproxy/token

userlist operators
    group admins users ops
    user ops password ${STATS_HASH}

defaults
    mode http
    option httplog
    timeout connect 5s
    timeout client 60s
    timeout server 60s

frontend https
    bind :443 ssl crt /etc/haproxy/certs/ alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto https
    http-request del-header X-Auth-Token
    acl has_token req.hdr(authorization) -m beg Bearer
    use_backend api if has_token
    default_backend web

backend web
    balance roundrobin
    server web1 192.0.2.11:8080 check
backend api
    http-request auth unless { http_auth(operators) }
    server api1 192.0.2.21:8443 check ssl verify required ca-file /etc/ssl/certs/example-root.pem
CFG
aws ssm put-parameter --overwrite --type SecureString --name /haproxy/stats --value "$STATS_PASSWORD" >/dev/null
haproxy -c -f /etc/haproxy/haproxy.cfg
systemctl reload haproxy
