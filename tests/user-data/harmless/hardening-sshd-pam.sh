#!/bin/bash
# Level 1 hardening, chapters 5.2 to 5.4: sshd, PAM and the password policy
set -eu
cat > /etc/ssh/sshd_config.d/50-hardening.conf <<'EOF'
PermitRootLogin no
PasswordAuthentication no
PermitEmptyPasswords no
ChallengeResponseAuthentication no
KbdInteractiveAuthentication no
PubkeyAuthentication yes
HostbasedAuthentication no
GSSAPICleanupCredentials yes
AuthorizedKeysCommand /usr/bin/sss_ssh_authorizedkeys
AuthorizedKeysCommandUser nobody
MaxAuthTries 4
LoginGraceTime 60
ClientAliveInterval 300
EOF

cat > /etc/security/pwquality.conf <<'EOF'
minlen = 14
dcredit = -1
ucredit = -1
ocredit = -1
lcredit = -1
enforce_for_root
EOF

cat > /etc/pam.d/common-password <<'EOF'
password  requisite                     pam_pwquality.so retry=3
password  required                      pam_pwhistory.so remember=24 use_authtok enforce_for_root
password  [success=1 default=ignore]    pam_unix.so obscure use_authtok try_first_pass yescrypt
password  requisite                     pam_deny.so
password  required                      pam_permit.so
EOF

cat > /etc/nsswitch.conf <<'EOF'
passwd:     files sss systemd
shadow:     files sss
group:      files sss systemd
hosts:      files dns myhostname
EOF

sed -ri 's/^PASS_MAX_DAYS.*/PASS_MAX_DAYS   365/; s/^PASS_MIN_DAYS.*/PASS_MIN_DAYS   1/; s/^PASS_WARN_AGE.*/PASS_WARN_AGE   7/' /etc/login.defs
sed -ri 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD SHA512/' /etc/login.defs
useradd -D -f 30
passwd -l root
for user in ec2-user ubuntu; do id "$user" >/dev/null 2>&1 && chage --maxdays 365 --mindays 1 --warndays 7 "$user"; done
awk -F: '($2 == "") { print $1 " has no password: lock it" }' /etc/shadow
grep -E '^[^:]+:[!*]' /etc/shadow | cut -d: -f1
chmod 0600 /etc/shadow /etc/gshadow
stat -c '%n %a' /etc/passwd /etc/passwd- /etc/shadow
sshd -t && systemctl reload sshd
