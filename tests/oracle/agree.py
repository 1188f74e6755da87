# SPDX-License-Identifier: EUPL-1.2
"""The oracle and the engine asked the same: batches, what differs, and the smallest case of it."""

import collections
import copy
import random
import tempfile

import cases
import door
import language
from draw import Drawer, Pools
from oracle import VERSTREKT, Convenant, Rubriek

QUESTIONS = 6
BATCH = 1000
ROUND_EVERY = 100  # meldingen of which everything is asked, of everyone


noon = cases.noon


class Difference(Exception):
    """The oracle and the engine do not agree; the text is for a person."""


def differs(path, convenant, melding, question):
    """(engine, oracle) when they do not agree; None when they do, or the engine will not have it."""
    lines = [f'convenant {path}', *door.melding_lines(melding), door.question_line(question)]
    try:
        engine = door.engine(lines)[0]
    except (door.Refused, RuntimeError):
        return None
    oracle = door.answer_line(convenant.ask(melding)(question))
    return None if engine == oracle else (engine, oracle)


def smaller(melding):
    """Meldingen with one thing less."""
    for key, fact in melding.feiten.items():
        if fact is None or fact:
            less = copy.copy(melding)
            less.feiten = {**melding.feiten, key: ()}
            yield less
    for name in ('wegingen', 'toestemmingen', 'noodbesluiten', 'functies'):
        rows = getattr(melding, name)
        for number in range(len(rows)):
            less = copy.copy(melding)
            setattr(less, name, rows[:number] + rows[number + 1:])
            yield less
    for place in melding.regimes:
        less = copy.copy(melding)
        less.regimes = {key: held for key, held in melding.regimes.items() if key != place}
        yield less
    if melding.betrokkenen > 1:
        less = copy.copy(melding)
        less.betrokkenen -= 1
        less.feiten = {key: fact for key, fact in melding.feiten.items()
                       if key[1] <= less.betrokkenen}
        less.regimes = {key: held for key, held in melding.regimes.items()
                        if key[1] <= less.betrokkenen}
        yield less


def shrunk(path, convenant, melding, question):
    """The smallest melding found over which they still differ."""
    again = True
    while again:
        again = False
        for less in smaller(melding):
            if differs(path, convenant, less, question):
                melding, again = less, True
                break
    melding.feiten = {key: fact for key, fact in melding.feiten.items() if fact != ()}
    return melding


def explain(path, convenant, melding, question):
    melding = shrunk(path, convenant, melding, question)
    found = differs(path, convenant, melding, question)
    engine, oracle = found or ('agrees when asked alone', '')
    return (f'under {path}\n{door.told(melding)}\n  asked: {question}\n'
            f'  engine: {engine}\n  oracle: {oracle}\n  as lines:\n    ' + '\n    '.join(
                [f'convenant {path}', *door.melding_lines(melding), door.question_line(question)]))


class Tally:
    """What was compared, so that nobody has to believe that it was much."""

    def __init__(self):
        self.counts = collections.Counter()
        self.decided = collections.Counter()  # (convenant, regel)

    def add(self, convenant, answer):
        self.counts['answers'] += 1
        named = answer.regels and answer.oordeel == 'geweigerd'
        self.counts['verboden' if named else answer.oordeel] += 1
        if answer.weging:
            self.counts['weging awaited'] += 1
        for regel in answer.regels:
            self.decided[convenant.document.naam, regel] += 1

    def join(self, other):
        self.counts += other.counts
        self.decided += other.decided


def batch(path, pools, drawer, count, tally):
    """Compares `count` meldingen; raises Difference at the first that differs."""
    convenant = pools.convenant
    lines, asked, expected = [f'convenant {path}'], [], []
    for number in range(count):
        melding, target, lucky = drawer.melding()
        lines += door.melding_lines(melding)
        lines.append('geldt')
        expected.append('ja' if convenant.concerns(melding) else 'nee')
        asked.append((melding, None))
        answers = convenant.ask(melding)
        for question in drawer.questions(melding, target, lucky, QUESTIONS):
            answer = answers(question)
            tally.add(convenant, answer)
            lines.append(door.question_line(question))
            expected.append(door.answer_line(answer))
            asked.append((melding, question))
            if isinstance(question, Rubriek) and answer.oordeel != VERSTREKT and len(asked) % 3 == 0:
                lines.append(door.question_line(question).replace('vraag', 'uitleg', 1))
                expected.append(answers.nearest(question) or '-')
                asked.append((melding, question))
                tally.counts['explained'] += 1
        if number % ROUND_EVERY == 0:
            lines.append(door.round_line())
            whole = door.round_answers(convenant, melding)
            expected += whole
            asked += [(melding, None)] * len(whole)
            tally.counts['rounds'] += 1
            tally.counts['answers of a round'] += len(whole) - 1
    tally.counts['meldingen'] += count
    got = door.engine(lines)
    for number, line in enumerate(expected):
        if number >= len(got) or got[number] != line:
            raise Difference(told_difference(path, convenant, *asked[number], line,
                                             got[number] if number < len(got) else 'nothing'))
    if len(got) != len(expected):
        raise Difference(f'under {path}: the engine says more: {got[len(expected)]}')


def told_difference(path, convenant, melding, question, oracle, engine):
    if question is not None and oracle.startswith('{'):
        return explain(path, convenant, melding, question)
    return (f'under {path}\n{door.told(melding)}\n  what explains {question}\n'
            f'  (None: a round, or whether the melding concerns it)\n'
            f'  engine: {engine}\n  oracle: {oracle}')


def over_files(paths, seed, count):
    """Meldingen over convenanten that are there."""
    tally, drawer_random = Tally(), random.Random(seed)
    every = [Pools(Convenant(language.read(path))) for path in paths]
    for number in range(0, count, BATCH):
        turn = number // BATCH % len(paths)
        batch(paths[turn], every[turn], Drawer(every[turn], drawer_random),
              min(BATCH, count - number), tally)
    return tally


def over_text(text, seed, count, tally):
    """Meldingen over one convenant that was made for it."""
    document = language.Document(text)
    pools = Pools(Convenant(document))
    with tempfile.NamedTemporaryFile('w', suffix='.yaml', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        batch(file.name, pools, Drawer(pools, random.Random(seed)), count, tally)
