#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes seed corpora for the fuzz targets of proto/wire. usage: make_fuzz_seeds.py FOLDER

They are the small ones among the vectors of the specification, good and bad, and a message of each
kind that has no vector.
"""

import os
import sys

import make_vectors
from vector_cast import HOUSE, identity, secret
from vectors_log import Answers
from knp_messages import encode, pb
from knp_wire import Batch, hint, seal

SEED_MAX = 6000
# target: (vector file, field with the bytes, type of the row or None)
TARGETS = {
    'request': ('request', 'wire', 'Request'), 'statement': ('statement', 'wire', 'Statement'),
    'rubriek': ('statement', 'wire', 'Rubriek'), 'part': ('part', 'wire', 'Part'),
    'entry': ('entry', 'entry', None), 'party_bundle': ('bundle', 'wire', None),
    'envelope': ('envelope', 'frame', None),
}


def rows_of(name, field, kind):
    made = make_vectors.FILES[name]()
    for group in ('vectors', 'negative'):
        for number, row in enumerate(made[group]):
            if kind is None or row.get('type') == kind:
                yield f'{group[:3]}-{number:02}', row[field]


def write(folder, target, seeds):
    os.makedirs(os.path.join(folder, target), exist_ok=True)
    kept = set()
    for name, data in seeds:
        if len(data) <= SEED_MAX and data not in kept:
            kept.add(data)
            with open(os.path.join(folder, target, name), 'wb') as file:
                file.write(data)


def main(folder):
    for target, where in TARGETS.items():
        seeds = list(rows_of(*where))
        if target == 'envelope':
            key = b'fuzz fuzz fuzz fuzz fuzz fuzz fu'
            seeds += [('hint', hint(1, 250)),
                      ('opens', seal(1, (bytes(8), bytes(8)), key, b'inhoud',
                                     secret('seed')[:24])),
                      ('plain', bytes([0, 0, 0, 3]) + b'abc'),
                      ('plain-long', bytes([0, 0, 2, 0]))]
        if target == 'part':
            seeds += [('getoond', pb.Part(verstrekking=pb.PartVerstrekking(
                origin='log.example/proef', oin='00000099000000003000', functie='wmo', number=2,
                soort=9, header_hash=bytes(range(32)), convenant_hash=bytes(range(32)), betreft=7,
                gronden=[pb.Grond(rubriek=1, regel='wmo-leest', convenantartikel='1', doel='zorg',
                                  grondslag=['avg-6-1-e'])]
            )).SerializeToString(deterministic=True))]
            act = Batch(HOUSE, identity('beheerder'), [b'act']).signed_statement(0)
            seeds += [('wissing', pb.Part(wissing=pb.PartWissing(
                melding=7, opdracht=b'wissing', acts=[act], slots=[4, 70000]
            )).SerializeToString(deterministic=True))]
        write(folder, target, seeds)
    answers = Answers()
    register = answers.register
    del register.replies[0].register[1:]
    write(folder, 'replies', [('register', encode(register)),
                              ('receipt', encode(answers.receipt)),
                              ('delivery', encode(answers.delivery)), ('empty', b'')])


if __name__ == '__main__':
    main(sys.argv[1])
