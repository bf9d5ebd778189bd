#!/bin/bash
# rescue user, password as a hash
useradd -m -G wheel rescue
echo 'rescue:@@HASH@@' | chpasswd -e
chage -d 0 rescue
passwd -l root
# to make a new one:
mkpasswd --method=sha-512 --stdin < /run/rescue > /dev/null
