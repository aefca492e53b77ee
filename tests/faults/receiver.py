"""Decide how a merchant's endpoint takes callbacks: it keeps each and says thank you."""

from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Receiver:
    """Be the endpoint of all merchants, on a free port."""

    def __init__(self) -> None:
        self.bodies: Counter[str] = Counter()
        self.ids: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                receiver.bodies[body] += 1
                if "webhook-id" in self.headers:
                    receiver.ids.append(self.headers["webhook-id"])
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def origin(self) -> str:
        """Give the address to send to."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def missing(self, expected: list[dict[str, str]]) -> list[str]:
        """List the messages that never came, or came first out of their order's turn."""
        faults = [
            f"{one['form']} callback {one['state']}"
            for one in expected
            if one["state"] != "delivered"
        ]
        wanted = Counter(one["body"] for one in expected)
        faults += [f"never came: {body}" for body in (wanted - self.bodies)]
        streams: dict[str, list[str]] = {}
        for one in expected:
            if one["form"] == "standard":
                streams.setdefault(one["order"], []).append(one["id"])
        for order, ids in streams.items():
            first = [key for key in dict.fromkeys(self.ids) if key in ids]
            if first != ids:
                faults.append(f"order {order}: first arrivals {first}, sent {ids}")
        return faults
