"""Decide which fiat rails the house knows."""

from collections.abc import Mapping

from cambist.ports.rails import Rail

RAILS: Mapping[str, Rail] = {}
