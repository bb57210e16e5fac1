"""S3-compatible storage on this machine: moto's server, which asks for rights where it is told to."""

import itertools
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from pipeline.archive.target import Place

KEYS = ("an-access-key", "a/secret+key")

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def bucket_service() -> Iterator[str]:
    """The endpoint of a running service."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(bucket_service: str) -> Place:
    """A new bucket, and a place in it."""
    name = f"years-{next(_numbers)}"
    client = boto3.client(
        "s3",
        endpoint_url=bucket_service,
        region_name="eu-central-1",
        aws_access_key_id=KEYS[0],
        aws_secret_access_key=KEYS[1],
    )
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return Place(
        url=f"s3://{name}/delivrd/archive",
        endpoint=bucket_service,
        region="eu-central-1",
        access_key=KEYS[0],
        secret_key=KEYS[1],
    )
