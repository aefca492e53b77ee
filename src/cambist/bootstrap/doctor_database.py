"""Decide whether the database is one the house can trust: version, rights, durability, prices."""

from collections.abc import Iterator
from datetime import timedelta

from cambist.adapters.db.examining import Schema, Server
from cambist.adapters.db.pool import APP_ROLE
from cambist.bootstrap.examination import Check, doubt, fault, well
from cambist.domain.pricing.quotes import MAX_AGE_S
from cambist.pages.operate.readiness import pairs_of
from cambist.settings import Mode, Settings

VERSION_MIN = 15
DRIFT_MAX_S = 2
DURABLE = {"fsync": "on", "full_page_writes": "on"}
SHOWN_MAX = 6


def examine_server(settings: Settings, server: Server) -> Iterator[Check]:
    """Judge the server."""
    if server.version < VERSION_MIN:
        advice = f"PostgreSQL {VERSION_MIN} or newer is needed"
        yield fault("database", f"PostgreSQL {server.version}", advice)
    else:
        yield well("database", f"PostgreSQL {server.version} answers")
    if abs(server.drift_s) > DRIFT_MAX_S:
        found = f"the database's clock is {server.drift_s:+.1f} s off this host's"
        yield fault("clock", found, "let NTP set both clocks; quotes and expiries rest on them")
    else:
        yield well("clock", f"drift {abs(server.drift_s):.2f} s")
    yield _durability(settings, server)
    yield _server_log(server)


def _durability(settings: Settings, server: Server) -> Check:
    wrong = [name for name, value in DURABLE.items() if server.settings.get(name) != value]
    if server.settings.get("synchronous_commit") == "off":
        wrong.append("synchronous_commit")
    if not wrong:
        return well("durability", "a commit survives a crash")
    found, advice = f"off: {', '.join(wrong)}", "money may be lost in a crash: switch them on"
    live = settings.mode is Mode.LIVE
    return fault("durability", found, advice) if live else doubt("durability", found, advice)


def _server_log(server: Server) -> Check:
    logs = server.settings
    talks = logs.get("log_statement") != "none" or logs.get("log_min_duration_statement") != "-1"
    if talks and logs.get("log_parameter_max_length") != "0":
        advice = "set log_parameter_max_length = 0: parameters are people's data"
        return doubt("server log", "statements are logged with their parameters", advice)
    return well("server log", "holds no parameters of statements")


def examine_schema(settings: Settings, schema: Schema | None) -> Iterator[Check]:
    """Judge the schema, the role the house acts as, and the prices."""
    if schema is None:
        yield fault("migrations", "the database is empty", "run `cambist migrate`")
        return
    if schema.lacking:
        yield fault("migrations", f"{schema.lacking} is missing", "run `cambist migrate`")
    else:
        yield well("migrations", "up to date")
    yield _role(schema)
    if schema.guards_missing:
        found = f"triggers missing or off: {', '.join(schema.guards_missing)}"
        yield fault("ledger guards", found, "stop payouts, find out who did it, restore the schema")
    else:
        yield well("ledger guards", "zero sum and no change, by trigger")
    yield _prices(settings, schema)


def _role(schema: Schema) -> Check:
    if schema.usable is None:
        return fault("role", f"{APP_ROLE} is missing", "run `cambist migrate` as the owner")
    if not schema.usable:
        advice = f"grant {APP_ROLE} to the user of CAMBIST_DATABASE_URL"
        return fault("role", f"this user may not act as {APP_ROLE}", advice)
    if schema.excess:
        advice = f"revoke from {APP_ROLE}: it may add to the ledger, never change it"
        return fault("role", f"too many rights: {', '.join(schema.excess)}", advice)
    return well("role", f"{APP_ROLE} may add to the ledger, not change it")


def _prices(settings: Settings, schema: Schema) -> Check:
    limit = timedelta(seconds=MAX_AGE_S)
    wanted = sorted(pairs_of(settings.chains))
    advice = "is the worker running? see its log for feeds that are down"
    missing = [pair for pair in wanted if pair not in schema.prices]
    if missing:
        return fault("prices", f"none for {_some(missing)}", advice)
    old = [pair for pair in wanted if schema.now - schema.prices[pair][0] > limit]
    if old:
        return fault("prices", f"older than {MAX_AGE_S} s: {_some(old)}", advice)
    needed = settings.price_sources_min
    few = [pair for pair in wanted if schema.prices[pair][1] < needed]
    if few:
        advice = f"CAMBIST_PRICE_SOURCES_MIN is {needed}: name more exchanges, or see which fail"
        return doubt("prices", f"too few sources agree on {_some(few)}", advice)
    return well("prices", f"{len(wanted)} pairs, at most {MAX_AGE_S} s old")


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN_MAX
    return ", ".join(names[:SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
