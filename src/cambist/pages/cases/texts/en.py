"""Decide how an order's page speaks English."""

from cambist.domain.compliance.cases import CaseKind
from cambist.domain.payments.rails import Method
from cambist.pages.cases.shown import PageStatus, Side, StepKind, StepState
from cambist.pages.cases.texts.words import Texts
from cambist.pages.look.words import Trouble

EN = Texts(
    order="Order",
    sides={Side.BUY: "You buy {asset}", Side.SELL: "You sell {asset}"},
    headlines={
        PageStatus.CHECKS: "We need something from you",
        PageStatus.REVIEW: "Being checked",
        PageStatus.CHANGE: "The terms have changed",
        PageStatus.WHERE_BACK: "Where should your money go back to?",
        PageStatus.WAITING: "Waiting for your payment",
        PageStatus.PRICE_OVER: "The price is no longer fixed",
        PageStatus.SEEN: "Payment seen, being confirmed",
        PageStatus.EXCHANGING: "Paid, being exchanged",
        PageStatus.SENDING: "Being sent to you",
        PageStatus.SENT: "On its way to you",
        PageStatus.COMPLETED: "Done",
        PageStatus.RETURNING: "Your money is going back",
        PageStatus.RETURNED: "Your money went back",
        PageStatus.CANCELLED: "Cancelled",
        PageStatus.EXPIRED: "The time to pay is over",
        PageStatus.REJECTED: "We cannot carry out this order",
    },
    explained={
        PageStatus.CHECKS: "The order goes on as soon as you have answered. "
        "Please do not pay before that.",
        PageStatus.REVIEW: "We are looking at your order. There is nothing to do for you now; "
        "we write to you when we are done.",
        PageStatus.CHANGE: "What arrived is not what was agreed, or it arrived late. Look at the "
        "new terms and decide. Until then nothing happens with your money.",
        PageStatus.WHERE_BACK: "The order does not go ahead. Tell us the address that is to "
        "get back what you sent.",
        PageStatus.WAITING: "Transfer exactly {pays}, and you get {gets}. "
        "The page updates by itself.",
        PageStatus.PRICE_OVER: "You can still transfer {pays}. When it arrives, we show you "
        "the price of that moment, and you accept it or get your money back.",
        PageStatus.SEEN: "Your transfer is known to us. There is nothing more to do.",
        PageStatus.EXCHANGING: "Your payment is here. There is nothing more to do.",
        PageStatus.SENDING: "{gets} will be sent to your address in a moment.",
        PageStatus.SENT: "{gets} was sent to your address. The {network} network is confirming it.",
        PageStatus.COMPLETED: "{gets} was sent to your address. Thank you.",
        PageStatus.RETURNING: "The order does not go ahead. "
        "What you paid is on its way back to the account it came from.",
        PageStatus.RETURNED: "The order did not go ahead. "
        "What you paid was sent back to the account it came from.",
        PageStatus.CANCELLED: "Please do not pay for this order any more.",
        PageStatus.EXPIRED: "Please do not pay for this order any more. "
        "If you have paid already, it will still be noticed here.",
        PageStatus.REJECTED: "Please do not pay for this order. "
        "If you have questions, answer our last e-mail.",
    },
    explained_selling={
        PageStatus.WAITING: "Send exactly {pays}, and you get {gets}. The page updates by itself.",
        PageStatus.PRICE_OVER: "You can still send {pays}. When it arrives, we show you "
        "the price of that moment, and you accept it or get your coins back.",
        PageStatus.SEEN: "There is nothing more to do. The {network} network is confirming "
        "your payment; you may close this page.",
        PageStatus.SENDING: "The transfer of {gets} to your bank account is being prepared.",
        PageStatus.SENT: "The transfer of {gets} to your bank account is on its way.",
        PageStatus.COMPLETED: "{gets} was transferred to your bank account. Thank you.",
        PageStatus.RETURNING: "The order does not go ahead. "
        "What you sent is on its way to the address you named.",
        PageStatus.RETURNED: "The order did not go ahead. "
        "What you sent went back to the address you named.",
    },
    you_pay="You pay",
    you_get="You get",
    rate="Price",
    price="{price} for 1 {coin}",
    price_left="The price holds for",
    price_until="Fixed until {time}",
    pay_by="The order waits for your payment until {time}",
    pay_title="How to pay",
    to_account="To account",
    holder="Account holder",
    references={
        Method.CZ_BANK: "Variable symbol",
        Method.SEPA: "Reference",
        Method.SE_BANK: "Reference (OCR)",
        Method.BALANCE: "Reference",
    },
    amount="Amount",
    find_by="Do not leave the reference out: it is how we find your payment. "
    "Pay from an account in your own name.",
    qr_bank="QR code of the bank transfer",
    scan_bank="Scan with your bank's application, or copy the details.",
    address="{asset} address, {network} network",
    only_this="Send only {asset} on the {network} network. Anything else may be lost.",
    qr_coins="QR code of the payment",
    scan_coins="Scan with your wallet, or copy the address.",
    open_wallet="Open in wallet",
    copy="Copy",
    copied="Copied",
    copy_by_hand="Marked: copy it with your keyboard",
    progress="Progress",
    steps={
        StepKind.CREATED: "Ordered",
        StepKind.CHECKS: "Checks",
        StepKind.PAYMENT: "Payment",
        StepKind.EXCHANGE: "Exchange",
        StepKind.SENT: "Sent",
        StepKind.DONE: "Done",
    },
    step_states={
        StepState.DONE: "done",
        StepState.NOW: "in progress",
        StepState.AHEAD: "to come",
        StepState.STOPPED: "ended here",
    },
    transactions="Transactions",
    incoming="Received",
    outgoing="Sent to you",
    confirmations="{x} of {y} confirmations",
    earlier_hidden="Earlier transactions not shown: {count}",
    cases={
        CaseKind.IDENTITY: "Proof of identity",
        CaseKind.AML: "Questions about the money",
        CaseKind.PHONE: "Confirmation of your phone",
        CaseKind.DEPOSIT: "Payment from your balance",
        CaseKind.CHANGE: "Changed terms",
        CaseKind.RETURN: "Address for the return",
        CaseKind.EDD: "A closer look by us",
    },
    waits_for="The order waits for: {case}",
    link_intro="The form opens with the link in our e-mail, so that nobody else can answer "
    "for you. The link works once; you can have a new one sent.",
    link_elsewhere="The form opens with a link, so that nobody else can answer for you. "
    "You get it where you ordered. It works once.",
    send_link="Send me a link",
    go_on="I have opened my link: continue",
    created="Ordered on {time}",
    back="Back to the order",
    opening=Trouble(
        "Open your order",
        "You are about to open the page of your order. The link works once, "
        "then for an hour in this browser.",
    ),
    open="Continue",
    linked=Trouble(
        "Look into your mailbox",
        "If the order can still be answered, an e-mail with a new link is on its way to the "
        "address it was made with. If none comes, try again in an hour.",
    ),
    locked=Trouble(
        "Open this page with your link",
        "The form is only for whoever has the link from our e-mail, and for one hour. "
        "You can have a new link sent to the address of the order.",
    ),
    gone=Trouble(
        "This link works no more",
        "It was opened before, or it is too old. "
        "You can have a new one sent to the address of the order.",
    ),
    too_often=Trouble(
        "Too many attempts",
        "Please wait a minute and try again.",
    ),
    too_large=Trouble(
        "That was too large",
        "Files may have up to 10 MB. Go back and choose a smaller one.",
    ),
    not_found=Trouble(
        "There is no such order",
        "Check the link you were given; it may be incomplete.",
    ),
    refused=Trouble(
        "That is not possible here",
        "Open the page of your order again and repeat what you did there.",
    ),
    test_strip="Test mode",
    test_warning="Do not send real money.",
)
