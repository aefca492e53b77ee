"""Decide how queries and forms become models: every wrong value at once, none of them repeated."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cambist.http.faults import model_violations
from cambist.http.fields import TODAY
from cambist.http.refusals import ROOT, Fault, Violation, refuse

M = TypeVar("M", bound=BaseModel)

REPEATED = "repeated"
PAIRS_MAX = 100
"""What is asked for has far fewer names; more are not even compared with them."""
TOO_MANY = Violation(ROOT, f"More than {PAIRS_MAX} fields are not read.", "too-many-fields")


def read_model(model: type[M], values: Mapping[str, Any], today: date | None = None) -> M:
    """Read values as a model; with `today`, birth dates are judged too.

    Raises:
        RefusedError: FIELD_INVALID with a violation for every wrong value.
    """
    context = None if today is None else {TODAY: today}
    try:
        return model.model_validate(dict(values), context=context)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    raise refuse(Fault.FIELD_INVALID, *model_violations(found))


def read_pairs(model: type[M], pairs: Iterable[tuple[str, Any]], today: date | None = None) -> M:
    """Read the pairs of a query or form: at most PAIRS_MAX, in which no name may occur twice.

    Raises:
        RefusedError: FIELD_INVALID.
    """
    values: dict[str, Any] = {}
    twice: dict[str, Violation] = {}
    for count, (name, value) in enumerate(pairs):
        if count == PAIRS_MAX:
            raise refuse(Fault.FIELD_INVALID, TOO_MANY)
        if name in values:
            twice[name] = Violation(name[:100], "This field occurs twice.", REPEATED)
        values[name] = value
    if twice:
        raise refuse(Fault.FIELD_INVALID, *twice.values())
    return read_model(model, values, today)
