"""Decide how an order's page speaks German."""

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import PageStatus, Side, StepKind, StepState
from cambist.pages.cases.texts.words import Texts
from cambist.pages.look.words import Trouble

DE = Texts(
    order="Auftrag",
    sides={Side.BUY: "Sie kaufen {asset}", Side.SELL: "Sie verkaufen {asset}"},
    headlines={
        PageStatus.CHECKS: "Wir brauchen etwas von Ihnen",
        PageStatus.REVIEW: "Wird geprüft",
        PageStatus.CHANGE: "Die Bedingungen haben sich geändert",
        PageStatus.WHERE_BACK: "Wohin sollen wir zurückzahlen?",
        PageStatus.WAITING: "Wir warten auf Ihre Zahlung",
        PageStatus.PRICE_OVER: "Der Preis ist nicht mehr fest",
        PageStatus.SEEN: "Zahlung gesehen, wird bestätigt",
        PageStatus.EXCHANGING: "Bezahlt, wird getauscht",
        PageStatus.SENDING: "Wird an Sie gesendet",
        PageStatus.SENT: "Unterwegs zu Ihnen",
        PageStatus.COMPLETED: "Erledigt",
        PageStatus.RETURNING: "Ihr Geld geht zurück",
        PageStatus.RETURNED: "Ihr Geld ging zurück",
        PageStatus.CANCELLED: "Storniert",
        PageStatus.EXPIRED: "Die Zeit zum Zahlen ist vorbei",
        PageStatus.REJECTED: "Wir können diesen Auftrag nicht ausführen",
    },
    explained={
        PageStatus.CHECKS: "Sobald Sie geantwortet haben, geht es weiter. "
        "Bitte zahlen Sie nicht vorher.",
        PageStatus.REVIEW: "Wir sehen uns Ihren Auftrag an. Sie müssen jetzt nichts tun; "
        "wir schreiben Ihnen, sobald wir fertig sind.",
        PageStatus.CHANGE: "Es kam etwas anderes als vereinbart, oder es kam zu spät. "
        "Sehen Sie sich die neuen Bedingungen an und entscheiden Sie. "
        "Bis dahin geschieht mit Ihrem Geld nichts.",
        PageStatus.WHERE_BACK: "Der Auftrag kommt nicht zustande. Nennen Sie uns die Adresse, "
        "an die zurückgehen soll, was Sie gesendet haben.",
        PageStatus.WAITING: "Überweisen Sie genau {pays}, und Sie erhalten {gets}. "
        "Die Seite aktualisiert sich selbst.",
        PageStatus.PRICE_OVER: "Sie können {pays} noch überweisen. Wenn das Geld da ist, zeigen "
        "wir Ihnen den dann gültigen Preis; Sie nehmen ihn an oder bekommen Ihr Geld zurück.",
        PageStatus.SEEN: "Wir kennen Ihre Überweisung. Sie müssen nichts mehr tun.",
        PageStatus.EXCHANGING: "Ihre Zahlung ist da. Sie müssen nichts mehr tun.",
        PageStatus.SENDING: "{gets} werden gleich an Ihre Adresse gesendet.",
        PageStatus.SENT: "{gets} wurden an Ihre Adresse gesendet. "
        "Das Netzwerk {network} bestätigt es gerade.",
        PageStatus.COMPLETED: "{gets} wurden an Ihre Adresse gesendet. Vielen Dank.",
        PageStatus.RETURNING: "Der Auftrag kommt nicht zustande. "
        "Ihre Zahlung geht auf das Konto zurück, von dem sie kam.",
        PageStatus.RETURNED: "Der Auftrag kam nicht zustande. "
        "Ihre Zahlung ging auf das Konto zurück, von dem sie kam.",
        PageStatus.CANCELLED: "Bitte zahlen Sie für diesen Auftrag nicht mehr.",
        PageStatus.EXPIRED: "Bitte zahlen Sie für diesen Auftrag nicht mehr. "
        "Haben Sie schon gezahlt, wird es hier trotzdem bemerkt.",
        PageStatus.REJECTED: "Bitte zahlen Sie für diesen Auftrag nicht. "
        "Bei Fragen antworten Sie auf unsere letzte E-Mail.",
    },
    explained_selling={
        PageStatus.WAITING: "Senden Sie genau {pays}, und Sie erhalten {gets}. "
        "Die Seite aktualisiert sich selbst.",
        PageStatus.PRICE_OVER: "Sie können {pays} noch senden. Wenn es ankommt, zeigen wir "
        "Ihnen den dann gültigen Preis; Sie nehmen ihn an oder bekommen Ihre Coins zurück.",
        PageStatus.SEEN: "Sie müssen nichts mehr tun. Das Netzwerk {network} bestätigt Ihre "
        "Zahlung; Sie können die Seite schließen.",
        PageStatus.SENDING: "Die Überweisung von {gets} auf Ihr Bankkonto wird vorbereitet.",
        PageStatus.SENT: "Die Überweisung von {gets} auf Ihr Bankkonto ist unterwegs.",
        PageStatus.COMPLETED: "{gets} wurden auf Ihr Bankkonto überwiesen. Vielen Dank.",
        PageStatus.RETURNING: "Der Auftrag kommt nicht zustande. "
        "Was Sie gesendet haben, ist unterwegs an die genannte Adresse.",
        PageStatus.RETURNED: "Der Auftrag kam nicht zustande. "
        "Was Sie gesendet haben, ging an die genannte Adresse zurück.",
    },
    you_pay="Sie zahlen",
    you_get="Sie erhalten",
    rate="Preis",
    price="{price} für 1 {coin}",
    price_left="Der Preis gilt noch",
    price_until="Fest bis {time}",
    pay_by="Der Auftrag wartet auf Ihre Zahlung bis {time}",
    pay_title="So zahlen Sie",
    to_account="Auf das Konto",
    holder="Kontoinhaber",
    references={
        Method.CZ_BANK: "Variables Symbol",
        Method.SEPA: "Verwendungszweck (Referenz)",
        Method.SE_BANK: "OCR-Nummer",
        Method.BALANCE: "Referenz",
    },
    amount="Betrag",
    find_by="Lassen Sie die Referenz nicht weg: an ihr erkennen wir Ihre Zahlung. "
    "Zahlen Sie von einem Konto auf Ihren eigenen Namen.",
    qr_bank="QR-Code der Überweisung",
    scan_bank="Mit der App Ihrer Bank scannen oder die Angaben kopieren.",
    address="{asset}-Adresse, Netzwerk {network}",
    only_this="Senden Sie nur {asset} im Netzwerk {network}. Anderes kann verloren gehen.",
    qr_coins="QR-Code der Zahlung",
    scan_coins="Mit der Wallet scannen oder die Adresse kopieren.",
    open_wallet="In der Wallet öffnen",
    copy="Kopieren",
    copied="Kopiert",
    copy_by_hand="Markiert: mit der Tastatur kopieren",
    progress="Verlauf",
    steps={
        StepKind.CREATED: "Erteilt",
        StepKind.CHECKS: "Prüfung",
        StepKind.PAYMENT: "Zahlung",
        StepKind.EXCHANGE: "Tausch",
        StepKind.SENT: "Gesendet",
        StepKind.DONE: "Erledigt",
    },
    step_states={
        StepState.DONE: "abgeschlossen",
        StepState.NOW: "läuft",
        StepState.AHEAD: "steht noch aus",
        StepState.STOPPED: "endete hier",
    },
    transactions="Transaktionen",
    incoming="Empfangen",
    outgoing="An Sie gesendet",
    confirmations="{x} von {y} Bestätigungen",
    earlier_hidden="Frühere Transaktionen, nicht gezeigt: {count}",
    cases={
        CaseKind.IDENTITY: "Nachweis Ihrer Identität",
        CaseKind.AML: "Fragen zum Geld",
        CaseKind.PHONE: "Bestätigung Ihres Telefons",
        CaseKind.DEPOSIT: "Zahlung aus Ihrem Guthaben",
        CaseKind.CHANGE: "Geänderte Bedingungen",
        CaseKind.RETURN: "Adresse für die Rückzahlung",
        CaseKind.EDD: "Nähere Prüfung durch uns",
    },
    waits_for="Der Auftrag wartet auf: {case}",
    link_intro="Das Formular öffnet sich mit dem Link aus unserer E-Mail, damit niemand sonst "
    "für Sie antworten kann. Der Link gilt einmal; Sie können sich einen neuen senden lassen.",
    link_elsewhere="Das Formular öffnet sich mit einem Link, damit niemand sonst für Sie "
    "antworten kann. Sie bekommen ihn dort, wo Sie beauftragt haben. Er gilt einmal.",
    send_link="Link senden",
    go_on="Ich habe meinen Link geöffnet: weiter",
    created="Erteilt am {time}",
    back="Zum Auftrag",
    opening=Trouble(
        "Ihren Auftrag öffnen",
        "Sie öffnen gleich die Seite Ihres Auftrags. Der Link gilt einmal, "
        "danach eine Stunde lang in diesem Browser.",
    ),
    open="Weiter",
    linked=Trouble(
        "Sehen Sie in Ihr Postfach",
        "Wenn zum Auftrag noch geantwortet werden kann, ist eine E-Mail mit einem neuen Link "
        "unterwegs an die Adresse, mit der er erteilt wurde. Kommt keine, versuchen Sie es in "
        "einer Stunde wieder.",
    ),
    locked=Trouble(
        "Öffnen Sie diese Seite mit Ihrem Link",
        "Das Formular ist nur für den, der den Link aus unserer E-Mail hat, und nur eine Stunde "
        "lang. Sie können sich einen neuen an die Adresse des Auftrags senden lassen.",
    ),
    gone=Trouble(
        "Dieser Link gilt nicht mehr",
        "Er wurde schon geöffnet oder ist zu alt. "
        "Sie können sich einen neuen an die Adresse des Auftrags senden lassen.",
    ),
    too_often=Trouble(
        "Zu viele Versuche", "Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal."
    ),
    too_large=Trouble(
        "Das war zu groß",
        "Dateien dürfen höchstens 10 MB haben. Gehen Sie zurück und wählen Sie eine kleinere.",
    ),
    not_found=Trouble(
        "Es gibt keinen solchen Auftrag",
        "Prüfen Sie den Link, den Sie bekommen haben; vielleicht ist er unvollständig.",
    ),
    refused=Trouble(
        "Das geht hier nicht",
        "Öffnen Sie die Seite Ihres Auftrags noch einmal und wiederholen Sie den Schritt dort.",
    ),
    test_strip="Testbetrieb",
    test_warning="Senden Sie kein echtes Geld.",
)
