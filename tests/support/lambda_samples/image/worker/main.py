"""The handler of an image function."""

import os


def handler(event, context):
    """Return what the image sets."""
    return {"greeting": os.environ["GREETING"]}
