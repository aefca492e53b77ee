"""Decide what an operator's tools see: is it alive, is it ready, figures."""

from cambist.pages.operate.app import PREFIXES, operate_app
from cambist.pages.operate.readiness import Readiness

__all__ = ["PREFIXES", "Readiness", "operate_app"]
