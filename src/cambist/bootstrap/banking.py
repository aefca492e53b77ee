"""Decide what the bank's side is made of: readers, writers, the desk, the sandbox's own bank."""

from cambist.adapters.bank_files.camt053 import read_statement
from cambist.adapters.bank_files.pain001 import write_batch
from cambist.adapters.db.bank_queries import PostgresBankDesk
from cambist.adapters.simulators.bank import SimulatedBank
from cambist.bootstrap.core import Core
from cambist.bootstrap.rails import RAILS
from cambist.workers.bank_clerk import BankClerk
from cambist.workers.bank_export import ExportParts


def bank_desk(core: Core) -> PostgresBankDesk:
    """Build what reads files for the bank and the work list."""
    return PostgresBankDesk(core.pool, core.privacy, core.desk)


def export_parts(core: Core) -> ExportParts:
    """Build what an export of payouts needs."""
    desk = bank_desk(core)
    return ExportParts(core.bus, core.desk, desk, RAILS, write_batch, core.queries.now)


def bank_clerk(core: Core) -> BankClerk:
    """Build who serves the sandbox's bank; a live house's operator is that himself."""
    bank = SimulatedBank(core.pool)
    return BankClerk(bank, read_statement, export_parts(core), core.paying_in.accounts)
