"""Show that money kept with us is guarded by the phone its owner proved, and by no other."""

from cambist.domain.messaging.codes import Purpose
from tests.dialects.btcex.live import Client, new_phone


async def _sent_to(me: Client, order: dict[str, object]) -> str:
    """Read where the newest code of an order was sent."""
    core = me.desk.world.core
    row = await core.pool.fetchrow(
        "select m.sealed, c.key, c.id from messages m join customers c on c.id = m.customer_id"
        " where m.order_id = $1 and m.template = $2 order by m.created_at desc limit 1",
        (await me.opened(order)).order_id,
        f"{Purpose.DEPOSIT.value}-code",
    )
    assert row is not None
    packed: str = core.privacy.open(row[1], row[2], row[0])["contents"]
    return packed


async def test_a_deposit_code_goes_to_the_known_phone_only(me: Client) -> None:
    email, phone = await me.known()
    stranger = new_phone()
    order = await me.buy(email=email, deposit_phone=stranger, pennies=100_000)
    assert order["open_case"] == "deposit"
    await me.code(order, "deposit")
    told = await _sent_to(me, order)
    assert phone in told
    assert stranger not in told


async def test_more_than_is_kept_is_refused_and_nothing_is_spent(me: Client) -> None:
    email, phone = await me.known()
    order = await me.buy(email=email, deposit_phone=phone, pennies=100_000)
    answer = {"code": await me.code(order, "deposit")}
    path = f"/order/{order['id']}/deposit"
    poor = await me.ask("POST", path, answer, 422)
    assert poor["type"] == "/problems/insufficient-balance"
    assert (await me.show(order))["open_case"] == "deposit"
    refused = await me.ask("POST", path, {"refused": True}, 200)
    assert (refused["status"], refused["open_case"]) == ("CANCELLED", None)


async def test_letters_are_czech(me: Client) -> None:
    order = await me.buy()
    languages = await me.desk.world.core.pool.fetch(
        "select distinct language from messages where order_id = $1",
        (await me.opened(order)).order_id,
    )
    assert [row[0] for row in languages] == ["cs"]
