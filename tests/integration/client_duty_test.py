# SPDX-License-Identifier: EUPL-1.2
"""The program of partners judged from outside: what it signs is opened by the tests' own partners,
and what it acknowledges is read from the daemon."""

import json
import os
import random
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
from knp_program import MELDING, PROGRAM, Program  # noqa: E402
from knp_sandbox import copy_as_it_is  # noqa: E402
from knp_stage import FAKETIME, Stage, main, preload  # noqa: E402

DAY = 86400


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
        copy_as_it_is(house.path('data'), house.path('older'))
        house.start()
        stage.reconnect()
        stage.push('politie', stage.melding('politie', rubrieken=base()))
        self.assertEqual(reader.run('fetch').returncode, 0)
        house.stop()
        shutil.rmtree(house.path('data'))
        copy_as_it_is(house.path('older'), house.path('data'))
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


class Outbox(unittest.TestCase):
    """Nothing that was pushed is lost: the knooppunt away for days, the program killed."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('huis',))
        cls.sender = Program(cls.stage, kc.POLITIE, 'politie', 'basisteam')

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def close_house(self):
        self.stage.house.stop()
        self.sender.wait_for_answers(100)

    def open_house(self):
        self.stage.house.start()
        self.stage.reconnect()
        self.sender.wait_for_answers(5000)

    def meldingen(self, count):
        return [self.sender.write({**MELDING, 'id': f'{self._testMethodName}-{n:02}'[-60:]})
                for n in range(count)]

    def ids(self, paths):
        return [os.path.basename(path).removesuffix('.json') for path in paths]

    def delivered(self):
        """The ids the procesregisseur got, each time it got them."""
        link = self.stage.links['huis']
        found = link.fetch_all('procesregisseur')
        link.ack('procesregisseur', found)
        return [one.sender.id for one in found]

    def test_what_was_pushed_days_ago_goes_when_the_knooppunt_is_back(self):
        paths = self.meldingen(4)
        self.close_house()
        for days, path in zip((13, 12, 5, 1), paths):
            clock = {'LD_PRELOAD': preload(PROGRAM, FAKETIME), 'FAKETIME': f'-{days}d'}
            self.assertEqual(self.sender.said('push', path, env=clock),
                             (3, {self.ids([path])[0]: 'outbox'}))
        self.open_house()
        code, said = self.sender.said('push', '--wait')
        self.assertEqual((code, said), (0, dict.fromkeys(self.ids(paths), 'aanvaard')))
        self.assertEqual(sorted(self.delivered()), sorted(self.ids(paths)))
        self.assertEqual(self.sender.said('push', '--wait'), (0, {}))

    def test_killed_at_any_moment_it_loses_and_doubles_nothing(self):
        paths, told, killed = self.meldingen(30), {}, 0
        began = time.monotonic()
        self.assertEqual(self.sender.said('push', paths[0], '--wait')[0], 0)
        seconds = time.monotonic() - began
        for path in paths[1:]:
            with subprocess.Popen([PROGRAM, 'push', path, '--wait', '--json', '-c',
                                   self.sender.path('client.yaml')], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL) as process:
                time.sleep(random.uniform(0, 1.2 * seconds))
                process.kill()
                out, _ = process.communicate()
            killed += process.returncode != 0
            told.update((row['id'], row['status']) for row in map(json.loads, out.splitlines()))
        self.assertGreater(killed, 3)
        self.assertEqual(self.sender.said('push', '--wait')[0], 0)
        for one, status in told.items():  # whatever it said stands
            self.assertIn(status, ('outbox', 'aanvaard'))
            self.assertEqual(self.sender.said('status', one), (0, {one: 'aanvaard'}))
        # Who does not know whether it went pushes the file again: it is the same melding.
        code, said = self.sender.said('push', *paths, '--wait')
        self.assertEqual((code, said), (0, dict.fromkeys(self.ids(paths), 'aanvaard')))
        self.assertEqual(sorted(self.delivered()), sorted(self.ids(paths)))

    def age(self, days):
        """Everything in the outbox becomes so much older."""
        folder = self.sender.path('spool', 'outbox')
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            then = os.stat(path).st_mtime - days * DAY
            os.utime(path, (then, then))

    def test_receipted_items_are_kept_for_fourteen_days_and_others_until_they_are(self):
        kept, waits = self.meldingen(2)
        one, other = self.ids([kept, waits])
        self.assertEqual(self.sender.said('push', kept, '--wait'), (0, {one: 'aanvaard'}))
        self.close_house()
        self.assertEqual(self.sender.said('push', waits), (3, {other: 'outbox'}))
        self.age(13.9)
        self.assertEqual(self.sender.said('status', one), (0, {one: 'aanvaard'}))
        # To push the file again says what became of it, without the knooppunt.
        self.assertEqual(self.sender.said('push', kept)[1][one], 'aanvaard')
        self.age(0.2)
        self.assertEqual(self.sender.said('status', other), (3, {other: 'outbox'}))
        self.assertEqual(self.sender.said('status', one), (1, {}))
        self.age(300)
        self.assertEqual(self.sender.said('status', other), (3, {other: 'outbox'}))
        self.open_house()
        self.assertEqual(self.sender.said('push', '--wait'), (0, {other: 'aanvaard'}))
        self.assertEqual(sorted(self.delivered()), sorted([one, other]))


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
