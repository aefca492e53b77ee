"""Decide which terms hold for a price: the most specific schedule that has begun."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cambist.domain.pricing.terms import Side, Terms
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import PartnerId


@dataclass(frozen=True, slots=True)
class Schedule:
    """Hold terms and whom they are for; None stands for everybody and everything.

    The terms' fields are those of `Terms`, same names, same units, so that a row is a schedule.

    Raises:
        DomainError: SETTING_INVALID with the field out of bounds.
    """

    id: UUID
    partner_id: PartnerId | None
    dialect: str | None
    pair: str | None
    side: Side | None
    level: int | None
    method: str | None
    commission_ppm: int
    discount_ppm: int
    payment_fee_ppm: int
    payment_fee_units: int
    fee_on_top: bool
    minimum_fee_units: int
    network_fee_units: int
    minimum_units: int
    maximum_units: int | None
    rate_validity_s: int
    payment_window_s: int
    valid_from: datetime

    def __post_init__(self) -> None:
        if self.valid_from.tzinfo is None:
            raise DomainError(ErrorCode.SETTING_INVALID, field="valid_from")
        _ = self.terms

    @property
    def terms(self) -> Terms:
        """Make the terms."""
        return Terms(
            commission_ppm=self.commission_ppm,
            discount_ppm=self.discount_ppm,
            payment_fee_ppm=self.payment_fee_ppm,
            payment_fee_units=self.payment_fee_units,
            fee_on_top=self.fee_on_top,
            minimum_fee_units=self.minimum_fee_units,
            network_fee_units=self.network_fee_units,
            minimum_units=self.minimum_units,
            maximum_units=self.maximum_units,
            rate_validity_s=self.rate_validity_s,
            payment_window_s=self.payment_window_s,
        )

    @property
    def aim(self) -> tuple[PartnerId | str | Side | int | None, ...]:
        """List whom it is for, what weighs most first: partner, dialect, pair, side, level, method.

        A schedule that names the partner beats any that does not, whatever else those name; among
        equals the dialect decides, then the pair, and so on.
        """
        return (self.partner_id, self.dialect, self.pair, self.side, self.level, self.method)


def choose(
    schedules: Iterable[Schedule],
    *,
    partner_id: PartnerId,
    dialect: str,
    pair: str,
    side: Side,
    level: int | None,
    method: str | None,
    now: datetime,
) -> Terms:
    """Take the terms of the most specific schedule (see `Schedule.aim`), the newest of equals.

    Without a level or a method yet (None) only schedules for every one of them are for this.

    Raises:
        DomainError: RATE_UNAVAILABLE when no schedule is for this.
    """
    asked = (partner_id, dialect, pair, side, level, method)
    best: Schedule | None = None
    for schedule in schedules:
        if schedule.valid_from > now or not _fits(schedule, asked):
            continue
        if best is None or _weight(schedule) > _weight(best):
            best = schedule
    if best is None:
        raise DomainError(ErrorCode.RATE_UNAVAILABLE)
    return best.terms


def _fits(schedule: Schedule, asked: tuple[PartnerId | str | int | None, ...]) -> bool:
    return all(
        wanted is None or wanted == value for wanted, value in zip(schedule.aim, asked, strict=True)
    )


def _weight(schedule: Schedule) -> tuple[tuple[bool, ...], datetime, UUID]:
    # The id settles what nobody decided, so that the order of rows never does.
    return tuple(part is not None for part in schedule.aim), schedule.valid_from, schedule.id
