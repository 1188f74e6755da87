# SPDX-License-Identifier: EUPL-1.2
"""The keys of a party: a folder with one sealed file, its bundle beside it."""

from __future__ import annotations

import os
from dataclasses import dataclass

import nacl.pwhash.argon2id as argon2id

from . import files
from . import primitives as p
from .bundle import Party, make_bundle
from .errors import Trouble

_FILE = 'keys.sealed'
_BUNDLE = 'bundle.knp'
_UNLOCK = 'unlock.key'
_MAGIC = b'KNPPY\x01'
_BY_FILE, _BY_PASSPHRASE = b'\x01', b'\x02'
_SALT = 16


@dataclass(frozen=True)
class Keys:
    """Secrets of a party. `spool` seals its own files and goes nowhere."""

    identity_seed: bytes
    sealing: bytes
    transport: bytes
    spool: bytes

    @property
    def sealing_public(self) -> bytes:
        return p.public_of_secret(self.sealing)

    @property
    def transport_public(self) -> bytes:
        return p.public_of_secret(self.transport)

    @property
    def identity_public(self) -> bytes:
        return p.public_of_seed(self.identity_seed)

    @property
    def identity_id(self) -> bytes:
        return p.key_id(p.IDENTITY, self.identity_public)


@dataclass(frozen=True)
class Unlock:
    """What opens the keys: a file of 32 random bytes, or the first line of a file."""

    file: str = ''
    passphrase_file: str = ''

    @property
    def kind(self) -> bytes:
        return _BY_PASSPHRASE if self.passphrase_file else _BY_FILE

    def key(self, salt: bytes) -> bytes:
        if self.passphrase_file:
            lines = files.get(self.passphrase_file).splitlines()
            if not lines or not lines[0]:
                raise Trouble(f'{self.passphrase_file}: there is no passphrase in its first line')
            return bytes(argon2id.kdf(32, lines[0], salt, argon2id.OPSLIMIT_MODERATE,
                                      argon2id.MEMLIMIT_MODERATE))
        data = files.get(self.file)
        if len(data) != 32:
            raise Trouble(f'{self.file}: 32 bytes are needed here')
        return p.hkdf(salt, data, b'knooppunt-py/keys/v1')


def unlock_of(folder: str, file: str = '', passphrase_file: str = '') -> Unlock:
    return Unlock(file or os.path.join(folder, _UNLOCK), passphrase_file)


def make_keys(folder: str, unlock: Unlock) -> Keys:
    """New keys in a new folder; never over what is there."""
    if os.path.exists(folder):
        raise Trouble(f'{folder}: it is there already, and keys are never overwritten')
    files.make_folder(folder)
    if not unlock.passphrase_file and not os.path.exists(unlock.file):
        files.put(unlock.file, p.random_bytes(32))
    secrets = [p.random_bytes(32) for _ in range(4)]
    salt, nonce = p.random_bytes(_SALT), p.random_bytes(24)
    head = _MAGIC + unlock.kind + salt + nonce
    sealed = p.seal(unlock.key(salt), nonce, head, b''.join(secrets))
    files.put(os.path.join(folder, _FILE), head + sealed)
    return Keys(*secrets)


def read_keys(folder: str, unlock: Unlock) -> Keys:
    path = os.path.join(folder, _FILE)
    data = files.get(path)
    head = data[:len(_MAGIC) + 1 + _SALT + 24]
    if head[:len(_MAGIC)] != _MAGIC:
        raise Trouble(f'{path}: no keys of this program')
    if head[len(_MAGIC):len(_MAGIC) + 1] != unlock.kind:
        raise Trouble(f'{path}: opened by a passphrase or by a file, and this is the other one')
    salt = head[len(_MAGIC) + 1:len(_MAGIC) + 1 + _SALT]
    secrets = p.unseal(unlock.key(salt), head[-24:], head, data[len(head):])
    if secrets is None or len(secrets) != 128:
        raise Trouble(f'{path}: it does not open with this passphrase or unlock file')
    return Keys(*(secrets[start:start + 32] for start in range(0, 128, 32)))


@dataclass(frozen=True)
class Names:
    """Who a bundle is for."""

    oin: str
    naam: str
    soort: str
    functies: tuple[str, ...]


def write_bundle(folder: str, keys: Keys, names: Names, send: bytes) -> str:
    """The bundle that the house enrols, towards its send key; its path."""
    party = Party(names.oin, names.naam, names.soort, names.functies, keys.identity_public,
                  keys.sealing_public, keys.transport_public)
    path = os.path.join(folder, _BUNDLE)
    files.put(path, make_bundle(party, keys.identity_seed, keys.sealing, keys.transport, send))
    return path


def bundle_path(folder: str) -> str:
    return os.path.join(folder, _BUNDLE)
