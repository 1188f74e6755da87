# SPDX-License-Identifier: EUPL-1.2
"""Acts: the signatures of roles that a register leaf rests on (L13)."""

from __future__ import annotations

from dataclasses import dataclass

from . import batch, values, wire
from .bundle import Party
from .errors import Refused
from .wire import pb

ACT = 7


@dataclass(frozen=True)
class Demand:
    """What an act must say: about which object, to which house and log. Its head must be larger
    than `head_above`, the index of the newest leaf about this convenant; -1: nothing is asked."""

    oin: str
    origin: str
    soort: str
    wanted: bytes
    head_above: int


def proof_of(signed: pb.SignedStatement) -> batch.Proof:
    return batch.Proof(signed.signer, signed.key_id, signed.size, signed.index, tuple(signed.path),
                       signed.signature)


def is_for(signed: pb.SignedStatement, party: Party, demand: Demand, entry_time: int) -> bool:
    """Whether `party`, a role in force, signed just this, and it had not expired."""
    try:
        statement = wire.parse(pb.Statement, signed.statement)
        batch.check_signed(party.identity, signed.statement, proof_of(signed))
    except Refused:
        return False
    if not statement.source.startswith(f'urn:nld:oin:{party.oin}:systeem:'):
        return False
    if (statement.type, statement.audience_oin, statement.audience_log) != (
            ACT, demand.oin, demand.origin):
        return False
    if demand.head_above >= 0 and statement.head.size <= demand.head_above:
        return False
    return _says(statement, demand, entry_time)


def _says(statement: pb.Statement, demand: Demand, entry_time: int) -> bool:
    found = [(veld.veld, veld.waarde) for veld in statement.velden]
    if [number for number, _ in found] != [1, 2, 3]:
        return False
    soort, wanted, expires = (value for _, value in found)
    moment = values.milliseconds(expires.decode('utf-8', 'replace'))
    return (soort == demand.soort.encode() and wanted == demand.wanted
            and moment is not None and moment >= entry_time)
