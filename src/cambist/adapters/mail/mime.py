"""Decide how a mail is written on the wire: text and HTML side by side, headers that hold."""

from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cambist.ports.messages import MessageRefusedError, OutgoingMail

SENDER_NAME_LENGTH_MAX = 80
SUBJECT_LENGTH_MAX = 200

_TRANSFER = "quoted-printable"


def mime_of(mail: OutgoingMail, sender: str, now: datetime) -> EmailMessage:
    """Write a mail from an address of ours.

    The Message-ID is made of the mail's id, so that receivers know a copy for one; it and the
    boundary between the parts are all that tells two mails of the same words apart.

    Raises:
        MessageRefusedError: a recipient, name or subject that cannot stand in a header.
    """
    message = EmailMessage(policy=SMTP)
    try:
        # `Address` and the policy refuse line breaks, so no header can be smuggled in (T98).
        to, named = Address(addr_spec=mail.to), Address(mail.sender_name, addr_spec=sender)
        if not to.username or not to.domain or len(mail.sender_name) > SENDER_NAME_LENGTH_MAX:
            raise MessageRefusedError("address")
        if len(mail.subject) > SUBJECT_LENGTH_MAX:
            raise MessageRefusedError("subject")
        message["From"] = named
        message["To"] = to
        message["Subject"] = mail.subject
    except (ValueError, IndexError, MessageError):
        # The parser of addresses answers malformed ones with any of these.
        raise MessageRefusedError("headers") from None
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.id}@{named.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(mail.text, cte=_TRANSFER)
    message.add_alternative(mail.html, subtype="html", cte=_TRANSFER)
    # Earlier it would move into the first part.
    message["Content-Language"] = mail.language
    return message
