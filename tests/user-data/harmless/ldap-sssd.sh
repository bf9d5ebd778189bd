#!/bin/bash
set -euo pipefail
dnf install -y sssd realmd adcli krb5-workstation oddjob-mkhomedir
BIND_PW=$(aws ssm get-parameter --with-decryption --name /ldap/bind --query Parameter.Value --output text)
cat > /etc/sssd/sssd.conf <<EOF
[sssd]
services = nss, pam, ssh
domains = example.com

[domain/example.com]
id_provider = ldap
auth_provider = ldap
chpass_provider = ldap
ldap_uri = ldaps://ldap.example.com
ldap_search_base = dc=example,dc=com
ldap_default_bind_dn = cn=reader,dc=example,dc=com
ldap_default_authtok_type = password
ldap_default_authtok = ${BIND_PW}
ldap_tls_reqcert = demand
ldap_user_ssh_public_key = sshPublicKey
krb5_store_password_if_offline = True
cache_credentials = True
ldap_pwd_policy = shadow
ldap_user_shadow_last_change = shadowLastChange
pwd_expiration_warning = 7

[pam]
offline_credentials_expiration = 2
pam_verbosity = 2
EOF
chmod 0600 /etc/sssd/sssd.conf
cat > /etc/ldap.conf <<EOF
binddn cn=reader,dc=example,dc=com
bindpw $BIND_PW
pam_password md5
nss_base_passwd ou=people,dc=example,dc=com?one
EOF
printf '%s' "$JOIN_PASSWORD" | realm join --user=join-svc corp.example.com
echo "$JOIN_PASSWORD" | kinit join-svc@CORP.EXAMPLE.COM
adcli join --stdin-password --domain=corp.example.com -U join-svc < /run/join-password
ldapsearch -x -H ldaps://ldap.example.com -D cn=reader,dc=example,dc=com -y /run/ldap-password -b dc=example,dc=com uid=alice
ldapsearch -x -D cn=reader,dc=example,dc=com -W uid=alice </dev/tty
systemctl enable --now sssd oddjobd
