#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""What the knooppunt states of earlier meldingen is computed only over meldingen of which that very
ontvanger received something: random meldingen about a few people are sent through a knooppunt, and
each `verrijking` that arrives is counted again from what arrived there before.

usage: provenance_test.py [--meldingen N] [--seed N]     KNOOPPUNTD names the daemon

KNP_KNOWS_ALL names a daemon with a planted fault, which must be caught first.
"""

import argparse
import datetime
import os
import random
import sys
import time
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))
import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_stage import Stage  # noqa: E402

AMSTERDAM = zoneinfo.ZoneInfo('Europe/Amsterdam')
SENDERS = {'politie': (kc.POLITIE, ('basisteam',), 'politie'),
           'vt': (kc.VT, ('meldingen',), 'veilig-thuis'),
           'ggz': (kc.GGZ, ('crisisdienst',), 'partner')}
GIVEN = 1  # soort of a verstrekking that gives


class Sent:
    """One melding that was sent: who, about whom, when."""

    def __init__(self, index, bron, people, day):
        self.index, self.bron, self.people, self.day = index, bron, people, day


class World:
    """The house, what was sent, and what each ontvanger received of it."""

    def __init__(self, seed, binary=None):
        self.random = random.Random(seed)
        self.stage = Stage(binary=binary)
        self.people = [Betrokkene(bsn=bsn(70 + n), woont=self.random.choice(('GM1883', 'GM0971')))
                       for n in range(4)]
        self.sent, self.knows = {}, {}
        self.compared = self.hidden = self.steered = 0

    def send(self):
        random = self.random
        name = random.choice(('politie', 'politie', 'politie', 'vt', 'ggz'))
        bron, functies, soort = SENDERS[name]
        people = tuple(random.sample(self.people, random.choice((1, 1, 1, 2))))
        places = [(0, 'kenmerken')] + [(number, rubriek) for number in range(1, len(people) + 1)
                                       for rubriek in ('betrokkenheid', 'identificatie', 'bsn')]
        klasse = random.choice(('E33', '')) if name == 'politie' else ''
        themas = random.choice((('overlast',), ('huiselijk-geweld',)))
        case = Case(bron, functies, soort, klasse, themas, 'GM1883', people, tuple(places))
        receipt, = self.stage.push(name, self.stage.melding(name, case))
        if receipt.outcome != 'aanvaard':
            raise AssertionError(f'not accepted: {receipt}')
        day = datetime.datetime.now(AMSTERDAM).date()
        self.sent[receipt.index] = Sent(receipt.index, bron, [one.bsn for one in people], day)
        self.receive(self.sent[receipt.index])

    def receive(self, melding):
        for ontvanger, arrived in self.stage.everything().items():
            known = self.knows.setdefault(ontvanger, set())
            for one in arrived:
                if (one.part.betreft or one.index) != melding.index or one.part.soort != GIVEN:
                    raise AssertionError(f'{ontvanger} received what was not sent now: {one}')
                for number, person in enumerate(melding.people, 1):
                    self.compare(ontvanger, known, one, melding, number, person)
            if arrived:
                known.add(melding.index)

    def compare(self, ontvanger, known, one, melding, number, person):
        earlier = [sent for sent in self.sent.values()
                   if sent is not melding and person in sent.people]
        seen = [sent for sent in earlier if sent.index in known]
        count = one.values((number, 'verrijking.eerder'))
        if count is not None:
            days = sum(sent.day == melding.day for sent in seen)
            self.expect(ontvanger, melding, {name: value[0] for name, value in count.items()},
                        {'dag': str(days), '30': str(len(seen)), '365': str(len(seen))})
            self.hidden += len(seen) < len(earlier)
            self.steered += ontvanger == kc.VEILIG_THUIS
        both = one.values((number, 'verrijking.samenloop'))
        if both is not None:
            other = any(sent.bron != melding.bron for sent in seen)
            self.expect(ontvanger, melding, both['samenloop'][0], 'ja' if other else 'nee')

    def expect(self, ontvanger, melding, got, wanted):
        self.compared += 1
        if got != wanted:
            raise AssertionError(
                f'melding {melding.index} of {melding.bron} tells {ontvanger} {got}; over what it received '
                f'({sorted(self.knows[ontvanger])}) it is {wanted}')


def play(seed, count, binary=None):
    """What differs; the world that was played, closed."""
    world = World(seed, binary)
    try:
        for _ in range(count):
            not_at_midnight()
            world.send()
    except AssertionError as error:
        return str(error), world
    finally:
        world.stage.close()
    return '', world


def not_at_midnight():
    """The day of a melding is told here and there by two clocks."""
    while datetime.datetime.now(AMSTERDAM).strftime('%H:%M') in ('23:59', '00:00'):
        time.sleep(1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--meldingen', type=int, default=60)
    parser.add_argument('--seed', default='1')
    asked = parser.parse_args()
    planted = os.environ.get('KNP_KNOWS_ALL')
    if planted:
        caught, _ = play(asked.seed, asked.meldingen, planted)
        print(f'the planted fault: {caught or "not caught"}')
        if 'over what it received' not in caught:
            return 1
    trouble, world = play(asked.seed, asked.meldingen)
    print(f'seed {asked.seed}: {trouble or "no difference"}; {asked.meldingen} meldingen, '
          f'{world.compared} verrijkingen counted again, {world.hidden} of them of people with more '
          f'meldingen than this ontvanger may know of, {world.steered} given because of what it may '
          f'not know')
    return bool(trouble) or world.hidden < asked.meldingen // 10 or world.steered == 0


if __name__ == '__main__':
    sys.exit(main())
