# SPDX-License-Identifier: EUPL-1.2
"""Connections of nobody: raw TCP that is almost ZMTP, from a seed."""

import random
import socket
import struct

GREETING = b'\xff' + bytes(8) + b'\x7f' + b'\x03\x00'
COMMANDS = (b'HELLO', b'INITIATE', b'READY', b'WELCOME', b'MESSAGE', b'ERROR', b'PING', b'SUBSCRIBE')


def greeting(mechanism=b'CURVE', server=0):
    return GREETING + mechanism.ljust(20, b'\0') + bytes([server]) + bytes(31)


def frame(body, flags=0):
    if len(body) > 255:
        return struct.pack('>BQ', flags | 2, len(body)) + body
    return struct.pack('>BB', flags, len(body)) + body


def command(name, body):
    return frame(bytes([len(name)]) + name + body, flags=4)


def hello(chance):
    """A CURVE HELLO of the right size, with what may be wrong left to chance."""
    body = b'\x01\x00' + bytes(72) + chance.randbytes(32) + struct.pack('>Q', chance.getrandbits(8))
    return command(b'HELLO', body + chance.randbytes(80))


def conversation(chance):
    """What one stranger says."""
    pieces = [greeting(chance.choice((b'CURVE', b'NULL', b'PLAIN', b'GSSAPI', b'\xff' * 20)),
                       chance.getrandbits(1))]
    for _ in range(chance.randrange(4)):
        pieces.append(chance.choice((
            lambda: hello(chance),
            lambda: command(chance.choice(COMMANDS), chance.randbytes(chance.randrange(300))),
            lambda: frame(chance.randbytes(chance.randrange(600)), chance.getrandbits(8)),
            lambda: struct.pack('>BQ', chance.choice((2, 3, 6)), chance.getrandbits(63)),
            lambda: chance.randbytes(chance.randrange(2000))))())
    said = bytearray(b''.join(pieces))
    for _ in range(chance.choice((0, 0, 1, 1, 2, 8))):
        said[chance.randrange(len(said))] ^= 1 << chance.randrange(8)
    return bytes(said[:chance.randrange(1, len(said) + 1)] if chance.getrandbits(1) else said)


def connect(endpoint, timeout=5.0):
    host, port = endpoint[len('tcp://'):].rsplit(':', 1)
    return socket.create_connection((host, int(port)), timeout)


def speak(endpoint, seed):
    """One conversation; whatever the other side does to it is fine."""
    chance = random.Random(seed)
    try:
        with connect(endpoint) as sock:
            sock.sendall(conversation(chance))
            sock.settimeout(0.01)
            if chance.getrandbits(2) == 0:
                sock.recv(4096)
    except OSError:
        pass
