"""Staff see what a case rests on, decide it, and answer for hits of lists one by one."""

from uuid import uuid4

from cambist.app.customers.attach_document import AttachDocument
from cambist.domain.compliance.cases import CaseKind, CaseState
from cambist.domain.identity.documents import DocumentKind
from cambist.domain.orders.states import OrderState
from tests.review.rig import IVAN, LISTED, ReviewedDesk
from tests.review.typing_staff import Staff
from tests.screening.files import sdn


async def test_the_list_shows_what_waits_and_whom_a_list_may_name(
    desk: ReviewedDesk, staff: Staff
) -> None:
    flagged, waiting, plain = await desk.order(), await desk.order(), await desk.order()
    await desk.tell_as(flagged, LISTED)
    await desk.tell_as(waiting, "Jana Wait")
    await desk.tell(plain)
    listed = await staff.types("review", "list")
    first = listed.line(str((await desk.case(flagged)).id))
    number = str((await desk.view(flagged)).trade.number)
    assert first.split()[1:2] == ["identity"]
    assert number in first
    assert "buys 0.47619047 LTC for 1000.00 CZK" in first
    assert "1 hit" in first
    assert "clear" in listed.line(str((await desk.case(waiting)).id))
    assert str((await desk.customer(flagged)).id) in listed.out
    assert str((await desk.view(plain)).trade.number) not in listed.out
    assert "Sidorov" not in listed.out


async def test_a_case_shows_all_it_rests_on(desk: ReviewedDesk, staff: Staff) -> None:
    opened, document = await desk.order(), uuid4()
    attach = AttachDocument(
        order_id=opened.order_id,
        partner_id=desk.partner,
        document_id=document,
        case=CaseKind.IDENTITY,
        kind=DocumentKind.PASSPORT,
        media_type="image/jpeg",
        size=123_456,
        sha256="0" * 64,
    )
    await desk.do(attach)
    await desk.tell_as(opened, LISTED)
    case, customer = await desk.case(opened), await desk.customer(opened)
    shown = await staff.types("review", "show", case.id)
    assert shown.line("last name") == "last name   Sidorov"
    assert shown.line("email").endswith("@example.com")
    assert shown.line(str(document)).split()[1:5] == ["passport", "image/jpeg", "120", "KiB"]
    assert shown.line("stands").endswith("ofac-sdn:7  100 % alike: SIDOROV, Ivan (INVENTED)")
    assert f"cambist review clear {customer.id} ofac-sdn:7" in shown.out
    assert "cambist review accept" not in shown.out
    assert shown.err == ""


async def test_what_a_customer_told_cannot_move_the_terminal(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    await desk.tell(opened, first_name="\x1b[2J\u202eJana", last_name="Wait")
    shown = await staff.types("review", "show", (await desk.case(opened)).id)
    assert shown.line("first name") == "first name  \\u001b[2J\\u202eJana"


async def test_a_flagged_customer_is_accepted_after_his_hits_are_cleared(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, LISTED)
    case, customer = await desk.case(opened), await desk.customer(opened)
    refused = await staff.types("review", "accept", case.id, status=1)
    assert f"cambist review clear {customer.id} ofac-sdn:7" in refused.err
    wrong = await staff.types("review", "clear", customer.id, "ofac-sdn:7", "eu:1", status=1)
    assert wrong.err == "cambist: no hit of this customer: eu:1; there is ofac-sdn:7\n"
    assert (await desk.customer(opened)).is_flagged
    cleared = await staff.types("review", "clear", customer.id, "ofac-sdn:7")
    assert cleared.out == "no hit stands any more\n"
    assert [line["event"] for line in cleared.logged] == ["review.cleared"]
    accepted = await staff.types("review", "accept", case.id)
    number = (await desk.view(opened)).trade.number
    assert accepted.out == f"order {number} is now on_case, held by its phone case\n"
    assert (await desk.view(opened)).cases[0].reviewer == accepted.logged[0]["name"]


async def test_a_cleared_hit_and_one_that_left_the_list_say_so(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    desk.put_lists(sdn_csv=sdn([*IVAN, (11, "SIDOROV, Ivan", "individual", "")]))
    await desk.tell_as(opened, LISTED)
    case, customer = await desk.case(opened), await desk.customer(opened)
    left = await staff.types("review", "clear", customer.id, "ofac-sdn:11")
    assert left.out == "still standing: ofac-sdn:7\n"
    desk.put_lists(sdn_csv=sdn([(11, "SIDOROV, Ivan", "individual", "")]))
    shown = await staff.types("review", "show", case.id)
    assert shown.line("cleared").split()[1] == "ofac-sdn:11"
    assert "is no hit any more" in shown.line("stands")


async def test_an_answer_is_given_back_with_words(desk: ReviewedDesk, staff: Staff) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Wait")
    case = await desk.case(opened)
    words = ("--reason", "details-missing", "--remark", "your whole name, please")
    await staff.types("review", "again", case.id, *words)
    after = await desk.case(opened)
    assert (after.state, after.reasons) == (CaseState.OPEN, ("details-missing",))
    assert after.remark == "your whole name, please"
    shown = await staff.types("review", "show", case.id)
    assert shown.line("remark") == "remark: your whole name, please"
    assert "Decide:" not in shown.out
    unknown = ("--reason", "dislike", "--remark", "x")
    await staff.types("review", "again", case.id, *unknown, status=2)


async def test_a_rejected_order_is_over(desk: ReviewedDesk, staff: Staff) -> None:
    opened = await desk.order()
    await desk.tell_as(opened, "Jana Wait")
    case = await desk.case(opened)
    await staff.types("review", "reject", case.id, "--reason", "two words", status=2)
    rejected = await staff.types("review", "reject", case.id, "--reason", "other")
    assert "is now rejected" in rejected.out
    assert (await desk.view(opened)).order.state is OrderState.REJECTED
    again = await staff.types("review", "reject", case.id, "--reason", "other", status=1)
    assert again.err.startswith("cambist: refused: case-not-open")


async def test_a_name_no_worker_has_screened_yet_is_not_accepted(
    desk: ReviewedDesk, staff: Staff
) -> None:
    opened = await desk.order()
    await desk.submit(opened)
    refused = await staff.types("review", "accept", (await desk.case(opened)).id, status=1)
    assert "is a worker running" in refused.err


async def test_what_is_not_there_is_said_to_be(staff: Staff) -> None:
    for words in (("show",), ("accept",), ("reject", "--reason", "other")):
        nobody = uuid4()
        missing = await staff.types("review", words[0], nobody, *words[1:], status=1)
        assert missing.err == f"cambist: refused: not-found case {nobody}\n"
    assert "not-found" in (await staff.types("review", "clear", uuid4(), "eu:1", status=1)).err
    await staff.types("review", "show", "not-an-id", status=2)
