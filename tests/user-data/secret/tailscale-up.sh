#!/bin/sh
set -eu
curl -fsSL https://pkgs.example.org/tailscale/install.sh | sh
sysctl -w net.ipv4.ip_forward=1
tailscale up --authkey @@ARG_PASSWORD@@ --hostname "router-$(hostname -s)"
TS_AUTH_KEY=@@HEX@@
export TS_AUTH_KEY
tailscale set --auto-update
tailscale up --auth-key=file:/run/tailscale/key --advertise-routes=192.0.2.0/24
