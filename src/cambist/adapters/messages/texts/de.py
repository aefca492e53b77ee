"""Decide how messages are written in German."""

from cambist.adapters.messages.texts.words import MailText, Texts
from cambist.domain.messaging.templates import Fact, Reason, Template

DE = Texts(
    language="Deutsch",
    greeting="Guten Tag {first_name},",
    greeting_nameless="Guten Tag,",
    labels={
        Fact.ORDER: "Auftragsnummer",
        Fact.PAYS: "Sie zahlen",
        Fact.GETS: "Sie erhalten",
        Fact.AMOUNT: "Betrag",
        Fact.VALID_UNTIL: "Preis gilt bis",
    },
    mails={
        Template.ORDER_CREATED: MailText(
            "Auftrag {order}: eingegangen",
            (
                "vielen Dank für Ihren Auftrag. Wie Sie zahlen und wie weit wir sind, sehen Sie "
                "jederzeit auf seiner Seite.",
            ),
            "Auftrag öffnen",
        ),
        Template.CASE_IDENTITY: MailText(
            "Auftrag {order}: bitte weisen Sie sich aus",
            (
                "bevor wir mit Ihrem Auftrag fortfahren können, müssen wir nach dem Gesetz "
                "wissen, wer Sie sind. Bitte halten Sie Ihren Ausweis bereit.",
                "Ihr Auftrag wartet so lange.",
            ),
            "Identität bestätigen",
        ),
        Template.CASE_AML: MailText(
            "Auftrag {order}: einige Fragen zum Geld",
            (
                "bei einem Auftrag in dieser Höhe müssen wir nach dem Gesetz fragen, woher "
                "das Geld kommt und wofür es ist. Das dauert etwa zwei Minuten.",
                "Ihr Auftrag wartet so lange.",
            ),
            "Fragen beantworten",
        ),
        Template.CASE_PHONE: MailText(
            "Auftrag {order}: bitte bestätigen Sie Ihre Telefonnummer",
            (
                "bitte bestätigen Sie Ihre Telefonnummer mit einem Code, den wir Ihnen per SMS "
                "senden.",
                "Ihr Auftrag wartet so lange.",
            ),
            "Nummer bestätigen",
        ),
        Template.CASE_DEPOSIT: MailText(
            "Auftrag {order}: bitte bestätigen Sie die Zahlung vom Guthaben",
            (
                "Sie möchten von Ihrem Guthaben bei uns zahlen. Bitte bestätigen Sie das mit "
                "einem Code, den wir Ihnen per SMS senden.",
                "Ihr Auftrag wartet so lange.",
            ),
            "Zahlung bestätigen",
        ),
        Template.CASE_CHANGE: MailText(
            "Auftrag {order}: die Bedingungen haben sich geändert",
            (
                "was ankam, weicht von der Vereinbarung ab, oder es kam, als der Preis nicht "
                "mehr galt. Die Seite zeigt alte und neue Bedingungen nebeneinander.",
                "Es wird nichts getauscht, bis Sie annehmen oder ablehnen.",
            ),
            "Neue Bedingungen ansehen",
        ),
        Template.CASE_RETURN: MailText(
            "Auftrag {order}: wohin dürfen wir zurücksenden?",
            (
                "diesen Teil dessen, was für Ihren Auftrag eingegangen ist, tauschen wir nicht "
                "um. Bitte sagen Sie uns, wohin wir ihn zurücksenden dürfen.",
            ),
            "Ziel angeben",
        ),
        Template.CASE_REJECTED: MailText(
            "Auftrag {order}: bitte versuchen Sie es noch einmal",
            ("wir konnten Ihre Antwort nicht annehmen:",),
            "Noch einmal versuchen",
        ),
        Template.PAYMENT_RECEIVED: MailText(
            "Auftrag {order}: Ihre Zahlung ist da",
            ("Ihre Zahlung ist angekommen. Sie müssen nichts tun.",),
            "Auftrag öffnen",
        ),
        Template.CRYPTO_SENT: MailText(
            "Auftrag {order}: an Ihre Adresse gesendet",
            (
                "was Sie gekauft haben, ist auf dem Weg an Ihre Adresse. Das Netzwerk braucht "
                "etwas Zeit, um es zu bestätigen.",
            ),
            "Auftrag öffnen",
        ),
        Template.PAYOUT_SENT: MailText(
            "Auftrag {order}: die Auszahlung ist unterwegs",
            (
                "wir haben Ihr Geld überwiesen. Ihre Bank schreibt es gut, sobald die "
                "Überweisung bei ihr ist.",
            ),
            "Auftrag öffnen",
        ),
        Template.ORDER_COMPLETED: MailText(
            "Auftrag {order}: abgeschlossen",
            ("Ihr Auftrag ist abgeschlossen. Vielen Dank.",),
            "Auftrag öffnen",
        ),
        Template.ORDER_CANCELLED: MailText(
            "Auftrag {order}: storniert",
            ("Ihr Auftrag wurde storniert. Bitte senden Sie kein Geld mehr dafür.",),
            "Auftrag öffnen",
        ),
        Template.ORDER_EXPIRED: MailText(
            "Auftrag {order}: die Zahlungsfrist ist abgelaufen",
            (
                "es kam rechtzeitig keine Zahlung an, daher ist der Auftrag beendet. Bitte "
                "senden Sie kein Geld mehr dafür.",
                "Haben Sie schon gezahlt, bemerken wir es trotzdem; auf der Seite steht, was "
                "damit geschieht.",
            ),
            "Auftrag öffnen",
        ),
        Template.ORDER_RETURNED: MailText(
            "Auftrag {order}: an Sie zurückgesendet",
            ("Ihr Auftrag wurde nicht ausgeführt. Was Sie gezahlt haben, wurde zurückgesendet.",),
            "Auftrag öffnen",
        ),
        Template.PAGE_LINK: MailText(
            "Auftrag {order}: Ihr neuer Link",
            ("hier ist der neue Link zur Seite Ihres Auftrags, um den Sie gebeten haben.",),
            "Seite öffnen",
        ),
    },
    reasons={
        Reason.DOCUMENT_UNREADABLE: "Das Bild des Ausweises ist nicht lesbar.",
        Reason.DOCUMENT_EXPIRED: "Der Ausweis ist abgelaufen.",
        Reason.DOCUMENT_INCOMPLETE: "Eine Seite des Ausweises fehlt.",
        Reason.DATA_MISMATCH: "Ihre Angaben weichen vom Ausweis ab.",
        Reason.NAME_MISMATCH: "Der Name ist ein anderer als der, von dem die Zahlung kam.",
        Reason.DETAILS_MISSING: "Eine Antwort fehlt oder ist zu kurz.",
        Reason.CODE_WRONG: "Der Code war zu oft falsch.",
        Reason.OTHER: "Auf der Seite steht, was fehlt.",
    },
    link_note="Der Link lässt sich einmal öffnen und ist nur für Sie. Falls er nicht mehr geht, "
    "sendet Ihnen seine Seite einen neuen.",
    footer=(
        "Sie erhalten diese E-Mail von {brand}, weil mit Ihrer Adresse ein Auftrag erteilt "
        "wurde. Waren Sie es nicht, müssen Sie nichts tun.",
        "Wir fragen nie per E-Mail oder Telefon nach Passwörtern oder Codes.",
    ),
    sms={
        Template.PHONE_CODE: "{code} ist Ihr Code von {brand}, um Ihre Nummer zu bestätigen. "
        "Er gilt 10 Minuten. Sagen Sie ihn niemandem.",
        Template.DEPOSIT_CODE: "{code} ist Ihr Code von {brand}, um vom Guthaben zu zahlen. "
        "Er gilt 10 Minuten. Sagen Sie ihn niemandem.",
    },
)
