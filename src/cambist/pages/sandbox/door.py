"""Decide who may move the sandbox's world: whoever holds its token."""

import hmac
from typing import Any

from litestar.datastructures import State

from cambist.http.faults import AnyRequest
from cambist.http.json_body import StrictRequest
from cambist.http.refusals import Fault, refuse
from cambist.pages.sandbox.services import SandboxServices
from cambist.pages.sandbox.settling import Settling

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="sandbox"'}


class ControlRequest(StrictRequest[Any]):
    """Be a request to the sandbox."""

    @property
    def services(self) -> SandboxServices:
        """Give what bootstrap put in."""
        return services_of(self.app.state)

    @property
    def settling(self) -> Settling:
        """Give what leaps and waits."""
        settling: Settling = self.app.state.settling
        return settling


def services_of(state: State) -> SandboxServices:
    """Find the services an application was made with."""
    services: SandboxServices = state.services
    return services


async def enter(request: AnyRequest) -> None:
    """Let a request in that carries the token.

    Raises:
        RefusedError: CREDENTIAL_INVALID.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected = services_of(request.app.state).token.encode()
    is_right = hmac.compare_digest(token.strip().encode(), expected)
    if scheme.lower() != "bearer" or not expected or not is_right:
        raise refuse(Fault.CREDENTIAL_INVALID, headers=CHALLENGE)
