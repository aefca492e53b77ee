"""A birth date speaks for or against a match; what a side does not know is silent."""

from datetime import date

import pytest

from cambist.domain.compliance.matching import MATCH_PPM, Born, weigh
from cambist.domain.compliance.names import PPM

BIRTH = date(1969, 3, 18)
NOWHERE: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "born",
    [
        Born(1969, 3, 18),
        Born(1969, 3),
        Born(1969),
        Born(1968, last_year=1970),
        Born(1969, 18, 3),
        Born(1969, 4, 18),
        Born(1970, 3, 18),
    ],
)
def test_same_or_slipped_birth_date_leaves_a_full_match(born: Born) -> None:
    assert weigh(PPM, BIRTH, (born,), None, NOWHERE) >= MATCH_PPM


@pytest.mark.parametrize("born", [Born(1950, 3, 18), Born(1971), Born(1940, last_year=1950)])
def test_another_birth_date_is_another_person(born: Born) -> None:
    assert weigh(PPM, BIRTH, (born,), None, NOWHERE) < MATCH_PPM


def test_the_best_of_several_listed_births_counts() -> None:
    assert weigh(PPM, BIRTH, (Born(1950), Born(1969, 3, 18)), None, NOWHERE) == PPM


def test_same_birth_date_lifts_a_weak_name() -> None:
    assert weigh(800_000, BIRTH, (Born(1969, 3, 18),), None, NOWHERE) >= MATCH_PPM


def test_unknown_birth_date_on_either_side_changes_nothing() -> None:
    assert weigh(900_000, None, (Born(1950),), None, NOWHERE) == 900_000
    assert weigh(900_000, BIRTH, (), None, NOWHERE) == 900_000


def test_another_country_lowers_a_little_and_never_clears_a_full_match() -> None:
    assert MATCH_PPM <= weigh(PPM, None, (), "CZ", ("DE",)) < PPM
    assert weigh(PPM, None, (), "cz", ("CZ",)) == PPM
