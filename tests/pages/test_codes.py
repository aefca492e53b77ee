"""Prove that banks' applications can read the QR codes of pages."""

import base64

import pytest
import segno

from cambist.adapters.rails.sepa.epc import PAYLOAD_BYTES_MAX, epc
from cambist.pages.look.codes import PIXELS, QUIET_ZONE, qr_code, qr_image

EPC_VERSION_MAX = 13
IBAN = "DE89370400440532013000"


def epc_of(name: str) -> str:
    payload = epc("COBADEFFXXX", name, IBAN, 10_000, "100.00", "RF180000000000000123")
    assert payload is not None
    return payload


@pytest.mark.parametrize("name", ["Cambist", "Müller & Söhne", "Směnárna Žižkov", "Ž" * 70])
def test_an_epc_code_is_utf_8_in_bytes_at_level_m_and_not_too_big(name: str) -> None:
    payload = epc_of(name)
    code = qr_code(payload)
    as_bytes = segno.make_qr(payload.encode("utf-8"), error="m", mode="byte", boost_error=False)
    assert code.matrix == as_bytes.matrix
    assert (code.mode, code.error) == ("byte", "M")
    assert isinstance(code.version, int)
    assert code.version <= EPC_VERSION_MAX


def test_the_largest_epc_code_is_of_the_largest_version_allowed() -> None:
    code = qr_code("x" * PAYLOAD_BYTES_MAX)
    assert (code.version, code.error) == (EPC_VERSION_MAX, "M")


def test_a_code_that_guessed_the_letters_would_be_caught() -> None:
    payload = epc_of("Müller & Söhne")
    assert segno.make_qr(payload, error="m", boost_error=False).matrix != qr_code(payload).matrix


def test_a_short_payment_descriptor_is_dense() -> None:
    assert qr_code("SPD*1.0*ACC:CZ6508000000192000145399*AM:1000.00*CC:CZK").mode == "alphanumeric"


def test_a_code_has_its_quiet_zone() -> None:
    payload = epc_of("Cambist")
    modules = len(qr_code(payload).matrix) + 2 * QUIET_ZONE
    picture = base64.b64decode(qr_image(payload).removeprefix("data:image/png;base64,"))
    assert int.from_bytes(picture[16:20], "big") == modules * PIXELS
