"""Decide the accounts of ours that tests pay to and from."""

from collections.abc import Mapping

from cambist.adapters.rails.balance import RAIL as BALANCE
from cambist.adapters.rails.cz_bank import RAIL as CZ_BANK
from cambist.adapters.rails.se_bank import RAIL as SE_BANK
from cambist.adapters.rails.sepa import RAIL as SEPA
from cambist.domain.payments.rails import Method
from cambist.ports.rails import HouseAccount, Rail

RAILS: Mapping[Method, Rail] = {rail.method: rail for rail in (CZ_BANK, SEPA, SE_BANK, BALANCE)}
BANKED = (Method.CZ_BANK, Method.SEPA, Method.SE_BANK)

HOUSES: Mapping[Method, HouseAccount] = {
    Method.CZ_BANK: HouseAccount(
        Method.CZ_BANK,
        "CZK",
        "19-2000145399/0800",
        "CZ6508000000192000145399",
        "GIBACZPX",
        "Směnárna s.r.o.",
    ),
    Method.SEPA: HouseAccount(
        Method.SEPA,
        "EUR",
        "DE89370400440532013000",
        "DE89370400440532013000",
        "COBADEFFXXX",
        "Wechselstube Köln GmbH",
    ),
    Method.SE_BANK: HouseAccount(
        Method.SE_BANK,
        "SEK",
        "6789-123456789",
        "SE7160000000000123456789",
        "HANDSESS",
        "Växlingskontoret AB",
    ),
    Method.BALANCE: HouseAccount(Method.BALANCE, "CZK", "", "", "", "Směnárna s.r.o."),
}
