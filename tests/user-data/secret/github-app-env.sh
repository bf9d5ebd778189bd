#!/bin/bash
set -euo pipefail
cat > /etc/github-app.env <<'ENV'
GITHUB_APP_ID=123456
GITHUB_INSTALLATION_ID=7654321
GITHUB_APP_PRIVATE_KEY="@@PEM_ONE_LINE@@"
GITHUB_WEBHOOK_SECRET=@@HEX@@
GITHUB_API_URL=https://api.github.com
ENV
chmod 0600 /etc/github-app.env
systemctl restart github-app
