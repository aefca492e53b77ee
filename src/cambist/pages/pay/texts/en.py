"""Decide how the pay page speaks English."""

from cambist.pages.look.words import Trouble
from cambist.pages.pay.shown import Advice, FigureKind, Notice, PageStatus, RowKind
from cambist.pages.pay.texts.words import SandboxTexts, Texts

EN = Texts(
    payment_to="Payment to",
    headlines={
        PageStatus.CHOOSE: "Choose how to pay",
        PageStatus.WAITING: "Waiting for your payment",
        PageStatus.PARTLY_PAID: "Part of the payment is missing",
        PageStatus.CONFIRMING: "Payment seen, being confirmed",
        PageStatus.PAID: "Paid",
        PageStatus.OVERPAID: "Paid, more than asked for",
        PageStatus.EXPIRED: "The time to pay is over",
        PageStatus.UNDERPAID: "Not paid in full in time",
        PageStatus.LATE: "Your payment came too late",
        PageStatus.REFUNDED: "Refunded",
        PageStatus.REPLACED: "Your transaction is gone",
        PageStatus.REORGED: "Your payment is being checked again",
    },
    explained={
        PageStatus.CHOOSE: "You then get an address that belongs to this order alone.",
        PageStatus.WAITING: "Send exactly this amount. The page updates by itself.",
        PageStatus.PARTLY_PAID: "{received} of {asked} arrived. "
        "Please send the missing {due} to the same address.",
        PageStatus.CONFIRMING: "There is nothing more to do. The {network} network is confirming "
        "your payment; you may close this page.",
        PageStatus.PAID: "Your payment has arrived and is confirmed. Thank you.",
        PageStatus.OVERPAID: "{received} arrived, {surplus} more than the {asked} asked for.",
        PageStatus.EXPIRED: "Please do not send money to this order any more. "
        "If you have sent it already, it will still be noticed here.",
        PageStatus.UNDERPAID: "{received} of {asked} arrived, {due} was missing. "
        "Please do not send any more.",
        PageStatus.LATE: "The time to pay was over when money arrived. "
        "Please do not send any more.",
        PageStatus.REFUNDED: "{refunded} has been sent back to you or is on its way.",
        PageStatus.REPLACED: "The network no longer knows the transaction we saw. Look into your "
        "wallet before you pay again: a replacement will appear here by itself.",
        PageStatus.REORGED: "The {network} network has taken back its latest blocks. Look into "
        "your wallet before you send anything: a payment that was sent usually comes back.",
    },
    waiting_any="Send any amount. The page updates by itself.",
    advice={
        Advice.NONE: "",
        Advice.COMES_BACK: "The shop is set to send this money back. "
        "If it does not reach you, ask {shop}.",
        Advice.STILL_COUNTS: "It will count all the same once the network has confirmed it.",
        Advice.ASK_SHOP: "Please ask {shop} what happens with it and give the order number below.",
    },
    notices={
        Notice.OVER: "{surplus} more than asked for was sent.",
        Notice.LATE: "Some of the money came after the time to pay.",
        Notice.REPLACED: "A transaction was replaced by another one.",
        Notice.REORGED: "The network took back blocks and confirmed payments anew.",
        Notice.PARTLY_REFUNDED: "{refunded} has been sent back to you or is on its way.",
        Notice.OTHER_ASSET: "Another asset arrived at this address. It does not count; "
        "please ask {shop}.",
    },
    figures={
        FigureKind.ASKED: "Amount to pay",
        FigureKind.WAS_ASKED: "Amount asked for",
        FigureKind.MISSING: "Still missing",
        FigureKind.RECEIVED: "Received",
        FigureKind.REFUNDED: "Refunded",
    },
    any_amount="Any amount",
    about="about {fiat}",
    on_network="{network} network",
    time_left="Time left",
    pay_by="Pay by {time}",
    pay_title="Send the payment",
    address="{asset} address, {network} network",
    copy_address="Copy address",
    copy_amount="Copy amount",
    copied="Copied",
    copy_by_hand="Marked: copy it with your keyboard",
    qr="QR code of the payment",
    scan="Scan with your wallet, or copy the address.",
    open_wallet="Open in wallet",
    only_this="Send only {asset} on the {network} network. Anything else may be lost.",
    choose_legend="Asset and network",
    choose_none="No asset can be paid with at the moment. Please try again later.",
    progress="Progress",
    rows={
        RowKind.OPENED: "Order opened",
        RowKind.SEEN: "Seen, waiting for a block",
        RowKind.CONFIRMING: "Being confirmed",
        RowKind.CONFIRMED: "Confirmed",
        RowKind.DROPPED: "No longer in the network",
        RowKind.OTHER_ASSET: "Another asset, does not count",
        RowKind.TIME_OVER: "Time to pay ended",
        RowKind.COMPLETED: "Order paid",
    },
    confirmations="{x} of {y} confirmations",
    transaction="Transaction",
    earlier_hidden="Earlier transactions not shown: {count}",
    order="About this order",
    order_number="Order number",
    contact="Questions? Ask",
    back="Back to {host}",
    try_again="That did not work just now. Please try again in a moment.",
    not_found=Trouble(
        "There is no such payment",
        "Check the link you were given, or ask the shop for a new one.",
    ),
    refused=Trouble(
        "That is not possible here",
        "Open the payment page from the link you were given and try again.",
    ),
    test=SandboxTexts(
        strip="Test mode",
        warning="Do not send real money.",
        title="Simulate payment",
        intro="Plays the payer and the network. Only a sandbox has this panel.",
        exact="Exact amount",
        less="Too little",
        more="Too much",
        replace="Replace the last",
        mine="Mine 1 block",
        mine_many="Mine {count} blocks",
    ),
)
