# SPDX-License-Identifier: EUPL-1.2
"""Keys that change: two keys of one partner that both count, the old one's end, and a partner that
lost all it had; on the wire with the tests' own partners, and with the program of partners."""

import itertools
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
from knp_convenant import Case  # noqa: E402
from knp_link import NoAnswer  # noqa: E402
from knp_lists import REASONS  # noqa: E402
from knp_party import BEHEERDER, DEPUTY, OFFICER, Keys, Party, Role  # noqa: E402
from knp_program import MELDING, PROGRAM, Program  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402
from knp_tree import Refused  # noqa: E402

CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))
KEYS = ('identity.key', 'sealing.key', 'transport.key')


def with_new_keys(party):
    """The same party with keys of its own making; it counts on from where the old one was."""
    next_one = Party(party.oin, party.naam, party.soort, party.functies, party.systeem)
    next_one.keys = Keys()
    next_one.sequence, next_one.head = party.sequence, party.head
    return next_one


class Overlap(StageTest):
    """Both keys of a partner count until the old one is revoked."""

    ONLY = ('politie', 'sittard', 'huis')

    def renew(self, name):
        """Enrols new keys; (link with the old ones, link with the new ones)."""
        old = self.stage.links[name]
        self.stage.house.enrol(with_new := with_new_keys(self.stage.parties[name]))
        self.stage.parties[name + '-next'] = with_new
        self.addCleanup(self.stage.parties.pop, name + '-next', None)
        self.addCleanup(self.stage.links.pop, name + '-next', None)
        return old, self.stage.connect(name + '-next')

    def retire(self, name, keys):
        """Revokes the old keys; the new ones take their place on the stage."""
        self.stage.house.register('intrekking', keys.identity_id)
        self.stage.links.pop(name)
        self.stage.parties[name] = self.stage.parties.pop(name + '-next')
        del self.stage.links[name + '-next']
        self.stage.connect(name)

    def test_a_statement_is_the_same_under_either_key(self):
        # spec K13, K14: each key is taken, and what one brought the other does not bring again.
        old, new = self.renew('politie')
        item = old.party.melding(self.stage.genesis, kc.rubrieken_of(CASE))
        first, = old.push([item])
        size = self.stage.size()
        again, = new.push([item])
        self.assert_aanvaard(first)
        self.assertEqual((again.outcome, again.index), (first.outcome, first.index))
        self.assertEqual(self.stage.size(), size)
        other, = new.push([new.party.melding(self.stage.genesis, kc.rubrieken_of(CASE))])
        self.assert_aanvaard(other)
        reply, _ = old.answer(old.party.melding(self.stage.genesis, kc.rubrieken_of(CASE),
                                                id=item.id))
        self.assertEqual((reply.outcome, REASONS[reply.reason]), (2, 'conflict'))
        self.retire('politie', old.party.keys)

    def test_each_key_gets_the_same_deliveries_sealed_for_itself(self):
        # spec K13: Link.open() opens nothing but what is sealed for the key that asked.
        old, new = self.renew('sittard')
        new.durable = dict(old.durable)
        item = self.stage.melding('politie', CASE)
        self.assert_aanvaard(self.stage.push('politie', item)[0])
        mine, theirs = old.fetch('wmo'), new.fetch('wmo')
        self.assertEqual([(one.number, one.part.header_hash) for one in mine],
                         [(one.number, one.part.header_hash) for one in theirs])
        self.assertEqual([one.part.header_hash for one in mine], [item.hash])
        self.assert_aanvaard(new.ack('wmo', theirs))
        self.assertEqual(old.fetch('wmo'), [])
        old.durable['wmo'] = new.durable['wmo'] = theirs[-1].number
        self.retire('sittard', old.party.keys)
        self.stage.links['sittard'].durable = dict(new.durable)

    def test_from_its_revocation_an_old_key_brings_and_gets_nothing(self):
        # spec K15: the connection is cut, what waits goes to the key that is left.
        old, new = self.renew('sittard')
        durable = dict(old.durable)
        waits = self.stage.melding('politie', CASE)
        self.assert_aanvaard(self.stage.push('politie', waits)[0])
        self.assertEqual(len(old.fetch('wmo')), 1)
        self.retire('sittard', old.party.keys)
        began = time.monotonic()
        with self.assertRaises(NoAnswer):
            old.fetch('wmo', timeout=1.5)
        with self.assertRaises(NoAnswer):
            self.stage.house.link(old.party, timeout=1.5)
        self.assertLess(time.monotonic() - began, 15)
        link = self.stage.links['sittard']
        self.assertEqual(link.party.keys.identity, new.party.keys.identity)
        link.durable = durable
        found = link.fetch_all('wmo')
        self.assertEqual([one.part.header_hash for one in found], [waits.hash])
        self.assert_aanvaard(link.ack('wmo', found))

    def test_what_the_old_key_signed_before_its_end_still_verifies(self):
        old, _ = self.renew('politie')
        before = old.party.melding(self.stage.genesis, kc.rubrieken_of(CASE))
        self.assert_aanvaard(old.push([before])[0])
        self.retire('politie', old.party.keys)
        self.stage.sync()
        link = self.stage.links['sittard']
        found = link.fetch_all('wmo')
        self.assertEqual([one.part.header_hash for one in found], [before.hash])
        link.ack('wmo', found)

    def test_no_new_key_comes_without_two_roles_or_a_second_time(self):
        house, genesis = self.stage.house, self.stage.genesis
        party = self.stage.parties['politie']
        new = with_new_keys(party)
        bundle = new.bundle(genesis.send_key)
        size = self.stage.size()
        for what, act in [
                ('the old key', lambda: party.act(genesis, 'partner', bundle)),
                ('the new key', lambda: new.act(genesis, 'partner', bundle)),
                ('another log', lambda: house.beheerder.act(genesis, 'partner', bundle,
                                                            audience_log='elders.example')),
                ('too late', lambda: house.beheerder.act(genesis, 'partner', bundle,
                                                         expired=True))]:
            with self.subTest(what):
                answer = house.ask('propose', ('soort', 'partner'), ('object', bundle),
                                   ('act', act()))
                self.assertIn(answer['result'], ('bad-signature', 'functie-not-held'))
        answer = house.must('propose', ('soort', 'partner'), ('object', bundle),
                            ('act', house.beheerder.act(genesis, 'partner', bundle)))
        for what, act in [('the old key approves', party.act(genesis, 'partner', bundle)),
                          ('one role twice', house.beheerder.act(genesis, 'partner', bundle))]:
            with self.subTest(what):
                refused = house.ask('approve', ('object', answer['object']), ('act', act))
                self.assertIn(refused['result'], ('bad-signature', 'two-needed'))
        self.assertEqual(self.stage.size(), size)
        approval = house.officer.act(genesis, 'partner', bundle)
        house.must('approve', ('object', answer['object']), ('act', approval))
        house.register('intrekking', new.keys.identity_id)
        size = self.stage.size()
        # The acts are good for a day; the keys are not.
        again = house.ask('propose', ('soort', 'partner'), ('object', bundle),
                          ('act', house.beheerder.act(genesis, 'partner', bundle)))
        if again['result'] == 'ok':
            again = house.ask('approve', ('object', again['object']), ('act', approval))
        self.assertEqual(again['result'], 'exists')
        self.assertEqual(self.stage.size(), size)

    def test_a_partner_that_lost_everything_gets_what_it_had_not_acked(self):
        # spec K15: new keys that nothing connects with the old ones but the roles' word.
        lost = self.stage.links['sittard']
        first, second = (self.stage.melding('politie', CASE) for _ in range(2))
        self.stage.push('politie', first)
        found = lost.fetch_all('wmo')
        lost.ack('wmo', found)
        self.stage.push('politie', second)
        self.assertEqual(len(lost.fetch('wmo')), 1)  # it had it, and lost it
        self.stage.house.register('intrekking', lost.party.keys.identity_id)
        anew = with_new_keys(lost.party)
        anew.sequence = 0
        self.stage.house.enrol(anew)
        self.stage.parties['sittard'] = anew
        del self.stage.links['sittard']
        link = self.stage.connect('sittard')
        with self.assertRaises(Refused):
            link.fetch_all('wmo')  # an inbox that knows nothing would begin at 1
        link.durable['wmo'] = found[-1].number
        again = link.fetch_all('wmo')
        self.assertEqual([one.part.header_hash for one in again], [second.hash])
        self.assert_aanvaard(link.ack('wmo', again))
        sent, = link.push([anew.melding(self.stage.genesis, kc.rubrieken_of(CASE))])
        self.assert_aanvaard(sent)


class OfTheProgram(unittest.TestCase):
    """`knooppunt rotate`, and what its commands do with two sets of keys."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('huis',))
        cls.sender = Program(cls.stage, kc.POLITIE, 'politie', 'basisteam')
        cls.numbers = itertools.count(1)

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    # ---- steps -----------------------------------------------------------------------------

    def used(self):
        rows = json.loads(self.sender.run('status').stdout)['keys']
        used, = [row['key'] for row in rows if row['used']]
        return used

    def rotate(self):
        """The id of the next identity key."""
        done = self.sender.call('rotate', self.sender.path('keys'), '--genesis',
                                self.sender.genesis)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)['key']

    def enrol_next(self):
        with open(self.sender.path('keys', 'next', 'bundle.knp'), 'rb') as file:
            self.stage.house.register('partner', file.read())

    def revoke(self, key):
        self.stage.house.register('intrekking', bytes.fromhex(key))

    def files(self):
        found = {}
        for name in KEYS:
            with open(self.sender.path('keys', name), 'rb') as file:
                found[name] = file.read()
        return found

    def new_id(self):
        return f'sleutels-{os.getpid():08}-{next(self.numbers):04}'

    def push(self):
        path = self.sender.write({**MELDING, 'id': self.new_id()})
        return path, self.sender.said('push', path)

    def delivered(self):
        link = self.stage.links['huis']
        link.sync()
        found = link.fetch_all('procesregisseur')
        for at in range(0, len(found), 64):
            link.ack('procesregisseur', found[at:at + 64])
        return [one.sender.id for one in found]

    def assert_settled(self):
        """No key lies in the folder but those in use."""
        self.assertEqual(sorted(os.listdir(self.sender.path('keys'))),
                         sorted([*KEYS, 'bundle.knp', 'spool.key', 'unlock.key']))

    # ---- tests -----------------------------------------------------------------------------

    def test_new_keys_are_used_when_the_register_has_them_and_old_ones_end(self):
        # spec C21, C22
        old, before = self.used(), self.files()
        new = self.rotate()
        self.assertEqual(self.sender.call('rotate', self.sender.path('keys'), '--genesis',
                                          self.sender.genesis).returncode, 4)
        self.assertEqual(self.push()[1][0], 0)
        self.assertEqual(self.used(), old)
        self.enrol_next()
        self.assertEqual(self.push()[1][0], 0)
        self.assertEqual(self.used(), new)
        self.assertEqual(self.files(), before)
        kept = self.sender.path('kept')
        shutil.copytree(self.sender.path('keys'), kept)
        self.revoke(old)
        self.assertEqual(self.push()[1][0], 0)
        self.assertEqual(self.used(), new)
        self.assert_settled()
        for name in KEYS:
            self.assertNotEqual(self.files()[name], before[name])
            with open(os.path.join(kept, 'next', name), 'rb') as file:
                self.assertEqual(self.files()[name], file.read())
        # Every receipt of before is still read, though the key it was kept under is gone.
        status = json.loads(self.sender.run('status').stdout)
        self.assertGreaterEqual(status['outbox']['aanvaard'], 3)
        self.assertEqual(status['alarms'], [])

    def test_the_end_of_the_old_keys_is_said(self):
        old, new = self.used(), self.rotate()
        self.enrol_next()
        done = self.sender.run('status', as_json=False)
        self.assertIn(f'new keys ({new}) are used', done.stderr.decode())
        self.revoke(old)
        done = self.sender.run('push', self.sender.write({**MELDING, 'id': self.new_id()}),
                               as_json=False)
        self.assertIn(f'private keys of {old} are destroyed', done.stderr.decode())

    def test_what_waited_over_the_change_goes_once_and_under_the_new_key(self):
        # spec C21: signed under the old key, which is revoked before it went.
        old = self.used()
        self.stage.house.stop()
        self.sender.wait_for_answers(100)
        paths = [self.push()[0] for _ in range(3)]
        new = self.rotate()
        self.stage.house.start()
        self.stage.reconnect()
        self.enrol_next()
        self.revoke(old)
        self.sender.wait_for_answers(2000)
        code, said = self.sender.said('push', '--wait')
        ids = [os.path.basename(path).removesuffix('.json') for path in paths]
        self.assertEqual((code, said), (0, dict.fromkeys(ids, 'aanvaard')))
        self.assertEqual(self.used(), new)
        got = self.delivered()
        self.assertEqual([one for one in got if one in ids], ids)

    def test_next_keys_that_are_revoked_are_dropped(self):
        old, next_one = self.used(), self.rotate()
        self.enrol_next()
        self.revoke(next_one)
        self.assertEqual(self.push()[1][0], 0)
        self.assertEqual(self.used(), old)
        self.assertEqual(self.push()[1][0], 0)
        self.assertFalse(os.path.exists(self.sender.path('keys', 'next')))

    def test_killed_at_any_moment_of_a_change_nothing_is_lost_or_doubled(self):
        self.delivered()
        sent, killed = [], 0
        began = time.monotonic()
        self.assertEqual(self.push()[1][0], 0)
        seconds = time.monotonic() - began
        self.delivered()
        for _ in range(3):
            old = self.used()
            for step in (self.rotate, self.enrol_next, lambda key=old: self.revoke(key),
                         lambda: None):
                step()
                for _ in range(3):
                    sent.append(self.new_id())
                    path = self.sender.write({**MELDING, 'id': sent[-1]})
                    killed += self.kill_push(path, random.uniform(0, 1.2 * seconds))
            # Whoever does not know whether it went pushes again: it is the same melding.
            for name in sent:
                self.sender.run('push', self.sender.path(f'{name}.json'))
            code, said = self.sender.said('push', '--wait')
            self.assertEqual(code, 0, said)
            self.assertNotEqual(self.used(), old)
            self.assert_settled()
        self.assertGreater(killed, 3)
        self.assertEqual(sorted(self.delivered()), sorted(sent))

    def kill_push(self, path, seconds):
        with subprocess.Popen([PROGRAM, 'push', path, '--wait', '--json', '-c',
                               self.sender.path('client.yaml')], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            time.sleep(seconds)
            process.kill()
            process.wait()
        return process.returncode != 0


class Roles(StageTest):
    """The keys of the house's own roles."""

    ONLY = ('huis',)

    def replace(self, functie, proposer, approver):
        """The new role, or the code with which it was refused."""
        house = self.stage.house
        new = Role(house.oin, 'Opvolger', functie)
        bundle = new.bundle()
        house.look()
        answer = house.ask('propose', ('soort', 'partner'), ('object', bundle),
                           ('act', proposer.act(house.genesis, 'partner', bundle)))
        if answer['result'] == 'ok':
            answer = house.ask('approve', ('object', answer['object']),
                               ('act', approver.act(house.genesis, 'partner', bundle)))
        return new if answer['result'] == 'ok' else answer['result']

    def test_two_roles_replace_the_third_and_the_old_key_ends(self):
        # spec L18: a beheerder who lost his key signs nothing for the next.
        house = self.stage.house
        lost = house.beheerder
        for proposer, approver in [(house.officer, house.officer), (house.deputy, house.deputy),
                                   (Role(house.oin, 'Vreemde', BEHEERDER), house.officer)]:
            self.assertIsInstance(self.replace(BEHEERDER, proposer, approver), str)
        new = self.replace(BEHEERDER, house.officer, house.deputy)
        self.assertIsInstance(new, Role)
        house.register('intrekking', lost.keys.identity_id, proposer=house.officer)
        party = Party(kc.VT, 'Nieuw', 'overig', ['loket'])
        bundle = party.bundle(house.genesis.send_key)
        refused = house.ask('propose', ('soort', 'partner'), ('object', bundle),
                            ('act', lost.act(house.genesis, 'partner', bundle)))
        self.assertNotEqual(refused['result'], 'ok')
        # A partner needs the beheerder as before.
        refused = house.ask('propose', ('soort', 'partner'), ('object', bundle),
                            ('act', house.officer.act(house.genesis, 'partner', bundle)))
        self.assertEqual(refused['result'], 'functie-not-held')
        house.beheerder = new
        house.enrol(party)
        # The officers too, by the two others.
        for functie, name, by in [(OFFICER, 'officer', house.deputy),
                                  (DEPUTY, 'deputy', None)]:
            old = getattr(house, name)
            fresh = self.replace(functie, house.beheerder, by or house.officer)
            self.assertIsInstance(fresh, Role)
            house.register('intrekking', old.keys.identity_id)
            setattr(house, name, fresh)
        house.enrol(with_new_keys(party))
        # Everybody folds it.
        self.stage.sync()
        roles = [one for one in self.stage.links['huis'].verifier.registry.parties if one.is_role]
        self.assertEqual(len(roles), 6)


class Recovery(unittest.TestCase):
    """A partner whose keys are gone, and with them its spool."""

    @classmethod
    def setUpClass(cls):
        cls.stage = Stage(('politie', 'huis'))

    @classmethod
    def tearDownClass(cls):
        cls.stage.close()

    def fetch(self, reader, *words):
        done = reader.run('fetch', '--functie', 'wmo', *words)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, [row['number'] for row in rows if 'number' in row], rows

    def next_of(self, oin):
        answer = self.stage.house.must('partners', ('oin', oin))
        return dict(line.split(' ') for line in answer.all('next'))

    def test_what_was_not_acked_comes_to_the_new_keys_and_nothing_is_passed_over(self):
        # spec C23, K15
        reader = Program(self.stage, kc.SITTARD, 'gemeente', 'wmo')
        meldingen = [self.stage.melding('politie', CASE) for _ in range(5)]
        self.stage.push('politie', *meldingen[:2])
        self.assertEqual(self.fetch(reader)[:2], (0, [1, 2]))
        # Two more are taken in and shown, but no ack leaves before all is lost.
        self.stage.push('politie', *meldingen[2:4])
        self.assertEqual(self.next_of(kc.SITTARD), {'wmo': '3'})
        with open('/dev/full', 'wb') as full:
            self.assertNotEqual(reader.run('fetch', '--functie', 'wmo', stdout=full).returncode, 0)
        lost = json.loads(reader.run('status').stdout)['keys'][0]['key']
        shutil.rmtree(reader.path('keys'))
        shutil.rmtree(reader.path('spool'))
        self.stage.house.register('intrekking', bytes.fromhex(lost))
        self.stage.push('politie', meldingen[4])
        reader.call('keygen', reader.path('keys'), '--oin', kc.SITTARD, '--naam', 'Partner',
                    '--soort', 'gemeente', '--functie', 'wmo', '--genesis', reader.genesis)
        with open(reader.path('keys', 'bundle.knp'), 'rb') as file:
            self.stage.house.register('partner', file.read())
        # The knooppunt alone does not make an empty inbox begin anywhere else than at 1.
        code, numbers, rows = self.fetch(reader)
        self.assertEqual((code, numbers, reader.alarms()), (1, [], (1, ['not-proven'])))
        self.assertEqual(rows[-1]['error']['field'], 'number')
        self.assertIn('--first', rows[-1]['error']['fix'])
        first = self.next_of(kc.SITTARD)['wmo']
        self.assertEqual(first, '3')
        # A slip skips nothing and fixes nothing; the number there is, is named.
        for slip in ('2', '4', '400'):
            code, numbers, rows = self.fetch(reader, '--first', slip)
            self.assertEqual((code, numbers, rows[-1]['error']['field']), (1, [], '--first'))
            self.assertIn('delivery 3', rows[-1]['error']['message'])
            self.assertIn('--first 3', rows[-1]['error']['fix'])
        code, numbers, rows = self.fetch(reader, '--first', first)
        self.assertEqual((code, numbers, reader.alarms()), (0, [3, 4, 5], (0, [])))
        self.assertEqual({row['id'] for row in rows}, {one.id for one in meldingen[2:]})
        self.assertEqual(self.fetch(reader, '--first', first)[0], 1)
        self.assertEqual(self.fetch(reader)[:2], (0, []))
        # Nothing waits: there is nothing to prove a number by.
        code, numbers, rows = self.fetch(reader, '--first', '7')
        self.assertEqual((code, numbers), (3, []))
        self.assertIn('nothing waits', rows[-1]['error']['message'])
        self.goes_on_behind_another_inbox(reader)
        self.assertEqual(reader.waiting(), 0)
        # Whoever asks sees it: which key ended where, and which came.
        lines = self.stage.house.must('partners', ('oin', kc.SITTARD)).lines
        self.assertEqual([name for name, _ in lines if name in ('partner', 'ended', 'next')],
                         ['partner', 'ended', 'partner', 'next'])

    def goes_on_behind_another_inbox(self, reader):
        """What a copy of the spool acked is not given again here."""
        shutil.copytree(reader.path('spool'), reader.path('spool-2'))
        meldingen = [self.stage.melding('politie', CASE) for _ in range(5)]
        self.stage.push('politie', *meldingen[:4])
        with open(reader.path('client.yaml'), encoding='utf-8') as file:
            text = file.read()
        for spool, numbers in ('spool-2', [6, 7, 8, 9]), ('spool', None):
            with open(reader.path('client.yaml'), 'w', encoding='utf-8') as file:
                file.write(text.replace('spool: spool', f'spool: {spool}'))
            if numbers:
                self.assertEqual(self.fetch(reader)[:2], (0, numbers))
        self.stage.push('politie', meldingen[4])
        code, numbers, rows = self.fetch(reader)
        self.assertEqual((code, numbers, rows[-1]['error']['field']), (1, [], 'number'))
        self.assertIn('Delivery 10 came', rows[-1]['error']['fix'])
        self.assertEqual(self.fetch(reader, '--first', '9')[:2], (1, []))
        self.assertEqual(self.fetch(reader, '--first', '11')[:2], (1, []))
        self.assertEqual(self.fetch(reader, '--first', '10')[:2], (0, [10]))
        self.assertEqual(reader.waiting(), 0)


if __name__ == '__main__':
    if not os.access(PROGRAM, os.X_OK):
        sys.exit('KNOOPPUNT must name the program of partners')
    main()
