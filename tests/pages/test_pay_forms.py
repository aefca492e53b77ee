"""Prove what the forms of the pay page do, once, for their own page only."""

from collections.abc import Iterator

import pytest

from cambist.app.orders.choose_asset import ChooseAsset
from cambist.kernel.errors import ErrorCode
from cambist.pages.look.headers import BASE
from cambist.pages.pay.app import FORM_BYTES_MAX
from tests.pages.stage import ASKED, BITCOIN, ORDER, SHOP, Stage, scenes, staged

QUERY = f"?integrationId={SHOP}&orderId={ORDER}"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as ready:
        yield ready


@pytest.mark.parametrize("surface", ["payment-page", "iframe"])
def test_payer_chooses_an_asset_once(stage: Stage, surface: str) -> None:
    stage.queries.shown = scenes()["choose"]
    for _ in range(3):
        answer = stage.post("/pay/asset", asset="BTC", surface=surface, lang="cs")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/{surface}{QUERY}&lang=cs"
    assert stage.bus.commands == [ChooseAsset(ORDER, SHOP, "BTC")]
    assert f"bitcoin:{BITCOIN}" in stage.get().text


@pytest.mark.parametrize("asset", ["", "EUR", "NOPE", "LTC"])
def test_only_enabled_assets_can_be_chosen(stage: Stage, asset: str) -> None:
    stage.queries.shown, stage.queries.assets = scenes()["choose"], ["TRX", "EUR"]
    assert stage.post("/pay/asset", asset=asset).status_code == 404
    assert stage.bus.commands == []


def test_nothing_to_choose_from_is_said(stage: Stage) -> None:
    stage.queries.shown, stage.queries.assets = scenes()["choose"], []
    assert "No asset can be paid with at the moment" in stage.get().text


@pytest.mark.parametrize(
    ("refusal", "is_told"),
    [
        (ErrorCode.RATE_UNAVAILABLE, True),
        (ErrorCode.CHAIN_UNAVAILABLE, True),
        (ErrorCode.OVERLOADED, True),
        (ErrorCode.INVALID_STATE, False),
    ],
)
def test_refused_choice_leads_back_with_a_word(
    stage: Stage, refusal: ErrorCode, is_told: bool
) -> None:
    stage.queries.shown, stage.bus.refusal = scenes()["choose"], refusal
    answer = stage.post("/pay/asset", asset="BTC")
    assert answer.status_code == 303
    back = stage.client.get(answer.headers["location"])
    assert ('role="alert"' in back.text) == is_told


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
@pytest.mark.parametrize("path", ["/pay/asset", "/pay/simulate"])
def test_forms_of_other_sites_do_nothing(stage: Stage, path: str, site: str) -> None:
    stage.queries.shown = scenes()["choose"]
    answer = stage.post(path, {"sec-fetch-site": site}, asset="BTC", action="exact")
    assert answer.status_code == 403
    assert (stage.bus.commands, stage.simulator.played) == ([], [])


@pytest.mark.parametrize("path", ["/pay/asset", "/pay/simulate"])
@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"\xff%zz=&&;", "application/x-www-form-urlencoded", 404),
        (b"{", "application/json", 404),
        (b"--x\r\n", "multipart/form-data", 404),
        (b"a=" + b"b" * FORM_BYTES_MAX, "application/x-www-form-urlencoded", 413),
        (b"", "", 404),
    ],
)
def test_broken_forms_are_refused(
    stage: Stage, path: str, body: bytes, media_type: str, status: int
) -> None:
    answer = stage.client.post(path, content=body, headers={"content-type": media_type})
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == BASE["content-security-policy"]


@pytest.mark.parametrize(
    ("action", "played"),
    [
        ("exact", ("pay", ASKED)),
        ("less", ("pay", ASKED // 2)),
        ("more", ("pay", ASKED + ASKED // 2 + 1)),
        ("replace", ("replace", 0)),
        ("mine", ("mine", 1)),
        ("mine-many", ("mine", 19)),
    ],
)
def test_sandbox_panel_plays_the_payer(stage: Stage, action: str, played: tuple[str, int]) -> None:
    answer = stage.post("/pay/simulate", action=action, surface="iframe")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/iframe{QUERY}")
    assert stage.simulator.played == [played]


@pytest.mark.parametrize(
    ("scene", "units"),
    [("partly-paid", 8_500_000), ("waiting-any", 1_000_000), ("paid", ASKED)],
)
def test_exact_is_what_is_missing_else_asked_else_one(stage: Stage, scene: str, units: int) -> None:
    stage.queries.shown = scenes()[scene]
    stage.post("/pay/simulate", action="exact")
    assert stage.simulator.played == [("pay", units)]


def test_unknown_action_is_not_found_and_a_silent_chain_is_said(stage: Stage) -> None:
    assert stage.post("/pay/simulate", action="steal").status_code == 404
    stage.simulator.refusal = ErrorCode.CHAIN_UNAVAILABLE
    assert "failed=1" in stage.post("/pay/simulate", action="exact").headers["location"]
    stage.queries.shown, stage.simulator.refusal = scenes()["choose"], None
    assert "failed=1" in stage.post("/pay/simulate", action="exact").headers["location"]
