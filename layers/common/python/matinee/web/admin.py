"""The admin token."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from matinee.errors import UnauthorizedError
from matinee.settings import AdminSettings
from matinee.web.direct import is_direct

_bearer = HTTPBearer(auto_error=False, description="The admin token.")
BearerToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def check_admin(
    request: Request, token: HTTPAuthorizationCredentials | None, settings: AdminSettings
) -> None:
    """Let only administrators through.

    Whoever may invoke the function directly was checked by the platform and needs no token.

    Parameters
    ----------
    request : Request
        The request.
    token : HTTPAuthorizationCredentials or None
        As a `BearerToken` parameter of the path function receives it.
    settings : AdminSettings
        Holds the right token.

    Raises
    ------
    UnauthorizedError
        If the token is missing or wrong, or the service has none.
    """
    if is_direct(request.scope):
        return
    if settings.admin_token is None:
        raise UnauthorizedError("admin routes are closed: ADMIN_TOKEN is not set")
    given = token.credentials if token else ""
    if not hmac.compare_digest(given.encode(), settings.admin_token.get_secret_value().encode()):
        raise UnauthorizedError("this route needs the header 'Authorization: Bearer <token>'")
