"""Pin the URL grammar: what passes, in which parts, and the reason for each refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cambist.adapters.egress.urls import Target, parse
from cambist.domain.partners.rules import check_callback_url
from cambist.kernel.errors import DomainError
from cambist.ports.egress import EgressRefusedError, RefusalReason
from tests.domain.test_partners import BAD_URLS, GOOD_URLS

SANDBOX = frozenset({"http://127.0.0.1:8000", "https://[::1]:8443", "http://localhost"})


@pytest.mark.parametrize("url", GOOD_URLS)
def test_what_a_partner_may_set_up_may_be_reached(url: str) -> None:
    assert not parse(url).exempt


def test_a_url_is_read_in_parts() -> None:
    target = parse("https://Pay.Merchant.example:8443/a/b?c=d")
    assert target == Target("https", "pay.merchant.example", 8443, "/a/b?c=d", exempt=False)
    assert target.authority == "pay.merchant.example:8443"
    assert parse("https://merchant.example:443").authority == "merchant.example"
    assert parse("https://merchant.example?x=1").path == "/?x=1"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://例え.example/", "xn--r8jz45g.example"),
        ("https://faß.example/", "xn--fa-hia.example"),
        ("https://obchod-ž.example/", "xn--obchod--jxb.example"),
    ],
)
def test_an_international_name_is_encoded_by_idna_2008(url: str, host: str) -> None:
    assert parse(url).host == host


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://merchant.example/", RefusalReason.SCHEME),
        ("ftp://merchant.example/", RefusalReason.SCHEME),
        ("file:///etc/passwd", RefusalReason.SCHEME),
        ("merchant.example", RefusalReason.SCHEME),
        ("https://a@merchant.example/", RefusalReason.USERINFO),
        ("https://merchant.example:22/", RefusalReason.PORT),
        ("https://merchant.example:5432/", RefusalReason.PORT),
        ("https://merchant.example:99999/", RefusalReason.PORT),
        ("https://merchant.example:0/", RefusalReason.HOST),
        ("https://merchant.example:00443/", RefusalReason.HOST),
        ("https://8.8.8.8/", RefusalReason.HOST),
        ("https://[2606:2800::1]/", RefusalReason.HOST),
        ("https://localhost/", RefusalReason.HOST),
        ("https://db.internal/", RefusalReason.HOST),
        ("https://merchant.example./", RefusalReason.HOST),
        ("https://merchant_shop.example/", RefusalReason.HOST),
        ("https://" + "a" * 64 + ".example/", RefusalReason.HOST),
        ("https://" + "a." * 130 + "example/", RefusalReason.HOST),
        ("https://merchant.example/#x", RefusalReason.FORM),
        ("https://merchant.example/\\", RefusalReason.FORM),
        ("https://merchant.example/a\x00", RefusalReason.FORM),
        ("https://merchant.example/a\n", RefusalReason.FORM),
        ("https://merchant.example/ž", RefusalReason.FORM),
        ("https://merchant.example/" + "a" * 2_048, RefusalReason.FORM),
    ],
)
def test_a_refusal_names_its_reason(url: str, reason: RefusalReason) -> None:
    with pytest.raises(EgressRefusedError) as refused:
        parse(url)
    assert refused.value.reason is reason


@pytest.mark.parametrize("url", [url for url in BAD_URLS if "ž.example" not in url])
def test_what_a_partner_may_not_set_up_is_not_reached(url: str) -> None:
    with pytest.raises(EgressRefusedError):
        parse(url)


def test_our_own_origins_are_matched_letter_by_letter() -> None:
    assert parse("http://127.0.0.1:8000/sink/a", SANDBOX).exempt
    assert parse("https://[::1]:8443/", SANDBOX).exempt
    assert parse("http://localhost/", SANDBOX) == Target("http", "localhost", 80, "/", exempt=True)
    for url in (
        "http://127.0.0.1:8001/",
        "https://127.0.0.1:8000/",
        "http://127.0.0.1/",
        "http://127.1:8000/",
        "http://LOCALHOST/",
        "http://x@127.0.0.1:8000/",
        "http://127.0.0.1:8000.merchant.example/",
    ):
        with pytest.raises(EgressRefusedError):
            parse(url, SANDBOX)


@given(st.text(alphabet="htps:/@.[]%#?\\ 0127xaež①。-\t\n", max_size=40))
def test_the_stricter_rule_never_passes_what_the_client_refuses(tail: str) -> None:
    url = "https://" + tail
    try:
        check_callback_url(url)
    except DomainError:
        return
    parse(url)
