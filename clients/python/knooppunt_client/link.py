# SPDX-License-Identifier: EUPL-1.2
"""The connection (§3): a DEALER under CURVE. Losing it loses nothing."""

from __future__ import annotations

import time

import zmq

from .envelope import MAX_FRAME
from .keys import Keys


class Link:
    def __init__(self, endpoint: str, server: bytes, keys: Keys) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.DEALER)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME)
        self._socket.setsockopt(zmq.IPV6, 1)
        self._socket.setsockopt(zmq.CURVE_SERVERKEY, server)
        self._socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.transport_public)
        self._socket.setsockopt(zmq.CURVE_SECRETKEY, keys.transport)
        self._socket.connect(endpoint)

    def send(self, frame: bytes) -> bool:
        """False where it could not even be queued; silence follows either way (C3)."""
        try:
            self._socket.send(frame, zmq.NOBLOCK)
        except zmq.Again:
            return False
        return True

    def receive(self, deadline: float) -> bytes | None:
        """The next message of one frame before `deadline` (time.monotonic), else None (W4)."""
        while True:
            rest = deadline - time.monotonic()
            if rest <= 0 or not self._socket.poll(int(rest * 1000) + 1):
                return None
            frames = self._socket.recv_multipart()
            if len(frames) == 1:
                return bytes(frames[0])

    def close(self) -> None:
        self._socket.close()
        self._context.term()
