"""Swedish bank transfers: account numbers and OCR references."""

from cambist.adapters.rails.se_bank.rail import RAIL

__all__ = ["RAIL"]
