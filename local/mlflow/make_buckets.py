"""Makes the buckets named on the command line, with old versions kept, unless they exist."""

import sys

import boto3
from botocore.exceptions import ClientError


def main(names: list[str]) -> None:
    """Make each bucket; the endpoint and the credentials come from AWS's usual variables."""
    client = boto3.client("s3")
    for name in names:
        try:
            client.head_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            client.create_bucket(Bucket=name)
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


if __name__ == "__main__":
    main(sys.argv[1:])
