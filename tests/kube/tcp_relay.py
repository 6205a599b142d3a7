"""A relay between a client and a server on this machine, to notice what a client sends, and to cut it off."""

from __future__ import annotations

import socket
import threading
import time
from types import TracebackType
from typing import Self

from local import ports


class TcpRelay:
    """Hands bytes on between its own `port` and a server's port of 127.0.0.1."""

    def __init__(self, server_port: int) -> None:
        self.port = ports.choose({"relay": 18700})["relay"]
        self.sent: list[float] = []
        """When the client sent something (`time.monotonic`)."""
        self._server_port = server_port
        self._flowing = threading.Event()
        self._flowing.set()
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", self.port))

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closed = True
        self._flowing.set()
        # Wakes the thread that accepts, which then sees that it is over.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._listener.close()

    def cut(self) -> None:
        """Hand nothing on any more, in either direction, as a network that drops everything: nobody is told.

        Connections that stand stay useless afterwards too.
        """
        self._flowing.clear()

    def mend(self) -> None:
        """Hand on again."""
        self._flowing.set()

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._closed:
                client.close()
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._pump, args=(client, server, self.sent), daemon=True).start()
            threading.Thread(target=self._pump, args=(server, client, []), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket, moments: list[float]) -> None:
        try:
            while chunk := source.recv(65536):
                moments.append(time.monotonic())
                if not self._flowing.is_set():
                    self._flowing.wait()
                    break
                target.sendall(chunk)
        except OSError:
            pass  # one of the two has gone; the other is told below
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
