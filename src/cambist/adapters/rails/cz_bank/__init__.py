"""Czech bank transfers: account numbers, variable symbols, QR codes."""

from cambist.adapters.rails.cz_bank.rail import RAIL

__all__ = ["RAIL"]
