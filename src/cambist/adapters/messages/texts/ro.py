"""Decide how messages are written in Romanian."""

from cambist.adapters.messages.texts.words import MailText, Texts
from cambist.domain.messaging.templates import Fact, Reason, Template

RO = Texts(
    language="Română",
    greeting="Bună ziua, {first_name},",
    greeting_nameless="Bună ziua,",
    labels={
        Fact.ORDER: "Numărul comenzii",
        Fact.PAYS: "Plătiți",
        Fact.GETS: "Primiți",
        Fact.AMOUNT: "Suma",
        Fact.VALID_UNTIL: "Preț valabil până la",
    },
    mails={
        Template.ORDER_CREATED: MailText(
            "Comanda {order}: am primit-o",
            (
                "vă mulțumim pentru comandă. Cum plătiți și în ce stadiu este vedeți oricând "
                "pe pagina ei.",
            ),
            "Deschideți comanda",
        ),
        Template.CASE_IDENTITY: MailText(
            "Comanda {order}: confirmați-vă identitatea",
            (
                "înainte de a continua, legea ne cere să știm cine sunteți. Vă rugăm să aveți "
                "la îndemână actul de identitate.",
                "Comanda așteaptă până atunci.",
            ),
            "Confirmați identitatea",
        ),
        Template.CASE_AML: MailText(
            "Comanda {order}: câteva întrebări despre bani",
            (
                "la o comandă de această valoare legea ne cere să întrebăm de unde provin banii "
                "și la ce folosesc. Durează cam două minute.",
                "Comanda așteaptă până atunci.",
            ),
            "Răspundeți la întrebări",
        ),
        Template.CASE_PHONE: MailText(
            "Comanda {order}: confirmați telefonul",
            (
                "vă rugăm să confirmați numărul de telefon cu un cod pe care vi-l trimitem prin "
                "SMS.",
                "Comanda așteaptă până atunci.",
            ),
            "Confirmați telefonul",
        ),
        Template.CASE_DEPOSIT: MailText(
            "Comanda {order}: confirmați plata din sold",
            (
                "doriți să plătiți din soldul pe care îl aveți la noi. Vă rugăm să confirmați cu "
                "un cod pe care vi-l trimitem prin SMS.",
                "Comanda așteaptă până atunci.",
            ),
            "Confirmați plata",
        ),
        Template.CASE_CHANGE: MailText(
            "Comanda {order}: condițiile s-au schimbat",
            (
                "a sosit altceva decât s-a convenit sau a sosit după ce prețul nu mai era "
                "valabil. Pagina arată condițiile vechi și cele noi, alăturat.",
                "Nu se schimbă nimic până nu acceptați sau refuzați.",
            ),
            "Vedeți condițiile noi",
        ),
        Template.CASE_RETURN: MailText(
            "Comanda {order}: unde trimitem înapoi?",
            (
                "nu schimbăm această parte din ce a sosit pentru comanda dumneavoastră. Vă "
                "rugăm să ne spuneți unde să o trimitem înapoi.",
            ),
            "Spuneți unde",
        ),
        Template.CASE_REJECTED: MailText(
            "Comanda {order}: încercați din nou",
            ("nu am putut accepta răspunsul dumneavoastră:",),
            "Încercați din nou",
        ),
        Template.PAYMENT_RECEIVED: MailText(
            "Comanda {order}: plata a sosit",
            ("plata dumneavoastră a sosit. Nu aveți nimic de făcut.",),
            "Deschideți comanda",
        ),
        Template.CRYPTO_SENT: MailText(
            "Comanda {order}: trimis la adresa dumneavoastră",
            (
                "ce ați cumpărat este pe drum spre adresa dumneavoastră. Rețeaua are nevoie de "
                "puțin timp pentru confirmare.",
            ),
            "Deschideți comanda",
        ),
        Template.PAYOUT_SENT: MailText(
            "Comanda {order}: banii sunt pe drum",
            ("v-am trimis banii. Banca îi creditează când transferul ajunge la ea.",),
            "Deschideți comanda",
        ),
        Template.ORDER_COMPLETED: MailText(
            "Comanda {order}: finalizată",
            ("comanda dumneavoastră este finalizată. Vă mulțumim.",),
            "Deschideți comanda",
        ),
        Template.ORDER_CANCELLED: MailText(
            "Comanda {order}: anulată",
            ("comanda dumneavoastră a fost anulată. Vă rugăm să nu mai trimiteți bani pentru ea.",),
            "Deschideți comanda",
        ),
        Template.ORDER_EXPIRED: MailText(
            "Comanda {order}: timpul de plată a expirat",
            (
                "nu a sosit nicio plată la timp, așa că această comandă s-a încheiat. Vă rugăm "
                "să nu mai trimiteți bani pentru ea.",
                "Dacă ați plătit deja, plata va fi totuși observată; pagina spune ce se întâmplă "
                "cu ea.",
            ),
            "Deschideți comanda",
        ),
        Template.ORDER_RETURNED: MailText(
            "Comanda {order}: trimis înapoi",
            ("comanda dumneavoastră nu a fost executată, iar ce ați plătit a fost trimis înapoi.",),
            "Deschideți comanda",
        ),
        Template.PAGE_LINK: MailText(
            "Comanda {order}: noul dumneavoastră link",
            ("iată noul link către pagina comenzii, pe care l-ați cerut.",),
            "Deschideți pagina",
        ),
    },
    reasons={
        Reason.DOCUMENT_UNREADABLE: "Imaginea actului nu poate fi citită.",
        Reason.DOCUMENT_EXPIRED: "Actul nu mai este valabil.",
        Reason.DOCUMENT_INCOMPLETE: "Lipsește o parte a actului.",
        Reason.DATA_MISMATCH: "Datele scrise diferă de cele din act.",
        Reason.NAME_MISMATCH: "Numele diferă de cel de la care a venit plata.",
        Reason.DETAILS_MISSING: "Un răspuns lipsește sau este prea scurt.",
        Reason.CODE_WRONG: "Codul a fost greșit de prea multe ori.",
        Reason.OTHER: "Pagina spune ce lipsește.",
    },
    link_note="Linkul se deschide o singură dată și este doar pentru dumneavoastră. Dacă nu mai "
    "funcționează, pagina lui vă trimite altul.",
    footer=(
        "Primiți acest e-mail de la {brand} pentru că s-a făcut o comandă cu adresa "
        "dumneavoastră. Dacă nu ați fost dumneavoastră, nu trebuie să faceți nimic.",
        "Nu cerem niciodată parole sau coduri prin e-mail sau telefon.",
    ),
    sms={
        Template.PHONE_CODE: "{brand}: codul {code} pentru confirmarea telefonului. "
        "Valabil 10 minute. Nu-l spuneți nimănui.",
        Template.DEPOSIT_CODE: "{brand}: codul {code} pentru plata din sold. "
        "Valabil 10 minute. Nu-l spuneți nimănui.",
    },
)
