# SPDX-License-Identifier: EUPL-1.2
"""The doors by which a partner's system sends without cryptography of its own: it drops a file that
`knooppunt-adapter` takes, or posts JSON to `knooppunt-jzv`. What goes through is told as the outcome of
the last melding in it, as `knooppunt push` would."""

import contextlib
import http.client
import json
import os
import re
import shutil
import ssl
import time

from huis import COMMAND, START, Failed, Uitvoer, program, run
from speler import read_fixture
# pylint: disable=wrong-import-order,import-error
from knp_authority import Authority
from knp_process import Running

WACHT = 3  # the exit code of something that waits


class Bestanden:
    """A folder that a system drops files in, and the adapter beside it."""

    def __init__(self, speler, naam):
        self.speler = speler
        self.settings = speler.path(f'{naam}.yaml')
        tekst = read_fixture(os.path.join('deuren', f'{naam}.yaml'))
        with open(self.settings, 'w', encoding='utf-8') as file:
            file.write(tekst)
        self.folder = speler.path(re.search(r'^in: (.*)$', tekst, re.M)[1])
        os.makedirs(self.folder, exist_ok=True)

    def send(self, path):
        """What the last line of it came to, once the adapter went round."""
        tried = run('knooppunt-adapter', '--dry-run', path, '-c', self.settings).must()
        hidden = os.path.join(self.folder, '.' + os.path.basename(path))
        shutil.copyfile(path, hidden)
        os.rename(hidden, os.path.join(self.folder, os.path.basename(path)))
        done = self.go_round()
        stand = run('knooppunt', 'status', tried.regels[-1]['id'], '-c', self.speler.settings)
        return Uitvoer(done.opdracht, stand.code, stand.regels, stand.fout)

    def go_round(self):
        """Again while something waits: the machine may be slow, and the file lies where it lay."""
        deadline = time.monotonic() + COMMAND
        while True:
            done = run('knooppunt-adapter', '--once', '-c', self.settings)
            if done.code != WACHT or time.monotonic() > deadline:
                return done.must()

    def stop(self):
        """It runs only when it is called."""


class Poort:
    """The gateway of a partner, with an outbox of its own, and its system as a client."""

    def __init__(self, speler, naam):
        self.bewijzen = speler.path('ontvangstbewijzen')
        for folder in (speler.path('jzv'), self.bewijzen):
            os.makedirs(folder)
        uitgever = Authority(speler.path('jzv'), 'uitgever')
        self.client = uitgever.issue('systeem', 'clientAuth')
        certificate, key = uitgever.issue('poort', 'serverAuth')
        os.rename(certificate, speler.path('jzv', 'poort.pem'))
        os.rename(key, speler.path('jzv', 'poort.key'))
        self.uitgever = uitgever.file
        speler.write_settings('jzv-client.yaml', f'{speler.rij["systeem"]}-jzv', 'spool-jzv')
        settings = speler.path(f'{naam}.yaml')
        with open(settings, 'w', encoding='utf-8') as file:
            file.write(read_fixture(os.path.join('deuren', f'{naam}.yaml')))
        self.running = Running([program('knooppunt-jzv'), '-c', settings], speler.path('jzv.log'))
        fields = self.running.wait_ready(START)
        if fields is None:
            raise Failed('knooppunt-jzv ended before it was ready:\n' + self.running.said()[-3000:])
        self.port = int(fields['endpoint'].rsplit(':', 1)[1])

    def call(self, method, path, body=None):
        """(status, what came)"""
        context = ssl.create_default_context(cafile=self.uitgever)
        context.load_cert_chain(*self.client)
        with contextlib.closing(http.client.HTTPSConnection(
                '127.0.0.1', self.port, context=context, timeout=COMMAND)) as connection:
            connection.request(method, path, body=body, headers={'Content-Type': 'application/json'})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def stand(self, nummer):
        _, body = self.call('GET', f'/meldingen/{nummer}')
        return json.loads(body)

    def keep_proof(self, nummer):
        """The receipt, in a file."""
        status, proof = self.call('GET', f'/meldingen/{nummer}/bewijs')
        if status != 200:
            raise Failed(f'GET /meldingen/{nummer}/bewijs: {status}')
        path = os.path.join(self.bewijzen, f'{nummer}.tlog-proof')
        with open(path, 'wb') as file:
            file.write(proof)
        return path

    def send(self, path):
        """201, and then its resource until that says what came of it."""
        with open(path, 'rb') as file:
            body = file.read()
        status, answer = self.call('POST', '/meldingen', body)
        if status != 201:
            raise Failed(f'POST /meldingen: {status} {answer.decode()}')
        told, nummer = json.loads(answer), json.loads(body)['registratienummer']
        deadline = time.monotonic() + COMMAND
        while told['toestand'] == 'outbox':
            if time.monotonic() > deadline:
                raise Failed(f'GET /meldingen/{nummer}: still {told}')
            time.sleep(0.02)
            told = self.stand(nummer)
        if told['toestand'] != 'aanvaard':
            raise Failed(f'GET /meldingen/{nummer}: {told}')
        return Uitvoer('knooppunt-jzv POST meldingen', 0,
                       [{**told, 'proof': self.keep_proof(nummer)}], '')

    def stop(self):
        self.running.stop()


def open_deur(speler, naam):
    return (Poort if naam == 'jzv' else Bestanden)(speler, naam)
