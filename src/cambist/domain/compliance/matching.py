"""Decide what a birth date and a country say for or against a match of names."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from cambist.domain.compliance.names import PPM

MATCH_PPM = 850_000
"""From here on somebody must look; an operator may set another."""
BIRTH_SAME_PPM = 60_000
BIRTH_NEAR_PPM = 60_000
BIRTH_OTHER_PPM = 300_000
"""More than a perfect name lies above MATCH_PPM: another birth date is another person."""
COUNTRY_OTHER_PPM = 50_000


@dataclass(frozen=True, slots=True)
class Born:
    """Hold what a list knows of a birth: a date, a month, a year, or years up to `last_year`."""

    year: int
    month: int | None = None
    day: int | None = None
    last_year: int | None = None


def weigh(
    name_ppm: int,
    birth: date | None,
    listed: Collection[Born],
    country: str | None,
    countries: Collection[str],
) -> int:
    """Adjust how alike names are by what else is known; what one side does not know is nothing.

    Of several listed births the one that fits best counts. The same full date adds
    BIRTH_SAME_PPM; a slip (day and month swapped, same year, a year beside) takes BIRTH_NEAR_PPM;
    any other date takes BIRTH_OTHER_PPM.
    """
    ppm = name_ppm
    if birth is not None and listed:
        ppm += max(_birth_ppm(birth, born) for born in listed)
    if country is not None and countries and country.upper() not in countries:
        ppm -= COUNTRY_OTHER_PPM
    return max(0, min(PPM, ppm))


def _birth_ppm(birth: date, born: Born) -> int:
    if not born.year <= birth.year <= (born.last_year or born.year):
        beside = born.last_year is None and abs(born.year - birth.year) == 1
        return -BIRTH_NEAR_PPM if beside else -BIRTH_OTHER_PPM
    if born.month is None:
        return 0
    if born.day is None:
        return 0 if born.month == birth.month else -BIRTH_NEAR_PPM
    return BIRTH_SAME_PPM if (born.month, born.day) == (birth.month, birth.day) else -BIRTH_NEAR_PPM
