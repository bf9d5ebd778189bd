#!/bin/bash
set -euo pipefail
TOKEN=$(aws secretsmanager get-secret-value --secret-id ci/git --query SecretString --output text)
GIT_USER=deploy
git clone "https://x-access-token:${TOKEN}@github.com/example/infra.git" /opt/infra
git clone https://$GIT_USER:$TOKEN@git.example.com/platform/base.git /opt/base
git clone git@git.example.com:platform/tools.git /opt/tools
git clone ssh://git@git.example.com:2222/platform/docs.git /opt/docs
git clone https://deploy@git.example.com/platform/site.git /opt/site
git -c http.extraHeader="Authorization: Basic $(printf 'x:%s' "$TOKEN" | base64 -w0)" fetch origin
git config --global credential.helper '!aws codecommit credential-helper $@'
git config --global credential.UseHttpPath true
git config --global url."https://oauth2:${TOKEN}@git.example.com/".insteadOf "https://git.example.com/"
pip install --index-url "https://aws:$(aws codeartifact get-authorization-token --domain example --query authorizationToken --output text)@example-111122223333.d.codeartifact.us-east-1.amazonaws.com/pypi/tools/simple/" tools
cat > /root/.netrc <<EOF
machine git.example.com
login deploy
password ${TOKEN}
machine npm.example.com login ci password $NPM_PASSWORD
EOF
chmod 0600 /root/.netrc
curl -fsS -n https://git.example.com/api/v4/version
curl -fsS -H "Authorization: Bearer $TOKEN" -H "PRIVATE-TOKEN: $TOKEN" https://git.example.com/api/v4/projects
curl -fsS -u "$GIT_USER:$TOKEN" https://git.example.com/raw/tools/setup.sh -o /tmp/setup.sh
curl -fsS --user "${GIT_USER}:${TOKEN}" "https://git.example.com/api?private_token=${TOKEN}&page=1"
wget --header="X-Vault-Token: $VAULT_TOKEN" --user="$GIT_USER" --password="$TOKEN" https://git.example.com/archive.tgz
