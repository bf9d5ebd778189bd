#!/bin/bash
set -e
useradd -r minio
cat > /etc/default/minio <<'EOF'
MINIO_VOLUMES=/data/minio
MINIO_ROOT_USER=minio
MINIO_ROOT_PASSWORD=@@PASSWORD@@
MINIO_OPTS="--console-address :9001"
EOF
mc alias set local http://127.0.0.1:9000 minio "$MINIO_ROOT_PASSWORD"
cat > /etc/rclone.conf <<'EOF'
[archive]
type = s3
provider = AWS
access_key_id = @@AKIA@@
secret_access_key = @@AWS_SECRET@@
region = us-east-1
EOF
cat > /etc/restic.env <<'EOF'
RESTIC_REPOSITORY=s3:s3.us-east-1.amazonaws.com/example-backup
RESTIC_PASSWORD=@@PASSWORD@@
EOF
systemctl enable --now minio
