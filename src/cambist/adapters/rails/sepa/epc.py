"""Decide how a QR code asks for a SEPA credit transfer: EPC069-12, version 002."""

UNITS_MAX = 99_999_999_999
"""Cents of 999,999,999.99 EUR, the most the scheme moves at once."""
NAME_LENGTH_MAX = 70
PAYLOAD_BYTES_MAX = 331


def epc(bic: str, name: str, iban: str, units: int, amount: str, reference: str) -> str | None:
    """Write the code's text, UTF-8; `reference` is structured. None when it does not fit."""
    lines = ("BCD", "002", "1", "SCT", bic, name[:NAME_LENGTH_MAX], iban, f"EUR{amount}", "")
    payload = "\n".join((*lines, reference))
    fits = units <= UNITS_MAX and len(payload.encode()) <= PAYLOAD_BYTES_MAX
    return payload if fits else None
