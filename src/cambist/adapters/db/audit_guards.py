"""Decide whether what protects the books is in place: triggers, checks, missing rights."""

from cambist.adapters.db.findings import Findings
from cambist.adapters.db.pool import APP_ROLE, Connection

IMMUTABLE = ("entries", "journal_seals", "journals")
TRIGGERS = (
    "entries_immutable",
    "entries_zero_sum",
    "journals_balanced",
    "journals_immutable",
    "seals_immutable",
)
CONSTRAINTS = ("ck_accounts_floor", "ck_holds_positive", "uq_journals_reference")


async def check_guards(connection: Connection, findings: Findings) -> None:
    """Check I4: no row of the ledger can be changed by anybody but the server's administrator."""
    query = """select tgname from pg_trigger where not tgisinternal
      and tgrelid = any($1::text[]::regclass[]) and tgname = any($2::name[])
      and tgenabled in ('O', 'A')"""
    firing = {row[0] for row in await connection.fetch(query, IMMUTABLE, TRIGGERS)}
    query = "select conname from pg_constraint where conname = any($1::name[]) and convalidated"
    valid = {row[0] for row in await connection.fetch(query, CONSTRAINTS)}
    query = """select t.name || ': ' || p.name from unnest($1::text[]) as t(name),
        unnest(array['update', 'delete', 'truncate']) as p(name)
      where has_table_privilege($2, t.name, p.name)"""
    granted = [row[0] for row in await connection.fetch(query, IMMUTABLE, APP_ROLE)]
    findings.checked("guards of the ledger", len(TRIGGERS) + len(CONSTRAINTS) + len(IMMUTABLE))
    for name in sorted(set(TRIGGERS) - firing):
        findings.add("I4", f"trigger {name} is missing or off")
    for name in sorted(set(CONSTRAINTS) - valid):
        findings.add("I4", f"constraint {name} is missing")
    for right in granted:
        findings.add("I4", f"{APP_ROLE} has a right it must not have: {right}")
