#!/bin/bash
set -euo pipefail
export SOPS_AGE_KEY_FILE=/root/.config/sops/age/keys.txt
mkdir -p "$(dirname "$SOPS_AGE_KEY_FILE")"
cat > "$SOPS_AGE_KEY_FILE" <<'KEYS'
# created: 2025-03-01T10:00:00Z
@@AGE_KEY@@
KEYS
chmod 0400 "$SOPS_AGE_KEY_FILE"
sops --decrypt /opt/app/settings.enc.yaml > /run/app/settings.yaml
