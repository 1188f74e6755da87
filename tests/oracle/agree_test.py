#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The oracle and the engine agree, deciding regels and awaited weging included: on every golden
case, on random meldingen over the convenanten of the tree, and over random convenanten.

usage: agree_test.py [--meldingen N] [--seed N] [--jobs N]   KNP_DECIDE_DOOR names decide_door

Half of the meldingen are over the convenanten of the tree, half over random ones. The same seed and
number give the same meldingen.
"""

import argparse
import multiprocessing
import os
import random
import sys

import agree
import door
import golden_test
import language
from draw_convenant import Maker, text_of
from oracle import Convenant

FIXTURES = [os.path.join(language.SOURCE, 'tests', 'fixtures', 'convenanten', f'{name}.yaml')
            for name in ('klein', 'soorten', 'proef')]
SHIPPED = [language.path_of(name) for name in language.SHIPPED]
EACH = 60  # meldingen over one random convenant
SLICE = 10_000  # meldingen that one job does at a time
# A kind of answer that hardly occurs would be compared by accident only.
LEAST_SHARE = {'verstrekt': 0.05, 'geweigerd': 0.10, 'verboden': 0.03, 'wacht': 0.03,
               'weging awaited': 0.01}


def golden(tally):
    """Each golden case before the engine."""
    convenanten = {name: Convenant(language.read(language.path_of(name)))
                   for name in language.SHIPPED}
    for place, rule, case in golden_test.rows():
        name = case.get('convenant', rule['convenant'])
        convenant = convenanten[name]
        melding = golden_test.melding_of(convenant.document, case)
        for written, answer in case['verwacht'].items():
            question = golden_test.question(convenant.document, written)
            got = door.engine([f'convenant {language.path_of(name)}', *door.melding_lines(melding),
                               door.question_line(question)])
            tally.counts['golden'] += 1
            if got != [door.answer_line(golden_test.expected(answer))]:
                raise agree.Difference(f'{place}: {case["because"]}\n  {written}: engine {got}, '
                                       f'expected {answer}')


def over_random(seed, count):
    tally = agree.Tally()
    for number in range(0, count, EACH):
        own = f'{seed}.{number}'
        text = text_of(Maker(random.Random(own)).convenant())
        try:
            agree.over_text(text, own, min(EACH, count - number), tally)
        except door.Refused as error:
            raise agree.Difference(f'the engine refuses a random convenant: {error}\n{text}') \
                from error
        except agree.Difference as error:
            raise agree.Difference(f'{error}\nthe convenant (seed {own}):\n{text}') from error
        tally.counts['random convenanten'] += 1
    return tally


def work(job):
    kind, seed, count = job
    try:
        if kind == 'random':
            return over_random(seed, count), ''
        return agree.over_files(SHIPPED + FIXTURES, seed, count), ''
    except agree.Difference as error:
        return None, f'seed {seed}: {error}'


def jobs_of(seed, count):
    for number in range(0, count, SLICE):
        yield ('random' if number // SLICE % 2 else 'files', f'{seed}/{number}',
               min(SLICE, count - number))


def too_thin(tally):
    """What was compared too little of to call it compared."""
    for kind, share in LEAST_SHARE.items():
        if tally.counts[kind] < share * tally.counts['answers']:
            yield f'only {tally.counts[kind]} answers are "{kind}"'
    for path in SHIPPED:
        document = language.read(path)
        for regel in document.regels:
            if not tally.decided[document.naam, regel.naam]:
                yield f'{document.naam}: {regel.naam} never decided anything'


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--meldingen', type=int, default=200_000)
    parser.add_argument('--seed', default='1')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    return parser.parse_args()


def main():
    asked = arguments()
    total, troubles = agree.Tally(), []
    golden(total)
    with multiprocessing.Pool(asked.jobs) as pool:
        for tally, trouble in pool.imap_unordered(work, jobs_of(asked.seed, asked.meldingen)):
            if trouble:
                troubles.append(trouble)
                break
            total.join(tally)
        pool.terminate()
    if not troubles:
        troubles += too_thin(total)
    for trouble in troubles:
        print(trouble)
    print(f'seed {asked.seed}: ' + ', '.join(f'{count} {name}' for name, count in
                                             sorted(total.counts.items())))
    return bool(troubles)


if __name__ == '__main__':
    sys.exit(main())
