# SPDX-License-Identifier: EUPL-1.2
"""One rehearsal: a year, a house, and what was found."""

import datetime
import os

import jaar
import oordeel
import rapport
from kalender import moment
from spel import Spel
from wereld import Wereld

HERE = os.path.dirname(os.path.abspath(__file__))
HUIS = 'midden-limburg'


def convenant():
    """What is played under: the shipped one, and what erbij.yaml adds."""
    with open(os.path.join(HERE, 'erbij.yaml'), encoding='utf-8') as file:
        return oordeel.document(HUIS, file.read())


def play(seed, daemon, clock, until=None, rate=None, in_force=None, game=Spel):
    """The year of a seed, played. `in_force` is what the house has instead of what the oracle has,
    `game` what plays: for who plants a fault."""
    year, text = jaar.make(seed), convenant()
    if until and until.year != year.cijfers.jaar:
        raise ValueError(f'{until} is no day of {year.cijfers.jaar}')
    opens = moment(datetime.date(year.cijfers.jaar, 1, 1), 9)
    wereld = Wereld(daemon, clock, in_force or text, opens, rate)
    try:
        spel = game(wereld, year, text, until)
        spel.play()
        return spel
    finally:
        wereld.close()


def summary(spel):
    """One object: what was played, what was checked, and each breach."""
    kept = spel.beloften
    return {'seed': spel.jaar.seed, 'kept': not kept.breaches,
            'meldingen': {stroom: spel.counts[stroom] for stroom in jaar.STROMEN},
            'counts': dict(sorted(spel.counts.items())),
            'checked': dict(sorted(kept.checked.items())), 'breaches': kept.breaches[:50],
            'digest': kept.digest.hexdigest()}


def write_report(spel, path):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(rapport.page(spel))
