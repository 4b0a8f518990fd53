"""A desk behind a real address, for a browser."""

from __future__ import annotations

import threading

import uvicorn

from tests.desk.conftest import Place


class Served:
    """A desk behind a real address."""

    def __init__(self, place: Place, port: int = 0):
        self.place = place
        config = uvicorn.Config(place.app, port=port, log_level="error", ws="none")  # type: ignore[arg-type]
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive()
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def end(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.place.engine.dispose()
