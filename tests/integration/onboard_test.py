# SPDX-License-Identifier: EUPL-1.2
"""A new partner is walked through keys, enrolment and rehearsal; the house looks at the report of a pass.
Against a running knooppuntd; with a report, a bundle and a melding that must not pass.

Usage: onboard_test.py PROGRAM…
"""

import json
import os
import subprocess

import knooppunt_world
from knooppunt_world import CONVENANT, HOUSE, POLITIE, VT, House, Partner, World, example, run, write

MUST = ['melding-1', 'melding-2', 'same-again', 'same-id-other-content', 'unknown-code', 'bsn-elfproef',
        'nobody-asked', 'fetch-basisteam', 'fetch-of-nobody', 'outbox-empty', 'checkpoint']


class Onboarding(World):
    def setUp(self):
        self.politie = Partner(self.house, self._testMethodName[5:25], POLITIE, 'politie', 'basisteam')

    def melding(self, name, **changes):
        return write(self.politie.path(f'{name}.json'),
                     json.dumps(example(**{'id': f'{self._testMethodName[-30:]}-{name}', **changes})))

    def onboard(self, *words):
        self.report = self.politie.path('verslag')
        return self.politie.run('onboard', '--out', self.report, *words)

    def admission(self, report, bundle):
        return run('knooppunt', 'admission', report, bundle, '--json')

    def test_a_partner_is_walked_to_a_report_that_the_house_can_check(self):
        self.politie.keygen()
        self.politie.write_settings()
        meldingen = [self.melding('een'), self.melding('twee', id=None)]
        done = self.onboard(*meldingen)
        self.assertEqual((done.code, done.error['code']), (3, 'not-admitted'), done.out)
        self.assertFalse(os.path.exists(self.report))
        bundle = self.politie.path('keys', 'bundle.knp')
        self.house.approve(['partner', 'add'], bundle)
        done = self.onboard(*meldingen)
        self.assertEqual(done.code, 0, done.out + done.err)
        self.assertEqual([line['case'] for line in done.lines], MUST)
        self.assertEqual({line['ok'] for line in done.lines}, {True})
        came = {line['case']: line for line in done.lines}
        self.assertEqual((came['nobody-asked']['got'], came['bsn-elfproef']['got'],
                          came['same-id-other-content']['got']),
                         ('not-owed', 'bsn-elfproef', 'conflict'))
        self.assertGreater(came['nobody-asked']['index'], came['melding-2']['index'])
        done = self.admission(self.report, bundle)
        self.assertEqual((done.code, done.line['ok'], done.line['oin']), (0, True, POLITIE))
        for word in ('OEFENING', f'oin {POLITIE}\n', 'case melding-1 ok entry ', 'result pass'):
            self.assertIn(word, done.line['report'])
        # Not of another key, not with a word changed, and no text that nobody signed.
        other = Partner(self.house, 'other', VT, 'veilig-thuis', 'frontoffice')
        other.keygen()
        with open(self.report, encoding='utf-8') as file:
            text = file.read()
        for report, by in ((text, other.path('keys', 'bundle.knp')),
                           (text.replace('case same-again ok', 'case same-agein ok'), bundle),
                           (text.split('\n\n')[0] + '\n', bundle)):
            done = self.admission(write(self.politie.path('proef'), report), by)
            self.assertEqual((done.code, done.error['code']), (1, 'not-proven'))

    def test_what_does_not_come_as_it_must_gives_no_report(self):
        self.politie.keygen()
        self.house.approve(['partner', 'add'], self.politie.path('keys', 'bundle.knp'))
        self.politie.write_settings()
        self.assertEqual(self.onboard(self.melding('een')).code, 0)
        os.remove(self.report)
        # Its own copy of the melding was changed meanwhile: under the same id the log has another.
        done = self.onboard(self.melding('een', toelichting='Anders.'))
        self.assertEqual(done.code, 1, done.out)
        came = {line['case']: line for line in done.lines if 'case' in line}
        self.assertEqual((came['melding-1']['ok'], came['melding-1']['got']), (False, 'conflict'))
        self.assertEqual(done.lines[-1]['error']['code'], 'bad-value')
        self.assertFalse(os.path.exists(self.report))

    def test_a_real_bsn_and_a_real_log_are_refused(self):
        self.politie.keygen()
        self.house.approve(['partner', 'add'], self.politie.path('keys', 'bundle.knp'))
        self.politie.write_settings()
        made = example()
        made['betrokkenen'][0]['bsn'] = '123456782'
        done = self.onboard(write(self.politie.path('echt.json'), json.dumps(made)))
        self.assertEqual((done.code, done.error['code']), (1, 'bad-value'), done.out)
        self.assertNotIn('123456782', done.out + done.err)
        self.assertEqual(self.politie.run('status').line['outbox']['aanvaard'], 0)
        self.assertEqual(run('knooppunt', 'onboard', '--json', '-c', self.politie.settings).code, 2)


class NoOefening(House):
    log = ()


class Earnest(World):
    """A log that is no oefening: nobody rehearses in it."""

    @classmethod
    def setUpClass(cls):
        made = subprocess.run(['mktemp', '-d', '/tmp/knp-cli-XXXXXX'], check=True, stdout=subprocess.PIPE)
        cls.folder = made.stdout.decode().strip()
        cls.house = NoOefening(cls.folder)
        cls.house.start()

    def test_nothing_is_sent(self):
        politie = Partner(self.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        politie.write_settings()
        path = write(politie.path('een.json'), json.dumps(example()))
        done = politie.run('onboard', '--out', politie.path('verslag'), path)
        self.assertEqual((done.code, done.error['code']), (1, 'unsupported'), done.out)
        self.assertEqual(politie.run('status').line['outbox']['waiting'], 0)


if __name__ == '__main__':
    knooppunt_world.main()
