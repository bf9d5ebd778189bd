#!/bin/bash
# Registers a GitLab runner. The token is created by Terraform and lies in Parameter Store.
set -euo pipefail
exec > >(tee /var/log/user-data.log | logger -t user-data) 2>&1

readonly REGION="eu-west-1"
readonly PARAMETER="/ci/runner/token"

fetch_token() {
  aws ssm get-parameter --name "$PARAMETER" --with-decryption \
    --region "$REGION" --query Parameter.Value --output text
}

token=$(fetch_token)
if [[ "$token" == "null" || -z "$token" ]]; then
  echo "runner token: not there yet, registering with $REGISTRATION_TOKEN_NAME"
  registration_token=$(aws ssm get-parameter --name /ci/registration-token --with-decryption --query 'Parameter.Value' --output text)
  token=$(curl --request POST -sS "https://gitlab.example.com/api/v4/runners" \
    --form "token=$registration_token" \
    --form "tag_list=docker,aws" \
    --form "description=runner on $(hostname)" | jq -r .token)
  aws ssm put-parameter --overwrite --type SecureString --name "$PARAMETER" --value "$token"
fi

mkdir -p /etc/gitlab-runner
cat > /etc/gitlab-runner/config.toml <<CONFIG
concurrent = 8
check_interval = 0

[[runners]]
  name = "aws-docker"
  url = "https://gitlab.example.com/"
  token = "$token"
  executor = "docker"
  environment = ["DOCKER_AUTH_CONFIG=/root/.docker/config.json"]
  [runners.docker]
    image = "docker:27"
    privileged = true
  [runners.cache]
    Type = "s3"
    [runners.cache.s3]
      AuthenticationType = "iam"
      BucketName = "example-runner-cache-111122223333"
CONFIG
chmod 0600 /etc/gitlab-runner/config.toml
gitlab-runner verify --token "$token"
systemctl restart gitlab-runner
