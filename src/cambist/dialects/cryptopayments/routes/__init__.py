"""The operations: each runs a command or reads a view, and maps it."""

from litestar.handlers import HTTPRouteHandler

from cambist.dialects.cryptopayments.routes.incoming import open_deposit, open_payment
from cambist.dialects.cryptopayments.routes.market import list_assets, list_exchange_rates
from cambist.dialects.cryptopayments.routes.merchant import list_integrations
from cambist.dialects.cryptopayments.routes.outgoing import refund, transfer, withdraw
from cambist.dialects.cryptopayments.routes.reading import get_order, get_transaction, list_orders

HANDLERS: tuple[HTTPRouteHandler, ...] = (
    list_integrations,
    list_assets,
    list_exchange_rates,
    open_deposit,
    open_payment,
    list_orders,
    get_order,
    get_transaction,
    refund,
    withdraw,
    transfer,
)
