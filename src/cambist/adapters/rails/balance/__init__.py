"""Money kept with us: nothing to instruct, nothing to read."""

from cambist.adapters.rails.balance.rail import RAIL

__all__ = ["RAIL"]
