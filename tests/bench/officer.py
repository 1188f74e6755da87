# SPDX-License-Identifier: EUPL-1.2
"""What the privacy officer waits for in the house that was filled: stromen of a year, inzage of one
person, and the verification of the whole log, as her programs ask and do it."""

import json
import os
import resource
import shutil
import statistics
import subprocess
import time

from field import HUIS, SENDERS, Failed, say, tool

os.environ.setdefault('KNOOPPUNT', tool('knooppunt'))

from knp_lists import Rubriek, bsn  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_program import Program  # noqa: E402

EVENTS, ASKED = 50, 20
PERSON = bsn(7)


class Desk:
    """The keys of the privacybureau in this house."""

    def __init__(self, house):
        self.house, self.genesis = house, house.genesis
        bureau = Program(self, HUIS, 'veiligheidshuis', 'privacybureau')
        self.asking = ['--bureau', bureau.path('client.yaml'), '--medewerker', 'mw-meting']

    def call(self, *words):
        """(seconds, lines, seconds of the processor) of one run of knooppunt-audit."""
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([tool('knooppunt-audit'), *words, '--json'], capture_output=True,
                              text=True, check=False)
        seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise Failed(f'{words[0]}: {done.stderr}{done.stdout}')
        return (seconds, [json.loads(line) for line in done.stdout.splitlines()],
                after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    def ask(self, *words):
        return self.call(*words, '-c', self.house.settings_file, *self.asking)


def push_events(house):
    """So many meldingen about one person."""
    oin, naam, soort, functie = SENDERS[0]
    party = Party(oin, naam, soort, (functie,))
    house.enrol(party)
    link = house.link(party)
    for _ in range(EVENTS):
        item = party.melding(house.genesis, [
            Rubriek('kenmerken', soort='politie', klasse='E33', urgentie='gewoon',
                    gemeente='GM1883', betrokkenen=1),
            Rubriek('incident', aard='mishandeling', letsel='nee'),
            Rubriek('betrokkenheid', 1, rol='slachtoffer', woongemeente='GM1883',
                    minderjarig='nee'),
            Rubriek('bsn', 1, waarde=PERSON)])
        receipt, = link.push([item])
        if receipt.outcome != 'aanvaard':
            raise Failed(f'a melding about the person was refused: {receipt}')


def measure_inzage(desk):
    """Of that person: the middle of so many, each a run of the program, its start included."""
    took = []
    for _ in range(ASKED):
        seconds, lines, _ = desk.ask('inzage', f'bsn:{PERSON}')
        events = sum('melding' in line for line in lines)
        if events != EVENTS:
            raise Failed(f'inzage has {events} of {EVENTS} meldingen')
        took.append(seconds)
    return {'events': EVENTS, 'median_ms': statistics.median(took) * 1e3, 'worst_ms': max(took) * 1e3}


def measure_stromen(desk):
    year = time.strftime('%Y')
    seconds, rows, _ = desk.ask('stromen', f'{year}-01', f'{year}-12')
    if not rows:
        raise Failed('stromen has nothing of this year')
    return {'rows': len(rows), 'seconds': seconds}


def measure_verify(desk):
    """Entries and tree of an export, from the first; no part is opened."""
    folder = desk.house.path('export')
    desk.call('export', folder, '-c', desk.house.settings_file)
    seconds, (found,), processor = desk.call(
        'verify', folder, '--vkey', desk.house.path(desk.house.settings['data'], 'log.vkey'))
    shutil.rmtree(folder)
    if not found['intact']:
        raise Failed(f'the export is not intact: {found}')
    return {'entries': found['size'], 'seconds': seconds, 'processor': processor}


def measure_officer(field):
    say('asking what the privacy officer asks')
    desk = Desk(field.house)
    push_events(field.house)
    field.count(EVENTS, 'E33')
    return {'inzage': measure_inzage(desk), 'stromen': measure_stromen(desk),
            'verify': measure_verify(desk), 'records': field.metrics()['knooppunt_log_entries']}


def officer_lines(found):
    inzage, stromen, verify = found['inzage'], found['stromen'], found['verify']
    yield (f'At {found["records"]:,} entries: inzage with {inzage["events"]} meldingen '
           f'{inzage["median_ms"]:.0f} ms, at worst {inzage["worst_ms"]:.0f} (aim: 100); stromen of a year '
           f'{stromen["seconds"]:.2f} s, {stromen["rows"]:,} rows (aim: 3).')
    yield (f'Verification of entries and tree: {verify["entries"] / verify["processor"]:,.0f} entries/s of '
           f'a processor ({verify["entries"]:,} in {verify["seconds"]:.2f} s; aim: 1,000,000).')
