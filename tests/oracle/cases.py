# SPDX-License-Identifier: EUPL-1.2
"""Cases as people write them: the proeven of a convenant file (docs/convenant-taal.md §2.8), and
the golden cases of golden/*.yaml, whose form stands in golden_test.py."""

import datetime

import oracle
from language import ATTRIBUTEN, as_list, janee
from oracle import Agenda, Given, Melding, Nood, Rubriek


def values(written):
    """A value or a list of them; an empty text is: known to have none."""
    return tuple(janee(one) for one in as_list(written) if one != '')


def noon(day):
    """Noon in Limburg, or an hour past it: the day is the same."""
    return int(datetime.datetime.fromisoformat(f'{day}T11:00:00+00:00').timestamp()) * 1000


def set_facts(melding, written, person):
    """`person` 0: facts of the melding. A fact of a betrokkene among them is of the first."""
    for attribuut, value in written.items():
        for one, known in ([(one, None) for one in as_list(value)] if attribuut == 'onbekend'
                           else [(attribuut, values(value))]):
            of_person = ATTRIBUTEN[one].betrokkene
            if person and not of_person:
                raise ValueError(f'{one} is a fact of the melding')
            melding.feiten[one, (person or 1) if of_person else 0] = known


def set_sender(document, melding, written, functie=''):
    """`bron` also says who sent it, and of which soort unless that is written."""
    if not written.get('bron'):
        return
    partij = document.partijen[written['bron']]
    melding.bron = partij.oin
    melding.functies = (functie,) if functie else ()
    if 'bron.soort' not in written and 'bron.soort' not in as_list(written.get('onbekend', [])):
        melding.feiten['bron.soort', 0] = (partij.soort,)


def given(document, row, person):
    to = row.get('aan', {})
    return Given(person, row['grond'], row.get('gever', ''), row.get('voor', ''),
                 document.partijen[row['bron']].oin if 'bron' in row else '',
                 document.partijen[to['partij']].oin if to else '', to.get('functie', ''),
                 row.get('rubriek', ''), row.get('van', ''), row.get('tot', ''))


def set_toestemmingen(document, melding, written):
    if written == 'onbekend':
        melding.all_toestemmingen = False
        return
    melding.toestemmingen = [given(document, row, int(row.get('betrokkene', 1)))
                             for row in as_list(written)]


def asked(document, overleg, aan, rubriek, person):
    if overleg:
        return Agenda(overleg, person)
    return Rubriek(document.partijen[aan['partij']].oin, aan['functie'], rubriek, person)


def of_incident(rubriek):
    return rubriek == 'bericht' or not oracle.RUBRIEKEN[rubriek][0]


def proef(document, regel, day, row):
    """(melding, question, expected oordeel) of a proef that stands beside a regel."""
    facts = dict(row['gegeven'])
    melding = Melding(0 if facts.setdefault('betrokkenen', '1') == '0' else 1)
    set_facts(melding, facts, 0)
    set_sender(document, melding, facts, row.get('bron_functie', ''))
    melding.oefening = janee(row.get('oefening', 'ja')) == 'ja'
    melding.moment = noon(row.get('op', day))
    person = 1 if melding.betrokkenen and not of_incident(row.get('rubriek', 'bsn')) else 0
    question = asked(document, row.get('overleg'), row.get('aan'), row.get('rubriek'), person)
    if 'weging' in row:
        melding.wegingen = [(regel, row['weging'], 0)]
    set_toestemmingen(document, melding, row.get('toestemming', []))
    if isinstance(question, Rubriek):
        held = row.get('regime', 'avg')
        melding.regimes[question.rubriek, person] = None if held == 'onbekend' else (held,)
        if janee(row.get('nood', 'nee')) == 'ja':
            melding.noodbesluiten = [Nood(regel, 1, question.oin, question.functie,
                                          melding.moment, melding.moment + 60_000)]
    expected = row['verwacht']
    return melding, question, 'verstrekt' if expected in ('gemeld', 'geagendeerd') else expected
