#!/bin/bash
mkdir -p /home/app/.aws
cat > /home/app/.aws/credentials <<'EOF'
[default]
aws_access_key_id = @@AKIA@@
aws_secret_access_key = @@AWS_SECRET@@

[documented]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
EOF
cat > /home/app/.aws/config <<'EOF'
[default]
region = us-east-1
output = json
EOF
chown -R app:app /home/app/.aws && chmod 0600 /home/app/.aws/credentials
