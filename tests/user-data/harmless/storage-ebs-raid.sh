#!/bin/bash
set -euo pipefail
# Stripes all instance store volumes and formats them, encrypted with a key that is never kept.
mapfile -t devices < <(lsblk -dpno NAME,MODEL | awk '/Instance Storage/ { print $1 }')
if (( ${#devices[@]} == 0 )); then echo "no instance store"; exit 0; fi
mdadm --create /dev/md0 --level=0 --raid-devices="${#devices[@]}" "${devices[@]}"
mdadm --detail --scan >> /etc/mdadm.conf

head -c 64 /dev/urandom > /run/md0.key
cryptsetup luksFormat --batch-mode --key-file /run/md0.key /dev/md0
cryptsetup open --key-file /run/md0.key /dev/md0 scratch
shred -u /run/md0.key
cryptsetup luksUUID /dev/md0
echo "scratch UUID=a4b76dc6-cfe2-49cf-aa1d-fef36412ee6a none luks,discard,noauto" >> /etc/crypttab
echo "swap /dev/nvme2n1 /dev/urandom swap,cipher=aes-xts-plain64,size=512" >> /etc/crypttab

mkfs.xfs -L scratch /dev/mapper/scratch
mkdir -p /scratch && mount -o noatime /dev/mapper/scratch /scratch
chmod 1777 /scratch
aws ec2 attach-volume --volume-id vol-0a1b2c3d4e5f60718 --instance-id "$(ec2-metadata -i | cut -d' ' -f2)" --device /dev/sdf
until [ -e /dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0a1b2c3d4e5f60718 ]; do sleep 2; done
blkid /dev/nvme1n1 || mkfs.ext4 /dev/nvme1n1
echo "UUID=$(blkid -s UUID -o value /dev/nvme1n1) /data ext4 defaults,nofail 0 2" >> /etc/fstab
