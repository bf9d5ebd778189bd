#!/bin/bash
set -euo pipefail
# Artifacts by pre-signed URL: it was valid for an hour after the launch.
ARTIFACT_URL='https://example-artifacts.s3.us-east-1.amazonaws.com/orders/2.14.0.tar.gz?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=@@AKIA@@%2F20240530%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20240530T101500Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=e9390055175587153a32561523b3e397ad3bfa7ca932929885697bbddfa8c993'
curl -fsSLo /tmp/orders.tar.gz "$ARTIFACT_URL"
curl -fsSLo /tmp/orders.sig "https://example-artifacts.s3.us-east-1.amazonaws.com/orders/2.14.0.sig?X-Amz-Credential=@@AKIA@@/20240530/us-east-1/s3/aws4_request&X-Amz-Signature=31701d0b79400be53de0059fabd9a60410d0e447b133d4a00d739c25dd986cd2"
echo "c2a8eb820d208466f54467ceee19aa43e5c54ded0177daa2c607954290381dff  /tmp/orders.tar.gz" | sha256sum -c -
sha512sum -c <<<"953efac118c2b64e25f89423e6da7c94d10ec3dca323eb9e7a8d043673cf331c842a750f64fdc9c0d2053c49bbe53e74ac9486b94553388623ec81761157c56c  /tmp/orders.sig"
md5sum /tmp/orders.tar.gz | grep -q c3b0530b1d199e6bd7f8b0684e9263fe || true

BUILD_ID=00b2dbbd-1bab-4796-a5c2-1a3e94cf0d92
GIT_COMMIT=9271a0e1a067e7b2ad6fd05a2f4e4a0eae8718ba
IMAGE_DIGEST=sha256:a11930695d4162d52ce90fb0123d0b36a6619c68c717bdeb0e9bad7bd0d09eb8
CACHE_KEY=orders-05f163d6abbf7c5a266192858a774491eaa59b0a
ETAG='"c89c625ecc96f65ecfa0669538e0cf83-12"'
AMI_ID=ami-0a1b2c3d4e5f60718
KMS_KEY=arn:aws:kms:us-east-1:111122223333:key/ca8ff876-441c-4410-a411-ad0cbc725bfc
ROLE_ID=AROAIOSFODNN7ABCDEFGH
USER_ID=AIDAIOSFODNN7ABCDEFGH
INSPECTOR=https://d1wk0tztpsntt1.example.org/linux/latest/install/agents/x86_64/v1
CONFIG=/opt/orders/releases/2024/05/production/eu
mkdir -p "$CONFIG" && tar -xzf /tmp/orders.tar.gz -C /opt/orders
echo "<script src=\"https://cdn.example.com/app.js\" integrity=\"sha384-+7iuxZb1difuDTeItEoQ+/oKNro9DHumD9CZoK/MJC2yeXO8fqGzSQ+TnhpTY65P\" crossorigin=\"anonymous\"></script>" > /opt/orders/index.html
echo "build $BUILD_ID commit $GIT_COMMIT key $CACHE_KEY image $IMAGE_DIGEST on $AMI_ID with $KMS_KEY" | tee /etc/orders-release
