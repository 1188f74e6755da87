# SPDX-License-Identifier: EUPL-1.2
"""A penitentiaire inrichting and a politie whose systems write files, the adapter beside them, and a
gemeente that receives."""

import json
import os
import shutil
import signal
import subprocess

from knooppunt_world import (HOUSE, PROGRAMS, SOURCE, TIMEOUT, Done, Partner, World, run, small_convenant,
                             write)
from knp_process import Running

PI, GEMEENTE = '00000099000000006000', '00000099000000003000'
HEADER = ('Volgnummer;Kenmerk;Soort;Achternaam;Voornamen;Geboortedatum;Geslacht;BSN;Inrichting;'
          'Begin;Einde;Aandacht;Gemeente;Afdeling')
RUBRIEKEN = 'kenmerken, betrokkenheid, identificatie, detentie, leefgebieden, incident'
NAZORG = small_convenant('nazorg', {
    'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
    'pi': (PI, 'casemanagement', 'soort: pi'),
    'sittard': (GEMEENTE, 'nazorg', 'soort: gemeente, gemeente: GM1883')}, f"""\
  - regel: nazorg
    convenantartikel: "1"
    herkomst: "proef: «detentie»"
    verstrek: {{aan: {{partij: sittard, functie: nazorg}}, rubrieken: [{RUBRIEKEN}]}}
    doel: nazorg
    grondslag: [avg-6-1-e]
""")


def row(number, **changes):
    """One line of the list, without its line end."""
    values = {'Volgnummer': str(number), 'Kenmerk': f'PI-2026-{number:05}', 'Soort': 'IN',
              'Achternaam': 'Voorbeeld', 'Voornamen': 'Test', 'Geboortedatum': '14-03-1991',
              'Geslacht': 'M', 'BSN': '999990342', 'Inrichting': 'PI Sittard (oefening)',
              'Begin': '28-11-2026', 'Einde': '', 'Aandacht': 'W,S', 'Gemeente': 'GM1883',
              'Afdeling': 'B2', **changes}
    return ';'.join(values[name] for name in HEADER.split(';'))


def sheet(*rows):
    return '\n'.join([HEADER, *rows]) + '\n'


class Instance:
    """One adapter of a partner, with settings that begin as a shipped example does."""

    program = 'knooppunt-adapter'

    def __init__(self, partner, example, **changes):
        self.partner, self.example = partner, example
        self.configure(**changes)

    def configure(self, **changes):
        """`changes`: lines of the settings by their key; None leaves it out."""
        path = os.path.join(SOURCE, 'config', 'adapters', self.example)
        with open(path, encoding='utf-8') as file:
            lines = file.read().splitlines()
        if any(line.startswith('in:') for line in lines):
            changes.setdefault('rust_s', '0')
        for key, value in changes.items():
            lines = [line for line in lines if not line.startswith(f'{key}:')]
            if value is not None:
                lines.append(f'{key}: {value}')
        self.settings = write(self.partner.path(self.example), '\n'.join(lines) + '\n')
        folders = [self.partner.path(name) for name in (self.value('in'), self.value('  map')) if name]
        for folder in folders:
            os.makedirs(folder, exist_ok=True)
        self.folder = folders[0]

    def value(self, key):
        """Of a key of the settings, as text; None: it is not there."""
        with open(self.settings, encoding='utf-8') as file:
            lines = [line for line in file if line.startswith(f'{key}:')]
        return lines[0].split(':', 1)[1].strip() if lines else None

    def call(self, *words, program=None, prefix=()):
        made = subprocess.run([*prefix, PROGRAMS[program or self.program], '-c', self.settings,
                               '--json', *words], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT)
        return Done(made.returncode, made.stdout.decode('utf-8', 'replace'), made.stderr.decode())

    def once(self, **more):
        return self.call('--once', **more)

    @property
    def status(self):
        return self.call('--status').line

    def drop(self, name, content):
        """As a careful system does: written elsewhere, then renamed."""
        data = content if isinstance(content, bytes) else content.encode()
        hidden = os.path.join(self.folder, f'.{name}')
        with open(hidden, 'wb') as file:
            file.write(data)
        os.rename(hidden, os.path.join(self.folder, name))

    def below(self, *names):
        return self.partner.path('spool', 'adapter', self.value('naam'), *names)

    def reasons(self):
        """The texts of the quarantine, by file number."""
        found = {}
        for name in sorted(os.listdir(self.below('quarantine'))):
            if name.endswith('.reden'):
                with open(self.below('quarantine', name), encoding='utf-8') as file:
                    found[int(name[:12])] = file.read()
        return found

    def quarantined(self, number):
        done = subprocess.run([PROGRAMS[self.program], '-c', self.settings, '--show', str(number)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True,
                              stderr=subprocess.PIPE, timeout=TIMEOUT)
        return done.stdout

    def kill_after(self, seconds):
        """Runs a round, and kills it after so long. Whether it was still there."""
        process = subprocess.Popen([PROGRAMS[self.program], '-c', self.settings, '--once'],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            process.wait(seconds)
            return False
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait(TIMEOUT)
            return True

    def forget(self):
        """A partner that begins anew: no spool, no files."""
        shutil.rmtree(self.partner.path('spool'), ignore_errors=True)
        shutil.rmtree(self.folder)
        os.makedirs(self.folder)


class Doors(World):
    """A house, an inrichting that hands in a list, a gemeente that receives."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pi = Partner(cls.house, 'pi', PI, 'pi', 'casemanagement').enrol()
        cls.gemeente = Partner(cls.house, 'gemeente', GEMEENTE, 'gemeente', 'nazorg').enrol()
        cls.house.approve(['convenant', 'propose'], write(cls.house.path('nazorg.yaml'), NAZORG))
        cls.number = 0

    def setUp(self):
        self.gemeente.write_settings()
        self.received()

    def instance(self, example='voorbeeld-dji.yaml', **changes):
        """With a source system, spool and folder of its own."""
        name = self._testMethodName.replace('_', '-')[:39].strip('-')
        self.pi.write_settings(systeem=name)
        made = Instance(self.pi, example, **changes)
        made.forget()
        return made

    def rows(self, count, **changes):
        """Lines that no other test has."""
        first = type(self).number + 1
        type(self).number += count
        return [row(number, **changes) for number in range(first, first + count)]

    def received(self):
        found = []
        while True:
            lines = self.gemeente.run('fetch', '--wait', '1').lines
            found += lines
            if not lines:
                return found

    @staticmethod
    def of(line, rubriek):
        [one] = [each['velden'] for each in line['rubrieken'] if each['rubriek'] == rubriek]
        return one

    def numbers(self, lines):
        return [self.of(line, 'kenmerken')['registratienummer'] for line in lines]


__all__ = ['Doors', 'Instance', 'Running', 'json', 'row', 'run', 'sheet']
