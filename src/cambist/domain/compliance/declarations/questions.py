"""Decide what a declaration of funds can ask: closed questions, closed choices, limits of texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

DETAIL_LENGTH_MAX = 2_000
OCCUPATION_LENGTH_MAX = 200
YES, NO = "true", "false"


class QuestionName(StrEnum):
    """Name every question there is; the name of the answer's field."""

    FUNDS_ORIGIN = "funds_origin"
    FUNDS_ORIGIN_DETAIL = "funds_origin_detail"
    PURPOSE = "purpose"
    OCCUPATION = "occupation"
    PEP = "pep"
    TAX_COUNTRY = "tax_country"
    DECLARATION = "declaration"


class FundsOrigin(StrEnum):
    """Name where somebody's money comes from."""

    EMPLOYMENT = "employment"
    BUSINESS = "business"
    SAVINGS = "savings"
    SALE_OF_PROPERTY = "sale-of-property"
    INHERITANCE = "inheritance"
    GIFT = "gift"
    INVESTMENTS = "investments"
    CRYPTO_TRADING = "crypto-trading"
    PENSION = "pension"
    LOAN = "loan"
    OTHER = "other"


class TradePurpose(StrEnum):
    """Name what somebody trades for."""

    INVESTMENT = "investment"
    PAYMENT = "payment"
    SAVINGS = "savings"
    TRADING = "trading"
    OTHER = "other"


class AnswerKind(StrEnum):
    """Name how a question is answered.

    LINE and TEXT are free words in one line or several; YES_NO is YES or NO; CONSENT can only be
    YES, and says that everything else is true.
    """

    CHOICE = "choice"
    LINE = "line"
    TEXT = "text"
    COUNTRY = "country"
    YES_NO = "yes-no"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Question:
    """Ask one thing; `choices` are those of a CHOICE, `length_max` bounds free words.

    One that is not `needed` still is when the answer to another, `needed_with`, is the one named.
    """

    name: QuestionName
    answer: AnswerKind
    choices: tuple[str, ...] = ()
    length_max: int = 0
    needed: bool = True
    needed_with: tuple[QuestionName, str] | None = None

    def is_needed(self, answers: Mapping[str, str]) -> bool:
        """Tell whether the other answers leave no choice but to answer."""
        if self.needed or self.needed_with is None:
            return self.needed
        other, value = self.needed_with
        return answers.get(other.value) == value


@dataclass(frozen=True, slots=True)
class Declaration:
    """Hold the questions of one country in the order they are asked."""

    country: str
    questions: tuple[Question, ...]


FUNDS_ORIGIN = Question(
    QuestionName.FUNDS_ORIGIN, AnswerKind.CHOICE, tuple(origin.value for origin in FundsOrigin)
)
FUNDS_ORIGIN_DETAIL = Question(
    QuestionName.FUNDS_ORIGIN_DETAIL,
    AnswerKind.TEXT,
    length_max=DETAIL_LENGTH_MAX,
    needed=False,
    needed_with=(QuestionName.FUNDS_ORIGIN, FundsOrigin.OTHER.value),
)
PURPOSE = Question(
    QuestionName.PURPOSE, AnswerKind.CHOICE, tuple(purpose.value for purpose in TradePurpose)
)
OCCUPATION = Question(QuestionName.OCCUPATION, AnswerKind.LINE, length_max=OCCUPATION_LENGTH_MAX)
PEP = Question(QuestionName.PEP, AnswerKind.YES_NO)
TAX_COUNTRY = Question(QuestionName.TAX_COUNTRY, AnswerKind.COUNTRY)
CONSENT = Question(QuestionName.DECLARATION, AnswerKind.CONSENT)
