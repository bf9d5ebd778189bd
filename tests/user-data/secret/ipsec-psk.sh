#!/bin/bash
# site to site tunnel and the backup link over wireless
dnf install -y libreswan
cat > /etc/ipsec.d/office.secrets <<'EOF'
198.51.100.1 203.0.113.1 : PSK "@@PASSWORD@@"
EOF
cat > /etc/ipsec.d/office.conf <<'EOF'
conn office
  authby=secret
  left=198.51.100.1
  right=203.0.113.1
  auto=start
EOF
cat > /etc/wpa_supplicant/wpa_supplicant.conf <<'EOF'
network={
  ssid="office"
  psk="@@PASSWORD@@"
  key_mgmt=WPA-PSK
}
EOF
systemctl enable --now ipsec
