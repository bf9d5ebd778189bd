#!/bin/bash
cat > /home/app/.pgpass <<'EOF'
db.example.com:5432:orders:orders_app:@@PASSWORD@@
*:*:reports:reader:@@PASSWORD@@
EOF
chown app: /home/app/.pgpass && chmod 0600 /home/app/.pgpass
sudo -u app psql -w -h db.example.com -U orders_app -d orders -c 'select 1'
echo "127.0.0.1:8080:app" > /etc/app/listen
date '+%H:%M:%S' >> /var/log/boot-times
