# SPDX-License-Identifier: EUPL-1.2
"""The steps of docs/sleutels.md, with the programs of partner, beheerder and officer."""

import hashlib
import os
import shutil
import sys
import unittest

from knooppunt_world import HOUSE, PROGRAMS, Partner, World, must, run

POLITIE, VT = '00000099000000001000', '00000099000000002000'


class ChangingKeys(World):
    def test_partner_beheerder_and_officer_change_the_keys_of_a_partner(self):
        partner = Partner(self.house, self._testMethodName, POLITIE, 'politie', 'basisteam')
        old = partner.keygen().line['key']
        self.house.approve(['partner', 'add'], partner.path('keys', 'bundle.knp'))
        made = must('knooppunt', 'rotate', partner.path('keys'), '--genesis', self.house.genesis,
                    '--out', partner.path('next.knp')).line
        self.assertEqual(set(made), {'bundle', 'key'})
        key = ('--key', self.house.role('beheerder'), '-c', self.house.settings)
        proposed = must('knooppuntctl', 'partner', 'rotate', partner.path('next.knp'), *key).line
        self.assertEqual((proposed['state'], proposed['key'], proposed['replaces']),
                         ('voorgesteld', made['key'], old))
        done = run('knooppuntctl', 'partner', 'rotate', partner.path('next.knp'), *key)
        self.assertIn(f'knooppuntctl -c {self.house.settings} partner revoke {old} --key', done.err)
        must('knooppunt-audit', 'approve', partner.path('next.knp'), '--key',
             self.house.role('privacy-officer'), '-c', self.house.settings)
        status = partner.run('status').line
        self.assertEqual([(row['key'], row['used']) for row in status['keys']],
                         [(old, False), (made['key'], True)])
        must('knooppuntctl', 'partner', 'revoke', old, *key)
        self.assertEqual(partner.run('status').line['keys'],
                         [{'key': made['key'], 'ours': True, 'used': True,
                           'functies': ['basisteam']}])
        self.assertFalse(os.path.exists(partner.path('keys', 'next')))

    def test_keys_of_nobody_replace_none(self):
        partner = Partner(self.house, self._testMethodName, VT, 'veilig-thuis', 'frontoffice')
        partner.keygen()
        done = run('knooppuntctl', 'partner', 'rotate', partner.path('keys', 'bundle.knp'), '--key',
                   self.house.role('beheerder'), '-c', self.house.settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'not-found'))
        self.assertIn('partner add', done.error['fix'])

    def test_officer_and_deputy_replace_a_beheerder_who_lost_his_key(self):
        folder, settings = self.house.path('rollen', 'opvolger'), ('-c', self.house.settings)
        key = must('knooppunt', 'keygen', folder, '--role', '--oin', HOUSE, '--naam', 'Opvolger',
                   '--soort', 'veiligheidshuis', '--functie', 'beheerder').line['key']
        bundle = os.path.join(folder, 'bundle.knp')
        officer, deputy = (('--key', self.house.role(f'privacy-officer{which}'), *settings)
                           for which in ('', '-plv'))
        done = must('knooppuntctl', 'partner', 'add', bundle, *officer).line
        self.assertEqual((done['state'], done['key']), ('voorgesteld', key))
        self.assertEqual(run('knooppunt-audit', 'approve', bundle, *officer, '--json').code, 1)
        shown = must('knooppunt-audit', 'approve', bundle, *deputy).line
        self.assertEqual(shown['state'], 'actief')
        # The new one signs from now on.
        partner = Partner(self.house, self._testMethodName, VT, 'veilig-thuis', 'frontoffice')
        partner.keygen()
        must('knooppuntctl', 'partner', 'add', partner.path('keys', 'bundle.knp'), '--key', folder,
             *settings)

    def test_the_folder_of_a_role_is_not_rotated(self):
        done = run('knooppunt', 'rotate', self.house.role('beheerder'), '--genesis',
                   self.house.genesis, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'usage'))


class ReceiveKey(World):
    """Its house is its own: what it changes, everybody notices."""

    def keys(self):
        rows = must('knooppuntctl', 'key', 'list', '-c', self.house.settings).lines
        return [row for row in rows if row['gebruik'] == 'ontvangen']

    def test_beheerder_and_officer_change_the_receive_key_of_the_knooppunt(self):
        settings = ('-c', self.house.settings)
        made = run('knooppuntd', *settings, 'rotate', 'receive')
        self.assertEqual(made.code, 0, made.err)
        begin, end = (self.house.path('data', f'huissleutel{which}.txt')
                      for which in ('', '-einde'))
        self.assertIn(f'knooppuntctl key propose {begin}', made.out)
        self.house.approve(['key', 'propose'], begin)
        self.assertEqual([row['state'] for row in self.keys()], ['actief', 'actief'])
        self.assertEqual(run('knooppuntd', *settings, 'rotate', 'receive', '--finish').code, 1)
        partner = Partner(self.house, self._testMethodName, VT, 'veilig-thuis', 'frontoffice')
        partner.enrol()
        self.assertEqual(partner.run('status').line['enrolled'], True)
        self.house.approve(['key', 'end'], end)
        self.assertEqual(partner.run('status').line['alarms'], [])
        self.assertEqual(run('knooppuntd', *settings, 'rotate', 'receive', '--finish').code, 0)
        rows = self.keys()
        self.assertEqual([row['state'] for row in rows], ['beeindigd', 'actief'])
        self.assertEqual(run('knooppuntd', *settings, '--check').code, 0)
        # A partner that comes now knows the key of genesis only, and is told the other with it.
        later = Partner(self.house, 'later', POLITIE, 'politie', 'basisteam').enrol()
        self.assertEqual(later.run('status').code, 1)
        done = later.run('status', '--receive', rows[-1]['key'])
        self.assertEqual((done.line['enrolled'], done.line['alarms']), (True, []))
        self.assertEqual(later.run('status').line['alarms'], [])


class SignedElsewhere(World):
    """`knooppunt act` on a machine that has a role's keys and files from the house, and no daemon."""

    def setUp(self):
        self.elsewhere = self.house.path('elders')
        os.makedirs(self.elsewhere, exist_ok=True)
        shutil.copy(self.house.genesis, self.elsewhere)

    def carried(self, name):
        return shutil.copy(self.house.path('data', name), self.elsewhere)

    def sign(self, role, soort, name, *more):
        act = os.path.join(self.elsewhere, f'{role}.act')
        done = run('knooppunt', 'act', os.path.join(self.elsewhere, name), '--keys',
                   self.house.role(role), '--genesis', os.path.join(self.elsewhere, 'genesis'),
                   '--soort', soort, '--out', act, *more, '--json')
        return done, act

    def both_sign(self, soort, name, word, *more):
        """Two roles sign the text elsewhere; their acts are carried to the daemon one after the
        other. What the last came to."""
        text = self.carried(name)
        with open(text, encoding='utf-8') as file:
            lines = file.read().splitlines()
        settings = ('-c', self.house.settings)
        for role, command in (('beheerder', ['knooppuntctl', 'key', word]),
                              ('privacy-officer', ['knooppunt-audit', 'approve'])):
            done, act = self.sign(role, soort, name, *more)
            self.assertEqual(done.code, 0, done.out + done.err)
            self.assertEqual((done.line['act'], done.line['soort']), (act, soort))
            with open(text, 'rb') as file:
                self.assertEqual(done.line['object'], hashlib.sha256(file.read()).hexdigest())
            shown = run('knooppunt', 'act', text, '--keys', self.house.role(role), '--genesis',
                        self.house.genesis, '--soort', soort, '--out', act, *more)
            for line in lines:  # who signs reads what it is about
                self.assertIn(line, shown.err)
            done = must(command[0], *command[1:], text, '--act', act, *settings)
        return done.line

    def keys(self, gebruik):
        done = must('knooppuntctl', 'key', 'list', '-c', self.house.settings)
        return [(row['state'], row['key']) for row in done.lines if row['gebruik'] == gebruik]

    def rotate(self, *words):
        done = run('knooppuntd', '-c', self.house.settings, 'rotate', *words)
        self.assertEqual(done.code, 0, done.out + done.err)

    def test_acts_signed_elsewhere_bring_and_end_a_key_of_the_knooppunt(self):
        (_, old), = self.keys('ontvangen')
        self.rotate('receive')
        done = self.both_sign('huissleutel', 'huissleutel.txt', 'propose')
        self.assertEqual(done['state'], 'actief')
        states = self.keys('ontvangen')
        self.assertEqual([state for state, _ in states], ['actief', 'actief'])
        self.assertEqual(states[0][1], old)
        done = self.both_sign('huissleutel-einde', 'huissleutel-einde.txt', 'end')
        self.assertEqual(done['state'], 'beeindigd')
        self.assertEqual([state for state, _ in self.keys('ontvangen')], ['beeindigd', 'actief'])
        self.rotate('receive', '--finish')

    def test_after_another_log_key_the_signer_shows_the_acts_that_brought_it(self):
        export = self.house.path('export')
        self.rotate('log')
        self.both_sign('huissleutel', 'huissleutel-log.txt', 'propose')
        self.both_sign('huissleutel-einde', 'huissleutel-log-einde.txt', 'end')
        self.rotate('log', '--finish')
        must('knooppunt-audit', 'export', export, '-c', self.house.settings)
        for name in ('checkpoint', 'register'):
            shutil.copy(os.path.join(export, name), self.elsewhere)
        seen = ('--checkpoint', os.path.join(self.elsewhere, 'checkpoint'))
        register = ('--register', os.path.join(self.elsewhere, 'register'))
        self.rotate('send')
        self.carried('huissleutel-send.txt')
        done, act = self.sign('beheerder', 'huissleutel', 'huissleutel-send.txt', *seen)
        self.assertEqual((done.code, done.error['code']), (4, 'not-proven'))
        self.assertIn('--register', done.error['message'])
        done = self.both_sign('huissleutel', 'huissleutel-send.txt', 'propose', *seen, *register)
        self.assertEqual(done['state'], 'actief')
        self.assertEqual([state for state, _ in self.keys('verzenden')], ['actief', 'actief'])
        with open(act, 'rb') as file:
            self.assertTrue(file.read())

    def test_what_is_no_such_text_is_not_signed(self):
        self.rotate('receive')
        text, end = self.carried('huissleutel.txt'), self.carried('huissleutel-einde.txt')
        with open(text, 'rb') as file:
            right = file.read()
        wrong = os.path.join(self.elsewhere, 'wrong.txt')
        for soort, said in (('huissleutel', right + b'\n'), ('huissleutel', right.upper()),
                            ('huissleutel', right.replace(b'ontvangen', b'lezen')),
                            ('huissleutel', b''), ('huissleutel-einde', right)):
            with self.subTest(soort=soort, said=said):
                with open(wrong, 'wb') as file:
                    file.write(said)
                self.not_signed(soort, 'wrong.txt')
        self.not_signed('huissleutel', os.path.basename(end))

    def not_signed(self, soort, name):
        done, act = self.sign('privacy-officer-plv', soort, name)
        self.assertEqual((done.code, done.error['code'], done.error['file']),
                         (4, 'malformed', os.path.join(self.elsewhere, name)))
        self.assertIn('knooppuntd rotate', done.error['message'])
        self.assertFalse(os.path.exists(act))

    def test_an_act_counts_for_the_text_it_was_signed_for_alone(self):
        self.rotate('receive')
        text, end = self.carried('huissleutel.txt'), self.carried('huissleutel-einde.txt')
        done, act = self.sign('beheerder', 'huissleutel-einde', os.path.basename(end))
        self.assertEqual(done.code, 0, done.err)
        before = self.keys('ontvangen')
        for word, path in (('propose', text), ('propose', end)):
            done = run('knooppuntctl', 'key', word, path, '--act', act, '-c', self.house.settings,
                       '--json')
            self.assertNotEqual(done.code, 0, done.out)
        self.assertEqual(self.keys('ontvangen'), before)


if __name__ == '__main__':
    for path in sys.argv[1:]:
        PROGRAMS[os.path.basename(path)] = path
    unittest.main(argv=sys.argv[:1], verbosity=2)
