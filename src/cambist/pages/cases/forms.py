"""Decide how the forms of cases are read: by the rules the APIs have, each fault by one word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from cambist.domain.compliance.declarations.questions import (
    NO,
    YES,
    AnswerKind,
    Declaration,
    Question,
)
from cambist.http.faults import model_violations
from cambist.http.fields import (
    TODAY,
    BirthDate,
    CountryCode,
    CzechBirthNumber,
    Day,
    FieldFault,
    Line,
    OneTimeCode,
    PersonName,
    Phone,
    PostalCode,
    Text,
    birth_number_agrees,
    wrong,
)
from cambist.http.forms import read_pairs
from cambist.http.refusals import RefusedError
from cambist.pages.cases.shown import IdKind, Wrong
from cambist.pages.cases.visits import TOKEN_FIELD

ADDRESS_PATTERN = "^[!-~]{1,128}$"
NUMBER_PATTERN = "^[A-Za-z0-9-]{3,30}$"
CONSENT = "consent"

WORDS: Mapping[str, Wrong] = {
    FieldFault.AGE_TOO_HIGH.value: Wrong.AGE_HIGH,
    FieldFault.AGE_TOO_LOW.value: Wrong.AGE_LOW,
    FieldFault.BIRTH_DATE_FUTURE.value: Wrong.BIRTH_FUTURE,
    FieldFault.BIRTH_NUMBER_INVALID.value: Wrong.BIRTH_NUMBER,
    FieldFault.BIRTH_NUMBER_MISMATCH.value: Wrong.BIRTH_MISMATCH,
    FieldFault.CODE_FORM.value: Wrong.CODE_FORM,
    FieldFault.COUNTRY_UNKNOWN.value: Wrong.COUNTRY,
    FieldFault.DATE_INVALID.value: Wrong.DATE,
    FieldFault.NAME_INVALID.value: Wrong.NAME,
    FieldFault.PHONE_INVALID.value: Wrong.PHONE,
    FieldFault.POSTAL_CODE_INVALID.value: Wrong.POSTAL_CODE,
    FieldFault.TEXT_INVALID.value: Wrong.TEXT,
    Wrong.DOCUMENT_OVER.value: Wrong.DOCUMENT_OVER,
    "missing": Wrong.REQUIRED,
    "string-too-long": Wrong.TOO_LONG,
    "literal-error": Wrong.CHOICE,
    "enum": Wrong.CHOICE,
}
"""What each code of a fault is called on a page; the rest is FORM."""


class BrokenFormError(Exception):
    """A form has fields it cannot have; no page of ours sends it."""


class FileTooLargeError(Exception):
    """A file is larger than one may be."""


class WrongAnswersError(Exception):
    """Some answers are not valid, by field."""

    def __init__(self, wrong_fields: Mapping[str, Wrong]) -> None:
        super().__init__("wrong answers")
        self.fields = wrong_fields


class _Form(BaseModel):
    """Be the base of forms: nothing unknown, nothing of it in errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


M = TypeVar("M", bound=_Form)


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _unspaced(value: Any) -> Any:
    return value.replace(" ", "") if isinstance(value, str) else value


class IdentityForm(_Form):
    """Tell who somebody is, flat as a form is; agreeing that it is kept is asked for too."""

    first_name: PersonName
    last_name: PersonName
    birth_date: BirthDate
    birth_number: CzechBirthNumber | None = None
    nationality: CountryCode
    phone: Annotated[Phone, BeforeValidator(_stripped)]
    street: Line
    city: Line
    postal_code: PostalCode
    country: CountryCode
    document_kind: Annotated[IdKind, Field(strict=False)]
    document_number: Annotated[str, BeforeValidator(_unspaced), Field(pattern=NUMBER_PATTERN)]
    document_valid_until: Day
    document_issuer: Line
    consent: Literal["true"]

    @field_validator("birth_number")
    @classmethod
    def _one_birth(cls, number: str | None, info: ValidationInfo) -> str | None:
        born = info.data.get("birth_date")
        if number is not None and born is not None and not birth_number_agrees(number, born):
            raise wrong(FieldFault.BIRTH_NUMBER_MISMATCH)
        return number

    @field_validator("document_valid_until")
    @classmethod
    def _still_valid(cls, until: date, info: ValidationInfo) -> date:
        today = (info.context or {}).get(TODAY)
        if today is not None and until < today:
            raise PydanticCustomError(Wrong.DOCUMENT_OVER.value, "The document is out of date.")
        return until

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Give what was told as (name, value), in the form's order."""
        given = self.model_dump(mode="json", exclude_none=True, exclude={CONSENT})
        return tuple((name, str(value)) for name, value in given.items())


class CodeForm(_Form):
    """Type a code in, or refuse to be sent one."""

    code: Annotated[OneTimeCode | None, BeforeValidator(_unspaced)] = None
    refused: Literal["true"] | None = None


class ChangeForm(_Form):
    """Decide about the terms named by `quote`."""

    decision: Literal["accept", "reject"]
    quote: Annotated[UUID, Field(strict=False)]


class ReturnForm(_Form):
    """Name an address."""

    address: Annotated[str, BeforeValidator(_stripped), Field(pattern=ADDRESS_PATTERN)]


@dataclass(frozen=True, slots=True)
class Sent:
    """Hold a form as it was sent, blank answers left out."""

    values: Mapping[str, str]

    def read(self, model: type[M], today: date | None = None) -> M:
        """Read the form as a model.

        Raises:
            WrongAnswersError: some answers are not valid.
            BrokenFormError: there is a field it does not have.
        """
        try:
            return read_pairs(model, self.values.items(), today)
        except RefusedError as refused:
            found = {v.path.partition(".")[0]: v.code for v in refused.refusal.violations}
        if not set(found) <= set(model.model_fields):
            raise BrokenFormError
        raise WrongAnswersError({name: _word(name, code) for name, code in found.items()})

    def declared(self, declaration: Declaration) -> tuple[tuple[str, str], ...]:
        """Read the answers to a country's questions as (name, value), in their order.

        Raises:
            WrongAnswersError: some answers are missing or not valid.
            BrokenFormError: something is answered that was not asked.
        """
        if not set(self.values) <= {question.name.value for question in declaration.questions}:
            raise BrokenFormError
        told: list[tuple[str, str]] = []
        faults: dict[str, Wrong] = {}
        for question in declaration.questions:
            name = question.name.value
            if name not in self.values:
                if question.is_needed(self.values):
                    faults[name] = _missing(name, question)
                continue
            try:
                told.append((name, _adapter(question).validate_python(self.values[name])))
            except ValidationError as error:
                faults[name] = _declared_fault(question, error)
        if faults:
            raise WrongAnswersError(faults)
        return tuple(told)


def sent(pairs: Iterable[tuple[str, Any]]) -> tuple[Sent, str | None]:
    """Take the pairs of a form apart: its answers, and the token that makes it ours.

    Raises:
        BrokenFormError: a field occurs twice or is no text.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values or not isinstance(value, str):
            raise BrokenFormError
        values[name] = value
    token = values.pop(TOKEN_FIELD, None)
    return Sent({name: value for name, value in values.items() if value.strip()}), token


def _word(name: str, code: str) -> Wrong:
    if name == CONSENT:
        return Wrong.CONSENT
    return WORDS.get(code, Wrong.FORM)


def _missing(name: str, question: Question) -> Wrong:
    return Wrong.CONSENT if question.answer is AnswerKind.CONSENT else Wrong.REQUIRED


def _declared_fault(question: Question, error: ValidationError) -> Wrong:
    if question.answer is AnswerKind.CONSENT:
        return Wrong.CONSENT
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return WORDS.get(model_violations(found)[0].code, Wrong.FORM)


@cache
def _adapter(question: Question) -> TypeAdapter[Any]:
    """Make the rule an answer is read by."""
    bounded = Field(max_length=question.length_max or None)
    rules: Mapping[AnswerKind, Any] = {
        AnswerKind.CHOICE: Literal[question.choices or ("",)],
        AnswerKind.LINE: Annotated[Line, bounded],
        AnswerKind.TEXT: Annotated[Text, bounded],
        AnswerKind.COUNTRY: CountryCode,
        AnswerKind.YES_NO: Literal[YES, NO],
        AnswerKind.CONSENT: Literal[YES],
    }
    return TypeAdapter(rules[question.answer])
