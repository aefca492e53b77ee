"""Pin both signatures: vectors made with openssl, and the public Standard Webhooks verifier."""

import base64
from datetime import UTC, datetime, tzinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError, webhooks

from cambist.domain.webhooks.signatures import (
    sign_standard,
    sign_vendor,
    standard_headers,
    standard_secret,
)

BODY = '{"id":"1f04a929-2832-6884-ac30-872ac8bbad9a","status":"completed","note":"Žluť"}'.encode()
KEY = "a1b2c3-d4e5f6-0a1b2c-3d4e5f-60718a"
MESSAGE_ID = "0190f2a0-7e1c-7abc-8def-0123456789ab"
SECRET = "whsec_Y2FtYmlzdC10ZXN0LXNlY3JldC0zMi1ieXRlcy1hYSE="
SENT_AT_S = 1_767_225_600
OTHER_SECRET = standard_secret(b"another-secret-of-thirty-2-bytes")


# printf %s "$BODY" | openssl dgst -sha256 -hmac "$KEY"
@pytest.mark.parametrize(
    ("body", "key", "signature"),
    [
        (BODY, KEY, "28f19bfb40c7dcd2b5d4e0b8d604ce26652d4256440e81db198bb5bca0b06c09"),
        (b"", KEY, "3d64d01bcc8d60c798f000012c2e3450a72ac4c0fdf54d3268c844f5f2a9d1b2"),
        (
            BODY,
            "000000-000000-000000-000000-000000",
            "d817e59fd4eddab6d4cc9271e705e3cef6206fade1c7629565d262c6de939191",
        ),
    ],
)
def test_the_vendor_form_is_lower_case_hex_over_the_raw_body(
    body: bytes, key: str, signature: str
) -> None:
    assert sign_vendor(body, key) == signature


def test_one_changed_byte_changes_the_vendor_signature() -> None:
    assert sign_vendor(BODY, KEY) != sign_vendor(BODY + b" ", KEY)


def test_the_standard_form_matches_a_vector_made_elsewhere() -> None:
    signature = sign_standard(MESSAGE_ID, SENT_AT_S, BODY, SECRET)
    assert signature == "v1,U/7IxUFnrELgQiG/3b1YEXBTj/vQdbZjHGBR6jJmbKs="


def test_the_public_verifier_accepts_the_standard_headers() -> None:
    headers = standard_headers(MESSAGE_ID, now_s(), BODY, [SECRET])
    assert Webhook(SECRET).verify(BODY, headers)["status"] == "completed"


@given(st.text(max_size=200), st.binary(min_size=24, max_size=64))
def test_any_body_and_secret_verify(body: str, random_bytes: bytes) -> None:
    secret = standard_secret(random_bytes)
    headers = standard_headers(MESSAGE_ID, now_s(), body.encode(), [secret])
    Webhook(secret).verify(body, headers, json_parse=False)


def test_while_a_secret_rotates_both_verify() -> None:
    headers = standard_headers(MESSAGE_ID, now_s(), BODY, [SECRET, OTHER_SECRET])
    for secret in (SECRET, OTHER_SECRET):
        Webhook(secret).verify(BODY, headers)


class Stopped(datetime):
    """Stand for the verifier's clock."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Stopped":
        """Tell one moment for ever."""
        return cls.fromtimestamp(SENT_AT_S, tz)


@pytest.mark.parametrize(("shift_s", "told"), [(-301, "too old"), (301, "too new")])
def test_the_public_verifier_refuses_old_and_future_messages(
    shift_s: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "datetime", Stopped)
    headers = standard_headers(MESSAGE_ID, SENT_AT_S + shift_s, BODY, [SECRET])
    with pytest.raises(WebhookVerificationError, match=told):
        Webhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp"])
def test_id_and_time_are_signed(header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "datetime", Stopped)
    headers = standard_headers(MESSAGE_ID, SENT_AT_S, BODY, [SECRET])
    other = {"webhook-id": "another", "webhook-timestamp": str(SENT_AT_S + 60)}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers | {header: other[header]})


def test_another_secret_does_not_verify() -> None:
    headers = standard_headers(MESSAGE_ID, now_s(), BODY, [OTHER_SECRET])
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "Y2FtYmlzdC10ZXN0LXNlY3JldC0zMi1ieXRlcy1hYSE=",
        "whsec_",
        "whsec_not base64",
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
    ],
)
def test_a_malformed_secret_signs_nothing(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        sign_standard(MESSAGE_ID, 0, BODY, secret)


@pytest.mark.parametrize("size", [0, 23, 65])
def test_a_secret_has_24_to_64_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="bytes"):
        standard_secret(b"x" * size)


def now_s() -> int:
    return int(datetime.now(tz=UTC).timestamp())
