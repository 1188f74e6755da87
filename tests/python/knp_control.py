# SPDX-License-Identifier: EUPL-1.2
"""The control socket as the daemon's side of it, in the tests' own words (daemon/control/control.h).

A Daemon answers each command with the lines a test gave it and keeps what it was asked.
"""

import base64
import os
import re
import socket
import struct
import threading

NAME = re.compile(r'[a-z0-9._-]{1,64}')


def is_plain(value):
    try:
        text = value.decode('utf-8')
    except UnicodeDecodeError:
        return False
    controls = any(ord(c) < 0x20 and c != '\t' or 0x7f <= ord(c) <= 0x9f for c in text)
    return not controls and not text.startswith('base64:')


def encode_lines(lines):
    """Bytes of lines, each a name or a (name, value) with a value of text or bytes."""
    out = b''
    for line in lines:
        name, value = (line, None) if isinstance(line, str) else line
        assert NAME.fullmatch(name)
        out += name.encode()
        if value is not None:
            raw = value if isinstance(value, bytes) else str(value).encode()
            out += b' ' + (raw if is_plain(raw) else b'base64:' + base64.b64encode(raw))
        out += b'\n'
    return out


def decode_lines(data):
    """A list of (name, value in bytes or None)."""
    assert data.endswith(b'\n')
    lines = []
    for line in data[:-1].split(b'\n'):
        name, space, value = line.partition(b' ')
        assert NAME.fullmatch(name.decode())
        if value.startswith(b'base64:'):
            value = base64.b64decode(value[7:], validate=True)
        else:
            assert is_plain(value)
        lines.append((name.decode(), value if space else None))
    return lines


def read_exactly(peer, count):
    data = b''
    while len(data) < count:
        piece = peer.recv(count - len(data))
        if not piece:
            return None
        data += piece
    return data


class Daemon:
    """Listens at `path` until stopped. `answers`: command to the lines after "result ok", or to a
    list of lines that begins with its own result, or to a function of the request's lines."""

    def __init__(self, path):
        self.answers, self.asked = {}, []
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(path)
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        os.unlink(self._path)

    def _serve(self):
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            with peer:
                self._answer(peer)

    def _answer(self, peer):
        prefix = read_exactly(peer, 4)
        request = prefix and read_exactly(peer, struct.unpack('>I', prefix)[0])
        if not request:
            return
        lines = decode_lines(request)
        self.asked.append(lines)
        answer = self.answers.get(lines[0][0], [('result', 'usage')])
        if callable(answer):
            answer = answer(lines)
        if not answer or answer[0][0] != 'result':
            answer = [('result', 'ok'), *answer]
        data = encode_lines(answer)
        peer.sendall(struct.pack('>I', len(data)) + data)

    def commands(self):
        return [lines[0][0] for lines in self.asked]
