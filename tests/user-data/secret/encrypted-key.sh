#!/bin/bash
set -e
install -d -m 0700 /etc/app/tls
cat > /etc/app/tls/app.key.enc <<EOF
@@ENCRYPTED_KEY@@
EOF
# the passphrase is fetched at start and stays in memory
PASSPHRASE=$(aws ssm get-parameter --name /app/tls/passphrase --with-decryption --query Parameter.Value --output text)
openssl pkcs8 -in /etc/app/tls/app.key.enc -passin env:PASSPHRASE -out /run/app.key
