"""Decide in which languages the pay page speaks."""

from collections.abc import Mapping

from cambist.pages.pay.texts.cs import CS
from cambist.pages.pay.texts.de import DE
from cambist.pages.pay.texts.en import EN
from cambist.pages.pay.texts.ro import RO
from cambist.pages.pay.texts.sv import SV
from cambist.pages.pay.texts.words import Texts

TEXTS: Mapping[str, Texts] = {"en": EN, "cs": CS, "sv": SV, "de": DE, "ro": RO}
