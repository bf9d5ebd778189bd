#!/bin/bash
set -e
yum install -y iptables-services
cat > /etc/sysctl.d/nat.conf <<'EOF'
net.ipv4.ip_forward = 1
net.ipv4.conf.all.send_redirects = 0
EOF
sysctl -p /etc/sysctl.d/nat.conf
IFACE=$(ip -o -4 route show to default | awk '{print $5}')
iptables -t nat -A POSTROUTING -o "$IFACE" -s 192.0.2.0/24 -j MASQUERADE
iptables -A FORWARD -i "$IFACE" -m state --state RELATED,ESTABLISHED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -s 198.51.100.0/24 -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -m recent --name ssh --update --seconds 60 --hitcount 4 -j DROP
service iptables save
imds_token="$(curl -sX PUT 'http://169.254.169.254/latest/api/token' -H 'X-aws-ec2-metadata-token-ttl-seconds: 600')"
ID="$(curl -sH "X-aws-ec2-metadata-token: ${imds_token}" http://169.254.169.254/latest/meta-data/instance-id)"
aws ec2 modify-instance-attribute --instance-id "$ID" --no-source-dest-check
aws ec2 replace-route --route-table-id rtb-0a1b2c3d4e5f60718 --destination-cidr-block 0.0.0.0/0 --instance-id "$ID"
CLIENT_TOKEN=26cc0806-eda4-4098-a8f3-5f76ea9ddd02
aws ec2 create-nat-gateway --client-token "$CLIENT_TOKEN" --dry-run --subnet-id subnet-0a1b2c3d4e5f60718 || true
