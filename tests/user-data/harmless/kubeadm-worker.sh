#!/bin/bash
set -euo pipefail
# Join parameters are written to Parameter Store by the control plane.
PREFIX=/k8s/prod
get() { aws ssm get-parameter --with-decryption --name "$PREFIX/$1" --query Parameter.Value --output text; }

modprobe overlay
modprobe br_netfilter
cat > /etc/sysctl.d/k8s.conf <<'EOF'
net.bridge.bridge-nf-call-iptables  = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward                 = 1
EOF
sysctl --system

TOKEN=$(get token)
CA_HASH="sha256:93c7206602c21e4d66365beeee8ca4476a6328e669520be8db5d7ae178dda540"
for attempt in 1 2 3 4 5; do
  kubeadm join k8s-api.example.com:6443 \
    --token "$TOKEN" \
    --discovery-token-ca-cert-hash "$CA_HASH" \
    --node-name "$(hostname -f)" && break
  echo "join failed (attempt $attempt), the token may have expired" >&2
  sleep 20
  TOKEN=$(get token)
done

cat > /etc/kubernetes/kubelet.env <<ENV
KUBELET_EXTRA_ARGS=--cloud-provider=external --node-labels=pool=general
ENV
systemctl restart kubelet
# tokens live for 24h; kubeadm token create --print-join-command makes a new one
