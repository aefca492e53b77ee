"""Decide how staff answer a person's rights: all we hold, erasure; and look at documents."""

import json
import os
import sys
from pathlib import Path
from uuid import UUID

import structlog

from cambist.adapters.db.disclosure import PostgresDisclosure
from cambist.adapters.db.people import PostgresPeople
from cambist.adapters.documents.store_files import FileDocumentStore
from cambist.app.customers.erase_customer import EraseCustomer
from cambist.bootstrap.core import open_core
from cambist.bootstrap.review_desk import staff_name
from cambist.bootstrap.terminal import moment
from cambist.kernel.errors import DomainError, ErrorCode
from cambist.kernel.ids import CustomerId
from cambist.ports.documents import (
    DocumentMissingError,
    DocumentSealBrokenError,
    DocumentStoreUnavailableError,
    MediaType,
)
from cambist.settings import Settings

_log = structlog.get_logger()


async def export(settings: Settings, customer_id: UUID) -> int:
    """Print all we hold about a person as JSON."""
    async with open_core(settings) as core:
        found = await PostgresDisclosure(core.pool, core.privacy).gather(CustomerId(customer_id))
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND, customer=str(customer_id))
        _log.info("customer.exported", owner=str(customer_id), name=staff_name())
    # ASCII, so that nothing a customer told can move a terminal's cursor.
    print(json.dumps(found, indent=2))
    return 0


async def erase(settings: Settings, customer_id: UUID) -> int:
    """Throw a person's key away and delete his documents; status 1 while the law keeps the data.

    Typed again it deletes documents that were left.
    """
    async with open_core(settings) as core:
        people = PostgresPeople(core.pool, core.privacy)
        now = await core.queries.now()
        customer = await people.customer(CustomerId(customer_id))
        if customer is None:
            raise DomainError(ErrorCode.NOT_FOUND, customer=str(customer_id))
        if customer.key is not None and now < customer.retain_until:
            until = moment(customer.retain_until)
            return _complain(f"the law wants this person's data kept until {until}")
        if customer.key is not None:
            await core.bus.execute(EraseCustomer(customer.id))
            _log.info("customer.erased", owner=str(customer_id), name=staff_name())
        documents = await people.documents(customer.id)
    store = FileDocumentStore(settings.documents)
    try:
        for document in documents:
            await store.delete(document)
    except DocumentStoreUnavailableError as unavailable:
        return _complain(
            f"the key is gone, so nobody can read the documents, but their files {unavailable};"
            " type it again later"
        )
    print(f"erased; {len(documents)} documents deleted; the books keep sums and pseudonyms")
    return 0


async def show_document(settings: Settings, document_id: UUID, out: Path) -> int:
    """Write a document's content to a new file that only its owner may read."""
    async with open_core(settings) as core:
        found = await PostgresPeople(core.pool, core.privacy).document(document_id)
        if found is None:
            raise DomainError(ErrorCode.NOT_FOUND, document=str(document_id))
        document, customer = found
        if customer.key is None:
            return _complain("the person was erased; nobody can read this document any more")
        key = core.privacy.document_key(customer.key, customer.id, document.id)
        _log.info("document.shown", owner=str(customer.id), name=staff_name())
    try:
        content = await FileDocumentStore(settings.documents).get(document.id, key)
    except (DocumentMissingError, DocumentSealBrokenError, DocumentStoreUnavailableError) as fault:
        return _complain(f"the document cannot be shown: {fault}")
    _write(out, content)
    print(f"{out}: {document.kind.value}, {document.media_type}, {len(content)} bytes")
    if document.media_type == MediaType.PDF:
        print("open it in a viewer that runs nothing, and delete the file when you have looked")
    else:
        print("delete the file when you have looked")
    return 0


def _write(out: Path, content: bytes) -> None:
    """Make a file; one that is there already is left as it is.

    Raises:
        OSError: it is there, or cannot be made.
    """
    with open(out, "xb", opener=_private) as file:
        file.write(content)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _complain(what: str) -> int:
    print(f"cambist: {what}", file=sys.stderr)
    return 1
