#!/bin/bash
cat >> /etc/ecs/ecs.config <<'EOF'
ECS_CLUSTER=orders-prod
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENGINE_AUTH_TYPE=docker
ECS_ENGINE_AUTH_DATA={"https://registry.example.com/v1/":{"username":"puller","password":"@@PASSWORD@@","email":"puller@example.com"}}
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","awslogs"]
EOF
cat > /root/.dockercfg <<'EOF'
{"https://registry.example.com/v1/": {"auth": "@@DOCKER_AUTH@@", "email": "puller@example.com"}}
EOF
systemctl restart ecs
