"""Decide what every page says alike: languages, ways on, and that the fault is ours."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trouble:
    """Say on a page of its own what is the matter: title and what to do."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Hold what every page says alike, in one language.

    `unavailable` is said when we cannot answer, `if_sent` beside it to whoever sent a form: we
    may not know whether it was taken.
    """

    language: str
    languages: str
    again: str
    back: str
    unavailable: Trouble
    if_sent: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        language="English",
        languages="Language",
        again="Try again",
        back="Back to the page",
        unavailable=Trouble(
            "The page cannot be shown right now",
            "The fault is ours, not yours. Nothing is lost, and neither is a payment that you "
            "have already sent. Please try again in a moment.",
        ),
        if_sent="If you have just sent something here, it was probably not taken: "
        "look when the page is back, and send it again if need be.",
    ),
    "cs": Words(
        language="Čeština",
        languages="Jazyk",
        again="Zkusit znovu",
        back="Zpět na stránku",
        unavailable=Trouble(
            "Stránku teď nelze zobrazit",
            "Chyba je u nás, ne u vás. Nic se neztratilo, ani platba, kterou jste už odeslali. "
            "Zkuste to prosím za chvíli znovu.",
        ),
        if_sent="Pokud jste tu právě něco odeslali, nejspíš jsme to nepřijali: "
        "až stránka zase půjde zobrazit, podívejte se, a když bude třeba, odešlete to znovu.",
    ),
    "sv": Words(
        language="Svenska",
        languages="Språk",
        again="Försök igen",
        back="Tillbaka till sidan",
        unavailable=Trouble(
            "Sidan kan inte visas just nu",
            "Felet ligger hos oss, inte hos dig. Inget har gått förlorat, inte heller en "
            "betalning som du redan har skickat. Försök igen om en stund.",
        ),
        if_sent="Om du just skickade något här togs det troligen inte emot: "
        "titta efter när sidan är tillbaka, och skicka det igen om det behövs.",
    ),
    "de": Words(
        language="Deutsch",
        languages="Sprache",
        again="Noch einmal versuchen",
        back="Zurück zur Seite",
        unavailable=Trouble(
            "Die Seite kann gerade nicht angezeigt werden",
            "Der Fehler liegt bei uns, nicht bei Ihnen. Es ist nichts verloren, auch keine "
            "Zahlung, die Sie schon gesendet haben. Bitte versuchen Sie es gleich noch einmal.",
        ),
        if_sent="Falls Sie hier gerade etwas abgeschickt haben, wurde es wahrscheinlich nicht "
        "angenommen: Sehen Sie nach, sobald die Seite wieder da ist, und schicken Sie es bei "
        "Bedarf noch einmal ab.",
    ),
    "ro": Words(
        language="Română",
        languages="Limba",
        again="Încercați din nou",
        back="Înapoi la pagină",
        unavailable=Trouble(
            "Pagina nu poate fi afișată acum",
            "Problema este la noi, nu la dumneavoastră. Nu s-a pierdut nimic, nici măcar o plată "
            "pe care ați trimis-o deja. Încercați din nou peste puțin timp.",
        ),
        if_sent="Dacă tocmai ați trimis ceva aici, probabil nu a fost preluat: "
        "verificați când pagina revine și, dacă este nevoie, trimiteți din nou.",
    ),
}
