"""Direct invocations and schedule events take the path of HTTP."""

from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request
from mangum import Mangum

from matinee.errors import InvalidRequestError, UnavailableError
from matinee.settings import AdminSettings
from matinee.web.admin import admin_only
from matinee.web.direct import DirectInvocationError, direct_handler, is_direct
from matinee.web.errors import add_error_replies
from tests.support.events import InvocationContext, http_event


async def settings() -> AdminSettings:
    return AdminSettings.model_validate({"admin_token": "token"})


def build_handler() -> Mangum:
    app = FastAPI()
    add_error_replies(app)

    @app.post("/job/", dependencies=[Depends(admin_only(settings))])
    async def work(request: Request, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("fail") == "mine":
            raise UnavailableError("the database is down")
        if body.get("fail") == "yours":
            raise InvalidRequestError("fail: what did you expect")
        return {"got": body, "direct": is_direct(request.scope)}

    return Mangum(app, lifespan="off", custom_handlers=[direct_handler("/job/")])


CONTEXT: Any = InvocationContext()


def test_direct_event_is_posted_as_it_is_and_needs_no_token() -> None:
    event = {"detail-type": "Scheduled Event", "number": 1}
    assert build_handler()(event, CONTEXT) == {"got": event, "direct": True}


def test_direct_event_that_is_wrong_gets_the_error_as_its_answer() -> None:
    reply = build_handler()({"fail": "yours"}, CONTEXT)
    assert reply["error"]["code"] == "invalid_request"


def test_direct_event_that_fails_raises_so_that_the_platform_retries() -> None:
    with pytest.raises(DirectInvocationError, match="unavailable: the database is down"):
        build_handler()({"fail": "mine"}, CONTEXT)


@pytest.mark.parametrize(
    ("token", "status"), [("token", 200), ("other", 401)], ids=["right token", "wrong token"]
)
def test_http_event_of_the_same_function_needs_the_token(token: str, status: int) -> None:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    event = http_event("POST", "/job/", body='{"matinee.direct": true}', headers=headers)
    assert build_handler()(event, CONTEXT)["statusCode"] == status
