"""Decide in which languages the pages about orders speak."""

from collections.abc import Mapping

from cambist.pages.cases.texts.cs import CS
from cambist.pages.cases.texts.cs_forms import CS_FORMS
from cambist.pages.cases.texts.de import DE
from cambist.pages.cases.texts.de_forms import DE_FORMS
from cambist.pages.cases.texts.en import EN
from cambist.pages.cases.texts.en_forms import EN_FORMS
from cambist.pages.cases.texts.ro import RO
from cambist.pages.cases.texts.ro_forms import RO_FORMS
from cambist.pages.cases.texts.sv import SV
from cambist.pages.cases.texts.sv_forms import SV_FORMS
from cambist.pages.cases.texts.words import FormTexts, Texts

TEXTS: Mapping[str, Texts] = {"en": EN, "cs": CS, "sv": SV, "de": DE, "ro": RO}
FORM_TEXTS: Mapping[str, FormTexts] = {
    "en": EN_FORMS,
    "cs": CS_FORMS,
    "sv": SV_FORMS,
    "de": DE_FORMS,
    "ro": RO_FORMS,
}
