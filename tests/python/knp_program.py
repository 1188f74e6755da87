# SPDX-License-Identifier: EUPL-1.2
"""The program `knooppunt` of one partner, run as its user would, in the house of a Stage."""

import json
import os
import subprocess

import knp_convenant as kc
from knp_stage import FAKETIME, preload

PROGRAM = os.environ.get('KNOOPPUNT', '')
MELDING = {
    'systeem': 'bvh',
    'kenmerken': {'soort': 'politie', 'klasse': 'E33', 'urgentie': 'gewoon',
                  'gemeente': 'GM1883'},
    'incident': {'aard': ['ruzie']}, 'betrokkenen': [],
}


class Program:
    """`knooppunt` of one partner, in a folder of its own."""

    def __init__(self, stage, oin, soort, functie):
        self.stage, self.oin, self.functie = stage, oin, functie
        self.folder = stage.house.path(f'cli-{soort}-{functie}')
        os.mkdir(self.folder)
        done = self.call('keygen', self.path('keys'), '--oin', oin, '--naam', 'Partner', '--soort',
                         soort, '--functie', functie, '--genesis', self.genesis)
        assert done.returncode == 0, done.stderr
        with open(self.path('keys', 'bundle.knp'), 'rb') as file:
            stage.house.register('partner', file.read())
        self.wait_for_answers(5000)

    def wait_for_answers(self, milliseconds):
        with open(self.path('client.yaml'), 'w', encoding='utf-8') as file:
            file.write(f'oin: "{self.oin}"\nsysteem: bvh\nkeys: keys\nspool: spool\n'
                       f'unlock_file: keys/unlock.key\ngenesis: {self.genesis}\n'
                       f'endpoint: "{self.stage.house.endpoint}"\n'
                       f'timeout_ms: {milliseconds}\n')

    @property
    def genesis(self):
        return self.stage.house.path('data', 'genesis')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @staticmethod
    def call(*words, stdout=subprocess.PIPE, as_json=True, env=None):
        words = [*words, '--json'] if as_json else words
        return subprocess.run([PROGRAM, *words], stdout=stdout, check=False, timeout=60,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              env={**os.environ, **(env or {})})

    def run(self, *words, **more):
        return self.call(*words, '-c', self.path('client.yaml'), **more)

    def push(self, melding):
        path = self.path('melding.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(melding, file)
        done = self.run('push', path)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[0])

    def write(self, melding):
        path = self.path(f'{melding["id"]}.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(melding, file)
        return path

    def said(self, *words, **more):
        """(exit code, {id: status}) of what it printed."""
        done = self.run(*words, **more)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, {row['id']: row['status'] for row in rows if 'status' in row}

    def alarms(self):
        """The exit code of status, and what it names."""
        done = self.run('status')
        return done.returncode, json.loads(done.stdout)['alarms']

    def waiting(self):
        """How many deliveries the daemon still holds for us."""
        for line in self.stage.house.must('status').all('queue'):
            if line.startswith(f'{self.oin}/{self.functie} '):
                return int(line.rsplit('waiting=', 1)[1].split()[0])
        return 0


VRAGEN = ('inzage', 'why', 'why-not', 'sleutel', 'gezien', 'stromen', 'datalek', 'rapport', 'toestemmingen',
          'noodverstrekkingen', 'logboek', 'search', 'opvallend', 'automatisch', 'vrije-tekst',
          'jaarverslag', 'verzoeken')


def clock_of(stage, program):
    """Who asks has the clock of the house: a question of ten minutes ago is refused."""
    environment = {**os.environ, **stage.house.environment}
    if 'FAKETIME' in environment:
        environment['LD_PRELOAD'] = preload(program, FAKETIME)
    return environment


def asking(stage, words):
    """What a command of knooppunt-audit needs to ask in this house: the keys of a privacybureau and
    who asks; nothing for a command that does not ask."""
    if words[0] not in VRAGEN:
        return []
    if not stage.asker:
        stage.asker = Program(stage, kc.HUIS, 'veiligheidshuis', 'privacybureau')
    stage.asker.wait_for_answers(5000)  # the endpoint may be another after a start
    return ['--bureau', stage.asker.path('client.yaml'), '--medewerker', 'mw-fg']
