"""Decide which declaration of funds a country's law asks for: one file a country, listed here."""

from collections.abc import Mapping

from cambist.domain.compliance.declarations import cz
from cambist.domain.compliance.declarations.questions import Declaration

DECLARATIONS: Mapping[str, Declaration] = {
    declaration.country: declaration for declaration in (cz.DECLARATION,)
}

FALLBACK = cz.DECLARATION.country
"""Whose questions are asked where a country has none of its own."""


def declaration_for(country: str | None) -> Declaration:
    """Find the declaration of a country (ISO 3166-1 alpha-2)."""
    return DECLARATIONS.get(country or FALLBACK, DECLARATIONS[FALLBACK])
