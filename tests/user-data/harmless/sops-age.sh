#!/bin/bash
set -euo pipefail
# Encrypted settings may lie in user data: only the instance's role can decrypt them.
install -d -m 0700 /etc/app
cat > /etc/app/settings.enc.yaml <<'YAML'
database:
    user: app
    password: ENC[AES256_GCM,data:T7SPWJeBr80C0ThE3tuvTAFI,iv:VewUuq1JcQviYoazI1wbnhBAtO9qEF+XqU1vMjS5B0U=,tag:W/pmQ1Dd0NF0pKKFExwBNQ==,type:str]
    api_key: ENC[AES256_GCM,data:fZmKoxYoRGxv4/c11kDfZp5k3bptXGVb2xw9n1W/,iv:dNIRB3ia2Ohop8ooqE95YqB6znqLHHzpTUJbJGshuPw=,tag:/ZLHbTgJbCJjoWHOsMpJkg==,type:str]
sops:
    kms:
        - arn: arn:aws:kms:us-east-1:111122223333:key/ca3058b5-652c-47b4-a47d-1be65fff08de
          created_at: "2025-03-01T10:00:00Z"
          enc: jbnvSLEB3E69uRUp7VgqCl1vDSBZdNiBl4/KQesnf+PpPC1RzwvUX5zA9/NS20TEjsFHgEGd6ftDDw4YJgzr1cQYq2hvL3SnTKOrGhDVLkUoklGeTA3jHS6S
          aws_profile: ""
    age:
        - recipient: age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqsexample
    lastmodified: "2025-03-01T10:00:00Z"
    mac: ENC[AES256_GCM,data:B4Jj5Xm3m3wH/RmAnRVpT8Vn3h25tg/wrJpYFZ5nw5vjw0Wq+1qVFEClnJy1JUjtPS4KO70R9FGiYefBdqs/SMix,iv:HL2rulLIs962H8bccYkXXo6pko7Sdc+av+6XLBFB3jA=,tag:c8cR/nL8fhng+y0rBRQSng==,type:str]
    version: 3.9.0
YAML
cat > /etc/app/settings.enc.env <<'ENV'
DB_PASSWORD=ENC[AES256_GCM,data:Z+MW7fYklWJ2GqUZ+qcyI2js,iv:kDJ91Fp02RHVW8MeLlJ7XTnSkpm+OC3IxosJ16bY2lM=,tag:ROX/EbS966iUDO/R4ey7Jg==,type:str]
sops_version=3.9.0
ENV
sops --decrypt /etc/app/settings.enc.yaml > /run/app/settings.yaml
sops exec-env /etc/app/settings.enc.env 'systemctl start app'
age-keygen -o /root/age.key 2>/dev/null && chmod 0400 /root/age.key
age-keygen -y /root/age.key > /root/age.pub
aws kms decrypt --ciphertext-blob fileb:///etc/app/blob.enc --query Plaintext --output text | base64 -d > /run/app/blob
