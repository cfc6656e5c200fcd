"""Queues of a template on a server that speaks SQS."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from lambda_emulator.errors import QueueError

_TIMEOUT_SECONDS = 5


class Queues:
    """Creates queues and sends messages; calls wait for the network, so not for the event loop."""

    def __init__(self, endpoint: str, *, region: str) -> None:
        self.endpoint = endpoint
        self._region = region
        self._client: Any = None
        self._urls: dict[str, str] = {}

    def create(self, names: Iterable[str]) -> None:
        """Create the queues that are not there yet.

        Raises
        ------
        QueueError
            If the server does not answer or refuses.
        """
        for name in names:
            answer = self._call("create_queue", QueueName=name)
            self._urls[name] = str(answer["QueueUrl"])

    def send(self, name: str, body: str, attributes: Mapping[str, str]) -> None:
        """Send a message, creating the queue when it is none of the template's.

        Raises
        ------
        QueueError
            If the server does not answer or refuses.
        """
        if name not in self._urls:
            self.create([name])
        values = {
            key: {"DataType": "String", "StringValue": value} for key, value in attributes.items()
        }
        self._call(
            "send_message", QueueUrl=self._urls[name], MessageBody=body, MessageAttributes=values
        )

    def _call(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._connected(), operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise QueueError(f"SQS at {self.endpoint}: {error}") from error

    def _connected(self) -> Any:
        if self._client is None:
            # Imported here: an emulator without queues can do without it.
            import boto3
            from botocore.config import Config

            self._client = boto3.client(
                "sqs",
                endpoint_url=self.endpoint,
                region_name=self._region,
                aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "local"),
                aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "local"),
                config=Config(
                    connect_timeout=_TIMEOUT_SECONDS,
                    read_timeout=_TIMEOUT_SECONDS,
                    retries={"total_max_attempts": 2},
                ),
            )
        return self._client
