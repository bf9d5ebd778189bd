#!/bin/bash
set -e
cat > /home/build/.npmrc <<'EOF'
@example:registry=https://npm.example.com/
//npm.example.com/:_authToken=@@NPM_TOKEN@@
always-auth=true
EOF
cat > /home/build/.pypirc <<'EOF'
[distutils]
index-servers = pypi

[pypi]
username = __token__
password = @@PYPI_TOKEN@@
EOF
echo "@@DOCKER_TOKEN@@" | docker login --username example --password-stdin
echo '@example:registry=https://npm.example.com/' > /root/.npmrc
chown -R build: /home/build
