"""Decide how the pay page speaks Czech."""

from cambist.pages.look.words import Trouble
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.texts.words import SandboxTexts, Texts

CS = Texts(
    payment_to="Platba pro",
    headlines={
        PageStatus.CHOOSE: "Zvolte způsob platby",
        PageStatus.WAITING: "Čekáme na vaši platbu",
        PageStatus.PARTLY_PAID: "Část platby chybí",
        PageStatus.CONFIRMING: "Platbu vidíme, potvrzuje se",
        PageStatus.PAID: "Zaplaceno",
        PageStatus.OVERPAID: "Zaplaceno, více než bylo třeba",
        PageStatus.EXPIRED: "Čas na platbu vypršel",
        PageStatus.UNDERPAID: "Nezaplaceno včas v plné výši",
        PageStatus.LATE: "Vaše platba přišla pozdě",
        PageStatus.REFUNDED: "Vráceno",
        PageStatus.REPLACED: "Vaše transakce zmizela",
        PageStatus.REORGED: "Vaše platba se ověřuje znovu",
    },
    explained={
        PageStatus.CHOOSE: "Poté dostanete adresu, která patří jen této objednávce.",
        PageStatus.WAITING: "Pošlete přesně tuto částku. Stránka se obnovuje sama.",
        PageStatus.PARTLY_PAID: "Přišlo {received} z {asked}. "
        "Pošlete prosím chybějících {due} na stejnou adresu.",
        PageStatus.CONFIRMING: "Nic dalšího není třeba. Síť {network} vaši platbu potvrzuje; "
        "stránku můžete zavřít.",
        PageStatus.PAID: "Vaše platba dorazila a je potvrzená. Děkujeme.",
        PageStatus.OVERPAID: "Přišlo {received}, o {surplus} více než požadovaných {asked}.",
        PageStatus.EXPIRED: "Na tuto objednávku už prosím nic neposílejte. "
        "Pokud jste již platili, platba se zde přesto objeví.",
        PageStatus.UNDERPAID: "Přišlo {received} z {asked}, chybělo {due}. "
        "Už prosím nic dalšího neposílejte.",
        PageStatus.LATE: "Peníze přišly až po uplynutí času na platbu. "
        "Už prosím nic dalšího neposílejte.",
        PageStatus.REFUNDED: "{refunded} jsme vám poslali zpět nebo je to na cestě.",
        PageStatus.REPLACED: "Síť už nezná transakci, kterou jsme viděli. Než zaplatíte znovu, "
        "podívejte se do peněženky: náhradní transakce se zde objeví sama.",
        PageStatus.REORGED: "Síť {network} vzala zpět své poslední bloky. Než cokoli pošlete, "
        "podívejte se do peněženky: odeslaná platba se obvykle vrátí.",
    },
    waiting_any="Pošlete libovolnou částku. Stránka se obnovuje sama.",
    advice={
        Advice.NONE: "",
        Advice.COMES_BACK: "Obchod má nastaveno tyto peníze vracet. "
        "Pokud k vám nedorazí, obraťte se na {shop}.",
        Advice.STILL_COUNTS: "Až ji síť potvrdí, bude přesto uznána.",
        Advice.ASK_SHOP: "Co s ní bude dál, vám řekne {shop}; uveďte číslo objednávky níže.",
    },
    notices={
        Notice.OVER: "Přišlo o {surplus} více, než bylo požadováno.",
        Notice.LATE: "Část peněz přišla až po uplynutí času na platbu.",
        Notice.REPLACED: "Jedna transakce byla nahrazena jinou.",
        Notice.REORGED: "Síť vzala zpět bloky a potvrzovala platby znovu.",
        Notice.PARTLY_REFUNDED: "{refunded} jsme vám poslali zpět nebo je to na cestě.",
        Notice.OTHER_ASSET: "Na tuto adresu přišla jiná měna. Nezapočítává se; "
        "obraťte se prosím na {shop}.",
    },
    figures={
        FigureKind.ASKED: "Částka k zaplacení",
        FigureKind.WAS_ASKED: "Požadovaná částka",
        FigureKind.MISSING: "Ještě chybí",
        FigureKind.RECEIVED: "Přijato",
        FigureKind.REFUNDED: "Vráceno",
    },
    any_amount="Libovolná částka",
    about="přibližně {fiat}",
    on_network="síť {network}",
    time_left="Zbývá",
    pay_by="Zaplaťte do {time}",
    pay_title="Odešlete platbu",
    address="Adresa pro {asset}, síť {network}",
    copy_address="Kopírovat adresu",
    copy_amount="Kopírovat částku",
    copied="Zkopírováno",
    copy_by_hand="Označeno: zkopírujte klávesnicí",
    qr="QR kód platby",
    scan="Naskenujte peněženkou, nebo zkopírujte adresu.",
    open_wallet="Otevřít v peněžence",
    only_this="Posílejte jen {asset} v síti {network}. Cokoli jiného se může ztratit.",
    choose_legend="Měna a síť",
    choose_none="Právě teď nelze platit žádnou měnou. Zkuste to prosím později.",
    progress="Průběh",
    rows={
        RowKind.OPENED: "Objednávka vytvořena",
        RowKind.SEEN: "Viděno, čeká na blok",
        RowKind.CONFIRMING: "Potvrzuje se",
        RowKind.CONFIRMED: "Potvrzeno",
        RowKind.DROPPED: "Již není v síti",
        RowKind.OTHER_ASSET: "Jiná měna, nezapočítává se",
        RowKind.TIME_OVER: "Čas na platbu vypršel",
        RowKind.COMPLETED: "Objednávka zaplacena",
    },
    confirmations="{x} z {y} potvrzení",
    transaction="Transakce",
    earlier_hidden="Starší transakce, které zde nejsou: {count}",
    order="O této objednávce",
    order_number="Číslo objednávky",
    contact="Máte otázky? Obraťte se na",
    back="Zpět na {host}",
    try_again="Teď se to nepodařilo. Zkuste to prosím za chvíli znovu.",
    not_found=Trouble(
        "Taková platba neexistuje",
        "Zkontrolujte odkaz, který jste dostali, nebo si u obchodu vyžádejte nový.",
    ),
    refused=Trouble(
        "To zde není možné",
        "Otevřete platební stránku z odkazu, který jste dostali, a zkuste to znovu.",
    ),
    test=SandboxTexts(
        strip="Testovací režim",
        warning="Neposílejte skutečné peníze.",
        title="Simulovat platbu",
        intro="Hraje plátce i síť. Tento panel má jen testovací prostředí.",
        exact="Přesná částka",
        less="Příliš málo",
        more="Příliš mnoho",
        replace="Nahradit poslední",
        mine="Vytěžit 1 blok",
        mine_many="Vytěžit bloky: {count}",
    ),
)
