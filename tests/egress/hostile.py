"""List URL forms that try to reach the inside, and a name server that lies."""

import socket

# {p} is the canaries' port, {u} their UNIX socket. The client under test lists the port as
# allowed, so that no form is refused for its port alone.
HOSTILE = (
    "https://127.0.0.1:{p}/",
    "https://127.0.0.2:{p}/",
    "http://127.0.0.1:{p}/",
    "HTTPS://127.0.0.1:{p}/",
    "https://2130706433:{p}/",
    "https://017700000001:{p}/",
    "https://0x7f000001:{p}/",
    "https://0x7f.0.0.1:{p}/",
    "https://0x7f.1:{p}/",
    "https://0177.0.0.1:{p}/",
    "https://127.1:{p}/",
    "https://127.0.1:{p}/",
    "https://127.0.0.1.:{p}/",
    "https://0:{p}/",
    "https://0.0.0.0:{p}/",
    "https://[::1]:{p}/",
    "https://[::]:{p}/",
    "https://[0:0:0:0:0:0:0:1]:{p}/",
    "https://[::ffff:127.0.0.1]:{p}/",
    "https://[::ffff:7f00:1]:{p}/",
    "https://[::127.0.0.1]:{p}/",
    "https://[64:ff9b::7f00:1]:{p}/",
    "https://[64:ff9b:1::7f00:1]:{p}/",
    "https://[2002:7f00:1::]:{p}/",
    "https://[2001:0:7f00:1::1]:{p}/",
    "https://[::ffff:0:7f00:1]:{p}/",
    "https://[fe80::1%25lo]:{p}/",
    "https://[fe80::1%lo]:{p}/",
    "https://[fd00:ec2::254]:{p}/",
    "https://169.254.169.254:{p}/latest/meta-data/",
    "https://10.0.0.1:{p}/",
    "https://100.100.100.200:{p}/",
    "https://168.63.129.16:{p}/",
    "https://localhost:{p}/",
    "https://LOCALHOST:{p}/",
    "https://localhost.:{p}/",
    "https://a.localhost:{p}/",
    "https://localhost.localdomain:{p}/",
    "https://metadata.google.internal:{p}/",
    "https://router.local:{p}/",
    "https://shop.example@127.0.0.1:{p}/",
    "https://shop.example:443@127.0.0.1:{p}/",
    "https://@127.0.0.1:{p}/",
    "https://127.0.0.1:{p}\\@shop.example/",
    "https://shop.example\\@127.0.0.1:{p}/",
    "https:\\\\127.0.0.1:{p}\\",
    "https:/127.0.0.1:{p}/",
    "https:127.0.0.1:{p}/",
    "//127.0.0.1:{p}/",
    "https:///127.0.0.1:{p}/",
    "https://127.0.0.1:{p}#@shop.example/",
    "https://127.0.0.1:{p}?@shop.example/",
    "https://127.0.0.1%00.shop.example:{p}/",
    "https://127.0.0.1%2eshop.example:{p}/",
    "https://%31%32%37.0.0.1:{p}/",
    "https://127.0.0.1\t:{p}/",
    "https://127.0.0.1\n:{p}/",
    " https://127.0.0.1:{p}/",
    "\thttps://127.0.0.1:{p}/",
    "ht\ntps://127.0.0.1:{p}/",
    "https://127.0.0.1:{p}/\r\nhost: shop.example",
    "https://127.0.0.1:{p} /",
    "https://127.0.0.1:0{p}/",
    "https://\u2460\u2461\u2466.0.0.1:{p}/",
    "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:{p}/",
    "https://\uff11\uff12\uff17.0.0.1:{p}/",
    "https://127\u30020\u30020\u30021:{p}/",
    "https://127\uff0e0\uff0e0\uff0e1:{p}/",
    "https://127\uff610\uff610\uff611:{p}/",
    "https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:{p}/",
    "https://loca\u00adlhost:{p}/",
    "https://localhost\u200b:{p}/",
    "https://\u0661\u0662\u0667.0.0.1:{p}/",
    "https://127.0.0.1:\uff14\uff14\uff13/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{p}/_GET",
    "ftp://127.0.0.1:{p}/",
    "ws://127.0.0.1:{p}/",
    "unix://{u}",
    "http+unix://{u}",
    "https+unix://{u}:/",
    "unix:{u}",
    "javascript:alert(1)",
    "data:text/plain,x",
    "",
    # Names: what they stand for is in LIES.
    "https://inside.attacker.example:{p}/",
    "https://second.attacker.example:{p}/",
    "https://mixed.attacker.example:{p}/",
    "https://six.attacker.example:{p}/",
    "https://mapped.attacker.example:{p}/",
    "https://compatible.attacker.example:{p}/",
    "https://nat64.attacker.example:{p}/",
    "https://zone.attacker.example:{p}/",
    "https://any.attacker.example:{p}/",
    "https://word.attacker.example:{p}/",
    "https://nothing.attacker.example:{p}/",
    "https://rebind.attacker.example:{p}/",
)

PUBLIC = "93.184.216.34"
LIES: dict[str, tuple[tuple[str, ...], ...]] = {
    "inside.attacker.example": (("127.0.0.1",),),
    "second.attacker.example": ((PUBLIC, "127.0.0.1"),),
    "mixed.attacker.example": (("127.0.0.1", PUBLIC),),
    "six.attacker.example": (("::1",),),
    "mapped.attacker.example": (("::ffff:127.0.0.1",),),
    "compatible.attacker.example": (("::127.0.0.1",),),
    "nat64.attacker.example": (("64:ff9b::7f00:1",),),
    "zone.attacker.example": (("fe80::1%lo",),),
    "any.attacker.example": (("0.0.0.1",),),
    "word.attacker.example": (("localhost",),),
    "nothing.attacker.example": ((),),
    "rebind.attacker.example": ((PUBLIC,), ("127.0.0.1",)),
}


class LyingResolver:
    """Answer by LIES, the n-th question by the n-th row, the last row for ever after.

    Anything else is asked of the system when it can be answered without the network, so that
    what `getaddrinfo` makes of odd notations is part of the test.
    """

    def __init__(self, lies: dict[str, tuple[tuple[str, ...], ...]] | None = None) -> None:
        self._lies = LIES if lies is None else lies
        self.asked: list[str] = []

    async def resolve(self, host: str) -> tuple[str, ...]:
        """Answer a question."""
        self.asked.append(host)
        rows = self._lies.get(host)
        if rows is not None:
            return rows[min(self.asked.count(host), len(rows)) - 1]
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return tuple(str(sockaddr[0]) for _, _, _, _, sockaddr in found)

    def close(self) -> None:
        """Hold nothing."""
