#!/bin/bash
set -x
dnf install -y amazon-efs-utils cifs-utils lustre-client
mkdir -p /mnt/efs /mnt/fsx /mnt/lustre
echo "fs-0a1b2c3d4e5f60718 /mnt/efs efs _netdev,noresvport,tls,iam,accesspoint=fsap-0a1b2c3d4e5f60718 0 0" >> /etc/fstab
echo "fs-0f1e2d3c4b5a69788.fsx.us-east-1.amazonaws.com@tcp:/abcdefgh /mnt/lustre lustre defaults,noatime,flock,_netdev 0 0" >> /etc/fstab

SECRET=$(aws secretsmanager get-secret-value --secret-id fsx/svc --query SecretString --output text)
install -m 0600 /dev/null /etc/cifs/fsx.cred 2>/dev/null || { mkdir -p /etc/cifs && install -m 0600 /dev/null /etc/cifs/fsx.cred; }
{
  echo "username=$(jq -r .username <<<"$SECRET")"
  echo "password=$(jq -r .password <<<"$SECRET")"
  echo "domain=CORP"
} > /etc/cifs/fsx.cred
echo "//amznfsxabcd1234.corp.example.com/share /mnt/fsx cifs credentials=/etc/cifs/fsx.cred,vers=3.0,sec=ntlmsspi,_netdev 0 0" >> /etc/fstab
mount -t cifs //amznfsxabcd1234.corp.example.com/home /mnt/home -o "username=$USER_NAME,password=$USER_PASSWORD,domain=CORP"
mount -t cifs //files.example.com/public /mnt/public -o guest,ro
mount -a -t efs,lustre,cifs
# device      mount point    type  options   dump  pass
tail -n 3 /etc/fstab
