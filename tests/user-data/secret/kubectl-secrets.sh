#!/bin/bash
set -e
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl create namespace orders
kubectl -n orders create secret generic db \
  --from-literal=username=orders \
  --from-literal=password=@@PASSWORD@@
kubectl -n orders create secret generic api --from-literal=api-token='@@HEX@@' --from-file=ca.crt=/etc/ssl/ca.pem
kubectl -n orders create secret docker-registry regcred \
  --docker-server=registry.example.com --docker-username=puller \
  --docker-password=@@ARG_PASSWORD@@
kubectl apply -f - <<'YAML'
apiVersion: v1
kind: Secret
metadata: {name: smtp, namespace: orders}
type: Opaque
stringData:
  username: shop
  password: "@@PASSWORD@@"
YAML
helm upgrade --install db oci://registry.example.com/charts/postgresql --set auth.username=app --set auth.password=@@PASSWORD@@
