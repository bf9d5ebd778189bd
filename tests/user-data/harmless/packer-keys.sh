#!/bin/bash
# Packer: accept the temporary key pair, drop it again at the end of the build
set -eu
mkdir -p /home/ubuntu/.ssh
cat >> /home/ubuntu/.ssh/authorized_keys <<'EOF'
ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQCz5vxxfPwd4olacHGtpSVA9DmKWRMBX/MTP8v+9TLgSV+FuPZsT5PXMvk8+oo/G0cD/2CDqog0ZXw0jSy+boDR1qlEqRGceOJh6UwXzj8EAu6/s+fMIhMowi7m6JrvRMSoWP2KanI61anbuJuVTBqtJImsolLX53ovrZUqlE9E0NH9ZTdZNIUNGwnZJX8lDtJot+rdhFRBQlNtqaOMo0g4yiZ962YOqhIUIM22cwEkDT0brOW+gHiVJVQQ7fS8qnpTx3eOndz7z7VyQH7h9aI80uwgTz+4zU9DbkPkDxxOpYR/GNXjYSMolLOLIDy67ct0tBhDiqBm2crxL3iIFEEmLEB1Wf8D7S/T057xDMwMPB7LQRGKLXM+TmhsuAS0ys5GTHRVwvU3wmmyYBLMWUrXrU27bFdSh0hmki31gPGKBn7LGScoS+/LyquBhhDaT8UHIv18iOymS0XE59lOGSkyjyIf1Xu04E2xu7oX3bC3emkpQTmH5zC34jVU8nI+9e0= packer_76d5dc73-d29a-4091-a312-d646cd28ff13
EOF
chown -R ubuntu:ubuntu /home/ubuntu/.ssh
chmod 0700 /home/ubuntu/.ssh
cat > /etc/ssh/sshd_config.d/10-packer.conf <<'EOF'
PubkeyAcceptedAlgorithms +ssh-rsa
PasswordAuthentication no
EOF
systemctl restart ssh

cat > /var/lib/cloud/scripts/per-instance/cleanup.sh <<'EOF'
#!/bin/sh
shred -u /etc/ssh/*_key /etc/ssh/*_key.pub
rm -f /root/.bash_history /home/*/.bash_history /root/.aws/credentials
find / -xdev -name authorized_keys -exec sed -i '/packer_/d' {} +
cloud-init clean --logs --seed
EOF
chmod +x /var/lib/cloud/scripts/per-instance/cleanup.sh
cat > /root/build.pkr.hcl <<'HCL'
source "amazon-ebs" "base" {
  ssh_username            = "ubuntu"
  temporary_key_pair_type = "ed25519"
  ssh_clear_authorized_keys = true
  winrm_password          = build.Password
  token                   = vault("secret/data/packer", "token")
  metadata_options { http_tokens = "required" }
}
HCL
