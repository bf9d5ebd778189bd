#!/bin/bash
set -euo pipefail
export GITHUB_TOKEN=@@GITHUB_TOKEN@@
git clone "https://x-access-token:${GITHUB_TOKEN}@github.com/example/app.git" /opt/app
git clone https://@@GITHUB_TOKEN@@@github.com/example/config.git /opt/config
curl -fsSL -H "Authorization: token @@GITHUB_PAT@@" \
  -H "Accept: application/vnd.github.raw" \
  https://api.github.com/repos/example/scripts/contents/setup.sh -o /tmp/setup.sh
bash /tmp/setup.sh --commit 169b473bcfbbf5e8f56a5daa6b74863a57f3df81
