#!/bin/bash
set -e
yum install -y awscli
aws configure set region us-east-1 --profile legacy
aws configure set aws_access_key_id @@AKIA@@ --profile legacy
aws configure set aws_secret_access_key @@AWS_SECRET@@ --profile legacy
aws configure set output json --profile legacy
aws --profile legacy s3 sync s3://example-legacy-444455556666 /srv/legacy
s3fs example-legacy-444455556666 /mnt/legacy -o passwd_file=/etc/passwd-s3fs -o use_path_request_style
