#!/bin/bash
set -euo pipefail
cat > /root/kubeadm.yaml <<EOF
apiVersion: kubeadm.k8s.io/v1beta3
kind: InitConfiguration
bootstrapTokens:
  - token: "$(kubeadm token generate)"
    description: first workers
    ttl: 2h0m0s
    usages: [signing, authentication]
nodeRegistration:
  kubeletExtraArgs:
    cloud-provider: external
---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
kubernetesVersion: v1.30.4
controlPlaneEndpoint: k8s-api.example.com:6443
apiServer:
  extraArgs:
    encryption-provider-config: /etc/kubernetes/encryption.yaml
    service-account-issuer: https://oidc.example.com
    service-account-signing-key-file: /etc/kubernetes/pki/sa.key
    enable-bootstrap-token-auth: "true"
EOF

install -m 0600 /dev/null /etc/kubernetes/encryption.yaml
cat > /etc/kubernetes/encryption.yaml <<EOF
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - aescbc:
          keys:
            - name: key1
              secret: $(head -c 32 /dev/urandom | base64)
      - identity: {}
EOF
kubeadm init --config /root/kubeadm.yaml --upload-certs | tee /root/kubeadm.log | grep -v -- --token
join=$(kubeadm token create --print-join-command)
aws ssm put-parameter --overwrite --type SecureString --name /k8s/prod/join --value "$join"
kubectl create secret generic db --from-literal=password="$(aws ssm get-parameter --with-decryption --name /orders/db --query Parameter.Value --output text)"
kubectl create secret generic tls --from-file=tls.key=/run/tls.key
