#!/usr/bin/env python3
"""Writes the settings of the Django site on first boot."""
import os

SECRET_KEY = "@@HEX@@"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "site",
        "USER": "site",
        "PASSWORD": "@@PASSWORD@@",
        "HOST": "db.example.com",
    },
    "replica": {"USER": "reader", "PASSWORD": os.environ.get("REPLICA_PASSWORD")},
}
EMAIL_HOST_PASSWORD = '@@PASSWORD@@'
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
TOKEN_FILE = "/run/site/token"


def connect(user="site", password="@@PASSWORD@@", timeout=5):
    return dict(user=user, password=password, timeout=timeout)


client = connect(user="admin", password='@@SIMPLE@@')
api_token: str = "@@HEX@@"
