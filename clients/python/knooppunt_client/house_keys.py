# SPDX-License-Identifier: EUPL-1.2
"""The texts by which keys of the knooppunt and convenanten change (§9.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import primitives as p
from .errors import Refused

RECEIVE, SEND, LOG, TRANSPORT = 'ontvangen', 'verzenden', 'log', 'verbinding'
MAX_ADRES = 160
_KEY = re.compile(r'sleutel van het knooppunt\nlog ([!-~]+)\ngebruik ([a-z]+)\n'
                  r'sleutel ([0-9a-f]{64})\n(?:adres ([!-~]+)\n)?bewijs ([0-9a-f]+)\n')
_ADRES = re.compile(r'tcp://(\[[0-9a-zA-Z:.%]+\]|[^/;\[\]:]+):([0-9]{1,5})')
_END = re.compile(r'einde van een sleutel van het knooppunt\nlog ([!-~]+)\ngebruik ([a-z]+)\n'
                  r'sleutel ([0-9a-f]{64})\n')
_CONVENANT = re.compile(r'einde van een convenant\nlog ([!-~]+)\nconvenant ([^\n]+)\n'
                        r'hash ([0-9a-f]{64})\n')
_HERSTEL = re.compile(
    r'herstel uit een kopie\nlog ([!-*,-~]{1,255})\nvoorganger ([!-*,-~]{1,255})\nomvang ([1-9][0-9]*)\n'
    r'wortel ([0-9a-f]{64})\nverloren ([1-9][0-9]*)\nopdrachten (?:geen|opnieuw|onbekend)\n'
    r'reden ([^\n]+)\n')
_PROOF = {RECEIVE: 32, SEND: 32, LOG: 64, TRANSPORT: 32}


@dataclass(frozen=True)
class KeyText:
    origin: str
    use: str
    public: bytes
    proof: bytes  # empty at an end
    before_proof: bytes
    adres: str = ''  # of a transport key: where it is served


def read_key_text(data: bytes, end: bool) -> KeyText:
    """L19, of a leaf of soort 4, or with `end` of soort 5: the bewijs of a log key holds too."""
    try:
        text = data.decode('ascii')
    except UnicodeDecodeError:
        raise Refused('L19', 'a text of another form') from None
    match = (_END if end else _KEY).fullmatch(text)
    if match is None:
        raise Refused('L19', 'a text of another form')
    if match[2] not in _PROOF:
        raise Refused('L19', 'a key for no use there is', 'unsupported')
    proof = b'' if end else _proof(match[5], match[2])
    before = b'' if end else data[:data.index(b'bewijs ')]
    adres = '' if end else _adres(match[4] or '', match[2])
    made = KeyText(match[1], match[2], bytes.fromhex(match[3]), proof, before, adres)
    if not end and made.use == LOG:
        p.check_identity_key(made.public)
        claim = p.pae(b'knooppunt/huissleutel/v1', before)
        if not p.is_signed(made.public, claim, proof):
            raise Refused('L19', 'the bewijs of a log key does not hold', 'signature')
    return made


def _adres(text: str, use: str) -> str:
    """One host and one port, of a transport key and no other."""
    match = _ADRES.fullmatch(text)
    served = (match is not None and match[1] not in ('*', '0.0.0.0', '[::]')
              and 0 < int(match[2]) <= 65535 and len(text) <= MAX_ADRES)
    if served != (use == TRANSPORT) or (text and use != TRANSPORT):
        raise Refused('L19', 'a transport key without its adres, or another key with one')
    return text


def _proof(digits: str, use: str) -> bytes:
    if len(digits) != 2 * _PROOF[use]:
        raise Refused('L19', 'a bewijs of another length')
    return bytes.fromhex(digits)


@dataclass(frozen=True)
class ConvenantEnd:
    origin: str
    naam: str
    hash: bytes


def read_convenant_end(data: bytes) -> ConvenantEnd:
    """L21."""
    try:
        match = _CONVENANT.fullmatch(data.decode('utf-8'))
    except UnicodeDecodeError:
        match = None
    if match is None:
        raise Refused('L21', 'a text of another form')
    return ConvenantEnd(match[1], match[2], bytes.fromhex(match[3]))


@dataclass(frozen=True)
class HerstelText:
    origin: str
    before: str
    size: int
    root: bytes


def read_herstel(data: bytes) -> HerstelText:
    """L25, of a leaf of soort 17."""
    try:
        match = _HERSTEL.fullmatch(data.decode('utf-8'))
    except UnicodeDecodeError:
        match = None
    if (match is None or match[1] == match[2] or int(match[5]) < int(match[3])
            or len(match[6].encode()) > 200 or int(match[5]) >= 1 << 63):
        raise Refused('L25', 'a text of another form')
    return HerstelText(match[1], match[2], int(match[3]), bytes.fromhex(match[4]))
