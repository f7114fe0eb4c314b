"""A logged-in line to one hub: the token, the GraphQL endpoint, and sending again what got no answer."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self

import httpx

from federation import assertions, encoding
from federation.errors import AnswerLost, HubError
from federation.keys import PrivateKey, PublicKey, read_jwks

_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JSON: Final = {"content-type": "application/json", "accept": "application/graphql-response+json, application/json"}
_TIMEOUT_SECONDS: Final = 30.0
#: The pauses between tries.
RETRY_SECONDS: Final = (0.2, 0.8, 3.0)
# A token is renewed while it still has this long to live, so that it doesn't end on its way.
_TOKEN_SPARE_SECONDS: Final = 20.0
_JITTER = random.SystemRandom()


def real_clock() -> datetime:
    """Give the process's time, in UTC."""
    return datetime.now(UTC)


class Session:
    """One union's line to one hub. An async context manager."""

    def __init__(
        self,
        origin: str,
        union: str,
        login_key: PrivateKey,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = real_clock,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
    ) -> None:
        #: The hub's name, as its metadata give it: no trailing slash.
        self.hub = origin
        self.union = union
        #: The union's clock, for `iat`; a hub refuses one that is a minute off.
        self.now = now
        self._login_key = login_key
        self._retry_seconds = tuple(retry_seconds)
        self._http = httpx.AsyncClient(base_url=origin, transport=transport, timeout=_TIMEOUT_SECONDS)
        self._logging_in = asyncio.Lock()
        self._bearer = ""
        # By the event loop's clock. The first request logs in, whatever that says.
        self._renew_at = float("-inf")

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def execute(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run one operation and give its `data`.

        What gets no answer, or a server's error, is sent again with the same bytes: reads change nothing, and a hub
        acts once on a statement. A token that the hub no longer takes is renewed once.
        Refuses: HubError with the `extensions.code` of the answer's first error; AnswerLost when every try was in vain.
        """
        body = encoding.dumps({"query": query, "variables": dict(variables or {})}).encode()
        bearer = await self._token(None)
        response = await self._post("/graphql", body, _JSON | {"authorization": f"Bearer {bearer}"})
        if response.status_code == httpx.codes.UNAUTHORIZED:
            bearer = await self._token(bearer)
            response = await self._post("/graphql", body, _JSON | {"authorization": f"Bearer {bearer}"})
        return _data_of(response)

    async def hub_keys(self) -> dict[str, PublicKey]:
        """Give the public keys that the hub signs receipts with, by kid. Whether to trust them is for the caller."""
        response = await self._answer(lambda: self._http.build_request("GET", "/.well-known/jwks.json"))
        if response.status_code != httpx.codes.OK:
            raise HubError(f"HTTP_{response.status_code}")
        return read_jwks(response.content)

    async def access_token(self) -> str:
        """Give the access token of now. Refuses: as `execute`."""
        return await self._token(None)

    async def _token(self, stale: str | None) -> str:
        """Give an access token, newer than `stale`. Refuses: HubError INVALID_CLIENT when the hub refuses the login."""
        async with self._logging_in:
            clock = asyncio.get_running_loop().time
            if self._bearer == stale or clock() >= self._renew_at:
                asked_at = clock()
                answer = await self._log_in()
                self._bearer = str(answer["access_token"])
                self._renew_at = asked_at + float(answer["expires_in"]) - _TOKEN_SPARE_SECONDS
            return self._bearer

    async def _log_in(self) -> dict[str, Any]:
        form = {"grant_type": "client_credentials", "client_assertion_type": _ASSERTION_TYPE}

        def login() -> httpx.Request:
            # An assertion is good for one use, so each try has its own.
            assertion = assertions.client_assertion(self._login_key, union=self.union, aud=self.hub, iat=self.now())
            return self._http.build_request("POST", "/oauth2/token", data=form | {"client_assertion": assertion})

        response = await self._answer(login)
        answer = _object_of(response)
        if not {"access_token", "expires_in"} <= answer.keys():
            raise HubError(
                str(answer.get("error", f"HTTP_{response.status_code}")).upper(), "the hub refuses the login"
            )
        return answer

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return await self._answer(lambda: self._http.build_request("POST", path, content=body, headers=headers))

    async def _answer(self, request: Callable[[], httpx.Request]) -> httpx.Response:
        """Send until there is an answer that isn't the server's own failure. Refuses: AnswerLost."""
        fault = ""
        for pause in (*self._retry_seconds, None):
            try:
                response = await self._http.send(request())
            except httpx.TransportError as error:
                fault = type(error).__name__
            else:
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    return response
                fault = f"HTTP {response.status_code}"
            if pause is not None:
                await asyncio.sleep(pause * _JITTER.uniform(0.5, 1.0))
        raise AnswerLost(fault)


def _object_of(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as error:
        raise HubError(f"HTTP_{response.status_code}", "the answer is not JSON") from error
    if not isinstance(answer, dict):
        raise HubError(f"HTTP_{response.status_code}", "the answer is not an object")
    return answer


def _data_of(response: httpx.Response) -> dict[str, Any]:
    answer = _object_of(response)
    errors = answer.get("errors")
    if errors:
        first = errors[0]
        raise HubError((first.get("extensions") or {}).get("code", "INTERNAL"), first.get("message", ""))
    data = answer.get("data")
    if not isinstance(data, dict):
        raise HubError(f"HTTP_{response.status_code}", "the answer has no data")
    return data
