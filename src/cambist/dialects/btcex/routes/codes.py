"""Decide how the cases that are answered with a code are shown and resolved."""

from litestar import get, post
from litestar.params import JSONBody

from cambist.dialects.btcex import answering, answers, finding, showing, wire
from cambist.dialects.btcex.desk import BtcexRequest
from cambist.dialects.btcex.routes.described import CASE_ANSWERED, CASE_READ, OrderNumber
from cambist.dialects.btcex.tables import CaseName


@get(
    "/order/{order_id:str}/verify-phone",
    operation_id="getVerifyPhone",
    summary="Show the phone case",
    response_description="The open case",
    responses=CASE_READ,
)
async def get_phone(request: BtcexRequest, order_id: OrderNumber) -> answers.CodeCase:
    """Show which phone is to be proved, whether a code was sent, and the tries left."""
    view, case = await finding.open_case(request, order_id, CaseName.VERIFY_PHONE)
    return showing.code_out(view, case, CaseName.VERIFY_PHONE, request.services.now())


@post(
    "/order/{order_id:str}/verify-phone",
    status_code=200,
    operation_id="verifyPhone",
    summary="Answer the phone case",
    response_description="The order",
    responses=CASE_ANSWERED,
)
async def verify_phone(
    request: BtcexRequest, order_id: OrderNumber, data: JSONBody[wire.CodeAnswer]
) -> answers.Order:
    """Take the code, or that the customer refuses to be sent one."""
    return await answering.code(request, order_id, CaseName.VERIFY_PHONE, data)


@get(
    "/order/{order_id:str}/verify-phone-sms",
    operation_id="getVerifyPhoneSms",
    summary="Show whether a phone code was sent",
    response_description="The code's way",
    responses=CASE_READ,
)
async def get_phone_sms(request: BtcexRequest, order_id: OrderNumber) -> answers.SmsCase:
    """Show whether a code counts now, and how many more may be sent."""
    view, _ = await finding.open_case(request, order_id, CaseName.VERIFY_PHONE_SMS)
    return showing.sms_out(view, CaseName.VERIFY_PHONE_SMS, request.services.now())


@post(
    "/order/{order_id:str}/verify-phone-sms",
    status_code=202,
    operation_id="sendVerifyPhoneSms",
    summary="Send a phone code",
    response_description="The code is on its way",
    responses=CASE_ANSWERED,
)
async def send_phone_sms(request: BtcexRequest, order_id: OrderNumber) -> answers.SmsCase:
    """Send the customer a code by SMS; it supersedes those before it."""
    return await answering.send_code(request, order_id, CaseName.VERIFY_PHONE_SMS)


@get(
    "/order/{order_id:str}/deposit",
    operation_id="getDeposit",
    summary="Show the deposit case",
    response_description="The open case",
    responses=CASE_READ,
)
async def get_deposit(request: BtcexRequest, order_id: OrderNumber) -> answers.CodeCase:
    """Show whose kept money is to be used, whether a code was sent, and the tries left."""
    view, case = await finding.open_case(request, order_id, CaseName.DEPOSIT)
    return showing.code_out(view, case, CaseName.DEPOSIT, request.services.now())


@post(
    "/order/{order_id:str}/deposit",
    status_code=200,
    operation_id="useDeposit",
    summary="Answer the deposit case",
    response_description="The order",
    responses=CASE_ANSWERED,
)
async def use_deposit(
    request: BtcexRequest, order_id: OrderNumber, data: JSONBody[wire.CodeAnswer]
) -> answers.Order:
    """Take the code that pays from the money kept, or cancel the order by refusing it."""
    return await answering.code(request, order_id, CaseName.DEPOSIT, data)


@get(
    "/order/{order_id:str}/deposit-sms",
    operation_id="getDepositSms",
    summary="Show whether a deposit code was sent",
    response_description="The code's way",
    responses=CASE_READ,
)
async def get_deposit_sms(request: BtcexRequest, order_id: OrderNumber) -> answers.SmsCase:
    """Show whether a code counts now, and how many more may be sent."""
    view, _ = await finding.open_case(request, order_id, CaseName.DEPOSIT_SMS)
    return showing.sms_out(view, CaseName.DEPOSIT_SMS, request.services.now())


@post(
    "/order/{order_id:str}/deposit-sms",
    status_code=202,
    operation_id="sendDepositSms",
    summary="Send a deposit code",
    response_description="The code is on its way",
    responses=CASE_ANSWERED,
)
async def send_deposit_sms(request: BtcexRequest, order_id: OrderNumber) -> answers.SmsCase:
    """Send the customer a code by SMS; it supersedes those before it."""
    return await answering.send_code(request, order_id, CaseName.DEPOSIT_SMS)
