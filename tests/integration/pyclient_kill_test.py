# SPDX-License-Identifier: EUPL-1.2
"""The outbox and inbox of the Python client, killed again and again: each melding becomes one entry,
none is lost; each delivery is handed over. With a client that forgets what it pushed, which the
same test must catch. Killed before each fourth call that writes, sends or receives; with KNP_LONG=1
before each of them.

Usage: pyclient_kill_test.py PROGRAM… FOLDER-OF-THE-PACKAGE
"""

import os
import unittest

import knooppunt_world
from knooppunt_world import Partner, example
from pyclient_world import Pair, PythonPartner

STEP = 1 if os.environ.get('KNP_LONG') else 4
PER_CYCLE = 3


class Forgetful(PythonPartner):
    """The planted fault: pushing a file again makes another melding of it."""

    plant = """
outbox.Outbox.find_id = lambda *_: ''
outbox.Outbox.find_content = lambda *_: ''
"""
    program = ('-c', f"""
import sys
from knooppunt_client import main, outbox
{plant}
sys.exit(main.main())
""")


class Killed(Pair):
    sender, receiver = PythonPartner, Partner

    def push_killed(self, partner, cycle, mark):
        """Three files, killed, pushed again and killed elsewhere, then in peace. Whether the first
        was killed: when not, there are no further calls to kill it at."""
        files = []
        for n in range(PER_CYCLE):
            name = f'{mark}-{cycle}-{n}'
            files.append(self.file(name, example(id=None, systeem=None, kenmerken={
                **example()['kenmerken'], 'registratienummer': name})))
        killed = partner.kill_at(cycle, 'push', *files)
        partner.kill_at(2 * cycle, 'push', *files)
        done = partner.run('push', *files, '--wait', '30')
        self.assertEqual(done.code, 0, done.out + done.err)
        return killed

    def arrived(self, mark):
        found = []
        while True:
            lines = self.vt.run('fetch', '--wait', '1').lines
            for line in lines:
                found += [each['velden']['registratienummer'] for each in line['rubrieken']
                          if each['rubriek'] == 'kenmerken']
            if not lines:
                return [number for number in found if number.startswith(mark + '-')]

    def test_nothing_is_lost_and_nothing_is_sent_twice(self):
        cycles = [1]
        while self.push_killed(self.politie, cycles[-1], 'kill'):
            cycles.append(cycles[-1] + STEP)
        self.assertGreater(len(cycles), 24 / STEP, 'hardly ever killed')
        wanted = [f'kill-{cycle}-{n}' for cycle in cycles for n in range(PER_CYCLE)]
        self.assertEqual(sorted(self.arrived('kill')), sorted(wanted))
        self.assertEqual(self.politie.run('status').line['outbox'], 0)

    def test_a_client_that_forgets_is_caught(self):
        forgetful = Forgetful(self.house, 'forgetful', self.politie.oin, 'politie', 'wijkteam')
        forgetful.enrol()
        self.push_killed(forgetful, 24, 'forget')
        found = self.arrived('forget')
        self.assertGreater(len(found), len(set(found)))


class KilledReceiver(Pair):
    sender, receiver = Partner, PythonPartner

    def test_each_delivery_is_handed_over(self):
        out, step, killed, made = self.vt.path('out'), 1, True, 0
        while killed:
            made += 1
            path = self.file(f'receive-{made}', example(id=f'receive-this-{made:05}'))
            self.assertEqual(self.politie.run('push', path, '--wait').code, 0)
            killed = self.vt.kill_at(step, 'fetch', '--out', out, '--wait', '5')
            done = self.vt.run('fetch', '--out', out, '--wait', '1')
            self.assertEqual(done.code, 0, done.out + done.err)
            step += STEP
        self.assertGreater(made, 20 / STEP, 'hardly ever killed')
        self.assertEqual(len(os.listdir(out)), made)
        self.assertEqual(self.vt.run('fetch').lines, [])
        self.assertEqual(self.vt.run('status').line['inbox'], {'frontoffice': 0})


if __name__ == '__main__':
    knooppunt_world.main()
