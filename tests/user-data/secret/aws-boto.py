#!/usr/bin/env python3
"""Copies the seed data on first boot."""
import boto3

BUCKET = "example-seed-111122223333"
session = boto3.Session(
    aws_access_key_id="@@AKIA@@",
    aws_secret_access_key="@@AWS_SECRET@@",
    aws_session_token=None,
    region_name="us-east-1",
)
s3 = session.client("s3")
for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
    for item in page.get("Contents", []):
        s3.download_file(BUCKET, item["Key"], "/srv/seed/" + item["Key"].replace("/", "_"))
