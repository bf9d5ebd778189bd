#!/bin/bash
set -e
install -d -m 0700 /home/app/.aws
cat > /home/app/.aws/config <<'EOF'
[default]
region = us-east-1
output = json
credential_source = Ec2InstanceMetadata
role_arn = arn:aws:iam::444455556666:role/reader
role_session_name = app

[profile rotating]
credential_process = /usr/local/bin/credentials --profile rotating
region = us-east-1

[profile web]
role_arn = arn:aws:iam::444455556666:role/web
web_identity_token_file = /var/run/secrets/token

[profile documented]
# from the documentation; these are no keys of anybody
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY

[profile sso]
sso_start_url = https://example.awsapps.com/start
sso_account_id = 111122223333
sso_registration_scopes = sso:account:access
EOF
CREDS=$(aws sts assume-role --role-arn arn:aws:iam::444455556666:role/deploy --role-session-name boot --query Credentials --output json)
AWS_ACCESS_KEY_ID=$(jq -r .AccessKeyId <<<"$CREDS")
AWS_SECRET_ACCESS_KEY=$(jq -r .SecretAccessKey <<<"$CREDS")
AWS_SESSION_TOKEN=$(jq -r .SessionToken <<<"$CREDS")
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
aws configure set aws_access_key_id "$AWS_ACCESS_KEY_ID" --profile deploy
aws configure set aws_secret_access_key "$AWS_SECRET_ACCESS_KEY" --profile deploy
aws configure set aws_session_token "$AWS_SESSION_TOKEN" --profile deploy
aws configure set region us-east-1
aws iam list-access-keys --user-name ci --query 'AccessKeyMetadata[].AccessKeyId'
aws secretsmanager get-secret-value --secret-id $ID --version-stage AWSCURRENT
aws secretsmanager create-secret --name prod/new --generate-secret-string PasswordLength=32,ExcludePunctuation=true
aws rds modify-db-instance --db-instance-identifier orders --manage-master-user-password
aws iam update-account-password-policy --minimum-password-length 14 --max-password-age 90
