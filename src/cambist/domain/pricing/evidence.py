"""Decide what is kept of a price, so that anybody can make the same price from it again."""

import dataclasses
import json
from dataclasses import dataclass
from datetime import datetime

from cambist.domain.pricing.deals import Deal
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample, rows_of, samples_of
from cambist.domain.pricing.terms import Given, Side, Terms
from cambist.kernel.errors import DomainError

# Grows with every change of the arithmetic; an old quote is explained by the formula it names.
FORMULA = 1
SCALE_MAX = 30

_TERMS = tuple(field.name for field in dataclasses.fields(Terms))
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Evidence:
    """Hold everything a deal was made from: samples, mid, terms, what was asked, the scales.

    `pair`, `mantissa` and `taken_at` are those of the mid, `samples` those of every leg when it is
    a cross; `units` is the amount the customer fixed, in its own asset's units.
    """

    formula: int
    pair: str
    mantissa: int
    taken_at: datetime
    samples: tuple[PriceSample, ...]
    terms: Terms
    side: Side
    given: Given
    units: int
    crypto: str
    crypto_scale: int
    fiat: str
    fiat_scale: int

    @classmethod
    def of(cls, priced: PriceQuote, terms: Terms, deal: Deal) -> "Evidence":
        """Keep what a deal came of; ValueError when it came of another price."""
        if priced.rate(deal.crypto, deal.fiat).mantissa != deal.raw:
            raise ValueError("the deal was made at another price")
        return cls(
            FORMULA,
            priced.pair,
            priced.mantissa,
            priced.taken_at,
            priced.samples,
            terms,
            deal.side,
            deal.given,
            deal.given_units,
            deal.crypto.code,
            deal.crypto.scale,
            deal.fiat.code,
            deal.fiat.scale,
        )

    def to_json(self) -> str:
        """Write canonical JSON: sorted keys, no blanks, numbers whole."""
        fields = {
            "formula": self.formula,
            "pair": self.pair,
            "mantissa": self.mantissa,
            "taken_at": self.taken_at.isoformat(),
            "samples": rows_of(self.samples),
            "terms": {name: getattr(self.terms, name) for name in _TERMS},
            "side": self.side.value,
            "given": self.given.value,
            "units": self.units,
            "crypto": self.crypto,
            "crypto_scale": self.crypto_scale,
            "fiat": self.fiat,
            "fiat_scale": self.fiat_scale,
        }
        return _canonical(fields)

    @classmethod
    def from_json(cls, text: str) -> "Evidence":
        """Read what `to_json` wrote; ValueError for anything else, one blank more included."""
        try:
            fields = json.loads(text)
            found = cls(
                formula=fields["formula"],
                pair=fields["pair"],
                mantissa=fields["mantissa"],
                taken_at=datetime.fromisoformat(fields["taken_at"]),
                samples=samples_of(fields["samples"]),
                terms=Terms(**fields["terms"]),
                side=Side(fields["side"]),
                given=Given(fields["given"]),
                units=fields["units"],
                crypto=fields["crypto"],
                crypto_scale=fields["crypto_scale"],
                fiat=fields["fiat"],
                fiat_scale=fields["fiat_scale"],
            )
            found.check()
        except (DomainError, KeyError, RecursionError, TypeError, ValueError) as wrong:
            raise ValueError("this is no evidence") from wrong
        if found.to_json() != text:
            raise ValueError("this is no evidence as it was written")
        return found

    def check(self) -> None:
        """Refuse values of the wrong kind with ValueError."""
        numbers = (self.formula, self.mantissa, self.units, self.crypto_scale, self.fiat_scale)
        texts = (self.pair, self.crypto, self.fiat)
        scales = (self.crypto_scale, self.fiat_scale)
        if (
            any(type(number) is not int or number < 0 for number in numbers)
            or any(type(text) is not str for text in texts)
            or max(scales) > SCALE_MAX
            or self.taken_at.tzinfo is None
        ):
            raise ValueError("a field is of the wrong kind")
