# SPDX-License-Identifier: EUPL-1.2
"""Bundles: the public keys of a party, and the proof that it holds them (§9.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import primitives as p
from . import values, wire
from .errors import Refused
from .wire import pb

ROLES = ('beheerder', 'privacy-officer', 'privacy-officer-plv')
_LABEL = b'knooppunt/bundle/v1'
_NAME = re.compile(r'[a-z0-9-]+')


@dataclass(frozen=True)
class Party:
    """One bundle: an organisation in some of its functies."""

    oin: str
    naam: str
    soort: str
    functies: tuple[str, ...]
    identity: bytes
    sealing: bytes
    transport: bytes

    @property
    def keys(self) -> tuple[tuple[int, bytes], ...]:
        rows = ((p.IDENTITY, self.identity), (p.SEALING, self.sealing),
                (p.TRANSPORT, self.transport))
        return tuple((kind, key) for kind, key in rows if key)

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        return tuple(p.key_id(kind, key) for kind, key in self.keys)

    @property
    def role(self) -> str:
        """The role of the house that this is the bundle of, or an empty text."""
        return self.functies[0] if self.functies and self.functies[0] in ROLES else ''


def claim_of(bundle: bytes) -> bytes:
    return p.pae(_LABEL, bundle)


def possession_proof(kind: int, secret: bytes, other: bytes, public: bytes, send: bytes,
                     claim: bytes) -> bytes:
    """That a sealing or transport key is held, towards a send key: made from either secret, with
    the other public key."""
    key = p.hkdf(_LABEL, p.agree(secret, other), p.pae(p.u8(kind), public, send))
    return p.hmac_sha256(key, claim)


def make_bundle(party: Party, identity_seed: bytes, sealing_secret: bytes, transport_secret: bytes,
                send: bytes) -> bytes:
    """A SignedBundle for the house whose send key is `send`."""
    bundle = wire.write(pb.Bundle(
        oin=party.oin, naam=party.naam, soort=party.soort, functies=party.functies, suite=1,
        identity=party.identity, sealing=party.sealing, transport=party.transport))
    claim = claim_of(bundle)
    return wire.write(pb.SignedBundle(
        bundle=bundle, identity_proof=p.sign(identity_seed, claim),
        sealing_proof=possession_proof(p.SEALING, sealing_secret, send, party.sealing, send, claim),
        transport_proof=possession_proof(p.TRANSPORT, transport_secret, send, party.transport,
                                         send, claim)))


def read_bundle(data: bytes) -> Party:
    """L16 and L17 of a SignedBundle, as far as a reader can check them; W2 and W3 of its keys."""
    signed = wire.parse(pb.SignedBundle, data)
    made = wire.parse(pb.Bundle, signed.bundle)
    if made.suite != 1:
        raise Refused('L16', 'a bundle of another suite', 'unsupported')
    _check_names(made.oin, made.naam, made.soort, made.functies)
    if bool(made.sealing) != bool(made.transport):
        raise Refused('L16', 'one of sealing and transport key without the other')
    if made.sealing and made.sealing == made.transport:
        raise Refused('L17', 'one key for sealing and transport')
    p.check_identity_key(made.identity)
    for key in (made.sealing, made.transport):
        if key:
            p.check_agreement_key(key)
    if not p.is_signed(made.identity, claim_of(signed.bundle), signed.identity_proof):
        raise Refused('L16', 'an identity proof that does not hold', 'signature')
    return Party(made.oin, made.naam, made.soort, tuple(made.functies), made.identity,
                 made.sealing, made.transport)


def _check_names(oin: str, naam: str, soort: str, functies: Sequence[str]) -> None:
    if not values.is_oin(oin):
        raise Refused('L17', 'an OIN that is none')
    if not values.is_line(naam) or not values.is_seen(naam):
        raise Refused('L17', 'a name with characters that are not seen')
    if not _NAME.fullmatch(soort) or not all(map(_NAME.fullmatch, functies)):
        raise Refused('L17', 'a soort or functie with other characters than it may have')
    if len(set(functies)) != len(functies):
        raise Refused('L17', 'a functie twice')
