"""Decide what the Czech law asks about funds (Act 253/2008, section 9)."""

from cambist.domain.compliance.declarations.questions import (
    CONSENT,
    FUNDS_ORIGIN,
    FUNDS_ORIGIN_DETAIL,
    OCCUPATION,
    PEP,
    PURPOSE,
    TAX_COUNTRY,
    Declaration,
)

DECLARATION = Declaration(
    country="CZ",
    questions=(
        FUNDS_ORIGIN,
        FUNDS_ORIGIN_DETAIL,
        PURPOSE,
        OCCUPATION,
        PEP,
        TAX_COUNTRY,
        CONSENT,
    ),
)
