"""Decide in which languages the pages about orders speak."""

from collections.abc import Mapping

from cambist.pages.cases.texts.en import EN
from cambist.pages.cases.texts.en_forms import EN_FORMS
from cambist.pages.cases.texts.words import FormTexts, Texts

TEXTS: Mapping[str, Texts] = {"en": EN, "cs": EN, "sv": EN, "de": EN, "ro": EN}
FORM_TEXTS: Mapping[str, FormTexts] = dict.fromkeys(TEXTS, EN_FORMS)
