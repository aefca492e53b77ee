"""Decide which use cases the bus knows."""

from cambist.app.banking.book_line import book_line
from cambist.app.banking.export_payouts import export_payouts
from cambist.app.banking.own_line import own_line
from cambist.app.banking.resolve_line import resolve_line
from cambist.app.banking.return_line import return_line
from cambist.app.cases.confirm_code import confirm_code
from cambist.app.cases.decide_case import decide_case
from cambist.app.cases.decide_change import decide_change
from cambist.app.cases.declare_funds import declare_funds
from cambist.app.cases.name_return import name_return
from cambist.app.cases.send_code import send_code
from cambist.app.cases.submit_identity import submit_identity
from cambist.app.custody.allot_coins import allot_coins
from cambist.app.custody.confirm_payment import confirm_payment
from cambist.app.custody.drop_payment import drop_payment
from cambist.app.custody.give_up import give_up
from cambist.app.custody.mark_broadcast import mark_broadcast
from cambist.app.custody.observe_block import observe_block
from cambist.app.custody.observe_mempool import observe_mempool
from cambist.app.custody.plan_sweep import plan_sweep
from cambist.app.custody.register_hot import register_hot
from cambist.app.custody.roll_back import roll_back
from cambist.app.custody.settle_withdrawal import settle_withdrawal
from cambist.app.custody.store_signed import store_signed
from cambist.app.custody.take_lease import take_lease
from cambist.app.customers.attach_document import attach_document
from cambist.app.customers.clear_hits import clear_hits
from cambist.app.customers.erase_customer import erase_customer
from cambist.app.customers.issue_address import issue_address
from cambist.app.customers.record_screening import record_screening
from cambist.app.notices.ask_for_link import ask_for_link
from cambist.app.notices.hand_out_link import hand_out_link
from cambist.app.notices.open_page import open_page
from cambist.app.notices.write_notice import write_notice
from cambist.app.orders.choose_asset import choose_asset
from cambist.app.orders.expire_order import expire_order
from cambist.app.orders.open_order import open_order
from cambist.app.orders.refund_order import refund_order
from cambist.app.orders.return_excess import return_excess
from cambist.app.orders.send_crypto import send_crypto
from cambist.app.orders.withdraw import withdraw
from cambist.app.partners.issue_key import issue_key
from cambist.app.partners.put_integration import put_integration
from cambist.app.partners.register_partner import register_partner
from cambist.app.partners.revoke_key import revoke_key
from cambist.app.trades.admit_visitor import admit_visitor
from cambist.app.trades.cancel_trade import cancel_trade
from cambist.app.trades.fill_trade import fill_trade
from cambist.app.trades.open_trade import open_trade
from cambist.app.trades.place_quote import place_quote
from cambist.app.trades.release_limits import release_limits
from cambist.app.trades.write_off import write_off
from cambist.app.webhooks.defer_callback import defer_callback
from cambist.app.webhooks.enqueue_callback import enqueue_callback
from cambist.app.webhooks.record_attempt import record_attempt
from cambist.app.webhooks.redeliver_callback import redeliver_callback

USE_CASES = (
    admit_visitor,
    allot_coins,
    ask_for_link,
    attach_document,
    book_line,
    cancel_trade,
    choose_asset,
    clear_hits,
    confirm_code,
    confirm_payment,
    decide_case,
    decide_change,
    declare_funds,
    defer_callback,
    drop_payment,
    enqueue_callback,
    erase_customer,
    expire_order,
    export_payouts,
    fill_trade,
    give_up,
    hand_out_link,
    issue_address,
    issue_key,
    mark_broadcast,
    name_return,
    observe_block,
    observe_mempool,
    open_order,
    open_page,
    open_trade,
    own_line,
    place_quote,
    plan_sweep,
    put_integration,
    record_attempt,
    record_screening,
    redeliver_callback,
    refund_order,
    register_hot,
    register_partner,
    release_limits,
    resolve_line,
    return_excess,
    return_line,
    revoke_key,
    roll_back,
    send_code,
    send_crypto,
    settle_withdrawal,
    store_signed,
    submit_identity,
    take_lease,
    withdraw,
    write_notice,
    write_off,
)
