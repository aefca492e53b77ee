"""Decide how the pay page speaks Romanian."""

from cambist.pages.look.words import Trouble
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.texts.words import SandboxTexts, Texts

RO = Texts(
    payment_to="Plată către",
    headlines={
        PageStatus.CHOOSE: "Alegeți cum plătiți",
        PageStatus.WAITING: "Așteptăm plata dumneavoastră",
        PageStatus.PARTLY_PAID: "O parte din plată lipsește",
        PageStatus.CONFIRMING: "Plata a fost văzută, se confirmă",
        PageStatus.PAID: "Plătit",
        PageStatus.OVERPAID: "Plătit, mai mult decât s-a cerut",
        PageStatus.EXPIRED: "Timpul de plată a expirat",
        PageStatus.UNDERPAID: "Neplătit integral la timp",
        PageStatus.LATE: "Plata dumneavoastră a venit prea târziu",
        PageStatus.REFUNDED: "Rambursat",
        PageStatus.REPLACED: "Tranzacția dumneavoastră a dispărut",
        PageStatus.REORGED: "Plata dumneavoastră se verifică din nou",
    },
    explained={
        PageStatus.CHOOSE: "Veți primi apoi o adresă care aparține doar acestei comenzi.",
        PageStatus.WAITING: "Trimiteți exact această sumă. Pagina se actualizează singură.",
        PageStatus.PARTLY_PAID: "Au sosit {received} din {asked}. "
        "Vă rugăm să trimiteți diferența de {due} la aceeași adresă.",
        PageStatus.CONFIRMING: "Nu mai aveți nimic de făcut. Rețeaua {network} confirmă plata; "
        "puteți închide pagina.",
        PageStatus.PAID: "Plata dumneavoastră a sosit și este confirmată. Vă mulțumim.",
        PageStatus.OVERPAID: "Au sosit {received}, cu {surplus} mai mult decât {asked}, suma "
        "cerută.",
        PageStatus.EXPIRED: "Vă rugăm să nu mai trimiteți bani pentru această comandă. "
        "Dacă ați trimis deja, plata va apărea totuși aici.",
        PageStatus.UNDERPAID: "Au sosit {received} din {asked}, lipseau {due}. "
        "Vă rugăm să nu mai trimiteți nimic.",
        PageStatus.LATE: "Timpul de plată expirase când au sosit banii. "
        "Vă rugăm să nu mai trimiteți nimic.",
        PageStatus.REFUNDED: "{refunded} v-au fost trimiși înapoi sau sunt pe drum.",
        PageStatus.REPLACED: "Rețeaua nu mai cunoaște tranzacția pe care am văzut-o. Verificați "
        "portofelul înainte de a plăti din nou: o înlocuire va apărea aici de la sine.",
        PageStatus.REORGED: "Rețeaua {network} și-a retras ultimele blocuri. Verificați portofelul "
        "înainte de a trimite ceva: o plată trimisă revine de obicei.",
    },
    waiting_any="Trimiteți orice sumă. Pagina se actualizează singură.",
    advice={
        Advice.NONE: "",
        Advice.COMES_BACK: "Magazinul este setat să returneze acești bani. "
        "Dacă nu ajung la dumneavoastră, întrebați {shop}.",
        Advice.STILL_COUNTS: "Va fi totuși luată în calcul după ce rețeaua o confirmă.",
        Advice.ASK_SHOP: "Întrebați {shop} ce se întâmplă cu ea și menționați numărul comenzii "
        "de mai jos.",
    },
    notices={
        Notice.OVER: "S-au trimis {surplus} mai mult decât s-a cerut.",
        Notice.LATE: "O parte din bani a sosit după expirarea timpului de plată.",
        Notice.REPLACED: "O tranzacție a fost înlocuită cu alta.",
        Notice.REORGED: "Rețeaua a retras blocuri și a confirmat din nou plățile.",
        Notice.PARTLY_REFUNDED: "{refunded} v-au fost trimiși înapoi sau sunt pe drum.",
        Notice.OTHER_ASSET: "La această adresă a sosit o altă monedă. Nu se ia în calcul; "
        "întrebați {shop}.",
    },
    figures={
        FigureKind.ASKED: "De plătit",
        FigureKind.WAS_ASKED: "Suma cerută",
        FigureKind.MISSING: "Mai lipsește",
        FigureKind.RECEIVED: "Primit",
        FigureKind.REFUNDED: "Rambursat",
    },
    any_amount="Orice sumă",
    about="aproximativ {fiat}",
    on_network="rețeaua {network}",
    time_left="Timp rămas",
    pay_by="Plătiți până la {time}",
    pay_title="Trimiteți plata",
    address="Adresă {asset}, rețeaua {network}",
    copy_address="Copiați adresa",
    copy_amount="Copiați suma",
    copied="Copiat",
    copy_by_hand="Selectat: copiați cu tastatura",
    qr="Codul QR al plății",
    scan="Scanați cu portofelul sau copiați adresa.",
    open_wallet="Deschideți în portofel",
    only_this="Trimiteți doar {asset} în rețeaua {network}. Orice altceva se poate pierde.",
    choose_legend="Monedă și rețea",
    choose_none="Momentan nu se poate plăti cu nicio monedă. Încercați mai târziu.",
    progress="Evoluție",
    rows={
        RowKind.OPENED: "Comandă creată",
        RowKind.SEEN: "Văzută, așteaptă un bloc",
        RowKind.CONFIRMING: "Se confirmă",
        RowKind.CONFIRMED: "Confirmată",
        RowKind.DROPPED: "Nu mai este în rețea",
        RowKind.OTHER_ASSET: "Altă monedă, nu se ia în calcul",
        RowKind.TIME_OVER: "Timpul de plată a expirat",
        RowKind.COMPLETED: "Comandă plătită",
    },
    confirmations="{x} din {y} confirmări",
    transaction="Tranzacție",
    earlier_hidden="Tranzacții anterioare care nu sunt afișate: {count}",
    order="Despre această comandă",
    order_number="Numărul comenzii",
    contact="Întrebări? Contactați",
    back="Înapoi la {host}",
    try_again="Nu a funcționat acum. Încercați din nou peste puțin timp.",
    not_found=Trouble(
        "Această plată nu există",
        "Verificați linkul primit sau cereți magazinului unul nou.",
    ),
    refused=Trouble(
        "Acest lucru nu este posibil aici",
        "Deschideți pagina de plată din linkul primit și încercați din nou.",
    ),
    test=SandboxTexts(
        strip="Mod de test",
        warning="Nu trimiteți bani reali.",
        title="Simulați plata",
        intro="Joacă rolul plătitorului și al rețelei. Doar mediul de test are acest panou.",
        exact="Suma exactă",
        less="Prea puțin",
        more="Prea mult",
        replace="Înlocuiți ultima",
        mine="Minați 1 bloc",
        mine_many="Minați blocuri: {count}",
    ),
)
