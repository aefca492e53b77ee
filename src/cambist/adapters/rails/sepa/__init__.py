"""Euro transfers within SEPA: IBANs, creditor references, QR codes."""

from cambist.adapters.rails.sepa.rail import RAIL

__all__ = ["RAIL"]
