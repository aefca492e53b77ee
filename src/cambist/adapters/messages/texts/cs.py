"""Decide how messages are written in Czech."""

from cambist.adapters.messages.texts.words import MailText, Texts
from cambist.domain.messaging.templates import Fact, Reason, Template

CS = Texts(
    language="Čeština",
    greeting="Dobrý den,",
    greeting_nameless="Dobrý den,",
    labels={
        Fact.ORDER: "Číslo objednávky",
        Fact.PAYS: "Platíte",
        Fact.GETS: "Dostanete",
        Fact.AMOUNT: "Částka",
        Fact.VALID_UNTIL: "Cena platí do",
    },
    mails={
        Template.ORDER_CREATED: MailText(
            "Objednávka {order}: přijali jsme ji",
            (
                "děkujeme za objednávku. Jak zaplatit a v jakém je stavu, najdete kdykoli "
                "na její stránce.",
            ),
            "Otevřít objednávku",
        ),
        Template.CASE_IDENTITY: MailText(
            "Objednávka {order}: ověřte prosím svou totožnost",
            (
                "než budeme moci v objednávce pokračovat, musíme podle zákona vědět, kdo jste. "
                "Připravte si prosím doklad totožnosti.",
                "Objednávka do té doby počká.",
            ),
            "Ověřit totožnost",
        ),
        Template.CASE_AML: MailText(
            "Objednávka {order}: několik otázek k penězům",
            (
                "u objednávky v této výši se podle zákona musíme zeptat, odkud peníze pocházejí "
                "a k čemu slouží. Zabere to asi dvě minuty.",
                "Objednávka do té doby počká.",
            ),
            "Odpovědět na otázky",
        ),
        Template.CASE_PHONE: MailText(
            "Objednávka {order}: potvrďte prosím telefon",
            (
                "potvrďte prosím své telefonní číslo kódem, který vám pošleme v SMS.",
                "Objednávka do té doby počká.",
            ),
            "Potvrdit telefon",
        ),
        Template.CASE_DEPOSIT: MailText(
            "Objednávka {order}: potvrďte prosím platbu ze zůstatku",
            (
                "chcete platit ze zůstatku, který u nás máte. Potvrďte to prosím kódem, který "
                "vám pošleme v SMS.",
                "Objednávka do té doby počká.",
            ),
            "Potvrdit platbu",
        ),
        Template.CASE_CHANGE: MailText(
            "Objednávka {order}: změnily se podmínky",
            (
                "přišlo něco jiného, než bylo dohodnuto, nebo to přišlo až po skončení platnosti "
                "ceny. Na stránce uvidíte staré a nové podmínky vedle sebe.",
                "Dokud je nepřijmete nebo neodmítnete, nic se nesmění.",
            ),
            "Zobrazit nové podmínky",
        ),
        Template.CASE_RETURN: MailText(
            "Objednávka {order}: kam máme peníze vrátit?",
            (
                "tuto část toho, co přišlo k vaší objednávce, nesměníme. Sdělte nám prosím, kam "
                "ji máme vrátit.",
            ),
            "Uvést, kam vrátit",
        ),
        Template.CASE_REJECTED: MailText(
            "Objednávka {order}: zkuste to prosím znovu",
            ("vaši odpověď jsme nemohli přijmout:",),
            "Zkusit znovu",
        ),
        Template.PAYMENT_RECEIVED: MailText(
            "Objednávka {order}: vaše platba dorazila",
            ("vaše platba dorazila. Nemusíte nic dělat.",),
            "Otevřít objednávku",
        ),
        Template.CRYPTO_SENT: MailText(
            "Objednávka {order}: odesláno na vaši adresu",
            ("co jste koupili, je na cestě na vaši adresu. Síť potřebuje chvíli na potvrzení.",),
            "Otevřít objednávku",
        ),
        Template.PAYOUT_SENT: MailText(
            "Objednávka {order}: peníze jsou na cestě",
            ("peníze jsme vám odeslali. Banka je připíše, jakmile k ní převod dorazí.",),
            "Otevřít objednávku",
        ),
        Template.ORDER_COMPLETED: MailText(
            "Objednávka {order}: vyřízena",
            ("vaše objednávka je vyřízena. Děkujeme.",),
            "Otevřít objednávku",
        ),
        Template.ORDER_CANCELLED: MailText(
            "Objednávka {order}: zrušena",
            ("vaše objednávka byla zrušena. Už na ni prosím nic neposílejte.",),
            "Otevřít objednávku",
        ),
        Template.ORDER_EXPIRED: MailText(
            "Objednávka {order}: čas na platbu uplynul",
            (
                "platba nedorazila včas, a proto objednávka skončila. Už na ni prosím nic "
                "neposílejte.",
                "Pokud jste již zaplatili, platbu přesto zachytíme; na stránce se dozvíte, co s "
                "ní bude.",
            ),
            "Otevřít objednávku",
        ),
        Template.ORDER_RETURNED: MailText(
            "Objednávka {order}: vráceno",
            ("vaše objednávka se neuskutečnila a to, co jste zaplatili, jsme poslali zpět.",),
            "Otevřít objednávku",
        ),
        Template.PAGE_LINK: MailText(
            "Objednávka {order}: váš nový odkaz",
            ("zde je nový odkaz na stránku vaší objednávky, o který jste požádali.",),
            "Otevřít stránku",
        ),
    },
    reasons={
        Reason.DOCUMENT_UNREADABLE: "Snímek dokladu nelze přečíst.",
        Reason.DOCUMENT_EXPIRED: "Doklad již neplatí.",
        Reason.DOCUMENT_INCOMPLETE: "Chybí jedna strana dokladu.",
        Reason.DATA_MISMATCH: "Uvedené údaje se liší od dokladu.",
        Reason.NAME_MISMATCH: "Jméno se liší od jména, ze kterého platba přišla.",
        Reason.DETAILS_MISSING: "Některá odpověď chybí nebo je příliš krátká.",
        Reason.CODE_WRONG: "Kód byl příliš mnohokrát zadán chybně.",
        Reason.OTHER: "Co chybí, najdete na stránce.",
    },
    link_note="Odkaz lze otevřít jednou a je jen pro vás. Pokud už nefunguje, jeho stránka vám "
    "pošle nový.",
    footer=(
        "Tento e-mail jste dostali od {brand}, protože s vaší adresou byla vytvořena "
        "objednávka. Pokud jste to nebyli vy, nemusíte nic dělat.",
        "Nikdy se e-mailem ani telefonem neptáme na hesla ani kódy.",
    ),
    sms={
        Template.PHONE_CODE: "{brand}: kód {code} k potvrzení telefonu. Platí 10 minut. "
        "Nikomu ho nesdělujte.",
        Template.DEPOSIT_CODE: "{brand}: kód {code} k platbě ze zůstatku. Platí 10 minut. "
        "Nikomu ho nesdělujte.",
    },
)
