"""Decide how the pay page speaks German."""

from cambist.pages.look.words import Trouble
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.texts.words import SandboxTexts, Texts

DE = Texts(
    payment_to="Zahlung an",
    headlines={
        PageStatus.CHOOSE: "Zahlungsart wählen",
        PageStatus.WAITING: "Wir warten auf Ihre Zahlung",
        PageStatus.PARTLY_PAID: "Ein Teil der Zahlung fehlt",
        PageStatus.CONFIRMING: "Zahlung gesehen, wird bestätigt",
        PageStatus.PAID: "Bezahlt",
        PageStatus.OVERPAID: "Bezahlt, mehr als verlangt",
        PageStatus.EXPIRED: "Die Zahlungsfrist ist abgelaufen",
        PageStatus.UNDERPAID: "Nicht rechtzeitig voll bezahlt",
        PageStatus.LATE: "Ihre Zahlung kam zu spät",
        PageStatus.REFUNDED: "Erstattet",
        PageStatus.REPLACED: "Ihre Transaktion ist verschwunden",
        PageStatus.REORGED: "Ihre Zahlung wird erneut geprüft",
    },
    explained={
        PageStatus.CHOOSE: "Sie erhalten dann eine Adresse, die nur zu dieser Bestellung gehört.",
        PageStatus.WAITING: "Senden Sie genau diesen Betrag. Die Seite aktualisiert sich selbst.",
        PageStatus.PARTLY_PAID: "{received} von {asked} sind angekommen. "
        "Bitte senden Sie die fehlenden {due} an dieselbe Adresse.",
        PageStatus.CONFIRMING: "Sie müssen nichts mehr tun. Das Netzwerk {network} bestätigt "
        "Ihre Zahlung; Sie können diese Seite schließen.",
        PageStatus.PAID: "Ihre Zahlung ist angekommen und bestätigt. Vielen Dank.",
        PageStatus.OVERPAID: "{received} sind angekommen, {surplus} mehr als die verlangten "
        "{asked}.",
        PageStatus.EXPIRED: "Bitte senden Sie zu dieser Bestellung kein Geld mehr. "
        "Haben Sie es schon gesendet, erscheint es trotzdem hier.",
        PageStatus.UNDERPAID: "{received} von {asked} sind angekommen, {due} fehlten. "
        "Bitte senden Sie nichts mehr.",
        PageStatus.LATE: "Die Zahlungsfrist war abgelaufen, als Geld ankam. "
        "Bitte senden Sie nichts mehr.",
        PageStatus.REFUNDED: "{refunded} wurden an Sie zurückgesendet oder sind unterwegs.",
        PageStatus.REPLACED: "Das Netzwerk kennt die gesehene Transaktion nicht mehr. Sehen Sie "
        "in Ihrer Wallet nach, bevor Sie erneut zahlen: Ein Ersatz erscheint hier von selbst.",
        PageStatus.REORGED: "Das Netzwerk {network} hat seine letzten Blöcke zurückgenommen. "
        "Sehen Sie in Ihrer Wallet nach, bevor Sie etwas senden: Eine gesendete Zahlung kommt "
        "meist wieder.",
    },
    waiting_any="Senden Sie einen beliebigen Betrag. Die Seite aktualisiert sich selbst.",
    advice={
        Advice.NONE: "",
        Advice.COMES_BACK: "Der Shop ist so eingestellt, dass er dieses Geld zurücksendet. "
        "Kommt es nicht an, fragen Sie {shop}.",
        Advice.STILL_COUNTS: "Sie zählt trotzdem, sobald das Netzwerk sie bestätigt hat.",
        Advice.ASK_SHOP: "Bitte fragen Sie {shop}, was damit geschieht, und nennen Sie die "
        "Bestellnummer unten.",
    },
    notices={
        Notice.OVER: "Es wurden {surplus} mehr als verlangt gesendet.",
        Notice.LATE: "Ein Teil des Geldes kam nach Ablauf der Zahlungsfrist.",
        Notice.REPLACED: "Eine Transaktion wurde durch eine andere ersetzt.",
        Notice.REORGED: "Das Netzwerk hat Blöcke zurückgenommen und Zahlungen neu bestätigt.",
        Notice.PARTLY_REFUNDED: "{refunded} wurden an Sie zurückgesendet oder sind unterwegs.",
        Notice.OTHER_ASSET: "An dieser Adresse kam eine andere Währung an. Sie zählt nicht; "
        "bitte fragen Sie {shop}.",
    },
    figures={
        FigureKind.ASKED: "Zu zahlen",
        FigureKind.WAS_ASKED: "Verlangter Betrag",
        FigureKind.MISSING: "Fehlt noch",
        FigureKind.RECEIVED: "Erhalten",
        FigureKind.REFUNDED: "Erstattet",
    },
    any_amount="Beliebiger Betrag",
    about="etwa {fiat}",
    on_network="Netzwerk {network}",
    time_left="Verbleibende Zeit",
    pay_by="Zahlen Sie bis {time}",
    pay_title="Zahlung senden",
    address="{asset}-Adresse, Netzwerk {network}",
    copy_address="Adresse kopieren",
    copy_amount="Betrag kopieren",
    copied="Kopiert",
    copy_by_hand="Markiert: bitte mit der Tastatur kopieren",
    qr="QR-Code der Zahlung",
    scan="Mit der Wallet scannen oder die Adresse kopieren.",
    open_wallet="In der Wallet öffnen",
    only_this="Senden Sie nur {asset} im Netzwerk {network}. Anderes kann verloren gehen.",
    choose_legend="Währung und Netzwerk",
    choose_none="Derzeit kann mit keiner Währung gezahlt werden. Bitte versuchen Sie es später.",
    progress="Verlauf",
    rows={
        RowKind.OPENED: "Bestellung angelegt",
        RowKind.SEEN: "Gesehen, wartet auf einen Block",
        RowKind.CONFIRMING: "Wird bestätigt",
        RowKind.CONFIRMED: "Bestätigt",
        RowKind.DROPPED: "Nicht mehr im Netzwerk",
        RowKind.OTHER_ASSET: "Andere Währung, zählt nicht",
        RowKind.TIME_OVER: "Zahlungsfrist abgelaufen",
        RowKind.COMPLETED: "Bestellung bezahlt",
    },
    confirmations="{x} von {y} Bestätigungen",
    transaction="Transaktion",
    earlier_hidden="Frühere, nicht gezeigte Transaktionen: {count}",
    order="Zu dieser Bestellung",
    order_number="Bestellnummer",
    contact="Fragen? Wenden Sie sich an",
    back="Zurück zu {host}",
    try_again="Das hat gerade nicht funktioniert. Bitte versuchen Sie es gleich noch einmal.",
    not_found=Trouble(
        "Diese Zahlung gibt es nicht",
        "Prüfen Sie den Link, den Sie erhalten haben, oder bitten Sie den Shop um einen neuen.",
    ),
    refused=Trouble(
        "Das ist hier nicht möglich",
        "Öffnen Sie die Zahlungsseite über den erhaltenen Link und versuchen Sie es erneut.",
    ),
    test=SandboxTexts(
        strip="Testbetrieb",
        warning="Senden Sie kein echtes Geld.",
        title="Zahlung simulieren",
        intro="Spielt Zahler und Netzwerk. Nur die Testumgebung hat dieses Feld.",
        exact="Genauer Betrag",
        less="Zu wenig",
        more="Zu viel",
        replace="Letzte ersetzen",
        mine="1 Block erzeugen",
        mine_many="{count} Blöcke erzeugen",
    ),
)
