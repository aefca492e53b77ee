"""Decide how a QR code is drawn: for banks' applications, wallets and phones in the dark alike."""

import segno

ERROR_LEVEL = "m"
"""What EPC069-12 demands, and the standard of QR Platba advises: a bigger code costs nothing."""

QUIET_ZONE = 4
"""Modules of white around it, which a dark page would otherwise end too early (ISO 18004)."""

PIXELS = 8
"""Pixels a module, sharp on dense screens too."""


def qr_code(payload: str) -> segno.QRCode:
    """Make a code; letters beyond ASCII are UTF-8, the character set that an EPC code names."""
    return segno.make_qr(payload, error=ERROR_LEVEL, encoding="utf-8", boost_error=False)


def qr_image(payload: str) -> str:
    """Draw a code as a data address."""
    drawn: str = qr_code(payload).png_data_uri(scale=PIXELS, border=QUIET_ZONE, dark="#10202b")
    return drawn
