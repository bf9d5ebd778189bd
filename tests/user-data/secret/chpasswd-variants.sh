#!/bin/bash
set -e
echo 'ec2-user:@@ARG_PASSWORD@@' | chpasswd
echo "ubuntu:@@ARG_PASSWORD@@" | sudo chpasswd
chpasswd <<< "backup:@@ARG_PASSWORD@@"
echo @@ARG_PASSWORD@@ | passwd --stdin oracle
echo "deploy:$(openssl rand -base64 18)" | chpasswd
echo "deploy:${DEPLOY_PW}" | chpasswd
sed -i 's/^PasswordAuthentication no/PasswordAuthentication yes/' /etc/ssh/sshd_config
systemctl restart sshd
