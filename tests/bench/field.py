# SPDX-License-Identifier: EUPL-1.2
"""The house that is measured, and everybody who is connected to it."""

import os
import queue
import re
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(SOURCE, 'tests', 'python')]

import machine  # noqa: E402
from knp_daemon import Failed, House  # noqa: E402

BIN = os.environ.get('KNP_BIN', os.path.join(SOURCE, 'build', 'release', 'bin'))
HUIS, GEMEENTE = '00000099000000007000', '00000099000000007010'
RECIPIENTS = [(HUIS, 'Veiligheidshuis Meting', 'veiligheidshuis', 'procesregisseur'),
              (GEMEENTE, 'Gemeente Meting', 'gemeente', 'wmo')]
GIVEN = {'procesregisseur': ('E33', 'E14'), 'wmo': ('E33',)}  # the klassen that the convenant gives at once
SENDERS = [(f'0000009900000000710{n}', f'Bron {n}', 'politie', 'bron') for n in range(1, 9)]
ROLES = ('gate', 'opener', 'core')
MIB = 1024 * 1024
LOG_BYTES, STATE_BYTES = 6000, 3000  # of the maps, for each melding that is to come beside those of the runs


def say(text):
    print(f'bench: {text}', file=sys.stderr, flush=True)


class Recipient:
    """A process with its own inbox, how far it has acknowledged, and how far it is to come."""

    def __init__(self, house, folder, oin, functie):
        settings = client_settings(house, folder, oin)
        self.name = functie
        self.due = 0
        self.process = subprocess.Popen([tool('bench-recipient'), settings, functie],
                                        stdout=subprocess.PIPE, text=True)
        self.lines = queue.Queue()
        self.acked = 0
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.put(tuple(int(word) for word in line.split()))
        self.lines.put(None)

    def wait_for(self, number, timeout):
        """Microseconds (CLOCK_MONOTONIC) at which everything up to a number was acknowledged."""
        deadline = time.monotonic() + timeout
        at = 0
        while self.acked < number:
            try:
                line = self.lines.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise Failed(f'{self.name}: {self.acked} of {number} delivered') from None
            if line is None:
                raise Failed(f'{self.name} ended after {self.acked} of {number}')
            self.acked, at = line
        return at

    def cpu(self):
        return machine.cpu_of(self.process.pid)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def client_settings(house, folder, oin, systeem='meting'):
    """The path of settings with a spool of their own for a client with the keys of that folder."""
    path, spool = os.path.join(folder, f'{systeem}.yaml'), f'spool-{systeem}'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'oin: "{oin}"\nsysteem: {systeem}\nkeys: keys\nunlock_file: unlock.key\n'
                   f'endpoint: {house.endpoint}\ngenesis: {genesis_of(house)}\n'
                   f'spool: {spool}\n')
    os.makedirs(os.path.join(folder, spool), mode=0o700, exist_ok=True)
    return path


def tool(name):
    return os.path.join(BIN, name)


def genesis_of(house):
    return house.path(house.settings['data'], 'genesis')


def convenant_with(count, versie, bewaar=None):
    """Its own two regels give; the others are about the same rubrieken, look at what they can and
    give nothing, as most regels of a convenant do with most meldingen."""
    with open(os.path.join(HERE, 'convenant.yaml'), encoding='utf-8') as file:
        text = file.read().replace('versie: "1"', f'versie: "{versie}"', 1)
    if bewaar:
        text = re.sub(r'(?m)^bewaar: .*$', f'bewaar: {bewaar}', text)
    with open(os.path.join(SOURCE, 'config', 'codes', 'gemeenten.yaml'), encoding='utf-8') as file:
        elsewhere = sorted(set(re.findall(r'code: (GM\d{4})', file.read())) - {'GM0888', 'GM1883'})
    for number in range(count - 2):
        aan = ('{gemeente: incident, functie: wmo}',
               '{partij: huis, functie: procesregisseur}')[number % 2]
        text += f'''
  - regel: meer-{number}
    convenantartikel: "(meting)"
    herkomst: "meting: «nog een regel»"
    als:
      thema: [huiselijk-geweld, overlast, verward-gedrag]
      gemeente: {{niet: [{elsewhere[number % len(elsewhere)]}, GM0888]}}
      rol: [verdachte, slachtoffer, betrokkene]
      eerder.30: {{hoogstens: {50 + number}}}
      soort: detentie.begin
    verstrek: {{aan: {aan}, rubrieken: [kenmerken, betrokkenheid, identificatie]}}
    doel: zorg
    grondslag: [avg-6-1-e]
'''
    return text


class Field:
    """Everybody of the convenant of measurement, enrolled."""

    def __init__(self, folder, binary, records=0, bewaar=None):
        os.makedirs(folder, mode=0o711)
        self.house = House(binary, oin=HUIS, origin='meting.example/bench', folder=folder,
                           openers=0, map_log_mib=8192 + records * LOG_BYTES // MIB,
                           map_state_mib=4096 + records * STATE_BYTES // MIB)
        self.house.naam = 'Veiligheidshuis Meting'
        self.senders, self.recipients = [], []
        self.house.init()
        self.house.start()
        for oin, naam, soort, functie in RECIPIENTS + SENDERS:
            self.enrol(oin, naam, soort, functie)
        self.versie, self.bewaar = 0, bewaar
        self.regels(2)
        self.senders = [self.folder(row[0]) for row in SENDERS]
        self.recorded = 0
        self.again()
        self.sequence = 1
        self.persons = 0

    def again(self):
        """Its recipients start, those there were ended, and go on from where they were."""
        due = [one.due for one in self.recipients] or [0] * len(RECIPIENTS)
        for recipient in self.recipients:
            recipient.stop()
        self.recipients = [Recipient(self.house, self.folder(row[0]), row[0], row[3])
                           for row in RECIPIENTS]
        for recipient, number in zip(self.recipients, due):
            recipient.acked = recipient.due = number

    def folder(self, oin):
        return self.house.path(oin)

    def regels(self, count):
        """The convenant of measurement with so many regels comes into force."""
        self.versie += 1
        self.house.convenant(convenant_with(count, self.versie, self.bewaar).encode())

    def enrol(self, oin, naam, soort, functie):
        subprocess.run([tool('bench-party'), self.folder(oin), oin, naam, soort, functie,
                        genesis_of(self.house)], check=True)
        with open(os.path.join(self.folder(oin), 'bundle.knp'), 'rb') as file:
            self.house.register('partner', file.read())

    def count(self, meldingen, klasse):
        """So many were taken; what is to come at each recipient follows from their klasse."""
        self.recorded += meldingen
        for one in self.recipients:
            one.due += meldingen if klasse in GIVEN[one.name] else 0

    def wait(self, timeout):
        """Until all that is to come was acknowledged: when the last one was, in microseconds."""
        return max(one.wait_for(one.due, timeout) for one in self.recipients)

    def processes(self):
        """{role: [pid]}, the parent's own under its name."""
        found = {role: [] for role in ROLES}
        for role, pid in self.house.children():
            found.setdefault(role, []).append(pid)
        found['parent'] = [self.house.process.pid]
        return found

    def metrics(self):
        return {name: int(value) for name, value in self.house.must('metrics').lines
                if name.startswith('knooppunt_')}

    def files(self):
        """{name: bytes in use}: of the two databases, as the house counts them; on disk for the others."""
        counted = self.metrics()
        found = {'log': counted['knooppunt_log_map_used_bytes'],
                 'state': counted['knooppunt_state_map_used_bytes']}
        for name in ('keystore', 'guard'):
            found[name] = machine.bytes_on_disk(self.house.path(self.house.settings['data'], name))
        found['inbox'] = sum(machine.bytes_on_disk(os.path.join(self.folder(row[0]), 'spool-meting'))
                             for row in RECIPIENTS) // len(RECIPIENTS)
        return found

    def close(self):
        for recipient in self.recipients:
            recipient.stop()
        if self.house.running():
            self.house.stop()
