"""Decide in which languages messages are written."""

from collections.abc import Mapping

from cambist.adapters.messages.texts.cs import CS
from cambist.adapters.messages.texts.de import DE
from cambist.adapters.messages.texts.en import EN
from cambist.adapters.messages.texts.ro import RO
from cambist.adapters.messages.texts.sv import SV
from cambist.adapters.messages.texts.words import Texts

TEXTS: Mapping[str, Texts] = {"en": EN, "cs": CS, "sv": SV, "de": DE, "ro": RO}
"""The order is that of the domain's LANGUAGES."""
