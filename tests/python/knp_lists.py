# SPDX-License-Identifier: EUPL-1.2
"""The closed lists by name, from proto/spec/vectors/lists.json, and a melding written with them."""

import functools
import json
import os

from knp_messages import decode, pb

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

with open(os.path.join(SOURCE, 'proto', 'spec', 'vectors', 'lists.json'), 'rb') as file:
    LISTS = json.load(file)

RUBRIEKEN = {row['name']: row for row in LISTS['rubrieken']}
RUBRIEK_NAMES = {row['rubriek']: row['name'] for row in LISTS['rubrieken']}
TYPES = {row['name']: row for row in LISTS['types']}
REGIMES = {row['name']: row['regime'] for row in LISTS['regimes']}
REASONS = {row['reason']: row['code'] for row in LISTS['reasons']}
OUTCOMES = {1: 'aanvaard', 2: 'geweigerd', 3: 'again'}


def waarde(value):
    if isinstance(value, bytes):
        return value
    return str(value).encode('utf-8')


def velden(rows, values):
    """[(number, bytes)] of {name: value or list of values}, in the order of the list."""
    known = {row['name']: row['veld'] for row in rows}
    found = []
    for name, value in values.items():
        name = name.replace('_', '-') if name not in known else name
        for one in value if isinstance(value, (list, tuple)) else [value]:
            found.append((known[name], waarde(one)))
    return sorted(found, key=lambda pair: pair[0])


class Rubriek:
    """One rubriek as a sender writes it; `values` are velden by name."""

    def __init__(self, naam, betrokkene=0, regime='avg', bron='', **values):
        self.naam, self.betrokkene = naam, betrokkene
        self.regime, self.bron, self.values = regime, bron, values

    def encode(self):
        row = RUBRIEKEN[self.naam]
        message = pb.Rubriek(soort=row['rubriek'], betrokkene=self.betrokkene,
                             regime=REGIMES[self.regime], bron=self.bron)
        for number, value in velden(row['velden'], self.values):
            message.velden.add(veld=number, waarde=value)
        return message.SerializeToString(deterministic=True)

    def place(self):
        return self.betrokkene, self.naam


def decode_rubriek(wire):
    """(betrokkene, naam, {veld name: [text]}, regime number, bron) of an exact rubriek."""
    message = decode('Rubriek', wire)
    naam = RUBRIEK_NAMES[message.soort]
    names = {row['veld']: row['name'] for row in RUBRIEKEN[naam]['velden']}
    values = {}
    for veld in message.velden:
        values.setdefault(names[veld.veld], []).append(veld.waarde.decode('utf-8'))
    return message.betrokkene, naam, values, message.regime, message.bron


@functools.lru_cache(None)
def _bsns():
    weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
    texts = (f'9999{number:05}' for number in range(100000))
    return [t for t in texts if sum(w * int(c) for w, c in zip(weights, t)) % 11 == 0]


def bsn(number):
    """The number-th test BSN 9999xxxxx that passes the 11-proef."""
    return _bsns()[number]


def wrong_bsn(number):
    """Nine digits that fail the 11-proef in the last one."""
    text = bsn(number)
    return text[:8] + str((int(text[8]) + 1) % 10)
