"""Show how the core's values read in the vendor's answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from cambist.dialects.btcex import mapping, showing, wire
from cambist.dialects.btcex.answers import AddressValidation, ChainPayment
from cambist.domain.orders.states import OrderKind, OrderState
from cambist.ports.addresses import AddressFacts, AddressFault, AddressNetwork, AddressType
from tests.dialects.btcex.views import make_order, show


def test_moments_are_rfc_3339_in_utc_and_whole_seconds() -> None:
    at = datetime(2026, 11, 21, 8, 20, 23, 999_999, timezone(timedelta(hours=1)))
    assert mapping.moment(at) == "2026-11-21T07:20:23Z"
    assert mapping.moment(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


def test_a_valid_address_is_shown_as_it_is_written() -> None:
    text = wire.ADDRESS_EXAMPLE
    facts = AddressFacts(True, AddressType.P2WPKH, AddressNetwork.MAINNET, text, None)
    assert mapping.address_out(text.upper(), facts) == AddressValidation(
        text, True, "p2wpkh", "mainnet", None
    )


def test_an_invalid_address_is_an_answer_with_its_reason_and_not_the_whole_text() -> None:
    facts = AddressFacts(False, None, None, None, AddressFault.LENGTH)
    shown = mapping.address_out("x" * 100_000, facts)
    assert (shown.valid, shown.reason) == (False, "length")
    assert len(shown.address) == mapping.SHOWN_MAX


def test_a_phone_shows_its_end_only() -> None:
    assert mapping.phone_hint("+420601123456") == "**********456"


def test_a_case_lists_its_fields_with_what_they_may_be() -> None:
    fields = {field.name: field for field in mapping.asked_fields(wire.VerifyIdentity)}
    assert fields["first_name"].required
    assert not fields["birth_number"].required
    assert "passport" in (fields["document.kind"].choices or [])
    assert "address" not in fields
    aml = {field.name: field.required for field in mapping.asked_fields(wire.AmlCz)}
    assert aml["declaration"]
    assert not aml["funds_origin_detail"]


def test_a_seller_is_asked_for_nothing_that_was_seen_already() -> None:
    order = make_order(
        9, kind=OrderKind.SELL, state=OrderState.PAYMENT_SEEN, address=wire.ADDRESS_EXAMPLE
    )
    view = show(order, 9)
    whole = view.trade.crypto_units
    for received, due in ((0, whole), (whole - 5, 5), (whole, 0), (whole + 1, 0)):
        seen = replace(view, order=replace(order, received=received))
        told = showing.order_out(seen, "https://x.example").payment
        if not due:
            assert told is None
            continue
        assert isinstance(told, ChainPayment)
        assert told.satoshi == due
        assert told.uri.endswith(f"?amount={due // 10**8}.{due % 10**8:08d}")
