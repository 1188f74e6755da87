# SPDX-License-Identifier: EUPL-1.2
"""C2SP tlog-tiles in plain Python, written from the text (c2sp.org tlog-tiles) as knp_tree is."""

import os

from knp_tree import Refused, Tree, leaf_hash, malformed, verify_checkpoint

ENTRY_MAX = 65535
TILE_WIDTH = 256


def tile_name(level, index, width=TILE_WIDTH):
    """Name of a hash tile; level None names an entry bundle."""
    groups = [f'{index % 1000:03}']
    while index >= 1000:
        index //= 1000
        groups.insert(0, f'x{index % 1000:03}')
    name = f"tile/{'entries' if level is None else level}/{'/'.join(groups)}"
    return name if width == TILE_WIDTH else f'{name}.p/{width}'


def tile_widths(level, size):
    """Widths of the tiles of a level at `size`, the last one perhaps partial."""
    count = size >> (8 * (level or 0))
    rest = count % TILE_WIDTH
    return [TILE_WIDTH] * (count // TILE_WIDTH) + ([rest] if rest else [])


def split_bundle(data):
    entries = []
    while data:
        length = int.from_bytes(data[:2], 'big')
        if len(data) < 2 + length:
            raise malformed('bundle cut short')
        entries.append(data[2:2 + length])
        data = data[2 + length:]
    return entries


def join_bundle(entries):
    if any(len(entry) > ENTRY_MAX for entry in entries):
        raise Refused('large', 'entry')
    return b''.join(len(entry).to_bytes(2, 'big') + entry for entry in entries)


def read_file(folder, name):
    with open(os.path.join(folder, name), 'rb') as file:
        return file.read()


def read_entries(folder, size):
    """All entries of a tlog-tiles folder."""
    entries = []
    for index, width in enumerate(tile_widths(None, size)):
        name = tile_name(None, index, width)
        bundle = split_bundle(read_file(folder, name))
        if len(bundle) != width:
            raise malformed(f'{name}: {len(bundle)} entries')
        entries += bundle
    return entries


def verify_folder(folder, vkey):
    """(checkpoint, tree, entries) of a tlog-tiles folder in which everything fits."""
    checkpoint = verify_checkpoint(read_file(folder, 'checkpoint'), vkey)
    entries = read_entries(folder, checkpoint.size)
    tree = Tree(leaf_hash(entry) for entry in entries)
    if tree.root() != checkpoint.root:
        raise Refused('signature', 'the entries have another root than the checkpoint')
    level = 0
    while checkpoint.size >> (8 * level):
        for index, width in enumerate(tile_widths(level, checkpoint.size)):
            name = tile_name(level, index, width)
            first = index * TILE_WIDTH
            if read_file(folder, name) != b''.join(
                    tree.subtree(8 * level, first + i) for i in range(width)):
                raise Refused('signature', f'{name} is not the tile of the entries')
        level += 1
    return checkpoint, tree, entries
