"""A server that refuses who asks is told from one that is down."""

import psycopg2
import pytest

from matinee.stores.refusals import is_refused_by_database, is_refused_by_s3

AT = 'connection to server at "db" (10.0.0.1), port 5432 failed: '


@pytest.mark.parametrize(
    ("message", "is_refusal"),
    [
        ('FATAL:  password authentication failed for user "matinee"', True),
        ('FATAL:  role "matinee" does not exist', True),
        ('FATAL:  database "matinee" does not exist', True),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.2", user "matinee"', True),
        ("fe_sendauth: no password supplied", True),
        ("Connection refused", False),
        ("timeout expired", False),
        ("FATAL:  the database system is starting up", False),
        ("FATAL:  sorry, too many clients already", False),
    ],
)
def test_refusal_of_postgresql_is_known_by_its_words(message: str, is_refusal: bool) -> None:
    assert is_refused_by_database(psycopg2.OperationalError(AT + message)) is is_refusal


@pytest.mark.parametrize(
    ("code", "is_refusal"),
    [
        (403, True),
        ("InvalidAccessKeyId", True),
        ("SignatureDoesNotMatch", True),
        ("AccessDenied", True),
        (404, False),
        (503, False),
        ("NoSuchBucket", False),
        ("SlowDown", False),
        (None, False),
    ],
)
def test_refusal_of_s3_is_known_by_its_code(code: object, is_refusal: bool) -> None:
    assert is_refused_by_s3(code) is is_refusal
