"""Decide how messages are written in Swedish."""

from cambist.adapters.messages.texts.words import MailText, Texts
from cambist.domain.messaging.templates import Fact, Reason, Template

SV = Texts(
    language="Svenska",
    greeting="Hej {first_name}!",
    greeting_nameless="Hej!",
    labels={
        Fact.ORDER: "Beställningsnummer",
        Fact.PAYS: "Du betalar",
        Fact.GETS: "Du får",
        Fact.AMOUNT: "Belopp",
        Fact.VALID_UNTIL: "Priset gäller till",
    },
    mails={
        Template.ORDER_CREATED: MailText(
            "Beställning {order}: vi har tagit emot den",
            (
                "Tack för din beställning. På dess sida ser du hur du betalar och när som helst "
                "hur det går.",
            ),
            "Öppna beställningen",
        ),
        Template.CASE_IDENTITY: MailText(
            "Beställning {order}: visa vem du är",
            (
                "Innan vi kan gå vidare med din beställning kräver lagen att vi vet vem du är. "
                "Ha din id-handling till hands.",
                "Beställningen väntar tills dess.",
            ),
            "Styrk din identitet",
        ),
        Template.CASE_AML: MailText(
            "Beställning {order}: några frågor om pengarna",
            (
                "För en beställning av den här storleken kräver lagen att vi frågar varifrån "
                "pengarna kommer och vad de ska användas till. Det tar ungefär två minuter.",
                "Beställningen väntar tills dess.",
            ),
            "Svara på frågorna",
        ),
        Template.CASE_PHONE: MailText(
            "Beställning {order}: bekräfta ditt telefonnummer",
            (
                "Bekräfta ditt telefonnummer med en kod som vi skickar i ett sms.",
                "Beställningen väntar tills dess.",
            ),
            "Bekräfta numret",
        ),
        Template.CASE_DEPOSIT: MailText(
            "Beställning {order}: bekräfta betalningen från ditt saldo",
            (
                "Du vill betala från saldot du har hos oss. Bekräfta det med en kod som vi "
                "skickar i ett sms.",
                "Beställningen väntar tills dess.",
            ),
            "Bekräfta betalningen",
        ),
        Template.CASE_CHANGE: MailText(
            "Beställning {order}: villkoren har ändrats",
            (
                "Det som kom skiljer sig från det som avtalades, eller så kom det när priset "
                "hade slutat gälla. Sidan visar de gamla och de nya villkoren bredvid varandra.",
                "Inget växlas förrän du godtar eller avböjer.",
            ),
            "Se de nya villkoren",
        ),
        Template.CASE_RETURN: MailText(
            "Beställning {order}: vart ska vi skicka tillbaka?",
            (
                "Vi växlar inte den här delen av det som kom in till din beställning. Tala om "
                "för oss vart vi ska skicka tillbaka den.",
            ),
            "Ange vart",
        ),
        Template.CASE_REJECTED: MailText(
            "Beställning {order}: försök igen",
            ("Vi kunde inte godta ditt svar:",),
            "Försök igen",
        ),
        Template.PAYMENT_RECEIVED: MailText(
            "Beställning {order}: din betalning har kommit",
            ("Din betalning har kommit fram. Du behöver inte göra något.",),
            "Öppna beställningen",
        ),
        Template.CRYPTO_SENT: MailText(
            "Beställning {order}: skickat till din adress",
            (
                "Det du köpte är på väg till din adress. Nätverket behöver lite tid för att "
                "bekräfta det.",
            ),
            "Öppna beställningen",
        ),
        Template.PAYOUT_SENT: MailText(
            "Beställning {order}: pengarna är på väg",
            ("Vi har skickat dina pengar. De syns hos din bank när överföringen har nått den.",),
            "Öppna beställningen",
        ),
        Template.ORDER_COMPLETED: MailText(
            "Beställning {order}: klar",
            ("Din beställning är klar. Tack.",),
            "Öppna beställningen",
        ),
        Template.ORDER_CANCELLED: MailText(
            "Beställning {order}: avbruten",
            ("Din beställning har avbrutits. Skicka inga pengar till den längre.",),
            "Öppna beställningen",
        ),
        Template.ORDER_EXPIRED: MailText(
            "Beställning {order}: betalningstiden är slut",
            (
                "Ingen betalning kom i tid, så beställningen är avslutad. Skicka inga pengar "
                "till den längre.",
                "Har du redan betalat ser vi det ändå; på sidan står vad som händer med pengarna.",
            ),
            "Öppna beställningen",
        ),
        Template.ORDER_RETURNED: MailText(
            "Beställning {order}: skickat tillbaka till dig",
            ("Din beställning blev inte av, och det du betalade har skickats tillbaka.",),
            "Öppna beställningen",
        ),
        Template.PAGE_LINK: MailText(
            "Beställning {order}: din nya länk",
            ("Här är den nya länken till din beställnings sida som du bad om.",),
            "Öppna sidan",
        ),
    },
    reasons={
        Reason.DOCUMENT_UNREADABLE: "Bilden av handlingen går inte att läsa.",
        Reason.DOCUMENT_EXPIRED: "Handlingen gäller inte längre.",
        Reason.DOCUMENT_INCOMPLETE: "En sida av handlingen saknas.",
        Reason.DATA_MISMATCH: "Dina uppgifter skiljer sig från handlingen.",
        Reason.NAME_MISMATCH: "Namnet skiljer sig från det som betalningen kom från.",
        Reason.DETAILS_MISSING: "Ett svar saknas eller är för kort.",
        Reason.CODE_WRONG: "Koden var fel för många gånger.",
        Reason.OTHER: "På sidan står vad som saknas.",
    },
    link_note="Länken kan öppnas en gång och är bara för dig. Fungerar den inte längre skickar "
    "dess sida en ny.",
    footer=(
        "Du får det här mejlet från {brand} eftersom en beställning gjordes med din adress. "
        "Var det inte du behöver du inte göra något.",
        "Vi frågar aldrig efter lösenord eller koder per mejl eller telefon.",
    ),
    sms={
        Template.PHONE_CODE: "{code} är din kod hos {brand} för att bekräfta ditt nummer. "
        "Gäller i 10 minuter. Berätta den inte för någon.",
        Template.DEPOSIT_CODE: "{code} är din kod hos {brand} för att betala från ditt saldo. "
        "Gäller i 10 minuter. Berätta den inte för någon.",
    },
)
