#!/bin/bash
cat > /etc/nslcd.conf <<'EOF'
uri ldaps://ldap.example.com
base dc=example,dc=com
binddn cn=reader,dc=example,dc=com
bindpw @@PASSWORD@@
pam_password_prohibit_message Change it in the portal
EOF
cat > /etc/gitea.ini <<'EOF'
[ldap]
bind_dn = cn=reader,dc=example,dc=com
bind_password = @@PASSWORD@@
EOF
ldapsearch -x -H ldaps://ldap.example.com -D cn=reader,dc=example,dc=com -w @@ARG_PASSWORD@@ -b dc=example,dc=com uid=alice
chmod 0600 /etc/nslcd.conf && systemctl restart nslcd
