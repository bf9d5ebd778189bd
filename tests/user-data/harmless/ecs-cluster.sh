#!/bin/bash -xe
cat <<'EOF' >> /etc/ecs/ecs.config
ECS_CLUSTER=orders-prod
ECS_ENABLE_TASK_IAM_ROLE=true
ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true
ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
ECS_CONTAINER_STOP_TIMEOUT=90s
ECS_IMAGE_PULL_BEHAVIOR=prefer-cached
ECS_AVAILABLE_LOGGING_DRIVERS=["json-file","awslogs","fluentd"]
ECS_ENGINE_TASK_CLEANUP_WAIT_DURATION=1h
ECS_RESERVED_MEMORY=256
ECS_INSTANCE_ATTRIBUTES={"stack":"orders","tier":"backend"}
ECS_AWSVPC_BLOCK_IMDS=true
ECS_ENGINE_AUTH_TYPE=docker
EOF

# the registry's credentials are kept in a secret, the agent gets them per task
# (repositoryCredentials.credentialsParameter in the task definition)
mkdir -p /etc/ecs /var/lib/ecs/data
yum install -y amazon-efs-utils jq
mkdir -p /mnt/efs
mount -t efs -o tls,iam fs-0a1b2c3d4e5f60718:/ /mnt/efs
echo "fs-0a1b2c3d4e5f60718:/ /mnt/efs efs _netdev,tls,iam 0 0" >> /etc/fstab

systemctl enable --now --no-block ecs.service
/opt/aws/bin/cfn-signal -e $? --stack orders --resource AutoScalingGroup --region eu-west-1
