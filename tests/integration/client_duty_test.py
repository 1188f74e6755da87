# SPDX-License-Identifier: EUPL-1.2
"""The program of partners judged from outside: what it signs is opened by the tests' own partners,
and what it acknowledges is read from the daemon."""

import json
import os
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_link import Link  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

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
        self.folder = stage.house.path(f'cli-{soort}')
        os.mkdir(self.folder)
        done = self.call('keygen', self.path('keys'), '--oin', oin, '--naam', 'Partner', '--soort',
                         soort, '--functie', functie, '--genesis', self.genesis)
        assert done.returncode == 0, done.stderr
        with open(self.path('keys', 'bundle.knp'), 'rb') as file:
            stage.house.register('partner', file.read())
        with open(self.path('client.yaml'), 'w', encoding='utf-8') as file:
            file.write(f'oin: "{oin}"\nsysteem: bvh\nkeys: keys\nspool: spool\n'
                       f'unlock_file: keys/unlock.key\ngenesis: {self.genesis}\n'
                       f'endpoint: "{stage.house.endpoint}"\ntimeout_ms: 5000\n')

    @property
    def genesis(self):
        return self.stage.house.path('data', 'genesis')

    def path(self, *names):
        return os.path.join(self.folder, *names)

    @staticmethod
    def call(*words, stdout=subprocess.PIPE, as_json=True):
        words = [*words, '--json'] if as_json else words
        return subprocess.run([PROGRAM, *words], stdout=stdout, check=False, timeout=60,
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def run(self, *words, **more):
        return self.call(*words, '-c', self.path('client.yaml'), **more)

    def push(self, melding):
        path = self.path('melding.json')
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(melding, file)
        done = self.run('push', path)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[0])

    def waiting(self):
        """How many deliveries the daemon still holds for us."""
        for line in self.stage.house.must('status').all('queue'):
            if line.startswith(f'{self.oin}/{self.functie} '):
                return int(line.rsplit('waiting=', 1)[1])
        return 0


class Duties(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie', 'huis'))

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def test_the_seed_is_new_for_every_melding(self):
        # spec W21: of two meldingen with one content no commitment is the same.
        sender = Program(self.stage, kc.VT, 'veilig-thuis', 'meldingen')
        first, second = sender.push(MELDING), sender.push(MELDING)
        self.assertEqual([first['status'], second['status']], ['aanvaard', 'aanvaard'])
        link = self.stage.links['huis']
        values = {'functie': 'procesregisseur', 'after': 0}
        reply, checkpoint = link.answer(link.party.velden_item(self.stage.genesis, 'fetch',
                                                               values))
        link.sync()
        for delivery in reply.deliveries:
            link.verifier.delivery(delivery, checkpoint, kc.HUIS, 'procesregisseur')
        vectors, headers, contents = [], [], []
        for delivery in reply.deliveries:
            header = pb.Statement.FromString(delivery.sender.statement)
            if header.id in (first['id'], second['id']):
                vectors.append([delivery.slots_vector[at:at + 32]
                                for at in range(0, len(delivery.slots_vector), 32)])
                headers.append(header)
                contents.append(sorted(o.value for o in delivery.openings))
        self.assertEqual(len(vectors), 2)
        self.assertEqual(contents[0], contents[1])
        self.assertEqual(set(vectors[0]) & set(vectors[1]), set())
        self.assertEqual([len(set(vector)) for vector in vectors], [64, 64])
        self.assertNotEqual(headers[0].random, headers[1].random)
        self.assertEqual([kw.vector_root(kw.SLOTS, b''.join(v)) for v in vectors],
                         [header.slots_root for header in headers])

    def test_it_acknowledges_only_what_is_out_and_durable(self):
        # spec C18: where line or file cannot be written, nothing is acknowledged.
        reader = Program(self.stage, kc.SITTARD, 'gemeente', 'wmo')
        for _ in range(3):
            self.stage.push('politie', self.stage.melding('politie', rubrieken=base()))
        self.assertEqual(reader.waiting(), 3)
        with open('/dev/full', 'wb') as full:
            self.assertNotEqual(reader.run('fetch', stdout=full).returncode, 0)
        self.assertEqual(reader.waiting(), 3)
        blocked = reader.path('geen-map')
        with open(blocked, 'wb'):
            pass
        self.assertNotEqual(reader.run('fetch', '--out', blocked).returncode, 0)
        self.assertEqual(reader.waiting(), 3)
        out = reader.path('uit')
        os.mkdir(out)
        done = reader.run('fetch', '--out', out)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line['verified'] for line in lines], [True] * 3)
        self.assertEqual(len(os.listdir(out)), 3)
        self.assertEqual(reader.waiting(), 0)

    def test_it_says_hello_with_its_newest_checkpoint(self):
        # spec C20: that is how a log put back to an earlier day is found by ordinary traffic.
        stage = Stage(('politie', 'huis'))
        self.addCleanup(stage.close)
        house = stage.house
        reader = Program(stage, kc.SITTARD, 'gemeente', 'wmo')
        house.stop()
        shutil.copytree(house.path('data'), house.path('older'))
        house.start()
        stage.reconnect()
        stage.push('politie', stage.melding('politie', rubrieken=base()))
        self.assertEqual(reader.run('fetch').returncode, 0)
        house.stop()
        shutil.rmtree(house.path('data'))
        shutil.copytree(house.path('older'), house.path('data'))
        house.start()
        self.assertEqual(house.must('status')['readonly'], 'no')
        done = reader.run('fetch')
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(house.must('status')['readonly'], 'a-later-checkpoint-exists')
        party = stage.parties['politie']
        link = Link(party, stage.genesis, house.endpoint)
        self.addCleanup(link.close)
        party.head = link.verifier.held
        reply, _ = link.answer(party.melding(stage.genesis, base()))
        self.assertEqual(reply.outcome, 3)

    def test_it_warns_when_the_log_stands_still(self):
        stage = Stage(('politie',), tick_seconds=3600)
        self.addCleanup(stage.close)
        reader = Program(stage, kc.SITTARD, 'gemeente', 'wmo')
        done = reader.run('fetch')
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        # As if that checkpoint were of twenty minutes ago.
        then = time.time() - 20 * 60
        os.utime(reader.path('spool', 'checkpoint'), (then, then))
        done = reader.run('fetch', as_json=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b'has not grown', done.stderr)


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
