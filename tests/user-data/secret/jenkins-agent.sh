#!/bin/bash
set -e
dnf install -y java-17-amazon-corretto-headless
curl -fsSo /opt/agent.jar https://jenkins.example.com/jnlpJars/agent.jar
useradd -r -m jenkins
sudo -u jenkins java -jar /opt/agent.jar -url https://jenkins.example.com/ -name "$(hostname -s)" -secret @@ARG_PASSWORD@@ -workDir /home/jenkins &
JENKINS_SECRET=@@HEX@@
export JENKINS_SECRET
echo "agent $(hostname -s) started, token: $(wc -c < /run/token) bytes"
