"""Decide how telling prices is measured, against a bare Litestar answer of the same content."""

from bench.house import House, open_house
from bench.reads import Read, measure_reads
from bench.report import Line, Target
from bench.stand import Stand

NAME = "price_answers"
TARGET = Target(0.6, at_least=True)
RATES = "/cryptoexchange/v1/rates?fiat=EUR&crypto=LTC&fiatAmount=100"
PRICE = "/btcex/price?type=buy&pennies=1000000"


async def measure(stand: Stand) -> list[Line]:
    """Measure a rate with an estimate and a price, one api process."""
    async with open_house(stand, NAME) as house, house.kept_fresh():
        return await measure_reads(house, stand, NAME, TARGET, _reads(house))


def _reads(house: House) -> dict[str, Read]:
    return {
        "cryptoexchange, a rate with an estimate": Read((RATES,), house.client_key),
        "btcex, a price": Read((PRICE,)),
    }
