"""Decide how the cases that are answered with data are shown and resolved."""

from litestar import get, post
from litestar.params import JSONBody

from cambist.dialects.btcex import answering, answers, finding, showing, wire
from cambist.dialects.btcex.desk import BtcexRequest
from cambist.dialects.btcex.routes.described import (
    CASE_ANSWERED,
    CASE_READ,
    IDENTITY,
    OrderNumber,
)
from cambist.dialects.btcex.tables import CaseName
from cambist.http.multipart_body import BODY_BYTES_MAX


@get(
    "/order/{order_id:str}/verify-identity",
    operation_id="getVerifyIdentity",
    summary="Show the identity case",
    response_description="What is asked for",
    responses=CASE_READ,
)
async def get_identity(request: BtcexRequest, order_id: OrderNumber) -> answers.QuestionCase:
    """Show what the customer is asked about himself, and why."""
    view, case = await finding.open_case(request, order_id, CaseName.VERIFY_IDENTITY)
    return showing.identity_out(view, case)


@post(
    "/order/{order_id:str}/verify-identity",
    status_code=200,
    operation_id="verifyIdentity",
    summary="Answer the identity case",
    response_description="The order",
    responses=CASE_ANSWERED,
    request_max_body_size=BODY_BYTES_MAX,
    opt=IDENTITY,
)
async def verify_identity(request: BtcexRequest, order_id: OrderNumber) -> answers.Order:
    """Take a customer's data, which resolves the case, or before it pictures of his documents."""
    return await answering.identity(request, order_id)


@get(
    "/order/{order_id:str}/aml-cz",
    operation_id="getAmlCz",
    summary="Show the Czech AML case",
    response_description="What is asked for",
    responses=CASE_READ,
)
async def get_funds(request: BtcexRequest, order_id: OrderNumber) -> answers.QuestionCase:
    """Show what the customer is asked about his money, and why."""
    view, case = await finding.open_case(request, order_id, CaseName.AML_CZ)
    return showing.funds_out(view, case)


@post(
    "/order/{order_id:str}/aml-cz",
    status_code=200,
    operation_id="declareFundsCz",
    summary="Answer the Czech AML case",
    response_description="The order",
    responses=CASE_ANSWERED,
)
async def declare_funds(
    request: BtcexRequest, order_id: OrderNumber, data: JSONBody[wire.AmlCz]
) -> answers.Order:
    """Take a customer's declaration of funds."""
    return await answering.funds(request, order_id, data)


@get(
    "/order/{order_id:str}/change",
    operation_id="getChange",
    summary="Show the change case",
    response_description="Old and new terms",
    responses=CASE_READ,
)
async def get_change(request: BtcexRequest, order_id: OrderNumber) -> answers.ChangeCase:
    """Show the terms agreed on beside those that can be had now."""
    view, case = await finding.open_case(request, order_id, CaseName.CHANGE)
    return showing.change_out(view, case)


@post(
    "/order/{order_id:str}/change",
    status_code=200,
    operation_id="decideChange",
    summary="Answer the change case",
    response_description="The order",
    responses=CASE_ANSWERED,
)
async def decide_change(
    request: BtcexRequest, order_id: OrderNumber, data: JSONBody[wire.Change]
) -> answers.ChangedOrder:
    """Take the new terms or the money back; terms that ran out are stated anew instead."""
    return await answering.change(request, order_id, data)


@get(
    "/order/{order_id:str}/return",
    operation_id="getReturn",
    summary="Show the return case",
    response_description="What goes back",
    responses=CASE_READ,
)
async def get_return(request: BtcexRequest, order_id: OrderNumber) -> answers.ReturnCase:
    """Show how much bitcoin of a cancelled sale waits for an address to go back to."""
    view, case = await finding.open_case(request, order_id, CaseName.RETURN)
    return showing.return_out(view, case)


@post(
    "/order/{order_id:str}/return",
    status_code=200,
    operation_id="nameReturn",
    summary="Answer the return case",
    response_description="The order",
    responses=CASE_ANSWERED,
)
async def name_return(
    request: BtcexRequest, order_id: OrderNumber, data: JSONBody[wire.Return]
) -> answers.Order:
    """Send the bitcoin of a cancelled sale back."""
    return await answering.name_return(request, order_id, data)
