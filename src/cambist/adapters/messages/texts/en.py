"""Decide how messages are written in English."""

from cambist.adapters.messages.texts.words import MailText, Texts
from cambist.domain.messaging.templates import Fact, Reason, Template

EN = Texts(
    language="English",
    greeting="Hello {first_name},",
    greeting_nameless="Hello,",
    labels={
        Fact.ORDER: "Order number",
        Fact.PAYS: "You pay",
        Fact.GETS: "You get",
        Fact.AMOUNT: "Amount",
        Fact.VALID_UNTIL: "Price valid until",
    },
    mails={
        Template.ORDER_CREATED: MailText(
            "Order {order}: we have it",
            (
                "Thank you for your order. How to pay, and where it stands at any time, is on "
                "its page.",
            ),
            "Open the order",
        ),
        Template.CASE_IDENTITY: MailText(
            "Order {order}: please show who you are",
            (
                "Before we can go on with your order, the law asks us to know who you are. "
                "Please have your identity document ready.",
                "Your order waits until then.",
            ),
            "Verify identity",
        ),
        Template.CASE_AML: MailText(
            "Order {order}: a few questions about the money",
            (
                "For an order of this size the law asks us where the money comes from and what "
                "it is for. It takes about two minutes.",
                "Your order waits until then.",
            ),
            "Answer the questions",
        ),
        Template.CASE_PHONE: MailText(
            "Order {order}: please confirm your phone",
            (
                "Please confirm your phone number with a code that we send you by text message.",
                "Your order waits until then.",
            ),
            "Confirm phone",
        ),
        Template.CASE_DEPOSIT: MailText(
            "Order {order}: please confirm paying from your balance",
            (
                "You want to pay from the balance kept with us. Please confirm that with a code "
                "that we send you by text message.",
                "Your order waits until then.",
            ),
            "Confirm payment",
        ),
        Template.CASE_CHANGE: MailText(
            "Order {order}: the terms have changed",
            (
                "What arrived differs from what was agreed, or it came after the price had run "
                "out. The page shows the old and the new terms side by side.",
                "Nothing is exchanged until you accept or decline.",
            ),
            "Look at the new terms",
        ),
        Template.CASE_RETURN: MailText(
            "Order {order}: where shall we send it back?",
            (
                "We do not exchange this part of what came for your order. Please tell us where "
                "to send it back.",
            ),
            "Say where to",
        ),
        Template.CASE_REJECTED: MailText(
            "Order {order}: please try again",
            ("We could not accept your answer:",),
            "Try again",
        ),
        Template.PAYMENT_RECEIVED: MailText(
            "Order {order}: your payment is here",
            ("Your payment has arrived. There is nothing you need to do.",),
            "Open the order",
        ),
        Template.CRYPTO_SENT: MailText(
            "Order {order}: sent to your address",
            (
                "What you bought is on its way to your address. The network needs a little time "
                "to confirm it.",
            ),
            "Open the order",
        ),
        Template.PAYOUT_SENT: MailText(
            "Order {order}: the payout is on its way",
            ("We have sent your money. Your bank credits it when the transfer reaches it.",),
            "Open the order",
        ),
        Template.ORDER_COMPLETED: MailText(
            "Order {order}: completed",
            ("Your order is completed. Thank you.",),
            "Open the order",
        ),
        Template.ORDER_CANCELLED: MailText(
            "Order {order}: cancelled",
            ("Your order was cancelled. Please do not send money to it any more.",),
            "Open the order",
        ),
        Template.ORDER_EXPIRED: MailText(
            "Order {order}: the time to pay is over",
            (
                "No payment arrived in time, so the order has ended. Please do not send money "
                "to it any more.",
                "If you have paid already, it will still be noticed; the page tells what happens "
                "with it.",
            ),
            "Open the order",
        ),
        Template.ORDER_RETURNED: MailText(
            "Order {order}: sent back to you",
            ("Your order was not carried out, and what you paid has been sent back.",),
            "Open the order",
        ),
        Template.PAGE_LINK: MailText(
            "Order {order}: your new link",
            ("Here is the new link to the page of your order that you asked for.",),
            "Open the page",
        ),
    },
    reasons={
        Reason.DOCUMENT_UNREADABLE: "The picture of the document cannot be read.",
        Reason.DOCUMENT_EXPIRED: "The document is no longer valid.",
        Reason.DOCUMENT_INCOMPLETE: "A side of the document is missing.",
        Reason.DATA_MISMATCH: "What you wrote differs from the document.",
        Reason.NAME_MISMATCH: "The name differs from the one the payment came from.",
        Reason.DETAILS_MISSING: "An answer is missing or too short.",
        Reason.CODE_WRONG: "The code was wrong too often.",
        Reason.OTHER: "The page says what is missing.",
    },
    link_note="The link opens once and is for you alone. Should it no longer work, its page "
    "sends you a new one.",
    footer=(
        "You get this mail from {brand} because an order was made with your address. If it was "
        "not you, you need not do anything.",
        "We never ask for passwords or codes by mail or phone.",
    ),
    sms={
        Template.PHONE_CODE: "{code} is your {brand} code to confirm your phone. "
        "Valid for 10 minutes. Never tell it to anyone.",
        Template.DEPOSIT_CODE: "{code} is your {brand} code to pay from your balance. "
        "Valid for 10 minutes. Never tell it to anyone.",
    },
)
