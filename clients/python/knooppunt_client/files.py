# SPDX-License-Identifier: EUPL-1.2
"""Files that survive a kill at any moment: written beside, synced, renamed, their folder synced."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from typing import IO

from . import primitives as p
from .errors import Trouble

_TEMPORARY = '.new'


def sync_folder(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: str) -> None:
    if not os.path.isdir(folder):
        os.makedirs(folder, mode=0o700)
        sync_folder(os.path.dirname(os.path.abspath(folder)))


def put(path: str, data: bytes) -> None:
    """The file is there whole, or as it was before. Only its owner reads it."""
    temporary = path + _TEMPORARY
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, 'wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, path)
    sync_folder(os.path.dirname(path))


def get(path: str) -> bytes:
    with open(path, 'rb') as file:
        return file.read()


def remove(path: str) -> None:
    os.unlink(path)
    sync_folder(os.path.dirname(path))


def remove_all(folder: str, names: Sequence[str]) -> None:
    for name in names:
        os.unlink(os.path.join(folder, name))
    if names:
        sync_folder(folder)


def names_in(folder: str) -> list[str]:
    """In order; what a kill left half-written is taken away."""
    names = sorted(os.listdir(folder))
    for name in names:
        if name.endswith(_TEMPORARY):
            os.unlink(os.path.join(folder, name))
    return [name for name in names if not name.endswith(_TEMPORARY)]


def lock(path: str) -> IO[bytes]:
    """Held until the file is closed: one program at a time uses a spool."""
    file = open(path, 'ab')  # pylint: disable=consider-using-with
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Trouble(f'{path}: another program uses this spool; stop it first') from None
    return file


class Sealer:
    """Seals what lies in a spool: each file under its own name, so that none can take the place of
    another."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def put(self, folder: str, name: str, content: bytes) -> None:
        nonce = p.random_bytes(24)
        put(os.path.join(folder, name), nonce + p.seal(self._key, nonce, name.encode(), content))

    def get(self, folder: str, name: str) -> bytes:
        path = os.path.join(folder, name)
        data = get(path)
        content = p.unseal(self._key, data[:24], name.encode(), data[24:])
        if content is None:
            raise Trouble(f'{path}: damaged, or made under other keys; it is left as it is')
        return content
