"""Our signature is botocore's, for the same request."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from matinee.stores.s3_reader import Credentials, sign_get


def signed_by_botocore(
    scheme: str, host: str, path: str, region: str, credentials: Credentials
) -> dict[str, str]:
    request = AWSRequest("GET", f"{scheme}://{host}{path}")
    request.context["payload_signing_enabled"] = True
    keys = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )
    S3SigV4Auth(keys, "s3", region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize(
    "key",
    [
        "models/champion.json",
        "models/2026-03-01T12.30.45_abc/user_ids.npy",
        "with space+plus=equals&and?question#hash",
        "ünïcödé/千/~tilde-_.!*'()",
        "double//slash/../dots/./end/",
        "percent%41%2F",
    ],
)
@pytest.mark.parametrize("session_token", [None, "token/with+odd=="])
@pytest.mark.parametrize(
    ("scheme", "host", "region"),
    [
        ("https", "matinee.s3.eu-central-1.amazonaws.com", "eu-central-1"),
        ("http", "127.0.0.1:9000", "us-east-1"),
    ],
)
def test_signature_equals_botocores(
    key: str, session_token: str | None, scheme: str, host: str, region: str
) -> None:
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCY", session_token)
    path = "/" + quote(key, safe="/-_.~")
    theirs = signed_by_botocore(scheme, host, path, region, credentials)
    now = datetime.strptime(theirs["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    ours = sign_get(host, path, region=region, credentials=credentials, now=now)
    assert ours.pop("host") == host
    assert ours == {name: theirs[name] for name in ours}


def test_signature_never_holds_the_secret() -> None:
    credentials = Credentials("AKIDEXAMPLE", "the-secret")
    headers = sign_get(
        "host", "/key", region="us-east-1", credentials=credentials, now=datetime.now(UTC)
    )
    assert "the-secret" not in str(headers)
