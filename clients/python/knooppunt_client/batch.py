# SPDX-License-Identifier: EUPL-1.2
"""Batches (§7): one signature over up to 256 statements, each provable alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import primitives as p
from . import tree
from .errors import Refused

MAX_BATCH = 256


def header_hash(statement: bytes) -> bytes:
    return tree.leaf_hash(statement)


def _message(signer: str, key_id: bytes, size: int, root: bytes) -> bytes:
    return p.pae(b'knooppunt/batch/v1', signer.encode(), key_id, p.u32be(size), root)


@dataclass(frozen=True)
class Proof:
    """Where a statement stands in the batch that was signed."""

    signer: str
    key_id: bytes
    size: int
    index: int
    path: tuple[bytes, ...]
    signature: bytes


def sign_batch(signer: str, seed: bytes, statements: Sequence[bytes]) -> list[Proof]:
    if not 1 <= len(statements) <= MAX_BATCH:
        raise ValueError('a batch has 1 to 256 statements')
    leaves = [header_hash(each) for each in statements]
    key_id = p.key_id(p.IDENTITY, p.public_of_seed(seed))
    signature = p.sign(seed, _message(signer, key_id, len(leaves), tree.root_of(leaves)))
    return [Proof(signer, key_id, len(leaves), index, tuple(tree.path_of(leaves, index)), signature)
            for index in range(len(leaves))]


def check_signed(public: bytes, statement: bytes, proof: Proof) -> None:
    """W19, for the identity key that `proof` should be of."""
    if not 1 <= proof.size <= MAX_BATCH:
        raise Refused('W19', 'a batch of another size')
    if proof.key_id != p.key_id(p.IDENTITY, public):
        raise Refused('W19', 'another key than its id says', 'signature')
    root = tree.root_by_path(header_hash(statement), proof.index, proof.size, proof.path)
    if root is None:
        raise Refused('W19', 'a path of another length than the batch has')
    if not p.is_signed(public, _message(proof.signer, proof.key_id, proof.size, root),
                       proof.signature):
        raise Refused('W19', 'a signature that does not hold', 'signature')
