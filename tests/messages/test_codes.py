"""Prove that a code is worth one success, five tries, ten minutes, one order and one purpose."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from cambist.domain.messaging.codes import (
    CODES,
    LIFETIME_S,
    TRIES_MAX,
    OneTimeCode,
    Outcome,
    Purpose,
    check,
    make,
    supersede,
    tries_left,
    write_code,
)
from cambist.kernel.ids import OrderId
from tests.messages import planted
from tests.messages.made import NOW, ORDER, OTHER_ORDER, SALT, TARGET, a_code

Check = Callable[[OneTimeCode, str, OrderId | None, Purpose, datetime], tuple[OneTimeCode, Outcome]]
PHONE = Purpose.PHONE
GUESSES = 50


def after_wrong(code: OneTimeCode, times: int, checking: Check = check) -> OneTimeCode:
    for _ in range(times):
        code, outcome = checking(code, "999999", ORDER, PHONE, NOW)
        assert outcome is Outcome.WRONG
    return code


def evaluated_of(checking: Check) -> int:
    """Guess GUESSES times at one stored code, each guess taking it under lock and saving it."""
    stored, evaluated = a_code(), 0
    for number in range(GUESSES):
        stored, outcome = checking(stored, write_code(500_000 + number), ORDER, PHONE, NOW)
        evaluated += outcome in (Outcome.RIGHT, Outcome.WRONG)
    return evaluated


def successes_of(checking: Check) -> list[int]:
    """Use one code in ways of which the fourth alone is allowed, and list which succeeded."""
    stored, right = a_code(), []
    tries = [(OTHER_ORDER, PHONE, NOW), (None, PHONE, NOW), (ORDER, Purpose.DEPOSIT, NOW)]
    tries += [(ORDER, PHONE, NOW)] * 3 + [(ORDER, PHONE, NOW - timedelta(days=1))]
    for number, (order_id, purpose, now) in enumerate(tries, 1):
        stored, outcome = checking(stored, "012345", order_id, purpose, now)
        if outcome is Outcome.RIGHT:
            right.append(number)
    return right


@pytest.mark.parametrize("typed", ["012345", "12345", "012 345", " 012345 ", "12 345"])
def test_the_right_code_counts_with_or_without_its_leading_zero(typed: str) -> None:
    code, outcome = check(a_code(), typed, ORDER, PHONE, NOW)
    assert (outcome, code.used_at, code.tries) == (Outcome.RIGHT, NOW, 1)


@for_all(st.integers(0, CODES - 1))
def test_every_code_is_taken_as_text_and_as_the_integer_it_looks_like(number: int) -> None:
    code = a_code(write_code(number))
    assert check(code, write_code(number), ORDER, PHONE, NOW)[1] is Outcome.RIGHT
    assert check(code, str(number), ORDER, PHONE, NOW)[1] is Outcome.RIGHT
    assert check(code, str((number + 1) % CODES), ORDER, PHONE, NOW)[1] is Outcome.WRONG


@pytest.mark.parametrize(
    "typed",
    ["", " ", "0012345", "01234", "abcdef", "-12345", "+12345", "12345.0", "1e5", "\u0661" * 6,
     "\uff10\uff11\uff12\uff13\uff14\uff15", "012345\n0", "0x3039", "9" * 10_000],
)  # fmt: skip
def test_what_is_no_code_counts_as_a_wrong_try(typed: str) -> None:
    code, outcome = check(a_code("023456"), typed, ORDER, PHONE, NOW)
    assert (outcome, code.tries, code.used_at) == (Outcome.WRONG, 1, None)


def test_the_sixth_try_is_refused_even_if_right() -> None:
    code = after_wrong(a_code(), TRIES_MAX)
    assert tries_left(code, NOW) == 0
    again, outcome = check(code, "012345", ORDER, PHONE, NOW)
    assert (outcome, again) == (Outcome.SPENT, code)


def test_the_fifth_try_may_be_right() -> None:
    code = after_wrong(a_code(), TRIES_MAX - 1)
    assert tries_left(code, NOW) == 1
    assert check(code, "012345", ORDER, PHONE, NOW)[1] is Outcome.RIGHT


def test_of_fifty_guesses_at_most_five_are_compared() -> None:
    assert evaluated_of(check) == TRIES_MAX


def test_a_code_is_good_until_its_last_second_only() -> None:
    end = NOW + timedelta(seconds=LIFETIME_S)
    before = end - timedelta(microseconds=1)
    assert check(a_code(), "012345", ORDER, PHONE, before)[1] is Outcome.RIGHT
    code, outcome = check(a_code(), "012345", ORDER, PHONE, end)
    assert (outcome, code.tries, tries_left(code, end)) == (Outcome.EXPIRED, 0, 0)


def test_a_used_code_is_worth_nothing() -> None:
    used, _ = check(a_code(), "012345", ORDER, PHONE, NOW)
    assert check(used, "012345", ORDER, PHONE, NOW) == (used, Outcome.EXPIRED)
    assert check(used, "012345", ORDER, PHONE, NOW - timedelta(days=1))[1] is Outcome.EXPIRED


def test_a_newer_code_takes_the_older_ones_worth() -> None:
    old = supersede(a_code())
    assert check(old, "012345", ORDER, PHONE, NOW) == (old, Outcome.EXPIRED)
    assert tries_left(old, NOW) == 0


def test_a_code_of_another_order_or_purpose_fails_and_tells_nothing() -> None:
    code = a_code()
    for order_id, purpose in ((OTHER_ORDER, PHONE), (None, PHONE), (ORDER, Purpose.DEPOSIT)):
        for typed in ("012345", "999999"):
            assert check(code, typed, order_id, purpose, NOW) == (code, Outcome.OTHER)


def test_in_all_ways_to_use_it_a_code_succeeds_once() -> None:
    assert successes_of(check) == [4]


def test_what_is_kept_does_not_show_the_code_nor_that_two_are_equal() -> None:
    one, two = a_code(number=1), a_code(number=2)
    assert one.code_hash != two.code_hash
    assert "012345" not in repr(one)


@pytest.mark.parametrize(
    ("code", "salt"), [("12345", SALT), ("1234567", SALT), ("abcdef", SALT), ("012345", b"short")]
)
def test_a_malformed_code_or_short_salt_is_never_kept(code: str, salt: bytes) -> None:
    with pytest.raises(ValueError, match=r"^a (code|salt) has"):
        make(code, a_code().id, ORDER, PHONE, TARGET, salt, NOW)


@pytest.mark.parametrize("number", [-1, CODES])
def test_only_six_digits_make_a_code(number: int) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        write_code(number)


def test_a_check_that_does_not_count_is_caught() -> None:
    assert evaluated_of(planted.check_without_counting) > TRIES_MAX


@pytest.mark.parametrize(
    "wrong", [planted.check_without_binding, planted.check_that_lets_use_again]
)
def test_a_check_that_lets_too_much_through_is_caught(wrong: Check) -> None:
    assert successes_of(wrong) != [4]


def test_a_check_that_loses_leading_zeros_is_caught() -> None:
    outcome = planted.check_of_typed_integers(a_code(), "012345", ORDER, PHONE, NOW)[1]
    assert outcome is not Outcome.RIGHT
