#!/bin/bash
set -e
# small game server for the office; the rcon password is drawn anew on each boot
apt-get update && apt-get install -y openjdk-21-jre-headless mcrcon
useradd -r -m -d /opt/minecraft minecraft || true
cd /opt/minecraft
curl -fsSLo server.jar https://piston-data.example.org/v1/objects/412abcaa2cbad0a955241ab58582e20714646991/server.jar
echo "e8d56580e5aa0f3d95d11d8bf0b749efa992aefe  server.jar" | sha1sum -c - || exit 1
echo "eula=true" > eula.txt
RCON=$(tr -dc A-Za-z0-9 </dev/urandom | head -c 20)
cat > server.properties <<EOF
enable-rcon=true
rcon.port=25575
rcon.password=$RCON
online-mode=true
enforce-secure-profile=true
level-seed=-4172144997902289642
resource-pack-sha1=4b36c40871d3c9efd704185586d1bc4d84c30a81
resource-pack-id=7c346ac7-17c1-46ed-a0f3-e772d1931e0a
white-list=true
motd=The compass points home
EOF
echo '[{"uuid": "3ea22352-75ad-4f77-a5ed-c649cf98c2cb", "name": "alice"}]' > whitelist.json
mcrcon -H 127.0.0.1 -p "$RCON" list || true
mcrcon -H 127.0.0.1 -P 25575 -p "$(cat /run/rcon)" "say hello"
chown -R minecraft: /opt/minecraft
sudo -u minecraft java -Xmx6G -jar server.jar nogui &
