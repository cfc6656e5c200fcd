"""The admin token."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from matinee.errors import UnauthorizedError
from matinee.settings import AdminSettings
from matinee.web.direct import is_direct

_bearer = HTTPBearer(auto_error=False, description="The admin token.")
BearerToken = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def admin_only(
    get_settings: Callable[..., AdminSettings | Awaitable[AdminSettings]],
) -> Callable[..., Awaitable[None]]:
    """Return a dependency that lets only administrators through.

    Parameters
    ----------
    get_settings : callable
        A dependency that returns the settings with the token.

    Returns
    -------
    callable
        A FastAPI dependency that raises `UnauthorizedError` without the right token. Whoever may
        invoke the function directly was checked by the platform and needs none.
    """
    ask_settings = Depends(get_settings)

    async def check_token(
        request: Request, token: BearerToken, settings: AdminSettings = ask_settings
    ) -> None:
        if is_direct(request.scope):
            return
        if settings.admin_token is None:
            raise UnauthorizedError("admin routes are closed: ADMIN_TOKEN is not set")
        given = token.credentials if token else ""
        expected = settings.admin_token.get_secret_value()
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise UnauthorizedError("this route needs the header 'Authorization: Bearer <token>'")

    return check_token
