"""Decide how an order's page speaks Romanian."""

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import PageStatus, Side, StepKind, StepState
from cambist.pages.cases.texts.words import Texts
from cambist.pages.look.words import Trouble

RO = Texts(
    order="Comanda",
    sides={Side.BUY: "Cumpărați {asset}", Side.SELL: "Vindeți {asset}"},
    headlines={
        PageStatus.CHECKS: "Avem nevoie de ceva de la dumneavoastră",
        PageStatus.REVIEW: "În curs de verificare",
        PageStatus.CHANGE: "Condițiile s-au schimbat",
        PageStatus.WHERE_BACK: "Unde să trimitem banii înapoi?",
        PageStatus.WAITING: "Așteptăm plata",
        PageStatus.PRICE_OVER: "Prețul nu mai este garantat",
        PageStatus.SEEN: "Plată văzută, în curs de confirmare",
        PageStatus.EXCHANGING: "Plătit, se face schimbul",
        PageStatus.SENDING: "Vi se trimite",
        PageStatus.SENT: "Pe drum spre dumneavoastră",
        PageStatus.COMPLETED: "Gata",
        PageStatus.RETURNING: "Banii se întorc",
        PageStatus.RETURNED: "Banii au fost returnați",
        PageStatus.CANCELLED: "Anulată",
        PageStatus.EXPIRED: "Timpul de plată a expirat",
        PageStatus.REJECTED: "Nu putem executa această comandă",
    },
    explained={
        PageStatus.CHECKS: "Comanda continuă imediat ce ați răspuns. "
        "Vă rugăm să nu plătiți înainte.",
        PageStatus.REVIEW: "Ne uităm la comanda dumneavoastră. Nu aveți nimic de făcut acum; "
        "vă scriem când terminăm.",
        PageStatus.CHANGE: "A sosit altceva decât s-a convenit sau a sosit târziu. "
        "Priviți noile condiții și decideți. Până atunci nu se întâmplă nimic cu banii.",
        PageStatus.WHERE_BACK: "Comanda nu are loc. Spuneți-ne adresa la care să trimitem "
        "înapoi ce ați trimis.",
        PageStatus.WAITING: "Transferați exact {pays} și primiți {gets}. "
        "Pagina se actualizează singură.",
        PageStatus.PRICE_OVER: "Puteți transfera în continuare {pays}. Când sosesc banii, vă "
        "arătăm prețul din acel moment; îl acceptați sau primiți banii înapoi.",
        PageStatus.SEEN: "Știm de transferul dumneavoastră. Nu mai aveți nimic de făcut.",
        PageStatus.EXCHANGING: "Plata a sosit. Nu mai aveți nimic de făcut.",
        PageStatus.SENDING: "Trimitem imediat {gets} la adresa dumneavoastră.",
        PageStatus.SENT: "Am trimis {gets} la adresa dumneavoastră. Rețeaua {network} confirmă.",
        PageStatus.COMPLETED: "Am trimis {gets} la adresa dumneavoastră. Vă mulțumim.",
        PageStatus.RETURNING: "Comanda nu are loc. "
        "Ce ați plătit se întoarce în contul din care a venit.",
        PageStatus.RETURNED: "Comanda nu a avut loc. "
        "Ce ați plătit s-a întors în contul din care a venit.",
        PageStatus.CANCELLED: "Vă rugăm să nu mai plătiți pentru această comandă.",
        PageStatus.EXPIRED: "Vă rugăm să nu mai plătiți pentru această comandă. "
        "Dacă ați plătit deja, plata va fi totuși observată aici.",
        PageStatus.REJECTED: "Vă rugăm să nu plătiți pentru această comandă. "
        "Pentru întrebări, răspundeți la ultimul nostru e-mail.",
    },
    explained_selling={
        PageStatus.WAITING: "Trimiteți exact {pays} și primiți {gets}. "
        "Pagina se actualizează singură.",
        PageStatus.PRICE_OVER: "Puteți trimite în continuare {pays}. Când sosește plata, vă "
        "arătăm prețul din acel moment; îl acceptați sau primiți monedele înapoi.",
        PageStatus.SEEN: "Nu mai aveți nimic de făcut. Rețeaua {network} confirmă plata; "
        "puteți închide pagina.",
        PageStatus.SENDING: "Se pregătește transferul de {gets} în contul dumneavoastră bancar.",
        PageStatus.SENT: "Transferul de {gets} în contul dumneavoastră bancar este pe drum.",
        PageStatus.COMPLETED: "Am transferat {gets} în contul dumneavoastră bancar. Vă mulțumim.",
        PageStatus.RETURNING: "Comanda nu are loc. "
        "Ce ați trimis este pe drum spre adresa indicată.",
        PageStatus.RETURNED: "Comanda nu a avut loc. Ce ați trimis s-a întors la adresa indicată.",
    },
    you_pay="Plătiți",
    you_get="Primiți",
    rate="Preț",
    price="{price} pentru 1 {coin}",
    price_left="Prețul mai este valabil",
    price_until="Garantat până la {time}",
    pay_by="Comanda așteaptă plata până la {time}",
    pay_title="Cum plătiți",
    to_account="În contul",
    holder="Titularul contului",
    references={
        Method.CZ_BANK: "Simbol variabil",
        Method.SEPA: "Referința plății",
        Method.SE_BANK: "Număr OCR",
        Method.BALANCE: "Referința plății",
    },
    amount="Suma",
    find_by="Nu omiteți referința: după ea găsim plata. "
    "Plătiți dintr-un cont pe numele dumneavoastră.",
    qr_bank="Codul QR al transferului bancar",
    scan_bank="Scanați cu aplicația băncii sau copiați datele.",
    address="Adresă {asset}, rețeaua {network}",
    only_this="Trimiteți numai {asset} în rețeaua {network}. Orice altceva se poate pierde.",
    qr_coins="Codul QR al plății",
    scan_coins="Scanați cu portofelul sau copiați adresa.",
    open_wallet="Deschideți în portofel",
    copy="Copiați",
    copied="Copiat",
    copy_by_hand="Marcat: copiați de la tastatură",
    progress="Desfășurare",
    steps={
        StepKind.CREATED: "Comandat",
        StepKind.CHECKS: "Verificări",
        StepKind.PAYMENT: "Plată",
        StepKind.EXCHANGE: "Schimb",
        StepKind.SENT: "Trimis",
        StepKind.DONE: "Gata",
    },
    step_states={
        StepState.DONE: "încheiat",
        StepState.NOW: "în curs",
        StepState.AHEAD: "urmează",
        StepState.STOPPED: "s-a oprit aici",
    },
    transactions="Tranzacții",
    incoming="Primit",
    outgoing="Trimis dumneavoastră",
    confirmations="{x} din {y} confirmări",
    earlier_hidden="Tranzacții mai vechi neafișate: {count}",
    cases={
        CaseKind.IDENTITY: "dovada identității",
        CaseKind.AML: "întrebări despre bani",
        CaseKind.PHONE: "confirmarea telefonului",
        CaseKind.DEPOSIT: "plata din sold",
        CaseKind.CHANGE: "condiții schimbate",
        CaseKind.RETURN: "adresa pentru returnare",
        CaseKind.EDD: "o verificare mai atentă din partea noastră",
    },
    waits_for="Comanda așteaptă: {case}",
    link_intro="Formularul se deschide cu linkul din e-mailul nostru, ca nimeni altcineva să nu "
    "poată răspunde în locul dumneavoastră. Linkul funcționează o dată; puteți cere altul.",
    link_elsewhere="Formularul se deschide cu un link, ca nimeni altcineva să nu poată răspunde "
    "în locul dumneavoastră. Îl primiți acolo unde ați comandat. Funcționează o dată.",
    send_link="Trimiteți-mi un link",
    go_on="Am deschis linkul: continuați",
    created="Comandat la {time}",
    back="Înapoi la comandă",
    opening=Trouble(
        "Deschideți comanda",
        "Urmează să deschideți pagina comenzii. Linkul funcționează o dată, "
        "apoi o oră în acest browser.",
    ),
    open="Continuați",
    linked=Trouble(
        "Verificați căsuța de e-mail",
        "Dacă se mai poate răspunde la comandă, un e-mail cu un link nou este pe drum spre "
        "adresa cu care a fost făcută. Dacă nu vine niciunul, încercați din nou peste o oră.",
    ),
    locked=Trouble(
        "Deschideți această pagină cu linkul dumneavoastră",
        "Formularul este numai pentru cine are linkul din e-mailul nostru și numai pentru o oră. "
        "Puteți cere un link nou la adresa comenzii.",
    ),
    gone=Trouble(
        "Acest link nu mai funcționează",
        "A fost deja deschis sau este prea vechi. Puteți cere unul nou la adresa comenzii.",
    ),
    too_often=Trouble("Prea multe încercări", "Așteptați un minut și încercați din nou."),
    too_large=Trouble(
        "A fost prea mare",
        "Fișierele pot avea cel mult 10 MB. Mergeți înapoi și alegeți unul mai mic.",
    ),
    not_found=Trouble(
        "Nu există o astfel de comandă",
        "Verificați linkul primit; poate nu este întreg.",
    ),
    refused=Trouble(
        "Acest lucru nu este posibil aici",
        "Deschideți din nou pagina comenzii și repetați ce ați făcut acolo.",
    ),
    test_strip="Mod de test",
    test_warning="Nu trimiteți bani adevărați.",
)
