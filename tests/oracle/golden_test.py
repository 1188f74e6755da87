#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""golden_test.py [--min N]: the golden cases of golden/*.yaml under the oracle.

Each file is a list of rules: `rule` (R-number), `quote`, `convenant`, and `cases`. A case is:

  because        what the rule says of this situation
  convenant      when it is another one
  melding        facts of the melding; `bron` also says who sent it. What is not mentioned is known to
                 have no value; `onbekend` names what is not known
  betrokkenen    facts of each; without it there is one of whom nothing is known to have a value
  op, oefening, sleutel    the day (1 January 2026), ja, and the functie of the key (every)
  wegingen       list of {regel, uitkomst, betrokkene}; without betrokkene: of the whole
  toestemmingen  list of {betrokkene, grond, gever, voor, bron, aan, rubriek, van, tot}, or onbekend
  nood           list of {regel, betrokkene, aan}, active at the moment of the decision
  regimes        {"RUBRIEK BETROKKENE": codes or onbekend}; avg where none is named
  geldt          nee when the melding does not concern the convenant (§4.5) and nothing is asked
  verwacht       {"RUBRIEK [BETROKKENE] aan PARTIJ/FUNCTIE" or "agenda OVERLEG BETROKKENE":
                  "OORDEEL [door REGEL…][, weging REGEL]"}; PARTIJ may be an OIN of nobody
"""

import glob
import os
import re
import sys

import yaml

import cases
import language
from language import RUBRIEKEN, as_list, janee
from oracle import Agenda, Answer, Convenant, Melding, Nood, Rubriek

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'golden')
KEYS = {'because', 'convenant', 'melding', 'betrokkenen', 'op', 'oefening', 'sleutel', 'wegingen',
        'toestemmingen', 'nood', 'regimes', 'geldt', 'verwacht'}
EXPECTED = re.compile(r'(verstrekt|geweigerd|wacht)(?: door ([a-z0-9. -]+))?(?:, weging (\S+))?')


def rows():
    """(place in the file, rule, case) of every golden case."""
    for path in sorted(glob.glob(os.path.join(FOLDER, '*.yaml'))):
        with open(path, encoding='utf-8') as file:
            rules = yaml.load(file, Loader=yaml.BaseLoader)
        for rule in rules:
            for case in rule['cases']:
                yield f'{os.path.basename(path)} {rule["rule"]}', rule, case


def ontvanger(document, written):
    partij, functie = written.split('/')
    row = document.partijen.get(partij)
    return (row.oin if row else partij), functie


def question(document, written):
    words = written.split(' ')
    if words[0] == 'agenda':
        return Agenda(words[1], int(words[2]))
    rubriek, about = (words[0], int(words[1])) if words[1] != 'aan' else (words[0], 0)
    if words[-2] != 'aan' or (about == 0 and RUBRIEKEN.get(rubriek, (False,))[0] and
                              words[1] == 'aan'):
        raise ValueError(f'no question: {written}')
    return Rubriek(*ontvanger(document, words[-1]), rubriek, about)


def expected(written):
    oordeel, door, weging = EXPECTED.fullmatch(written).groups()
    return Answer(oordeel, tuple(door.split(' ')) if door else (), weging or '')


def avg(melding):
    """Where nothing is said of the law, it is the AVG."""
    for rubriek in [*RUBRIEKEN, language.BERICHT]:
        for about in range(melding.betrokkenen + 1):
            melding.regimes[rubriek, about] = ('avg',)


def melding_of(document, case):
    persons = case.get('betrokkenen', [{}])
    melding = Melding(len(persons))
    facts = dict(case.get('melding', {}))
    facts.setdefault('betrokkenen', str(len(persons)))
    cases.set_facts(melding, facts, 0)
    cases.set_sender(document, melding, facts, case.get('sleutel', ''))
    for number, person in enumerate(persons, 1):
        cases.set_facts(melding, person, number)
    melding.oefening = janee(case.get('oefening', 'ja')) == 'ja'
    melding.moment = cases.noon(case.get('op', '2026-01-01'))
    melding.wegingen = [(row['regel'], row['uitkomst'], int(row.get('betrokkene', 0)))
                        for row in as_list(case.get('wegingen', []))]
    cases.set_toestemmingen(document, melding, case.get('toestemmingen', []))
    melding.noodbesluiten = [
        Nood(row['regel'], int(row['betrokkene']), *ontvanger(document, row['aan']),
             melding.moment, melding.moment + 60_000) for row in case.get('nood', [])]
    avg(melding)
    for place, held in case.get('regimes', {}).items():
        rubriek, about = place.split(' ')
        melding.regimes[rubriek, int(about)] = \
            None if held == 'onbekend' else tuple(as_list(held))
    return melding


def judge(convenant, case):
    """What comes out otherwise than expected."""
    melding = melding_of(convenant.document, case)
    if convenant.concerns(melding) != (janee(case.get('geldt', 'ja')) == 'ja') and melding.bron:
        yield 'it concerns this convenant otherwise than expected'
    asked = convenant.ask(melding)
    for written, answer in case['verwacht'].items():
        got = asked(question(convenant.document, written))
        if got != expected(answer):
            yield f'{written}\n    expected {expected(answer)}\n    got      {got}'


def main():
    least = int(sys.argv[sys.argv.index('--min') + 1]) if '--min' in sys.argv else 1
    convenanten = {name: Convenant(language.read(language.path_of(name)))
                   for name in language.SHIPPED}
    count = questions = wrong = 0
    rules = set()
    for place, rule, case in rows():
        if set(case) - KEYS or not case['because'] or not rule['quote'].count('«'):
            raise ValueError(f'{place}: {set(case) - KEYS or case}')
        count += 1
        questions += len(case['verwacht'])
        rules.add(rule['rule'])
        for trouble in judge(convenanten[case.get('convenant', rule['convenant'])], case):
            wrong += 1
            print(f'{place}: {case["because"]}\n  {trouble}')
    print(f'{count} golden cases of {len(rules)} rules, {questions} questions: {wrong} otherwise')
    return wrong > 0 or count < least


if __name__ == '__main__':
    sys.exit(main())
