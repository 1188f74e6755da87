# SPDX-License-Identifier: EUPL-1.2
"""The key by which the knooppunt proves itself when partners connect changes: each of the two has a
door of its own, nobody is sent to one that is not there, partners go over by themselves, and nothing
that is under way is lost."""

import copy
import json
import os
import socket
import struct
import sys
import unittest

import keys_world
from keys_world import CASE
from knp_crypto import (TRANSPORT, agree, hkdf, hmac_sha256, pae, x25519_public)
from knp_daemon import free_port
from knp_link import NoAnswer
from knp_party import Party
from knp_probe import wait_for
from knp_program import MELDING, PROGRAM, Program
from knp_rotation import BEGIN, END, Changing, key_of
from knp_stage import BINARY, Stage, main, preload

STEP = os.environ.get('KNP_STEP_LIBRARY', '')
HOURS = 49


def second_endpoint():
    return f'tcp://127.0.0.1:{free_port()}'


def connected_by(genesis, key):
    """The genesis as somebody sees it who connects by this key."""
    other = copy.copy(genesis)
    other.transport_key = key
    return other


def text_by(secret, origin, adres, send):
    """The text that brings a transport key, proven by whoever holds it."""
    public = x25519_public(secret)
    claim = (f'sleutel van het knooppunt\nlog {origin}\ngebruik verbinding\n'
             f'sleutel {public.hex()}\nadres {adres}\n').encode()
    key = hkdf('knooppunt/bundle/v1', agree(secret, send), pae(bytes([TRANSPORT]), public, send))
    return claim + f'bewijs {hmac_sha256(key, claim).hex()}\n'.encode()


class OnTheWire(keys_world.OnTheWire):
    KIND = 'transport'
    ENDS, KEPT = ('', '-2'), '-2'
    SETTINGS = {'endpoint_2': second_endpoint()}

    def push_by(self, key, endpoint, timeout=8.0):
        """A melding over a new connection by this key; its outcome, or None when nobody lets us in."""
        link = self.stage.links['politie']
        seen = link.genesis, link.endpoint
        link.genesis = connected_by(self.genesis, key)
        link.reconnect(endpoint)
        try:
            return link.push([self.stage.melding('politie', CASE)], timeout=timeout)[0].outcome
        except NoAnswer:
            return None
        finally:
            link.genesis = seen[0]
            link.reconnect(seen[1])

    def way(self, name):
        """By which transport key somebody came last, as status says; None: it does not say."""
        about = f'{self.stage.parties[name].oin}/{self.stage.parties[name].functies[0]}'
        ways = dict(line.split()[:2] for line in self.house.must('status').all('way'))
        return ways[about].removeprefix('transport=') if ways else None

    def test_both_doors_are_open_until_the_old_key_ends(self):
        # spec L19, K25, C27
        house = self.house
        first, second = house.endpoint, house.settings['endpoint_2']
        (_, old), = self.change.keys()
        self.assertEqual(old, self.genesis.transport_key)
        begin, end = self.change.prepare()
        new = key_of(begin)
        self.assertIn(f'\nadres {second}\n'.encode(), begin)
        self.assertNotIn(b'adres', end)
        self.assertEqual(self.change.prepare()[0], begin)  # again is the same
        self.assertEqual(self.push_by(old, first), 'aanvaard')
        self.assertIsNone(self.way('politie'))  # one key: nobody comes by another
        self.assertIsNone(self.push_by(new, second, 1.5))  # there, and in no register yet
        unserved = text_by(os.urandom(32), house.origin, second, house.send_key)
        self.refuse_what_is_no_change(
            begin, end, ('a key that no door has', BEGIN, unserved),
            ('another address with its bewijs', BEGIN, begin.replace(b'adres tcp://127.0.0.1',
                                                                     b'adres tcp://127.0.0.2')),
            ('every address', BEGIN, begin.replace(b'127.0.0.1', b'0.0.0.0')),
            ('no address', BEGIN, begin.replace(f'adres {second}\n'.encode(), b'')))
        self.assertEqual(self.change.propose(BEGIN, begin, house.beheerder, house.officer), 'ok')
        self.assertEqual(self.change.keys(), [('actief', old), ('actief', new)])
        self.assertEqual(self.change.doors(), {old: '', new: second})
        self.assertEqual(self.push_by(old, first), 'aanvaard')
        self.assertEqual(self.way('politie'), 'old')
        self.assertEqual(self.push_by(new, second), 'aanvaard')
        self.assertEqual(self.way('politie'), 'new')
        self.assertIsNone(self.push_by(old, second, 1.5))  # each by its own key
        self.assertIsNone(self.push_by(new, first, 1.5))
        self.stage.sync()
        registry = self.stage.links['huis'].verifier.registry
        self.assertEqual((registry.transport, registry.adressen[new]), ([old, new], second))
        self.refuse_to_finish()
        house.stop()
        house.start()
        self.assertEqual((house.ready['endpoint'], house.ready['endpoint_2']), (first, second))
        self.assertEqual(self.way('politie'), 'unseen')
        self.stage.reconnect()
        self.assertEqual(self.way('politie'), 'old')
        self.end(old, new, first, second, end)

    def end(self, old, new, first, second, end):
        house, link = self.house, self.stage.links['politie']
        waiting = self.stage.melding('politie', CASE)
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.beheerder),
                         'two-needed')
        link.push([self.stage.melding('politie', CASE)])  # by a connection that stands
        self.assertEqual(self.change.propose(END, end, house.beheerder, house.officer), 'ok')
        with self.assertRaises(NoAnswer):
            link.push([waiting], timeout=1.5)
        self.assertIsNone(self.push_by(old, first, 1.5))
        self.assertEqual(self.push_by(new, second), 'aanvaard')
        self.assertIn(f'event=gate.door-closed endpoint={first}', house.log())
        self.assertEqual(self.change.propose(
            END, end.replace(old.hex().encode(), new.hex().encode()), house.beheerder,
            house.officer), 'conflict')
        self.destroy()
        self.genesis = house.genesis = connected_by(self.genesis, new)
        house.stop()
        house.start()
        self.assertEqual(house.ready['endpoint'], second)
        self.assertNotIn('endpoint_2', house.ready)
        for one in self.stage.links.values():
            one.genesis = self.genesis
        self.stage.reconnect()
        receipt, = self.stage.links['politie'].push([waiting])
        self.assert_aanvaard(receipt)
        self.is_refused_without_its_endpoint()

    def is_refused_without_its_endpoint(self):
        """The key that is left goes by endpoint_2."""
        house = self.house
        house.stop()
        house.write_settings(endpoint_2=None)
        code, out, _ = house.run('--check', '--json')
        error, = json.loads(out)['errors']
        self.assertEqual((code, error['code'], error['field']), (4, 'missing-keyword', 'endpoint_2'))
        self.assertEqual(house.try_start(), 4)
        code, said = self.change.rotate()
        self.assertEqual(code, 4)
        self.assertIn('endpoint_2', said)
        house.write_settings(**self.SETTINGS)
        house.start()


class Doors(unittest.TestCase):
    """What goes wrong with the second door."""

    def begin(self, **settings):
        self.stage = Stage(('politie',), **{'endpoint_2': second_endpoint(), **settings})
        self.addCleanup(self.stage.close)
        self.house = self.stage.house
        self.change = Changing(self.house, 'transport')

    def push(self):
        receipt, = self.stage.push('politie', self.stage.melding('politie', CASE))
        self.assertEqual(receipt.outcome, 'aanvaard')

    def alarms(self):
        return [line.split(' ', 2) for line in self.house.must('status').all('alarm')]

    def occupy(self):
        """Somebody else has the address of the second door."""
        other = socket.socket()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(('127.0.0.1', int(self.house.settings['endpoint_2'].rsplit(':', 1)[1])))
        other.listen()
        self.addCleanup(other.close)
        return other

    def test_an_address_that_is_taken_stops_the_change_and_not_the_knooppunt(self):
        self.begin()
        other = self.occupy()
        code, said = self.change.rotate()
        self.assertEqual((code, 'does not serve the next transport key' in said), (1, True), said)
        self.assertIn('event=gate.bind', self.house.log())
        self.push()
        other.close()
        begin, _ = self.change.prepare()
        # Taken after the text was made: nobody is sent there.
        self.house.stop()
        other = self.occupy()
        self.house.start()
        self.stage.reconnect()
        self.assertEqual(self.change.propose(BEGIN, begin, self.house.beheerder,
                                             self.house.officer), 'file-missing')
        self.push()
        other.close()
        self.assertEqual(self.change.prepare()[0], begin)
        self.assertEqual(self.change.propose(BEGIN, begin, self.house.beheerder,
                                             self.house.officer), 'ok')

    def test_the_old_key_does_not_end_while_nobody_can_come_by_the_new_one(self):
        self.begin(tick_seconds=1)
        _, end = self.change.prepare()
        self.change.begin()
        self.house.stop()
        other = self.occupy()
        self.house.start()
        self.stage.reconnect()
        self.push()
        wait_for('the alarm', lambda: ['door-closed', self.house.settings['endpoint_2']] in
                 [[code, about] for code, _, about in self.alarms()])
        self.assertEqual(self.change.propose(END, end, self.house.beheerder, self.house.officer),
                         'file-missing')
        self.push()
        # It changes nothing else that can change.
        self.house.enrol(Party('00000099000006000009', 'Partner', 'ggz', ['team']))
        other.close()
        self.house.must('doors')
        wait_for('both doors', lambda: len(self.house.must('log').all('deur')) == 2)
        wait_for('no alarm', lambda: 'door-closed' not in [code for code, _, _ in self.alarms()])
        self.assertEqual(self.change.propose(END, end, self.house.beheerder, self.house.officer),
                         'ok')

    def test_an_address_for_all_must_be_told_as_partners_reach_it(self):
        port = free_port()
        self.begin(endpoint_2=f'tcp://0.0.0.0:{port}')
        code, said = self.change.rotate()
        self.assertEqual((code, '--address' in said), (4, True), said)
        for wrong in ('tcp://0.0.0.0:1', 'tcp://a.example:0', 'a.example:1', 'tcp://' + 'a' * 200 +
                      ':1'):
            self.assertEqual(self.change.rotate('--address', wrong)[0], 2, wrong)
        begin, _ = self.change.prepare('--address', f'tcp://localhost:{port}')
        self.assertIn(f'\nadres tcp://localhost:{port}\n'.encode(), begin)

    def test_status_says_when_both_count_for_too_long(self):
        self.begin(tick_seconds=1, overlap_days=1)
        self.house.stop()
        self.step(0)
        self.house.environment = {'LD_PRELOAD': preload(BINARY, STEP),
                                  'KNP_STEP': self.house.path('step')}
        self.house.start()
        self.stage.reconnect()
        self.change.prepare()
        self.change.begin()
        self.assertEqual(self.alarms(), [])
        self.step(HOURS)
        wait_for('doubt', self.alarms)
        self.house.must('clock', ('confirm', 'yes'))
        wait_for('the alarm', lambda: ['keys-overlap', 'of the knooppunt, verbinding'] in
                 [[code, about] for code, _, about in self.alarms()])

    def step(self, hours):
        with open(self.house.path('step'), 'r+b' if hours else 'wb') as file:
            file.write(struct.pack('=q', hours * 3600))


class OfTheProgram(keys_world.OfTheProgram):
    KIND = 'transport'

    def setUp(self):
        self.SETTINGS = {'endpoint_2': second_endpoint()}
        super().setUp()
        self.first = self.house.endpoint

    def victims(self):
        # Five ends of core within a minute would end the daemon.
        return ['core', 'gate', 'opener', 'gate', 'core', 'gate', 'opener', 'gate']

    def follow(self):
        key, adres = list(self.change.doors().items())[-1]
        self.house.genesis = connected_by(self.house.genesis, key)
        self.house.ready['endpoint'] = adres or self.first
        super().follow()

    def change_whole(self):
        for step in (self.change.prepare, self.change.begin, self.change.end, self.change.finish):
            step()

    def test_a_partner_goes_over_by_itself(self):
        # spec C27
        first, said = self.push()
        self.assertEqual(said, (0, {first: 'aanvaard'}))
        self.change.prepare()
        self.change.begin()
        second, said = self.push()  # reads the leaf
        self.assertEqual(said, (0, {second: 'aanvaard'}))
        self.change.end()
        self.change.finish()
        third, said = self.push()
        self.assertEqual(said, (0, {third: 'aanvaard'}))
        self.assertEqual(self.sender.alarms(), (0, []))
        # Back to the first address, by a key that is new.
        self.change.prepare()
        self.change.begin()
        self.assertEqual(self.push()[1][0], 0)
        self.change.end()
        self.change.finish()
        self.assertEqual(self.push()[1][0], 0)
        self.assertEqual(list(self.change.doors().values()), [self.first])

    def test_who_cannot_reach_the_new_address_goes_on_by_the_old_and_is_told(self):
        # spec C27
        nowhere = second_endpoint()
        self.sender.wait_for_answers(1500)
        self.change.prepare('--address', nowhere)
        self.change.begin()
        self.assertEqual(self.push()[1][0], 0)  # the leaf is read by the way that was taken
        name, said = self.push()
        self.assertEqual(said, (0, {name: 'aanvaard'}))
        done = self.sender.run('push', self.melding('told'), as_json=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('old address alone', done.stderr.decode())
        self.house.stop()
        self.assertEqual(self.sender.run('push', self.melding('waits')).returncode, 3)
        self.house.start()  # where it was before
        self.assertEqual(self.sender.alarms(), (1, ['old-transport-key']))
        self.assertIn(nowhere, self.sender.run('status', as_json=False).stderr.decode())
        self.assertEqual(self.sender.said('push', '--wait=20')[0], 0)

    def melding(self, name):
        return self.sender.write({**MELDING, 'id': f'huis-{os.getpid():08}-{name}'})

    def test_who_missed_the_whole_change_is_told_key_and_address_by_a_person(self):
        # spec C27
        first, said = self.push()
        self.assertEqual(said, (0, {first: 'aanvaard'}))
        self.change_whole()
        (new, adres), = self.change.doors().items()
        self.sender.wait_for_answers(1500)
        second, said = self.push()
        self.assertEqual(said, (3, {second: 'outbox'}))
        done = self.sender.run('status', as_json=False)
        self.assertEqual(done.returncode, 1)
        done = self.sender.run('push', '--wait=1', as_json=False)
        self.assertIn('status --transport', done.stderr.decode())
        done = self.sender.run('fetch')
        self.assertIn('--transport KEY --endpoint ADRES', json.loads(done.stdout)['error']['fix'])
        for words, code in ((('09' * 32, '--endpoint', adres), 1), ((new.hex(),), 1), (('x',), 2),
                            ((new.hex(), '--endpoint', 'tcp://a.example:0'), 2)):
            self.assertEqual(self.sender.run('status', '--transport', *words).returncode, code, words)
        self.assertEqual(self.sender.run('status', '--endpoint', adres).returncode, 2)
        done = self.sender.run('status', '--transport', new.hex(), '--endpoint', adres)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout)
        self.sender.wait_for_answers(5000)
        self.assertEqual(self.sender.said('push', '--wait=20'), (0, {second: 'aanvaard'}))
        self.assertEqual(self.push()[1][0], 0)
        self.follow()
        self.assertEqual(self.delivered()[:2], [first, second])
        self.comes_later(new, adres)

    def comes_later(self, new, adres):
        """Who is enrolled now has the key of genesis, and is told."""
        late = Program(self.stage, '00000099000000007777', 'ggz', 'team')
        late.wait_for_answers(1500)
        self.assertEqual(late.run('status').returncode, 1)
        done = late.run('status', '--transport', new.hex(), '--endpoint', adres)
        self.assertEqual(json.loads(done.stdout)['enrolled'], True, done.stdout + done.stderr)
        self.assertEqual(late.run('fetch').returncode, 0)


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
