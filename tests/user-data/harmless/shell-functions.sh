#!/bin/bash
# Helpers for accounts. Passwords are arguments or come from standard input.
set -u

usage() {
  cat <<EOF
usage: $0 --user NAME [--password-file FILE] [--token-name NAME]
  --password-file FILE   read the password from FILE (default: ask)
  --token-name NAME      name of the parameter with the token
EOF
}

set_password() {
  local user="$1" password="$2"
  echo "${user}:${password}" | chpasswd
  printf '%s:%s\n' "$user" "$password" | chpasswd -c SHA512
  chpasswd <<<"$user:$password"
}

generate_password() { openssl rand -base64 24 | tr -d '/+=' | cut -c1-24; }

ask_password() {
  local pass confirm
  stty -echo
  read -r -p "Password: " pass; read -r -p "Confirm password: " confirm
  stty echo
  [ "$pass" = "$confirm" ] || { echo "passwords differ" >&2; return 1; }
  PASSWORD=$pass
}

USER_NAME=""
PASSWORD=${PASSWORD:-}
TOKEN="${TOKEN:=}"
SECRET="${SECRET:?SECRET is not set}"
PASSPHRASE=${2:-$(generate_password)}
while [ $# -gt 0 ]; do
  case "$1" in
    --user) USER_NAME="$2"; shift 2 ;;
    --password-file) PASSWORD=$(cat "$2"); shift 2 ;;
    --password=*) PASSWORD="${1#*=}"; shift ;;
    --token-name) TOKEN="$(aws ssm get-parameter --with-decryption --name "$2" --query Parameter.Value --output text)"; shift 2 ;;
    *) usage; exit 64 ;;
  esac
done
[ -n "$PASSWORD" ] || ask_password
if [[ "$PASSWORD" == "" || ${#PASSWORD} -lt 14 ]]; then echo "password: too short"; exit 1; fi
set_password "$USER_NAME" "$PASSWORD"
openssl passwd -6 -stdin <<<"$PASSWORD" > /root/hash
mkpasswd --method=yescrypt --stdin < /run/password
usermod -p "$(cat /root/hash)" "$USER_NAME"
sshpass -e ssh -p 2222 "$USER_NAME@192.0.2.5" true
sshpass -f /run/password scp -P 2222 /root/hash "$USER_NAME@192.0.2.5:"
sshpass -p "$PASSWORD" ssh "$USER_NAME@192.0.2.5" uptime
unset PASSWORD PASSPHRASE TOKEN SECRET
echo "password: set"
