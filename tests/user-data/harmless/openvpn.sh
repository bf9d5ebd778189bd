#!/bin/bash
set -e
apt-get install -y openvpn easy-rsa
cat > /etc/openvpn/client/office.conf <<'CONF'
client
dev tun
proto udp
remote vpn.example.com 1194
auth-user-pass /etc/openvpn/office.auth
askpass /etc/openvpn/office.pass
auth SHA256
cipher AES-256-GCM
tls-auth /etc/openvpn/ta.key 1
auth-nocache
auth-retry nointeract
key /etc/openvpn/client.key
<ca>
-----BEGIN CERTIFICATE-----
MIIDCzCCAfOgAwIBAgIUF8FImlmYotD/qRlwW9eX0hgtNOAwDQYJKoZIhvcNAQEL
BQAwFTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMjcwMzI1NDJaFw0zNjEx
MjQwMzI1NDJaMBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwggEiMA0GCSqGSIb3DQEB
AQUAA4IBDwAwggEKAoIBAQDIfX7kqhk0W720pXfVIsLCGbuoZhH8y2rdLKhVdp3p
RC6Gbdj2s8LYmYYv2+zQJ80y9/13zjb5ZG+tTf5rFy0e+QtrapfAyUg26f2I1Odj
g8y9jOwod0+Svjj4Co6TMaWJhceM7kEq110+aqnkZMTxlFCPraUkavv/ESn53ub3
xeTfEE5WdthHVpmb3qIeLKh/IQ5PAmUn+RmmnQhxXGy9DuvzbJUeIPpGXTYnc45i
ZYqKyFX7uDIjgIwLzD1EsWktLxLArFGgD7ZYwbpIY+g+MpXFOMEcW19DuSojqwBC
itIMyQhLYX43ojiZ91025SnHSIuTalUutcjoRLNitLGZAgMBAAGjUzBRMB0GA1Ud
DgQWBBR+nvpbYruysvh/96VUPNbPTrSkLDAfBgNVHSMEGDAWgBR+nvpbYruysvh/
96VUPNbPTrSkLDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCX
/9ZmLKkL6YswuuyyV30UfKY7UdmNCz6GBpEXEh0IZRx43RRnda4XrYQoxi68KH8N
0gDop1TRLv4tdJfMcrwosa6cU3dncy+iqFQnpoahSFlixLWENh1T/N/D7mgadblM
WjBrq9vgeBYfquDJuTWhnrbq85QHkvKrvqE6o3QMAHiPdoE0tiD6KZBo2rZYtkp5
+ZEC7O4wwB4lP62HB0Hqm8UqkTYjQditAoR7h6g4o70WHuVOBt/bvPTDYDFzntJd
mKiJMnnvG34KSlAUxJeO+8Ytu++0qSMJYESS4AItmeGNoA0ifjNwN0+UAX2+lfDZ
qRVlLMN78FinqnZGjtq6
-----END CERTIFICATE-----
</ca>
CONF
aws secretsmanager get-secret-value --secret-id vpn/office --query SecretString --output text \
  | jq -r '.username, .password' > /etc/openvpn/office.auth
chmod 0600 /etc/openvpn/office.auth
openvpn --genkey secret /etc/openvpn/ta.key
./easyrsa --batch --passout=file:/run/ca.pass build-ca
cat > /etc/ipsec.secrets <<'CONF'
include /var/lib/strongswan/ipsec.secrets.inc
: RSA /etc/ipsec.d/private/gateway.pem %prompt
CONF
systemctl enable --now openvpn-client@office
