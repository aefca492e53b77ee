"""The sandbox's hand on the world: chains, prices, clock, sinks, and a page that shows them."""

from cambist.pages.sandbox.app import sandbox_app
from cambist.pages.sandbox.services import SandboxServices

__all__ = ["SandboxServices", "sandbox_app"]
