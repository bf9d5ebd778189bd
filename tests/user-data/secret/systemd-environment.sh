#!/bin/bash
cat > /etc/systemd/system/orders.service <<'UNIT'
[Unit]
Description=Orders
After=network-online.target

[Service]
User=orders
Environment=ORDERS_PORT=8080
Environment=DB_PASSWORD=@@PASSWORD@@
Environment="API_TOKEN=@@HEX@@" "LOG_LEVEL=info"
Environment='SMTP_PASSWORD=@@PASSWORD@@'
EnvironmentFile=-/etc/orders/orders.env
LoadCredential=tls-key:/run/orders/tls.key
ExecStart=/opt/orders/bin/server --admin-password @@ARG_PASSWORD@@
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload && systemctl enable --now orders
