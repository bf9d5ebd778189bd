#!/bin/bash
umask 077
cat > /root/.my.cnf <<'EOF'
[client]
user=root
password=@@PASSWORD@@
host=db.example.com
[mysqldump]
user = backup
password = "@@PASSWORD@@"
EOF
cat > /root/.netrc <<'EOF'
machine git.example.com login deploy password @@PASSWORD@@
machine npm.example.com
  login ci
  password @@PASSWORD@@
EOF
cat > /etc/cifs.cred <<'EOF'
username=svc-files
password=@@PASSWORD@@
domain=CORP
EOF
echo "//files.example.com/share /mnt/share cifs credentials=/etc/cifs.cred 0 0" >> /etc/fstab
