"""Tells a server that refuses who asks from one that is down: waiting mends only the latter."""

from __future__ import annotations

import psycopg2

DATABASE_REFUSES = (
    "PostgreSQL refuses who asks: check user, password and database name in DATABASE_URL"
)
S3_REFUSES = (
    "S3 refuses who asks: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
    "or what the function's role may do"
)

# libpq gives no code for a connection that fails, only the server's message.
_DATABASE_SIGNS = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "is not permitted to log in",
)
_S3_CODES = {
    "401",
    "403",
    "AccessDenied",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "SignatureDoesNotMatch",
}


def is_refused_by_database(error: psycopg2.Error) -> bool:
    """Tell whether connecting failed because of the credentials.

    Parameters
    ----------
    error : psycopg2.Error
        What connecting raised.

    Returns
    -------
    bool
        False for a server that cannot be reached, is starting, or has no room.
    """
    return any(sign in str(error) for sign in _DATABASE_SIGNS)


def is_refused_by_s3(code: object) -> bool:
    """Tell whether S3 refused because of the credentials.

    Parameters
    ----------
    code : object
        S3's error code, or the HTTP status.

    Returns
    -------
    bool
        False for what a retry, another key or another bucket may mend.
    """
    return str(code) in _S3_CODES
