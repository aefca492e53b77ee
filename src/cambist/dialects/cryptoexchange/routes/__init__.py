"""The operations: each runs a command or reads a view, and maps it."""

from litestar.handlers import HTTPRouteHandler

from cambist.dialects.cryptoexchange.routes.addresses import (
    create_address,
    get_balance,
    validate_address,
)
from cambist.dialects.cryptoexchange.routes.market import get_configuration, list_rates, place_quote
from cambist.dialects.cryptoexchange.routes.orders import (
    cancel_order,
    create_order_link,
    get_order,
    list_orders,
    place_order,
)

HANDLERS: tuple[HTTPRouteHandler, ...] = (
    get_configuration,
    list_rates,
    place_quote,
    create_address,
    validate_address,
    get_balance,
    place_order,
    get_order,
    cancel_order,
    create_order_link,
    list_orders,
)
