"""Who reviews, where lists lie and what is risky is set; what would never match is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from cambist.bootstrap.commands import run
from cambist.domain.compliance.rules import RiskPolicy
from cambist.settings import Mode, ReviewedBy, Settings


def test_a_risk_policy_is_read_from_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "CAMBIST_RISK",
        '{"fiat": "CZK", "identity_from": 2500000, "phone_from": 100, "aml_from": 37500000,'
        ' "velocity_orders": 3, "high_risk_countries": ["KP", "IR"]}',
    )
    assert Settings().risk == RiskPolicy(
        fiat="CZK",
        identity_from=2_500_000,
        phone_from=100,
        aml_from=37_500_000,
        velocity_orders=3,
        high_risk_countries=("KP", "IR"),
    )


def test_what_is_not_said_of_risk_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_RISK", '{"velocity_orders": 3}')
    assert Settings().risk == RiskPolicy(velocity_orders=3)
    monkeypatch.setenv("CAMBIST_RISK", "{}")
    assert Settings().risk == RiskPolicy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"identityfrom": 5}', "no such threshold"),
        ('{"fiat": "EURO"}', "fiat is one of"),
        ('{"aml_from": -1}', "not below zero"),
        ('{"aml_from": 0.5}', "integer"),
        ('{"high_risk_countries": ["kp"]}', "two capital letters"),
        ('{"high_risk_countries": "KP"}', "tuple"),
        ("[]", "dictionary"),
        ("{", "not JSON"),
    ],
)
def test_a_threshold_that_would_never_bite_is_refused(
    text: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAMBIST_RISK", text)
    assert run(["doctor"]) == 2
    found = capsys.readouterr().err
    assert said in found
    assert "CAMBIST_RISK" in found


def test_the_sandbox_reviews_itself_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().reviews_itself
    monkeypatch.setenv("CAMBIST_REVIEWER", "automatic")
    assert Settings().reviews_itself
    monkeypatch.setenv("CAMBIST_REVIEWER", "person")
    assert not Settings().reviews_itself


def test_live_mode_refuses_to_decide_without_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMBIST_MODE", "live")
    monkeypatch.setenv("CAMBIST_REVIEWER", "automatic")
    with pytest.raises(ValidationError, match="CAMBIST_REVIEWER: only people decide"):
        Settings()
    monkeypatch.setenv("CAMBIST_REVIEWER", "person")
    with pytest.raises(ValidationError) as others:
        Settings()
    assert "CAMBIST_REVIEWER" not in str(others.value)
    live = Settings.model_construct(mode=Mode.LIVE, reviewer=None)
    assert not live.reviews_itself
    assert ReviewedBy("person") is ReviewedBy.PERSON


def test_lists_lie_in_the_var_folder_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CAMBIST_VAR_DIR", "elsewhere")
    assert Settings().lists == Path("elsewhere/lists")
    monkeypatch.setenv("CAMBIST_LISTS_DIR", "shelf")
    assert Settings().lists == Path("shelf")
