"""Decide how a Czech QR code asks for a payment: Short Payment Descriptor 1.0."""

from cambist.adapters.bank_files.letters import bank_text

AMOUNT_LENGTH_MAX = 10
HOLDER_LENGTH_MAX = 35
MESSAGE_LENGTH_MAX = 60


def spayd(account: str, amount: str, holder: str, message: str, symbol: str) -> str | None:
    """Write the descriptor; `account` is an IBAN, or IBAN+BIC. None when the amount is too long.

    Texts are plain capitals, which a QR code holds in its dense alphanumeric mode; an asterisk
    cannot be among them. Source: standard of the Czech Banking Association, QR Platba.
    """
    if len(amount) > AMOUNT_LENGTH_MAX:
        return None
    fields = {
        "ACC": account,
        "AM": amount,
        "CC": "CZK",
        "RN": bank_text(holder, HOLDER_LENGTH_MAX).upper(),
        "MSG": bank_text(message, MESSAGE_LENGTH_MAX).upper(),
        "X-VS": symbol,
    }
    return "*".join(["SPD", "1.0", *(f"{key}:{value}" for key, value in fields.items() if value)])
