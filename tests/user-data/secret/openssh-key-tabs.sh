#!/bin/bash
setup_key() {
	install -d -m 0700 -o deploy -g deploy /home/deploy/.ssh
	cat > /home/deploy/.ssh/id_ed25519 <<-EOF
	@@OPENSSH_KEY@@
	EOF
	chown deploy: /home/deploy/.ssh/id_ed25519
	chmod 0600 /home/deploy/.ssh/id_ed25519
}
id deploy >/dev/null 2>&1 || useradd -m deploy
setup_key
echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINevDJvqiHTg7T3JPByK4e/yS48CnTVlwhTrWzEF5ONR deploy@ci' >> /home/deploy/.ssh/authorized_keys
