"""Decide how an order's page speaks Swedish."""

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import PageStatus, Side, StepKind, StepState
from cambist.pages.cases.texts.words import Texts
from cambist.pages.look.words import Trouble

SV = Texts(
    order="Beställning",
    sides={Side.BUY: "Du köper {asset}", Side.SELL: "Du säljer {asset}"},
    headlines={
        PageStatus.CHECKS: "Vi behöver något från dig",
        PageStatus.REVIEW: "Granskas",
        PageStatus.CHANGE: "Villkoren har ändrats",
        PageStatus.WHERE_BACK: "Vart ska pengarna tillbaka?",
        PageStatus.WAITING: "Väntar på din betalning",
        PageStatus.PRICE_OVER: "Priset är inte längre låst",
        PageStatus.SEEN: "Betalningen syns och bekräftas",
        PageStatus.EXCHANGING: "Betald, växlas",
        PageStatus.SENDING: "Skickas till dig",
        PageStatus.SENT: "På väg till dig",
        PageStatus.COMPLETED: "Klart",
        PageStatus.RETURNING: "Pengarna är på väg tillbaka",
        PageStatus.RETURNED: "Pengarna har gått tillbaka",
        PageStatus.CANCELLED: "Avbruten",
        PageStatus.EXPIRED: "Tiden för att betala är slut",
        PageStatus.REJECTED: "Vi kan inte utföra den här beställningen",
    },
    explained={
        PageStatus.CHECKS: "Beställningen går vidare så snart du har svarat. "
        "Betala inte innan dess.",
        PageStatus.REVIEW: "Vi tittar på din beställning. Du behöver inte göra något nu; "
        "vi skriver till dig när vi är klara.",
        PageStatus.CHANGE: "Det som kom var inte det som avtalats, eller så kom det för sent. "
        "Titta på de nya villkoren och bestäm dig. Till dess händer inget med pengarna.",
        PageStatus.WHERE_BACK: "Beställningen blir inte av. Ange adressen dit det du skickade "
        "ska gå tillbaka.",
        PageStatus.WAITING: "Betala exakt {pays} så får du {gets}. Sidan uppdateras av sig själv.",
        PageStatus.PRICE_OVER: "Du kan fortfarande betala {pays}. När pengarna kommer visar vi "
        "priset just då, och du godtar det eller får pengarna tillbaka.",
        PageStatus.SEEN: "Vi vet om din överföring. Du behöver inte göra mer.",
        PageStatus.EXCHANGING: "Din betalning är här. Du behöver inte göra mer.",
        PageStatus.SENDING: "{gets} skickas strax till din adress.",
        PageStatus.SENT: "{gets} har skickats till din adress. Nätverket {network} bekräftar det.",
        PageStatus.COMPLETED: "{gets} har skickats till din adress. Tack.",
        PageStatus.RETURNING: "Beställningen blir inte av. "
        "Det du betalade är på väg tillbaka till kontot det kom från.",
        PageStatus.RETURNED: "Beställningen blev inte av. "
        "Det du betalade har gått tillbaka till kontot det kom från.",
        PageStatus.CANCELLED: "Betala inte längre för den här beställningen.",
        PageStatus.EXPIRED: "Betala inte längre för den här beställningen. "
        "Om du redan har betalat märks det ändå här.",
        PageStatus.REJECTED: "Betala inte för den här beställningen. "
        "Har du frågor, svara på vårt senaste mejl.",
    },
    explained_selling={
        PageStatus.WAITING: "Skicka exakt {pays} så får du {gets}. Sidan uppdateras av sig själv.",
        PageStatus.PRICE_OVER: "Du kan fortfarande skicka {pays}. När det kommer visar vi "
        "priset just då, och du godtar det eller får mynten tillbaka.",
        PageStatus.SEEN: "Du behöver inte göra mer. Nätverket {network} bekräftar din betalning; "
        "du kan stänga sidan.",
        PageStatus.SENDING: "Överföringen av {gets} till ditt bankkonto förbereds.",
        PageStatus.SENT: "Överföringen av {gets} till ditt bankkonto är på väg.",
        PageStatus.COMPLETED: "{gets} har överförts till ditt bankkonto. Tack.",
        PageStatus.RETURNING: "Beställningen blir inte av. "
        "Det du skickade är på väg till adressen du angav.",
        PageStatus.RETURNED: "Beställningen blev inte av. "
        "Det du skickade har gått tillbaka till adressen du angav.",
    },
    you_pay="Du betalar",
    you_get="Du får",
    rate="Pris",
    price="{price} för 1 {coin}",
    price_left="Priset gäller i",
    price_until="Låst till {time}",
    pay_by="Beställningen väntar på din betalning till {time}",
    pay_title="Så betalar du",
    to_account="Till konto",
    holder="Kontohavare",
    references={
        Method.CZ_BANK: "Variabel symbol",
        Method.SEPA: "Referens",
        Method.SE_BANK: "OCR-nummer",
        Method.BALANCE: "Referens",
    },
    amount="Belopp",
    find_by="Glöm inte referensen: med den hittar vi din betalning. "
    "Betala från ett konto i ditt eget namn.",
    qr_bank="QR-kod för banköverföringen",
    scan_bank="Skanna med din banks app, eller kopiera uppgifterna.",
    address="{asset}-adress, nätverket {network}",
    only_this="Skicka bara {asset} på nätverket {network}. Annat kan gå förlorat.",
    qr_coins="QR-kod för betalningen",
    scan_coins="Skanna med din plånbok, eller kopiera adressen.",
    open_wallet="Öppna i plånboken",
    copy="Kopiera",
    copied="Kopierat",
    copy_by_hand="Markerat: kopiera med tangentbordet",
    progress="Förlopp",
    steps={
        StepKind.CREATED: "Beställd",
        StepKind.CHECKS: "Kontroll",
        StepKind.PAYMENT: "Betalning",
        StepKind.EXCHANGE: "Växling",
        StepKind.SENT: "Skickat",
        StepKind.DONE: "Klart",
    },
    step_states={
        StepState.DONE: "klart",
        StepState.NOW: "pågår",
        StepState.AHEAD: "återstår",
        StepState.STOPPED: "slutade här",
    },
    transactions="Transaktioner",
    incoming="Mottaget",
    outgoing="Skickat till dig",
    confirmations="{x} av {y} bekräftelser",
    earlier_hidden="Tidigare transaktioner som inte visas: {count}",
    cases={
        CaseKind.IDENTITY: "att du styrker din identitet",
        CaseKind.AML: "svar på frågor om pengarna",
        CaseKind.PHONE: "att du bekräftar din telefon",
        CaseKind.DEPOSIT: "betalning från ditt saldo",
        CaseKind.CHANGE: "beslut om ändrade villkor",
        CaseKind.RETURN: "adress för återbetalningen",
        CaseKind.EDD: "en närmare titt från oss",
    },
    waits_for="Beställningen väntar på: {case}",
    link_intro="Formuläret öppnas med länken i vårt mejl, så att ingen annan kan svara åt dig. "
    "Länken fungerar en gång; du kan få en ny skickad.",
    link_elsewhere="Formuläret öppnas med en länk, så att ingen annan kan svara åt dig. "
    "Du får den där du beställde. Den fungerar en gång.",
    send_link="Skicka en länk",
    go_on="Jag har öppnat min länk: fortsätt",
    created="Beställd {time}",
    back="Till beställningen",
    opening=Trouble(
        "Öppna din beställning",
        "Du är på väg att öppna sidan för din beställning. Länken fungerar en gång, "
        "sedan en timme i den här webbläsaren.",
    ),
    open="Fortsätt",
    linked=Trouble(
        "Titta i din inkorg",
        "Om beställningen fortfarande går att besvara är ett mejl med en ny länk på väg till "
        "adressen den gjordes med. Kommer inget, försök igen om en timme.",
    ),
    locked=Trouble(
        "Öppna den här sidan med din länk",
        "Formuläret är bara för den som har länken från vårt mejl, och bara i en timme. "
        "Du kan få en ny länk skickad till beställningens adress.",
    ),
    gone=Trouble(
        "Den här länken fungerar inte längre",
        "Den har redan öppnats, eller är för gammal. "
        "Du kan få en ny skickad till beställningens adress.",
    ),
    too_often=Trouble("För många försök", "Vänta en minut och försök igen."),
    too_large=Trouble(
        "Det var för stort",
        "Filer får vara högst 10 MB. Gå tillbaka och välj en mindre.",
    ),
    not_found=Trouble(
        "Det finns ingen sådan beställning",
        "Kontrollera länken du fick; den kanske inte är hel.",
    ),
    refused=Trouble(
        "Det går inte här",
        "Öppna sidan för din beställning på nytt och gör om det du gjorde där.",
    ),
    test_strip="Testläge",
    test_warning="Skicka inte riktiga pengar.",
)
