"""An S3 that holds a folder's files in a bucket, until standard input ends. Prints where it is."""

import pathlib
import sys

import boto3
from moto.server import ThreadedMotoServer

folder, bucket = pathlib.Path(sys.argv[1]), sys.argv[2]
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
secrets = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "invented"}
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **secrets)
s3.create_bucket(Bucket=bucket)
for file in folder.rglob("*"):
    if file.is_file():
        s3.put_object(Bucket=bucket, Key=file.relative_to(folder).as_posix(), Body=file.read_bytes())
print(endpoint, flush=True)
sys.stdin.read()
server.stop()
