# SPDX-License-Identifier: EUPL-1.2
"""A partner of the demo: a folder with its own keys, outbox and inbox, and `knooppunt` to use them.
Its meldingen are the files of tests/fixtures/demo with today's dates filled in."""

import datetime
import json
import os
import re

from huis import SOURCE, run

FIXTURES = os.path.join(SOURCE, 'tests', 'fixtures', 'demo')
DAG = re.compile(r'\{dag (\d+)\}')
OVER = re.compile(r'\{over (\d+)\}')
OUD = re.compile(r'\{oud (\d+)\}')
BIRTHDAY_PASSED = 60  # days: nobody turns a year older while the demo runs


def fill_dates(text, today):
    """`{dag 3}` is three days ago, `{over 3}` in three days, `{oud 7}` the birth date of someone who is
    seven."""
    def days_ago(match):
        return (today - datetime.timedelta(days=int(match[1]))).isoformat()

    def days_ahead(match):
        return (today + datetime.timedelta(days=int(match[1]))).isoformat()

    def born(match):
        birthday = today - datetime.timedelta(days=BIRTHDAY_PASSED)
        day = min(birthday.day, 28)
        return birthday.replace(year=birthday.year - int(match[1]), day=day).isoformat()

    return OUD.sub(born, OVER.sub(days_ahead, DAG.sub(days_ago, text)))


def read_fixture(name, casus=''):
    """A file of a casus; of the first without a name."""
    with open(os.path.join(FIXTURES, casus, name), encoding='utf-8') as file:
        return file.read()


class Speler:
    """One partner with one functie."""

    def __init__(self, rij, huis, map_, casus=''):
        self.rij, self.huis, self.casus = rij, huis, casus
        self.naam, self.functie = rij['speler'], rij['functie']
        self.map = os.path.join(map_, self.naam)
        self.ontvanger = f'{rij["partij"]}/{self.functie}'

    def path(self, *names):
        return os.path.join(self.map, *names)

    @property
    def settings(self):
        return self.path('knooppunt.yaml')

    # ---- enrolment -------------------------------------------------------------------------

    def enrol(self):
        """Keys, a bundle that proves they are its own, and two signatures of the house."""
        os.makedirs(self.map, exist_ok=True)
        rij = self.rij
        run('knooppunt', 'keygen', self.path('sleutels'), '--oin', rij['oin'], '--naam',
            rij['naam'], '--soort', rij['soort'], '--functie', self.functie, '--genesis',
            self.huis.genesis).must()
        bundle = self.path('sleutels', 'bundle.knp')
        self.huis.propose('partner add', bundle).must()
        self.huis.approve(bundle).must()

    def write_settings(self, naam='knooppunt.yaml', systeem=None, spool='spool'):
        """Anew when the knooppunt took another port."""
        with open(self.path(naam), 'w', encoding='utf-8') as file:
            file.write(f'oin: "{self.rij["oin"]}"\nsysteem: {systeem or self.rij["systeem"]}\n'
                       f'keys: sleutels\nunlock_file: sleutels/unlock.key\nspool: {spool}\n'
                       f'endpoint: {self.huis.ready["endpoint"]}\n'
                       f'genesis: {self.huis.genesis}\ntimeout_ms: 3000\n')

    # ---- sending ---------------------------------------------------------------------------

    def prepare(self, bestand, today, entry=None):
        """The file as this partner sends it, in its own folder; `{entry}` is what it is about."""
        folder = self.path('verstuurd')
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, os.path.basename(bestand))
        with open(path, 'w', encoding='utf-8') as file:
            text = fill_dates(read_fixture(bestand, self.casus), today)
            file.write(text.replace('{entry}', str(entry)))
        return path

    def push(self, *paden):
        return run('knooppunt', 'push', *paden, '--wait', '-c', self.settings)

    def say(self, command, path):
        return run('knooppunt', command, path, '--wait', '-c', self.settings)

    def vraag(self, path):
        return run('knooppunt', 'context', path, '-c', self.settings)

    def weeg(self, index, stap):
        return run('knooppunt', 'weging', str(index), '--regel', stap['regel'], '--uitkomst',
                   stap['uitkomst'], '--motivering', stap['motivering'], '--medewerker',
                   f'{self.naam}-1', '-c', self.settings)

    def toestemming(self, index, stap):
        return run('knooppunt', 'toestemming', str(index), '--betrokkene', str(stap['betrokkene']),
                   '--grond', stap['grond'], '--gever', stap['gever'], '--vorm', stap['vorm'],
                   '--medewerker', f'{self.naam}-1', '-c', self.settings)

    # ---- receiving -------------------------------------------------------------------------

    def fetch(self):
        """What is new goes into the folder `ontvangen`, a file each."""
        os.makedirs(self.path('ontvangen'), exist_ok=True)
        return run('knooppunt', 'fetch', '--out', self.path('ontvangen'), '-c', self.settings)

    def ontvangen(self):
        """[(path, verstrekking)] in the order they came."""
        folder = self.path('ontvangen')
        found = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            path = os.path.join(folder, name)
            with open(path, encoding='utf-8') as file:
                found.append((path, json.load(file)))
        return found
