"""Show that every published signature verifies, in all six shapes, and that nothing else does."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cambist.dialects.btcex import signing
from cambist.dialects.btcex.signing import Token, is_signed, read_signed, shapes, sign
from cambist.http.refusals import RefusedError

KEY, PRIVATE = "syoihuudkjqc3882", b"z2z77e0pl8rhtn9w"
OLD_NONCE, NEW_NONCE = 4835119959885924862, 1353154049963006992
SLASHED = b'{"a":"b/c"}'

PUBLISHED = [
    (OLD_NONCE, b"", "[]", "cb11e4c0411ced017a6fda9df5c34cc78898685e488b2b05769acc01c9cdf5b6"),
    (OLD_NONCE, b"[]", "[]", "cb11e4c0411ced017a6fda9df5c34cc78898685e488b2b05769acc01c9cdf5b6"),
    (OLD_NONCE, b"", "null", "126e70930a16cfea5f6c8d8cba64aa3e13b6a12a47c7e54532a6c58298dc433f"),
    (
        OLD_NONCE,
        SLASHED,
        '{"a":"b\\/c"}',
        "76f8d7c267ad3655123eb25ef88071dd2996a0b814a7efaf097d151db24329da",
    ),
    (
        OLD_NONCE,
        SLASHED,
        '{"a":"b/c"}',
        "836128e10cc4eb552de6915ee35d94292a8c5d36d18a0fd81da4ba8d37f4fce3",
    ),
    (NEW_NONCE, b"", "[]", "97da960a88c1166c6aef8820f3a36b0ee89da44fd46bb40420a944dc7e0a8af7"),
    (NEW_NONCE, b"", "null", "36bc9ddcffbec9555e50b28803a14502ebbfbf3fabd720648ad498281f1aa888"),
]


@pytest.mark.parametrize(("nonce", "sent", "signed", "signature"), PUBLISHED)
def test_every_published_vector_verifies(
    nonce: int, sent: bytes, signed: str, signature: str
) -> None:
    assert sign(PRIVATE, KEY, nonce, signed) == signature
    body = read_signed(sent)
    assert signed in shapes(body)
    assert is_signed(PRIVATE, KEY, nonce, body, signature)


@pytest.mark.parametrize("sent", [b"", b"null", b"[]", b"{}", b" [] ", b"\n"])
def test_an_empty_body_is_signed_as_list_or_null_however_it_was_sent(sent: bytes) -> None:
    body = read_signed(sent)
    for text in ("[]", "null"):
        assert is_signed(PRIVATE, KEY, 1, body, sign(PRIVATE, KEY, 1, text))


def test_an_empty_object_may_be_signed_as_itself_and_nothing_else_may() -> None:
    signature = sign(PRIVATE, KEY, 1, "{}")
    assert is_signed(PRIVATE, KEY, 1, read_signed(b"{}"), signature)
    for sent in (b"", b"null", b"[]"):
        assert not is_signed(PRIVATE, KEY, 1, read_signed(sent), signature)


@pytest.mark.parametrize(
    ("sent", "escaped"),
    [
        (b'{ "a" : [ 1 , 2 ] }', '{"a":[1,2]}'),
        (b'{"b":1,"a":2}', '{"b":1,"a":2}'),
        (b'{"a":{},"b":[]}', '{"a":{},"b":[]}'),
        (b'{"a":1.0,"b":1e2,"c":-0,"d":1.50}', '{"a":1.0,"b":1e2,"c":-0,"d":1.50}'),
        (b'{"n":9007199254740993}', '{"n":9007199254740993}'),
        (b'{"a":true,"b":false,"c":null}', '{"a":true,"b":false,"c":null}'),
        ('{"a":"\u0159\u20ac"}'.encode(), '{"a":"\\u0159\\u20ac"}'),
        ('{"\u0159":1}'.encode(), '{"\\u0159":1}'),
        ('{"a":"\U0001f600"}'.encode(), '{"a":"\\ud83d\\ude00"}'),
        (b'{"a":"\\u00e9\\/\\u0041"}', '{"a":"\\u00e9\\/A"}'),
        (b'{"a":"\\"\\\\\\b\\f\\n\\r\\t\\u001f"}', '{"a":"\\"\\\\\\b\\f\\n\\r\\t\\u001f"}'),
        (b'{"a":"\x7f"}', '{"a":"\x7f"}'),
        ('{"a":"\u2028"}'.encode(), '{"a":"\\u2028"}'),
        (b'{"a":"<>&\'"}', '{"a":"<>&\'"}'),
        (b'{"a":"1.0"}', '{"a":"1.0"}'),
    ],
)
def test_a_body_is_written_as_php_writes_it(sent: bytes, escaped: str) -> None:
    texts = shapes(read_signed(sent))
    assert texts[0] == escaped
    assert texts[3] == escaped.replace("\\/", "/")


@pytest.mark.parametrize(
    "sent",
    [
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b"[1]",
        b"1",
        b'"x"',
        b"true",
        b"{",
        b'{"a":NaN}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b"[" * 60_000,
        b'{"a":' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_readers_could_understand_differently_is_refused(sent: bytes) -> None:
    with pytest.raises(RefusedError):
        read_signed(sent)


BODY = b'{"email":"a@b.cz","satoshi":100000,"note":"a/b"}'


@pytest.mark.parametrize(
    "changed",
    [
        b'{"email":"a@b.cz","satoshi":100001,"note":"a/b"}',
        b'{"satoshi":100000,"email":"a@b.cz","note":"a/b"}',
        b'{"email":"a@b.cz","satoshi":"100000","note":"a/b"}',
        b'{"email":"a@b.cz","satoshi":100000.0,"note":"a/b"}',
        b'{"email":"a@b.cz","satoshi":1e5,"note":"a/b"}',
        b'{"email":"a@b.cz","satoshi":100000,"note":"a/b","dry":true}',
        b'{"email":"a@b.cz","satoshi":100000}',
        b"",
        b"[]",
    ],
)
def test_a_changed_body_is_not_covered(changed: bytes) -> None:
    for text in shapes(read_signed(BODY)):
        signature = sign(PRIVATE, KEY, 7, text)
        assert is_signed(PRIVATE, KEY, 7, read_signed(BODY), signature)
        assert not is_signed(PRIVATE, KEY, 7, read_signed(changed), signature)


def test_key_nonce_and_private_string_are_covered() -> None:
    body = read_signed(BODY)
    signature = sign(PRIVATE, KEY, 7, shapes(body)[0])
    assert not is_signed(PRIVATE, KEY, 8, body, signature)
    assert not is_signed(PRIVATE, KEY + "x", 7, body, signature)
    assert not is_signed(PRIVATE + b"x", KEY, 7, body, signature)
    for wrong in (signature.upper(), signature[:-1], signature + "0", "", "\u0660" * 64):
        assert not is_signed(PRIVATE, KEY, 7, body, wrong)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{}", BODY])
@pytest.mark.parametrize("matching", range(7))
def test_all_six_shapes_are_computed_and_compared_whichever_matches(
    sent: bytes, matching: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = read_signed(sent)
    texts = [*shapes(body), "no shape"]
    signature = sign(PRIVATE, KEY, 7, texts[matching])
    computed: list[str] = []
    compared: list[tuple[bytes, bytes]] = []
    compare = hmac.compare_digest

    def counted_sign(private: bytes, key: str, nonce: int, text: str) -> str:
        computed.append(text)
        return sign(private, key, nonce, text)

    def counted_compare(wanted: bytes, given: bytes) -> bool:
        compared.append((wanted, given))
        return compare(wanted, given)

    monkeypatch.setattr(signing, "sign", counted_sign)
    monkeypatch.setattr(hmac, "compare_digest", counted_compare)
    assert is_signed(PRIVATE, KEY, 7, body, signature) == (matching < 6)
    assert computed == texts[:6]
    assert len(compared) == 6


def php(value: Any, *, slashes: bool) -> str:
    """Write JSON character by character, as ext/json of PHP does; made for this test alone."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list):
        return "[" + ",".join(php(one, slashes=slashes) for one in value) + "]"
    if isinstance(value, dict):
        inner = (
            php(key, slashes=slashes) + ":" + php(one, slashes=slashes)
            for key, one in value.items()
        )
        return "{" + ",".join(inner) + "}"
    out = ['"']
    units = value.encode("utf-16-be")
    for high, low in zip(units[::2], units[1::2], strict=True):
        unit = high << 8 | low
        named = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '"', 92: "\\"}.get(unit)
        if named is not None:
            out.append("\\" + named)
        elif unit == 47:
            out.append("/" if slashes else "\\/")
        elif unit < 32 or unit > 127:
            out.append(f"\\u{unit:04x}")
        else:
            out.append(chr(unit))
    return "".join(out) + '"'


def php_shapes(value: Any) -> list[str]:
    """Write the six texts a client may sign for a body."""
    return [
        php(one, slashes=slashes)
        for slashes in (False, True)
        for one in (value, value or [], value or None)
    ]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
)
bodies = st.one_of(st.none(), st.just([]), st.dictionaries(texts, values, max_size=4))


@given(
    bodies,
    st.integers(1, 2**63 - 1),
    st.integers(0, 5),
    st.booleans(),
    st.sampled_from([None, 1, "\t"]),
)
@example({"a": "/\x7f\u2028\U0001f600", "": []}, 1, 0, True, None)
def test_what_a_client_signs_in_any_shape_verifies_however_it_sends_it(
    value: Any, nonce: int, shape: int, ascii_only: bool, indent: Any
) -> None:
    sent = b""
    if value is not None:
        sent = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    body = read_signed(sent)
    text = php_shapes(value)[shape]
    message = f"{KEY}${nonce}${text}".encode()
    signature = hmac.new(PRIVATE, message, hashlib.sha256).hexdigest()
    assert is_signed(PRIVATE, KEY, nonce, body, signature)
    assert not is_signed(PRIVATE, KEY, nonce % (2**63 - 1) + 1, body, signature)


@given(bodies, bodies)
def test_two_bodies_share_a_text_only_when_they_are_one_or_empty(one: Any, other: Any) -> None:
    first, second = (read_signed(json.dumps(value).encode()) for value in (one, other))
    if first and set(shapes(first)) & set(shapes(second)):
        assert json.dumps(one) == json.dumps(other)


def test_numbers_stay_as_they_were_written() -> None:
    found = read_signed(b'{"a":1.10,"b":"1.10"}')
    assert isinstance(found["a"], Token)
    assert not isinstance(found["b"], Token)
