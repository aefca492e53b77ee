"""Decide whether a firm quote is what its evidence makes, and say how, line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from cambist.domain.pricing.crosses import derive
from cambist.domain.pricing.deals import Deal, Step, price
from cambist.domain.pricing.evidence import FORMULA, Evidence
from cambist.domain.pricing.exact import DECIMALS_MAX, commission_of, write
from cambist.domain.pricing.firm import FirmQuote
from cambist.domain.pricing.quotes import PriceQuote
from cambist.domain.pricing.samples import PriceSample, median, symbols_of
from cambist.domain.pricing.terms import PPM, Side
from cambist.kernel.errors import DomainError
from cambist.kernel.money import Asset, AssetKind, format_units
from cambist.kernel.rates import RATE_SCALE, Rate, Rounding

NUMBERS = (
    "crypto_units",
    "fiat_units",
    "raw",
    "rate",
    "principal",
    "commission",
    "payment_fee",
    "network_fee",
)
_ROUNDED = {Rounding.UP: "rounded up", Rounding.DOWN: "rounded down", Rounding.HALF_UP: "rounded"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Tell whether every number of a quote follows from its evidence, and how it does.

    `differences` names what does not; `lines` are for a person who keeps books.
    """

    matches: bool
    lines: tuple[str, ...]
    differences: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines)


def explain(quote: FirmQuote) -> Explanation:
    """Price a quote again from its evidence alone: samples, mid, terms, roundings.

    Never raises: what cannot be read or priced is a difference too.
    """
    title = f"Quote {quote.id}: {quote.side} {quote.crypto} against {quote.fiat}"
    lines = [f"{title}, made {quote.created_at.isoformat()}"]
    try:
        evidence = Evidence.from_json(quote.evidence)
    except ValueError:
        return _verdict(lines, ["evidence: cannot be read"])
    if evidence.formula != FORMULA:
        return _verdict(lines, [f"formula: {evidence.formula} is not known here"])
    differences = list(_asked_otherwise(quote, evidence))
    lines.extend(_market(evidence.samples))
    try:
        mid = _mid(evidence)
        deal = _deal(evidence, mid)
    except DomainError as refusal:
        return _verdict(lines, [*differences, f"price: refused, {refusal.code.value}"])
    except ValueError:
        return _verdict(lines, [*differences, "price: cannot be made of this evidence"])
    through = " and ".join(_legs(evidence.samples))
    lines.append(f"{mid.pair}: {_number(mid.mantissa, RATE_SCALE)} is the raw price, of {through}")
    if (mid.mantissa, mid.taken_at) != (evidence.mantissa, evidence.taken_at):
        differences.append("evidence: its samples make another raw price")
    lines.append(_terms(evidence))
    lines.extend(_steps(deal))
    for name in NUMBERS:
        said, found = getattr(quote, name), getattr(deal, name)
        if said != found:
            differences.append(f"{name}: the quote says {said}, its evidence {found}")
    return _verdict(lines, differences)


def _asked_otherwise(quote: FirmQuote, evidence: Evidence) -> Iterator[str]:
    said = (quote.side, quote.given, quote.crypto, quote.fiat)
    if said != (evidence.side, evidence.given, evidence.crypto, evidence.fiat):
        yield "evidence: it is of another wish"
    if quote.expires_at - quote.created_at > timedelta(seconds=evidence.terms.rate_validity_s):
        yield "expires_at: later than the terms allow"
    heard = [(sample.pair, sample.source) for sample in evidence.samples]
    if len(set(heard)) != len(heard):
        yield "evidence: a source is heard twice"


def _legs(samples: tuple[PriceSample, ...]) -> dict[str, list[PriceSample]]:
    legs: dict[str, list[PriceSample]] = {}
    for sample in samples:
        legs.setdefault(sample.pair, []).append(sample)
    return legs


def _mid(evidence: Evidence) -> PriceQuote:
    """Make the mid again: the median of each leg, the legs chained as `crosses.derive` does."""
    quotes = {
        pair: PriceQuote(
            pair,
            median(sample.mantissa for sample in samples),
            min(sample.taken_at for sample in samples),
            tuple(sorted(sample.source for sample in samples)),
        )
        for pair, samples in _legs(evidence.samples).items()
    }
    return derive(evidence.pair, quotes)


def _deal(evidence: Evidence, mid: PriceQuote) -> Deal:
    base, quote = symbols_of(evidence.pair)
    crypto = Asset(evidence.crypto, base, base, evidence.crypto_scale, AssetKind.COIN)
    fiat = Asset(evidence.fiat, quote, quote, evidence.fiat_scale, AssetKind.FIAT)
    rate = Rate(crypto, fiat, mid.mantissa)
    return price(evidence.side, rate, evidence.terms, evidence.given, evidence.units)


def _market(samples: tuple[PriceSample, ...]) -> Iterator[str]:
    for pair, heard in _legs(samples).items():
        for sample in heard:
            said = _number(sample.mantissa, RATE_SCALE)
            yield f"{pair}: {sample.source} said {said} at {sample.taken_at.isoformat()}"
        middle = median(sample.mantissa for sample in heard)
        yield f"{pair}: {_number(middle, RATE_SCALE)} is the middle of {len(heard)}"


def _terms(evidence: Evidence) -> str:
    terms = evidence.terms
    parts = [f"commission {_percent(commission_of(terms))}"]
    if terms.discount_ppm:
        share = _percent(Fraction(terms.discount_ppm, PPM))
        before = _percent(Fraction(terms.commission_ppm, PPM))
        parts.append(f"which is {before} with {share} of it given back")
    if terms.minimum_fee_units:
        least = format_units(terms.minimum_fee_units, evidence.fiat_scale)
        parts.append(f"at least {least} {evidence.fiat}")
    if terms.payment_fee_ppm or terms.payment_fee_units:
        share = _percent(Fraction(terms.payment_fee_ppm, PPM))
        of = "the net amount, on top" if terms.fee_on_top else "the gross amount, within"
        fixed = format_units(terms.payment_fee_units, evidence.fiat_scale)
        parts.append(f"payment fee {share} of {of}, and {fixed} {evidence.fiat}")
    if terms.network_fee_units and evidence.side is Side.BUY:
        fee = format_units(terms.network_fee_units, evidence.crypto_scale)
        parts.append(f"network fee {fee} {evidence.crypto}")
    return f"Terms: {', '.join(parts)}"


def _steps(deal: Deal) -> Iterator[str]:
    crypto, fiat = deal.crypto, deal.fiat
    given = deal.given_asset
    yield f"Given: {format_units(deal.given_units, given.scale)} {given.code}"
    for step in deal.steps:
        match step.name:
            case "rate":
                yield _step(step, RATE_SCALE, f"{fiat.code} for one {crypto.code}")
            case "crypto":
                yield _step(step, crypto.scale, crypto.code)
            case _:
                yield _step(step, fiat.scale, fiat.code)
    parts = (deal.principal, deal.commission, deal.payment_fee, deal.fiat_units)
    principal, commission, fee, total = (format_units(part, fiat.scale) for part in parts)
    sign = "+" if deal.side is Side.BUY else "-"
    yield (
        f"{principal} principal {sign} {commission} commission {sign} {fee} payment fee"
        f" = {total} {fiat.code}"
    )
    moved = f"{format_units(deal.crypto_units, crypto.scale)} {crypto.code}"
    if deal.side is Side.SELL:
        yield f"The customer gives {moved}"
    elif deal.network_fee:
        network = format_units(deal.network_fee, crypto.scale)
        yield f"The customer receives {moved}, the network {network} {crypto.code}"
    else:
        yield f"The customer receives {moved}"


def _step(step: Step, scale: int, unit: str) -> str:
    exact = Fraction(step.numerator, step.denominator * 10**scale)
    trimmed = step.name == "rate"
    result = _number(step.result, scale) if trimmed else format_units(step.result, scale)
    name = step.name.replace("_", " ")
    if exact == Fraction(step.result, 10**scale):
        return f"{name}: {result} {unit}"
    written = write(exact, DECIMALS_MAX, Rounding.DOWN)
    ellipsis = "" if Fraction(written) == exact else "..."
    return f"{name}: {written}{ellipsis} {_ROUNDED[step.rounding]} to {result} {unit}"


def _number(units: int, scale: int) -> str:
    return write(Fraction(units, 10**scale), scale, Rounding.DOWN)


def _percent(share: Fraction) -> str:
    return f"{write(share * 100, DECIMALS_MAX, Rounding.DOWN)} %"


def _verdict(lines: list[str], differences: list[str]) -> Explanation:
    if not differences:
        return Explanation(True, (*lines, "Every number matches."))
    told = tuple(f"DIFFERS: {difference}" for difference in differences)
    return Explanation(False, (*lines, *told), tuple(differences))
