"""Decide what a stored quote may still change in: who used it; the rest was agreed and stays."""

from datetime import UTC, datetime
from uuid import UUID

from cambist.adapters.db.mappers import MAPPERS
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.terms import Given, Side
from cambist.kernel.ids import OrderId, PartnerId, QuoteId
from cambist.ports.store import Kind

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORDER = UUID(int=3)


def quote(used_by: UUID | None = None, fiat_units: int = 10_000) -> FirmQuote:
    """Make a quote."""
    return FirmQuote(
        id=QuoteId(UUID(int=1)),
        partner_id=PartnerId(UUID(int=2)),
        dialect="cryptoexchange",
        side=Side.BUY,
        given=Given.FROM,
        crypto="LTC",
        fiat="EUR",
        method="sepa",
        crypto_units=100,
        fiat_units=fiat_units,
        raw=1,
        rate=1,
        principal=1,
        commission=0,
        payment_fee=0,
        network_fee=0,
        evidence="{}",
        used_by=None if used_by is None else OrderId(used_by),
        expires_at=NOW,
        created_at=NOW,
    )


def test_of_a_stored_quote_only_its_use_is_written() -> None:
    mapper = MAPPERS[Kind.QUOTE]
    assert mapper.update == (
        'update quotes t set "used_by" = v."used_by"'
        ' from unnest($1::uuid[], $2::uuid[]) as v("id", "used_by") where t."id" = v."id"'
    )
    assert mapper.changes([quote(ORDER, fiat_units=1)]) == [[UUID(int=1)], [ORDER]]


def test_of_every_other_aggregate_all_columns_are_written() -> None:
    for kind, mapper in MAPPERS.items():
        if kind is not Kind.QUOTE:
            assert mapper.rewrite == mapper.write, kind
