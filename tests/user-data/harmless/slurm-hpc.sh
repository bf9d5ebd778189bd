#!/bin/bash
set -euo pipefail
# Compute node of a Slurm cluster. munge.key and the database password come from the head node's share.
mkdir -p /opt/slurm /shared
mount -t nfs4 -o nfsvers=4.1,rsize=1048576,wsize=1048576,hard,timeo=600 head.example.com:/shared /shared
install -o munge -g munge -m 0400 /shared/keys/munge.key /etc/munge/munge.key
systemctl restart munge
cat > /opt/slurm/slurm.conf <<'EOF'
ClusterName=hpc
SlurmctldHost=head
AuthType=auth/munge
CryptoType=crypto/munge
CredType=cred/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=/opt/slurm/jwt_hs256.key
AccountingStorageType=accounting_storage/slurmdbd
AccountingStoragePass=/var/run/munge/munge.socket.2
PropagateResourceLimits=NONE
TaskPlugin=task/affinity,task/cgroup
NodeName=c[01-16] CPUs=96 RealMemory=370000 State=CLOUD
PartitionName=main Nodes=c[01-16] Default=YES MaxTime=INFINITE
EOF
cat > /opt/slurm/slurmdbd.conf <<EOF
DbdHost=localhost
StorageType=accounting_storage/mysql
StorageUser=slurm
StoragePass=$(cat /shared/keys/slurmdbd)
EOF
cat > /opt/slurm/gres.conf <<'EOF'
Name=gpu Type=a100 File=/dev/nvidia[0-7]
EOF
modprobe efa && fi_info -p efa -t FI_EP_RDM
echo 'export I_MPI_HYDRA_BOOTSTRAP=slurm FI_EFA_FORK_SAFE=1 NCCL_DEBUG=INFO' > /etc/profile.d/mpi.sh
systemctl enable --now slurmd
