# SPDX-License-Identifier: EUPL-1.2
"""Ends and beginnings: SIGTERM in seconds with everything acknowledged kept, each process killed and
back, state as a replay, and what a second daemon or a failing core gets."""

import json
import os
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_process import wait_gone  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402

ONLY = ('politie', 'huis', 'sittard')
BACK = 5.0  # seconds in which a killed process must serve again; a partner's resend is within


def case(persons=()):
    places = {(0, 'kenmerken'), (0, 'incident')}
    for number in range(1, len(persons) + 1):
        places |= {(number, 'betrokkenheid'), (number, 'bsn')}
    return Case('', (), 'politie', 'E33', (), 'GM1883', tuple(persons), tuple(sorted(places)))


class Restart(StageTest):
    ONLY = ONLY

    def setUp(self):
        self.house, self.link = self.stage.house, self.stage.links['politie']

    def meldingen(self, count):
        return [self.stage.melding('politie', case([Betrokkene(bsn=bsn(n % 7))]))
                for n in range(count)]

    def assert_kept(self, items, receipts):
        """The same statements get the entries they had, and nothing else happens."""
        size = self.stage.size()
        for at in range(0, len(items), 32):
            again = self.stage.links['politie'].push(items[at:at + 32])
            self.assertEqual([(r.index, r.entry) for r in again],
                             [(r.index, r.entry) for r in receipts[at:at + 32]])
        self.assertEqual(self.stage.size(), size)

    def test_sigterm_under_load_ends_in_seconds_and_keeps_what_was_acknowledged(self):
        items = self.meldingen(320)
        for at in range(0, len(items), 16):
            self.link.send(items[at:at + 16])
        # Some are answered by now, some are in the daemon, some in a socket.
        replied = {}
        answer = self.link.receive(5.0)
        while answer:
            for reply in answer.replies:
                replied[reply.about] = reply, answer.checkpoint
            answer = self.link.receive(0.0) if len(replied) < 64 else None
        code, seconds = self.house.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5.0)
        answer = self.link.receive(0.5)
        while answer:
            for reply in answer.replies:
                replied[reply.about] = reply, answer.checkpoint
            answer = self.link.receive(0.0)
        self.house.start()
        self.stage.reconnect()
        self.link = self.stage.links['politie']
        receipted = [item for item in items if item.hash in replied
                     and replied[item.hash][0].outcome == 1]
        self.assertGreater(len(receipted), 0)
        receipts = [self.link.verifier.receipt(replied[item.hash][0], item,
                                               replied[item.hash][1]) for item in receipted]
        self.assert_kept(receipted, receipts)
        for receipt in self.link.push(items[:256]) + self.link.push(items[256:]):
            self.assert_aanvaard(receipt)
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        headers = [one.part.header_hash for one in found]
        self.assertEqual(len(headers), len(set(headers)))
        self.assertLessEqual({item.hash for item in items}, set(headers))
        self.stage.links['huis'].ack('procesregisseur', found[:300])
        self.stage.links['huis'].ack('procesregisseur', found[300:])

    def test_sigterm_ends_an_idle_daemon_with_a_long_poll_open(self):
        party = self.stage.parties['huis']
        self.stage.links['huis'].send([party.velden_item(self.stage.genesis, 'fetch', {
            'functie': 'nazorgcoordinator', 'after': 0, 'wait': 30})])
        time.sleep(0.2)
        children = [pid for _, pid in self.house.children()]
        self.assertEqual(len(children), 7)  # gate, core, two openers, two readers, that of the officer
        code, seconds = self.house.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 3.0)
        wait_gone(children, 1.0)
        self.house.start()
        self.stage.reconnect()

    def test_state_is_a_replay_of_the_journal(self):
        items = self.meldingen(40)
        receipts = self.link.push(items)
        self.stage.everything()
        for clean in (True, False):
            if clean:
                self.house.stop()
            else:
                self.house.kill()
            rebuilt = self.house.rebuild()
            self.assertEqual((rebuilt['equal'], rebuilt['differs']), (True, []))
            rows = {table['name']: table['rows'] for table in rebuilt['tables']}
            self.assertGreaterEqual(max(rows.values()), 40)
            self.house.start()
            self.stage.reconnect()
        self.assert_kept(items, receipts)

    def test_without_its_state_the_daemon_builds_it_anew(self):
        items = self.meldingen(10)
        receipts = self.link.push(items)
        self.house.stop()
        tables = self.house.rebuild()['tables']
        shutil.rmtree(self.house.path('data', 'state'))
        self.house.start()
        self.stage.reconnect()
        self.assert_kept(items, receipts)
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        self.assertLessEqual({item.hash for item in items},
                             {one.part.header_hash for one in found})
        self.house.stop()
        self.assertEqual(self.house.rebuild()['tables'], tables)
        self.house.start()
        self.stage.reconnect()
        self.stage.everything()

    def test_rebuild_puts_a_state_in_place_that_is_the_same(self):
        self.link.push(self.meldingen(5))
        self.house.stop()
        tables = self.house.rebuild()['tables']
        code, _, err = self.house.run('rebuild')
        self.assertEqual(code, 0, err)
        rebuilt = self.house.rebuild()
        self.assertEqual((rebuilt['equal'], rebuilt['tables']), (True, tables))
        self.house.start()
        self.stage.reconnect()

    def test_each_process_that_is_killed_comes_back_while_the_others_stay(self):
        for role in ('opener', 'gate', 'core'):
            with self.subTest(role):
                before = dict((name, pid) for name, pid in self.house.children())
                items = self.meldingen(8)
                self.assertTrue(self.house.kill_role(role))
                began = time.monotonic()
                receipts = self.stage.links['politie'].push(items, every=0.2, timeout=BACK)
                self.assertLess(time.monotonic() - began, BACK)
                for receipt in receipts:
                    self.assert_aanvaard(receipt)
                self.assertTrue(self.house.running())
                after = dict((name, pid) for name, pid in self.house.children())
                self.assertEqual(set(after), set(before))
                # What answers the officer is core's own, and begins anew with it.
                for name in set(before) - {role, 'opener'} - ({'reader'} if role == 'core' else set()):
                    self.assertEqual(after[name], before[name], f'{name} after {role}')
                self.assert_kept(items, receipts)
        self.stage.everything()

    def test_children_end_with_their_parent_and_a_new_daemon_starts_at_once(self):
        items = self.meldingen(4)
        receipts = self.link.push(items)
        children = [pid for _, pid in self.house.children()]
        self.house.process.kill()
        self.house.process.wait(5)
        wait_gone(children, 2.0)
        self.house.start()
        self.stage.reconnect()
        self.assert_kept(items, receipts)

    def test_a_second_daemon_on_the_same_folder_is_refused(self):
        code, _, err = self.house.run(timeout=20)
        self.assertEqual(code, 4)
        self.assertIn('in-use', err)
        self.assertIn(self.house.path('data'), err)
        self.assert_aanvaard(self.link.push(self.meldingen(1))[0])

    def test_check_says_all_is_well_beside_a_running_daemon(self):
        code, out, err = self.house.run('--check', '--json')
        said = json.loads(out)
        self.assertEqual((code, sorted(said), said['ok'], said['errors']),
                         (0, ['errors', 'ok', 'voorlopig'], True, []), err)
        self.assert_aanvaard(self.link.push(self.meldingen(1))[0])


class Failing(unittest.TestCase):
    def test_core_that_fails_five_times_in_a_minute_ends_the_daemon(self):
        stage = Stage(('politie',))
        self.addCleanup(stage.close)
        item = stage.melding('politie', case())
        receipt, = stage.push('politie', item)
        kills, deadline = 0, time.monotonic() + 30
        while stage.house.running() and time.monotonic() < deadline:
            kills += stage.house.kill_role('core')
            time.sleep(0.05)
        self.assertFalse(stage.house.running())
        self.assertEqual(stage.house.process.returncode, 5)
        self.assertGreaterEqual(kills, 5)
        wait_gone([pid for _, pid in stage.house.children()])
        stage.house.start()
        stage.reconnect()
        again, = stage.push('politie', item)
        self.assertEqual((again.index, again.entry), (receipt.index, receipt.entry))

    def test_a_silent_partner_costs_the_others_nothing(self):
        stage = Stage(('politie', 'vt'))
        self.addCleanup(stage.close)
        link = stage.links['vt']
        for _ in range(50):  # asked for, never read
            link.send([link.party.velden_item(stage.genesis, 'register', {})])
        items = [stage.melding('politie', case()) for _ in range(20)]
        began = time.monotonic()
        for receipt in stage.push('politie', *items):
            self.assertEqual(receipt.outcome, 'aanvaard')
        self.assertLess(time.monotonic() - began, 3)


@unittest.skipUnless(os.geteuid() == 0, 'the other tests are of an ordinary user then')
class OrdinaryUser(StageTest):
    """All of it belongs to one user who is not root, with the sandbox that is required."""
    ONLY = ('politie',)
    USER = 64111  # no machine gives this number to anybody

    def test_it_makes_state_again(self):
        house = self.stage.house
        self.stage.push('politie', self.stage.melding('politie', case([Betrokkene(bsn=bsn(1))])))
        house.stop()
        subprocess.run(['chown', '-R', f'{self.USER}:{self.USER}', house.folder], check=True)
        as_user = ['setpriv', f'--reuid={self.USER}', f'--regid={self.USER}', '--clear-groups']
        for arguments in ('--compare',), ():
            done = subprocess.run([*as_user, house.binary, '-c', house.settings_file, 'rebuild', *arguments],
                                  capture_output=True, encoding='utf-8', timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(json.loads(done.stdout)['equal'])


if __name__ == '__main__':
    main()
