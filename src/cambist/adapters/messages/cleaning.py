"""Decide what of a fact may reach a reader: one line, nothing invisible, no foreign address."""

import re
import unicodedata

NAME_LENGTH_MAX = 40
SMS_BRAND_LENGTH_MAX = 20
LINK_LENGTH_MAX = 1_000

# One word or a few; anything else in the place of a name is somebody writing through us.
_NAME = re.compile(r"[^\W\d_]+(?:['\u2019. -]{1,2}[^\W\d_]+)*\.?")
_LINK = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,255}(?:/[!#-;=?-Z\[\]_a-z~]*)?", re.ASCII)
_CODE = re.compile(r"[0-9]{4,10}", re.ASCII)

_GSM = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\n\r"
)
"""What a short message can hold in seven bits. Source: 3GPP TS 23.038 section 6.2.1."""


def one_line(text: str) -> str:
    """Write a text as one line without control, format or private characters."""
    seen = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in unicodedata.normalize("NFC", text)
        if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn")
    )
    return " ".join(seen.split())


def first_name(text: str) -> str:
    """Write a first name; what does not look like one is left out."""
    name = one_line(text)
    return name if len(name) <= NAME_LENGTH_MAX and _NAME.fullmatch(name) else ""


def link(text: str) -> str:
    """Pass a link of the web on.

    Raises:
        ValueError: it is something else; does not show it.
    """
    if len(text) > LINK_LENGTH_MAX or not _LINK.fullmatch(text):
        raise ValueError("not a link")
    return text


def code(text: str) -> str:
    """Pass a code on.

    Raises:
        ValueError: it is something else; does not show it.
    """
    if not _CODE.fullmatch(text):
        raise ValueError("not a code")
    return text


def is_gsm(text: str) -> bool:
    """Tell whether a short message needs seven bits a character only."""
    return _GSM.issuperset(text)


def sms_brand(text: str, *, is_gsm_only: bool) -> str:
    """Shorten a brand; where seven bits should do, letters lose what they cannot keep."""
    brand = one_line(text)[:SMS_BRAND_LENGTH_MAX].strip()
    if not is_gsm_only or is_gsm(brand):
        return brand
    plain = unicodedata.normalize("NFKD", brand)
    return "".join(char for char in plain if char in _GSM).strip() or brand
