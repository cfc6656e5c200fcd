"""An S3 server, `ministack`, with its objects on disk; it also takes dead letters, by SQS."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from embedded.folder import DataFolder
from embedded.http import answers
from embedded.ports import HOST
from embedded.supervisor import ServerSpec
from matinee.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "matinee-models"
REGION = "us-east-1"
# It freezes the versions of packages that Matinee needs newer, so it has an environment of its own.
PROGRAM = Path(".tools/ministack/bin/ministack")


@dataclass(frozen=True)
class S3:
    """An S3 server on 127.0.0.1; it takes any credentials.

    Its SQS queues are in memory only, and gone when it stops.
    """

    folder: DataFolder
    port: int

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://{HOST}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What AWS's libraries need to reach this server instead of AWS."""
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ENDPOINT_URL_SQS": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "matinee",
            "AWS_SECRET_ACCESS_KEY": "not-checked-by-this-server",
        }

    def spec(self) -> ServerSpec:
        """Say how to start the server."""
        scratch = self.folder.path / "s3-scratch"
        scratch.mkdir(exist_ok=True)
        return ServerSpec(
            name="S3",
            arguments=[_program()],
            ports=[self.port],
            log=self.folder.log("s3"),
            is_ready=lambda: answers(self.port, "/_ministack/health"),
            environment={
                # It takes any requests, but only links that were signed with its own credentials.
                "AWS_ACCESS_KEY_ID": self.environment["AWS_ACCESS_KEY_ID"],
                "AWS_SECRET_ACCESS_KEY": self.environment["AWS_SECRET_ACCESS_KEY"],
                "BIND_HOST": HOST,
                "GATEWAY_PORT": str(self.port),
                "SERVICES": "s3,sqs",
                "S3_PERSIST": "1",
                "S3_DATA_DIR": str(self.folder.path / "s3"),
                "TMPDIR": str(scratch),  # its pid file
                # Nothing else: no broker, no SFTP, no look at this machine's containers.
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
                "DOCKER_HOST": f"unix://{scratch}/no-docker.sock",
            },
        )

    def ensure_bucket(self, name: str = BUCKET) -> None:
        """Create a bucket that keeps old versions, unless it exists."""
        client = self._client()
        try:
            client.head_bucket(Bucket=name)
        except ClientError:
            client.create_bucket(Bucket=name)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        client.close()

    def holds(self, bucket: str, key: str) -> bool:
        """Whether a bucket has an object of that name."""
        client = self._client()
        listed = client.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        client.close()
        return any(found["Key"] == key for found in listed.get("Contents", []))

    def _client(self) -> S3Client:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
            config=Config(connect_timeout=5, read_timeout=10),
        )


def _program() -> Path:
    """Find the server beside the virtual environment that this process runs in."""
    program = Path(sys.prefix).parent / PROGRAM
    if not program.exists():
        raise ConfigurationError(f"the S3 server is not installed at {program}: run `make setup`")
    return program
