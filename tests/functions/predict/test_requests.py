"""Bodies however they are labelled."""

import json

import pytest

from tests.functions.predict.conftest import Predict

BODY = json.dumps({"user_id": 1})


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"content-type": "application/json"}, id="json"),
        pytest.param({"content-type": "application/x-www-form-urlencoded"}, id="curl -d"),
        pytest.param({"content-type": "text/plain"}, id="text"),
        pytest.param({"Content-Type": "application/json"}, id="title case, as from sam local"),
        pytest.param({}, id="none"),
    ],
)
@pytest.mark.parametrize("body", [BODY, BODY.encode()], ids=["plain", "base64"])
def test_json_body_is_read_whatever_its_label(
    predict: Predict, headers: dict[str, str], body: str | bytes
) -> None:
    assert predict.send("POST", "/predict/", raw=body, headers=headers).status == 200
