#!/bin/bash
set -e
swapoff -a
modprobe br_netfilter
kubeadm join 192.0.2.10:6443 --token @@KUBEADM_TOKEN@@ \
  --discovery-token-ca-cert-hash sha256:aef5dc6e07eb29441a48c98b1aeb1bd585ef2ee9c19809abe7c531a7273c51e4 \
  --node-name "$(hostname -f)"
# on the control plane it was made by:
# kubeadm init --token=@@KUBEADM_TOKEN@@ --token-ttl 0 --pod-network-cidr 198.51.100.0/24
systemctl enable kubelet
