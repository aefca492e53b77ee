"""Decide how an order's page speaks Czech."""

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import PageStatus, Side, StepKind, StepState
from cambist.pages.cases.texts.words import Texts
from cambist.pages.look.words import Trouble

CS = Texts(
    order="Objednávka",
    sides={Side.BUY: "Kupujete {asset}", Side.SELL: "Prodáváte {asset}"},
    headlines={
        PageStatus.CHECKS: "Něco od vás potřebujeme",
        PageStatus.REVIEW: "Ověřujeme",
        PageStatus.CHANGE: "Podmínky se změnily",
        PageStatus.WHERE_BACK: "Kam máme peníze vrátit?",
        PageStatus.WAITING: "Čekáme na vaši platbu",
        PageStatus.PRICE_OVER: "Cena už není zaručena",
        PageStatus.SEEN: "Platbu vidíme, čeká na potvrzení",
        PageStatus.EXCHANGING: "Zaplaceno, směňujeme",
        PageStatus.SENDING: "Odesíláme vám to",
        PageStatus.SENT: "Na cestě k vám",
        PageStatus.COMPLETED: "Hotovo",
        PageStatus.RETURNING: "Peníze se vracejí",
        PageStatus.RETURNED: "Peníze jsme vrátili",
        PageStatus.CANCELLED: "Zrušeno",
        PageStatus.EXPIRED: "Čas na platbu uplynul",
        PageStatus.REJECTED: "Tuto objednávku nemůžeme vyřídit",
    },
    explained={
        PageStatus.CHECKS: "Jakmile odpovíte, budeme pokračovat. Do té doby prosím neplaťte.",
        PageStatus.REVIEW: "Vaši objednávku právě prohlížíme. Nemusíte nic dělat; "
        "až budeme hotovi, napíšeme vám.",
        PageStatus.CHANGE: "Přišlo něco jiného, než bylo dohodnuto, nebo to přišlo pozdě. "
        "Podívejte se na nové podmínky a rozhodněte se. Do té doby se s penězi nic nestane.",
        PageStatus.WHERE_BACK: "Objednávka se neuskuteční. Uveďte adresu, na kterou máme "
        "vrátit, co jste poslali.",
        PageStatus.WAITING: "Převeďte přesně {pays} a dostanete {gets}. Stránka se obnovuje sama.",
        PageStatus.PRICE_OVER: "Převést {pays} můžete i teď. Až platba dorazí, ukážeme vám cenu "
        "platnou v tu chvíli; buď ji přijmete, nebo peníze vrátíme.",
        PageStatus.SEEN: "O vašem převodu víme. Nemusíte nic dělat.",
        PageStatus.EXCHANGING: "Vaše platba dorazila. Nemusíte nic dělat.",
        PageStatus.SENDING: "Za chvíli odešleme {gets} na vaši adresu.",
        PageStatus.SENT: "Na vaši adresu jsme odeslali {gets}. Síť {network} to potvrzuje.",
        PageStatus.COMPLETED: "Na vaši adresu jsme odeslali {gets}. Děkujeme.",
        PageStatus.RETURNING: "Objednávka se neuskuteční. "
        "Co jste zaplatili, se vrací na účet, ze kterého to přišlo.",
        PageStatus.RETURNED: "Objednávka se neuskutečnila. "
        "Co jste zaplatili, jsme vrátili na účet, ze kterého to přišlo.",
        PageStatus.CANCELLED: "Za tuto objednávku už prosím neplaťte.",
        PageStatus.EXPIRED: "Za tuto objednávku už prosím neplaťte. "
        "Pokud jste již zaplatili, platbu tu přesto zachytíme.",
        PageStatus.REJECTED: "Za tuto objednávku prosím neplaťte. "
        "S dotazy odpovězte na náš poslední e-mail.",
    },
    explained_selling={
        PageStatus.WAITING: "Pošlete přesně {pays} a dostanete {gets}. Stránka se obnovuje sama.",
        PageStatus.PRICE_OVER: "Poslat {pays} můžete i teď. Až platba dorazí, ukážeme vám cenu "
        "platnou v tu chvíli; buď ji přijmete, nebo mince vrátíme.",
        PageStatus.SEEN: "Nemusíte nic dělat. Síť {network} vaši platbu potvrzuje; "
        "stránku můžete zavřít.",
        PageStatus.SENDING: "Připravujeme převod {gets} na váš bankovní účet.",
        PageStatus.SENT: "Převod {gets} na váš bankovní účet je na cestě.",
        PageStatus.COMPLETED: "Na váš bankovní účet jsme převedli {gets}. Děkujeme.",
        PageStatus.RETURNING: "Objednávka se neuskuteční. "
        "Co jste poslali, je na cestě na adresu, kterou jste uvedli.",
        PageStatus.RETURNED: "Objednávka se neuskutečnila. "
        "Co jste poslali, jsme vrátili na adresu, kterou jste uvedli.",
    },
    you_pay="Platíte",
    you_get="Dostanete",
    rate="Cena",
    price="{price} za 1 {coin}",
    price_left="Cena platí ještě",
    price_until="Zaručena do {time}",
    pay_by="Objednávka čeká na platbu do {time}",
    pay_title="Jak zaplatit",
    to_account="Na účet",
    holder="Majitel účtu",
    references={
        Method.CZ_BANK: "Variabilní symbol",
        Method.SEPA: "Reference platby",
        Method.SE_BANK: "Číslo platby (OCR)",
        Method.BALANCE: "Reference platby",
    },
    amount="Částka",
    find_by="Nevynechejte symbol platby: podle něj ji najdeme. "
    "Plaťte z účtu vedeného na vaše jméno.",
    qr_bank="QR kód bankovního převodu",
    scan_bank="Načtěte v aplikaci své banky, nebo zkopírujte údaje.",
    address="Adresa {asset}, síť {network}",
    only_this="Posílejte jen {asset} v síti {network}. Cokoli jiného se může ztratit.",
    qr_coins="QR kód platby",
    scan_coins="Načtěte v peněžence, nebo zkopírujte adresu.",
    open_wallet="Otevřít v peněžence",
    copy="Kopírovat",
    copied="Zkopírováno",
    copy_by_hand="Označeno: zkopírujte klávesnicí",
    progress="Průběh",
    steps={
        StepKind.CREATED: "Přijata",
        StepKind.CHECKS: "Ověření",
        StepKind.PAYMENT: "Platba",
        StepKind.EXCHANGE: "Směna",
        StepKind.SENT: "Odesláno",
        StepKind.DONE: "Hotovo",
    },
    step_states={
        StepState.DONE: "splněno",
        StepState.NOW: "probíhá",
        StepState.AHEAD: "teprve přijde",
        StepState.STOPPED: "zde skončila",
    },
    transactions="Transakce",
    incoming="Přijato",
    outgoing="Odesláno vám",
    confirmations="{x} z {y} potvrzení",
    earlier_hidden="Starší transakce, které tu nejsou: {count}",
    cases={
        CaseKind.IDENTITY: "ověření totožnosti",
        CaseKind.AML: "otázky k penězům",
        CaseKind.PHONE: "potvrzení telefonu",
        CaseKind.DEPOSIT: "platba ze zůstatku",
        CaseKind.CHANGE: "změněné podmínky",
        CaseKind.RETURN: "adresa pro vrácení",
        CaseKind.EDD: "bližší pohled z naší strany",
    },
    waits_for="Objednávka čeká na: {case}",
    link_intro="Formulář se otevírá odkazem z našeho e-mailu, aby za vás nemohl odpovědět nikdo "
    "jiný. Odkaz funguje jednou; můžete si nechat poslat nový.",
    link_elsewhere="Formulář se otevírá odkazem, aby za vás nemohl odpovědět nikdo jiný. "
    "Dostanete ho tam, kde jste objednali. Funguje jednou.",
    send_link="Poslat odkaz",
    go_on="Odkaz už mám otevřený: pokračovat",
    created="Objednáno {time}",
    back="Zpět na objednávku",
    opening=Trouble(
        "Otevřete svou objednávku",
        "Chystáte se otevřít stránku své objednávky. Odkaz funguje jednou, "
        "potom hodinu v tomto prohlížeči.",
    ),
    open="Pokračovat",
    linked=Trouble(
        "Podívejte se do své schránky",
        "Pokud lze na objednávku ještě odpovědět, je e-mail s novým odkazem na cestě na adresu, "
        "se kterou vznikla. Nepřijde-li žádný, zkuste to za hodinu znovu.",
    ),
    locked=Trouble(
        "Otevřete tuto stránku přes svůj odkaz",
        "Formulář je jen pro toho, kdo má odkaz z našeho e-mailu, a jen na hodinu. "
        "Nový odkaz vám pošleme na adresu objednávky.",
    ),
    gone=Trouble(
        "Tento odkaz už nefunguje",
        "Už byl otevřen, nebo je příliš starý. Nový vám pošleme na adresu objednávky.",
    ),
    too_often=Trouble("Příliš mnoho pokusů", "Počkejte prosím minutu a zkuste to znovu."),
    too_large=Trouble(
        "Bylo to příliš velké",
        "Soubory mohou mít nejvýše 10 MB. Vraťte se a vyberte menší.",
    ),
    not_found=Trouble(
        "Taková objednávka neexistuje",
        "Zkontrolujte odkaz, který jste dostali; možná není celý.",
    ),
    refused=Trouble(
        "To zde není možné",
        "Otevřete znovu stránku své objednávky a zopakujte, co jste tam dělali.",
    ),
    test_strip="Testovací režim",
    test_warning="Neposílejte skutečné peníze.",
)
