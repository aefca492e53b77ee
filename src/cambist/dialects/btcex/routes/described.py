"""Decide what the document says beside what the framework sees: open doors, forms, paths."""

from typing import Annotated, Any, get_args

from litestar.params import PathParameter

from cambist.dialects.btcex import wire
from cambist.dialects.btcex.auth import EFFECT, PUBLIC
from cambist.http.openapi import BODIES, DESCRIBED, REF
from cambist.http.problem_json import refused
from cambist.http.uploading import FILE

OrderNumber = Annotated[
    str,
    PathParameter(description="Number of the order", schema_extra={"pattern": wire.NUMBER_PATTERN}),
]

CASE_READ = refused(404, 409, with_code=False)
CASE_ANSWERED = refused(404, 409, 413, 415, 422, with_code=False)

OPEN: dict[str, Any] = {PUBLIC: True, DESCRIBED: {"security": []}}
"""Anybody may ask."""
FOLLOWED: dict[str, Any] = {**OPEN, EFFECT: True}
"""Anybody may follow such a link, but not look at it ahead."""

_PICTURE = {
    "type": "object",
    "required": ["kind", "sha256", FILE],
    "properties": {
        "kind": {"enum": list(get_args(wire.PictureKind))},
        "sha256": {
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "description": "Digest of the file, which the signature covers",
        },
        FILE: {"type": "string", "format": "binary", "description": "JPEG, PNG or PDF"},
    },
}
IDENTITY: dict[str, Any] = {
    BODIES: (wire.VerifyIdentity,),
    DESCRIBED: {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": f"{REF}{wire.VerifyIdentity.__name__}"}},
                "multipart/form-data": {"schema": _PICTURE},
            },
        }
    },
}
"""Takes the data as JSON, and pictures of documents one at a time as a form."""
