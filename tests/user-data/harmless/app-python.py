#!/usr/bin/env python3
"""First boot: writes the application's settings. Secrets are read, never written down here."""
import base64
import getpass
import json
import os
import secrets
import subprocess
import sys

import boto3

REGION = os.environ.get("AWS_REGION", "us-east-1")
SECRET_NAME = "prod/orders/db"
TOKEN_FILE = "/run/orders/token"
PASSWORD_LENGTH = 24


def read_secret(name, client=None):
    client = client or boto3.client("secretsmanager", region_name=REGION)
    return json.loads(client.get_secret_value(SecretId=name)["SecretString"])


def connect(host, user, password=None, token="", passphrase=None):
    """password: the one from the secret, token: an IAM token; one of both."""
    if not password and not token:
        raise ValueError("password or token: one of them is needed")
    return dict(host=host, user=user, password=password, auth_token=token)


def main():
    secret = read_secret(SECRET_NAME)
    password = os.environ["DB_PASSWORD"] if "DB_PASSWORD" in os.environ else secret["password"]
    api_key = os.getenv("ORDERS_API_KEY")
    access_token = boto3.client("rds").generate_db_auth_token("db.example.com", 5432, "orders")
    session_secret = secrets.token_urlsafe(32)
    credentials = boto3.Session().get_credentials()
    auth = base64.b64encode(f"{secret['username']}:{password}".encode()).decode()
    if sys.stdin.isatty():
        passphrase = getpass.getpass("Passphrase: ")
    with open(TOKEN_FILE) as handle:
        token = handle.read().strip()
    config = {
        "db": connect("db.example.com", secret["username"], password=password),
        "api_key": api_key,
        "token": token,
        "session_secret": session_secret,
        "access_token": access_token,
    }
    headers = {"Authorization": f"Basic {auth}", "X-Api-Key": api_key}
    with open("/etc/orders/orders.json", "w", opener=lambda p, f: os.open(p, f, 0o600)) as out:
        json.dump(config, out)
    subprocess.run(["chpasswd"], input=f"orders:{password}\n", text=True, check=True)
    print(f"password: {'set' if password else 'missing'}, headers: {sorted(headers)}")


if __name__ == "__main__":
    main()
