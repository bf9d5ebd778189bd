#!/usr/bin/env bash
set -euo pipefail
dnf install -y java-17-amazon-corretto-headless git docker
useradd --system --create-home --home-dir /var/lib/jenkins jenkins
JENKINS_URL="https://jenkins.example.com"
AGENT_NAME="$(hostname -s)"
install -d -o jenkins -g jenkins /var/lib/jenkins/agent
curl -fsSo /var/lib/jenkins/agent.jar "$JENKINS_URL/jnlpJars/agent.jar"

cat > /usr/local/bin/jenkins-secret <<'SCRIPT'
#!/bin/sh
# prints the agent's secret; systemd calls it through ExecStartPre
aws secretsmanager get-secret-value --secret-id "jenkins/agents/$1" --query SecretString --output text
SCRIPT
chmod 0755 /usr/local/bin/jenkins-secret

cat > /etc/systemd/system/jenkins-agent.service <<UNIT
[Unit]
Description=Jenkins inbound agent
After=network-online.target

[Service]
User=jenkins
RuntimeDirectory=jenkins
ExecStartPre=/bin/sh -c '/usr/local/bin/jenkins-secret ${AGENT_NAME} > /run/jenkins/secret'
ExecStart=/usr/bin/java -jar /var/lib/jenkins/agent.jar -url ${JENKINS_URL}/ -name ${AGENT_NAME} -secret @/run/jenkins/secret -workDir /var/lib/jenkins/agent
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload && systemctl enable --now jenkins-agent
