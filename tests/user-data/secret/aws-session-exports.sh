#!/usr/bin/env bash
# pasted from the start page "to try it quickly"
export AWS_ACCESS_KEY_ID="@@ASIA@@"
export AWS_SECRET_ACCESS_KEY="@@AWS_SECRET@@"
export AWS_SESSION_TOKEN="@@AWS_SESSION@@"
export AWS_DEFAULT_REGION="eu-west-1"
aws s3 cp s3://example-artifacts-111122223333/orders/orders-2.14.0.tar.gz /tmp/
sha256sum -c <<< "6705c69988374b51bdd19c8b4403d2d4930bcaf2454089cd353147f94599b09c  /tmp/orders-2.14.0.tar.gz"
tar -xzf /tmp/orders-2.14.0.tar.gz -C /opt
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
