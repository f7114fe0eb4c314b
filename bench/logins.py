"""Access tokens of the unions under measurement, got as any union gets them, and renewed before they run out."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import httpx

from federation.assertions import client_assertion

if TYPE_CHECKING:
    from bench.world import Union
    from hub.demo.host import DemoHub

_GOOD_FOR_SECONDS: Final = 200
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Logins:
    """Logs unions in, once each while their token is good."""

    def __init__(self, host: DemoHub) -> None:
        self._host = host
        self._http = httpx.Client(base_url=host.origin)
        self._tokens: dict[str, tuple[float, str]] = {}

    def token(self, union: Union) -> str:
        """Give a token that is good for a while."""
        uri = union.caller.union
        since, token = self._tokens.get(uri, (float("-inf"), ""))
        if time.monotonic() - since > _GOOD_FOR_SECONDS:
            assertion = client_assertion(union.login, union=uri, aud=self._host.origin, iat=datetime.now(UTC))
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": _ASSERTION,
                "client_assertion": assertion,
            }
            answer = self._http.post("/oauth2/token", data=form)
            token = answer.json()["access_token"]
            self._tokens[uri] = time.monotonic(), token
        return token
