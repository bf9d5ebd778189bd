#!/bin/bash
set -e
apt-get install -y wireguard
cat > /etc/wireguard/wg0.conf <<'EOF'
[Interface]
Address = 198.51.100.10/32
PrivateKey = @@WG_KEY@@
ListenPort = 51820

[Peer]
PublicKey = Z+RGUrxN12viShrkY/2TVWEBB9Z1ZBNKosGtriuhRgk=
AllowedIPs = 192.0.2.0/24
Endpoint = vpn.example.com:51820
EOF
chmod 0600 /etc/wireguard/wg0.conf
systemctl enable --now wg-quick@wg0
