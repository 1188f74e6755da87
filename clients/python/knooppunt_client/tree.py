# SPDX-License-Identifier: EUPL-1.2
"""RFC 6962 §2.1: roots, inclusion and consistency."""

from __future__ import annotations

from collections.abc import Sequence

from .primitives import sha256

EMPTY_ROOT = sha256(b'')


def leaf_hash(data: bytes) -> bytes:
    return sha256(b'\x00' + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b'\x01' + left + right)


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    middle = _split(len(leaves))
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Leaf-most sibling first."""
    if len(leaves) <= 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*path_of(leaves[:middle], index), root_of(leaves[middle:])]
    return [*path_of(leaves[middle:], index - middle), root_of(leaves[:middle])]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from `leaf`; None where it has another length than it must."""
    if not 0 <= index < size:
        return None
    rest = list(path)
    hashed, place, last = leaf, index, size - 1
    while last > 0:
        if place % 2 == 1 or place < last:
            if not rest:
                return None
            sibling = rest.pop(0)
            hashed = node_hash(sibling, hashed) if place % 2 == 1 else node_hash(hashed, sibling)
        place //= 2
        last //= 2
    return hashed if not rest else None


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes,
                  proof: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2, which verifies the proofs of RFC 6962. `old_size` is at least 1."""
    if old_size > size or old_size < 1:
        return False
    if old_size == size:
        return not proof and old_root == root
    rest = list(proof)
    if old_size & (old_size - 1) == 0:
        rest.insert(0, old_root)
    if not rest:
        return False
    place, last = old_size - 1, size - 1
    while place % 2 == 1:
        place, last = place // 2, last // 2
    old = new = rest[0]
    for sibling in rest[1:]:
        if last == 0:
            return False
        if place % 2 == 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place % 2 == 0 and place != 0:
                place, last = place // 2, last // 2
        else:
            new = node_hash(new, sibling)
        place, last = place // 2, last // 2
    return last == 0 and old == old_root and new == root
