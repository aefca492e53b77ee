"""Decide what the crash matrix follows: flows of money, each run with a partner of its own."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cambist.app.orders.open_order import OpenOrder
from cambist.app.orders.refund_order import RefundOrder
from cambist.app.orders.send_crypto import SendCrypto
from cambist.app.orders.withdraw import Withdraw
from cambist.bus.bus import Gate
from cambist.domain.orders.states import OrderKind
from cambist.kernel.ids import IntegrationId, OrderId, PartnerId

PAID = 10_000_000
SENT = 3_000_000
FEE_PPM = 5_000
PAYOUT_FEE_PPM = 10_000
CREDITED = 9_950_000
TAKEN = 3_030_000
"""Units: what a payer pays, what leaves; what a merchant gets and gives for it after fees."""


class Flow(StrEnum):
    """Name a money path from the client's request to silence."""

    PAY_IN = "pay-in"
    REORG = "reorg"
    WITHDRAWAL = "withdrawal"
    REFUND = "refund"
    SEND = "send"
    BUY = "buy"
    SELL = "sell"
    CHANGE = "change"
    RETURN = "return"
    EXTRA = "extra"
    WRITE_OFF = "write-off"
    SEND_BACK = "send-back"
    OWN = "own"

    @property
    def asset(self) -> str:
        """Name the flow's asset; together they cover outputs, accounts and tokens."""
        return ASSET_OF[self]

    @property
    def is_incoming(self) -> bool:
        """Tell whether orders are paid in it."""
        return self in (Flow.PAY_IN, Flow.REORG)

    @property
    def is_trade(self) -> bool:
        """Tell whether a broker's customer trades in it."""
        return self in TRADING

    @property
    def is_of_nobody(self) -> bool:
        """Tell whether money of no merchant or customer moves in it."""
        return self in (Flow.SEND_BACK, Flow.OWN)


TRADING = frozenset({Flow.BUY, Flow.SELL, Flow.CHANGE, Flow.RETURN, Flow.EXTRA, Flow.WRITE_OFF})

ASSET_OF = {
    Flow.PAY_IN: "LTC",
    Flow.REORG: "LTC",
    Flow.WITHDRAWAL: "TRX",
    Flow.REFUND: "USDT_TRC20",
    Flow.SEND: "LTC",
    Flow.BUY: "LTC",
    Flow.SELL: "LTC",
    Flow.CHANGE: "LTC",
    Flow.RETURN: "LTC",
    Flow.EXTRA: "LTC",
    Flow.WRITE_OFF: "LTC",
    Flow.SEND_BACK: "LTC",
    Flow.OWN: "LTC",
}


@dataclass(frozen=True)
class Case:
    """Hold one run of a flow; `order` and `address` are of an order paid before, if it needs one.

    Plain strings throughout, for cases travel between processes as JSON.
    """

    flow: str
    partner: str
    shop: str
    destination: str
    order: str = ""
    address: str = ""

    @property
    def partner_id(self) -> PartnerId:
        """Give the merchant."""
        return PartnerId(UUID(self.partner))

    def requests(self) -> list[tuple[object, Gate]]:
        """List what the client asks for, each with the key it repeats it under."""
        flow = Flow(self.flow)
        return [
            (command, Gate(self.partner, f"test:{flow.value}", f"{self.shop}:{number}"))
            for number, command in enumerate(self._commands(flow), 1)
        ]

    def _commands(self, flow: Flow) -> list[object]:
        partner, shop = self.partner_id, IntegrationId(UUID(self.shop))
        match flow:
            case Flow.PAY_IN | Flow.REORG:
                kind = OrderKind.PAYMENT
                return [
                    OpenOrder(partner, shop, kind, flow.asset, PAID, f"order {number}", None)
                    for number in (1, 2)
                ]
            case Flow.WITHDRAWAL:
                return [Withdraw(partner, shop, flow.asset, SENT, self.destination)]
            case Flow.REFUND:
                paid = OrderId(UUID(self.order))
                return [RefundOrder(partner, paid, flow.asset, SENT, self.destination)]
            case Flow.SEND:
                source, target = self.address, self.destination
                return [SendCrypto(partner, shop, flow.asset, SENT, source, target, None)]
            case _:
                return []
