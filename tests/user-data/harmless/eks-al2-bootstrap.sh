#!/bin/bash
set -ex

B64_CLUSTER_CA=LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURDekNDQWZPZ0F3SUJBZ0lVRjhGSW1sbVlvdEQvcVJsd1c5ZVgwaGd0Tk9Bd0RRWUpLb1pJaHZjTkFRRUwKQlFBd0ZURVRNQkVHQTFVRUF3d0thM1ZpWlhKdVpYUmxjekFlRncweU5qRXhNamN3TXpJMU5ESmFGdzB6TmpFeApNalF3TXpJMU5ESmFNQlV4RXpBUkJnTlZCQU1NQ210MVltVnlibVYwWlhNd2dnRWlNQTBHQ1NxR1NJYjNEUUVCCkFRVUFBNElCRHdBd2dnRUtBb0lCQVFESWZYN2txaGswVzcyMHBYZlZJc0xDR2J1b1poSDh5MnJkTEtoVmRwM3AKUkM2R2JkajJzOExZbVlZdjIrelFKODB5OS8xM3pqYjVaRyt0VGY1ckZ5MGUrUXRyYXBmQXlVZzI2ZjJJMU9kagpnOHk5ak93b2QwK1N2amo0Q282VE1hV0poY2VNN2tFcTExMCthcW5rWk1UeGxGQ1ByYVVrYXZ2L0VTbjUzdWIzCnhlVGZFRTVXZHRoSFZwbWIzcUllTEtoL0lRNVBBbVVuK1JtbW5RaHhYR3k5RHV2emJKVWVJUHBHWFRZbmM0NWkKWllxS3lGWDd1RElqZ0l3THpEMUVzV2t0THhMQXJGR2dEN1pZd2JwSVkrZytNcFhGT01FY1cxOUR1U29qcXdCQwppdElNeVFoTFlYNDNvamlaOTEwMjVTbkhTSXVUYWxVdXRjam9STE5pdExHWkFnTUJBQUdqVXpCUk1CMEdBMVVkCkRnUVdCQlIrbnZwYllydXlzdmgvOTZWVVBOYlBUclNrTERBZkJnTlZIU01FR0RBV2dCUitudnBiWXJ1eXN2aC8KOTZWVVBOYlBUclNrTERBUEJnTlZIUk1CQWY4RUJUQURBUUgvTUEwR0NTcUdTSWIzRFFFQkN3VUFBNElCQVFDWAovOVptTEtrTDZZc3d1dXl5VjMwVWZLWTdVZG1OQ3o2R0JwRVhFaDBJWlJ4NDNSUm5kYTRYcllRb3hpNjhLSDhOCjBnRG9wMVRSTHY0dGRKZk1jcndvc2E2Y1UzZG5jeStpcUZRbnBvYWhTRmxpeExXRU5oMVQvTi9EN21nYWRibE0KV2pCcnE5dmdlQllmcXVESnVUV2hucmJxODVRSGt2S3J2cUU2bzNRTUFIaVBkb0UwdGlENktaQm8yclpZdGtwNQorWkVDN080d3dCNGxQNjJIQjBIcW04VXFrVFlqUWRpdEFvUjdoNmc0bzcwV0h1Vk9CdC9idlBURFlERnpudEpkCm1LaUpNbm52RzM0S1NsQVV4SmVPKzhZdHUrKzBxU01KWUVTUzRBSXRtZUdOb0EwaWZqTndOMCtVQVgyK2xmRFoKcVJWbExNTjc4RmlucW5aR2p0cTYKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=
API_SERVER_URL=https://0A1B2C3D4E5F60718293A4B5C6D7E8F9.gr7.us-east-1.eks.amazonaws.com
K8S_CLUSTER_DNS_IP=172.20.0.10

cat > /etc/docker/daemon.json <<'JSON'
{
  "bridge": "none",
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "10" },
  "live-restore": true,
  "max-concurrent-downloads": 10,
  "default-ulimits": { "nofile": { "Name": "nofile", "Soft": 65536, "Hard": 65536 } }
}
JSON

/etc/eks/bootstrap.sh payments-prod \
  --kubelet-extra-args '--node-labels=eks.amazonaws.com/nodegroup-image=ami-0a1b2c3d4e5f60718,eks.amazonaws.com/capacityType=ON_DEMAND,eks.amazonaws.com/nodegroup=general --max-pods=58 --register-with-taints=dedicated=payments:NoSchedule' \
  --b64-cluster-ca "$B64_CLUSTER_CA" \
  --apiserver-endpoint "$API_SERVER_URL" \
  --dns-cluster-ip "$K8S_CLUSTER_DNS_IP" \
  --container-runtime containerd \
  --use-max-pods false

# aws-iam-authenticator fetches its token itself; no kubeconfig with a token is written
kubectl --kubeconfig /var/lib/kubelet/kubeconfig get node "$(hostname -f)" -o name || true
