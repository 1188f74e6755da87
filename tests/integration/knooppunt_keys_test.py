# SPDX-License-Identifier: EUPL-1.2
"""The steps of docs/sleutels.md, with the programs of partner, beheerder and officer."""

import os
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


if __name__ == '__main__':
    for path in sys.argv[1:]:
        PROGRAMS[os.path.basename(path)] = path
    unittest.main(argv=sys.argv[:1], verbosity=2)
