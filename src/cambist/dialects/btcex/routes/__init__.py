"""The operations: each runs a command or reads a view, and maps it."""

from litestar.handlers import HTTPRouteHandler

from cambist.dialects.btcex.routes import cases, codes, market, orders

HANDLERS: tuple[HTTPRouteHandler, ...] = (
    market.who_am_i,
    market.get_price,
    market.validate_address,
    orders.follow_to_buy,
    orders.follow_to_sell,
    orders.buy,
    orders.sell,
    orders.get_order,
    orders.list_orders,
    orders.cancel_order,
    cases.get_identity,
    cases.verify_identity,
    cases.get_funds,
    cases.declare_funds,
    codes.get_phone,
    codes.verify_phone,
    codes.get_phone_sms,
    codes.send_phone_sms,
    codes.get_deposit,
    codes.use_deposit,
    codes.get_deposit_sms,
    codes.send_deposit_sms,
    cases.get_change,
    cases.decide_change,
    cases.get_return,
    cases.name_return,
)
