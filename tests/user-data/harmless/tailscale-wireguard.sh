#!/bin/bash
set -euo pipefail
echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/99-tailscale.conf && sysctl -p /etc/sysctl.d/99-tailscale.conf
curl -fsSL https://pkgs.example.org/tailscale/install.sh | sh
AUTHKEY=$(aws ssm get-parameter --name /tailscale/authkey --with-decryption --query Parameter.Value --output text)
tailscale up --authkey="$AUTHKEY" --advertise-routes=192.0.2.0/24 --hostname="subnet-router-$(hostname -s)" --ssh
tailscale up --auth-key=file:/run/tailscale/authkey --advertise-tags=tag:router
tailscale set --auto-update

umask 077
mkdir -p /etc/wireguard
wg genkey | tee /etc/wireguard/privatekey | wg pubkey > /etc/wireguard/publickey
wg genpsk > /etc/wireguard/psk
private_key=$(< /etc/wireguard/privatekey)
cat > /etc/wireguard/wg1.conf <<CONF
[Interface]
Address = 198.51.100.1/24
ListenPort = 51820
PrivateKey = ${private_key}
PostUp = iptables -A FORWARD -i %i -j ACCEPT

[Peer]
# laptop of the on-call engineer
PublicKey = keexyoqFUJOa3PqzKWXErSyv75RzxB0WX6wR2tn+gug=
PresharedKey = $(cat /etc/wireguard/psk)
AllowedIPs = 198.51.100.2/32
CONF
systemctl enable --now wg-quick@wg1
