"""A scripted endpoint on loopback, which answers as a test says: honestly, with lies, or badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# From the body of a request to (status, body); a body may come in pieces, each after a pause.
Script = Callable[[dict[str, Any]], tuple[int, bytes]]


def said(text: str | None, reason: str = "stop") -> tuple[int, bytes]:
    """The envelope of the protocol around the model's words."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": reason,
    }
    return 200, json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()


def data_of(body: dict[str, Any]) -> dict[str, Any]:
    """The data of a request, as a model finds it between the marks."""
    told = body["messages"][-1]["content"]
    return json.loads(told[told.index("\n") + 1 : told.rindex("\n")])


@contextmanager
def serving(script: Script) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server for as long as a test lasts: its URL, and the bodies that it was sent."""
    seen: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append({**body, "_path": self.path, "_key": self.headers.get("authorization")})
            status, raw = script(body)
            head = f"HTTP/1.1 {status} x\r\ncontent-length: {len(raw)}\r\nconnection: close\r\n\r\n"
            self.close_connection = True
            with suppress(OSError):  # whoever asked has hung up, as they should on 10 MB
                self.wfile.write(head.encode() + raw)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
