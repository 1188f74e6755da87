# SPDX-License-Identifier: EUPL-1.2
"""What the programs say to do next: it can be done by whoever reads it, as it is printed. Against a
running knooppuntd."""

import os
import shlex
import time

import knooppunt_world
from knooppunt_world import CONVENANT, POLITIE, VT, Exchange, must, run, write

RADICALISERING = os.path.join(os.path.dirname(CONVENANT), 'voorbeeld-radicalisering.yaml')


class Next(Exchange):
    def test_an_erasure_is_signed_away_from_the_daemon_as_other_acts_are(self):
        pushed = self.push(self.melding(), '--wait').line
        settings, grond = ['-c', self.house.settings], "AVG art. 17, 't verzoek"
        order, act = self.politie.path('order'), self.politie.path('order.act')
        call = ['knooppunt-audit', 'erase', pushed['id'], grond, *settings]
        line = must(*call, '--out', order).line
        said = run(*call, '--out', f'{order}-2').err
        self.assertEqual(run(*call, '--out', order).code, 4)  # nothing is written over
        with open(order, encoding='utf-8') as file:
            self.assertIn(f'entry {pushed["index"]}\n', file.read())
        by_officer = ['--keys', self.house.role('privacy-officer'), '--genesis', self.house.genesis]
        done = must('knooppunt', 'act', order, *by_officer, '--soort', 'wissing', '--out', act).line
        self.assertEqual((done['soort'], done['object']), ('wissing', line['object']))
        done = run('knooppunt', 'act', self.house.settings, *by_officer, '--soort', 'wissing',
                   '--out', act, '--json')
        self.assertEqual((done.code, done.error['code']), (4, 'malformed'))
        # What it said to do next is the command that does it.
        program, *words = shlex.split(said.splitlines()[-1])
        self.assertEqual([program, *words[-2:]], ['knooppunt-audit', '--act', 'ACT'])
        proposed = must(program, *words[:-1], act).line
        self.assertEqual((proposed['state'], proposed['object']), ('voorgesteld', line['object']))
        # Who approves sees which melding it is.
        source = f'urn:nld:oin:{POLITIE}:systeem:bvh'
        listed = run('knooppunt-audit', 'approve', *settings).err
        shown = run('knooppunt-audit', 'approve', line['object'], *settings)
        for text in (listed, shown.err):
            self.assertIn(f'melding {pushed["id"]} of {source}', text)
        self.assertEqual(must('knooppunt-audit', 'approve', line['object'], *settings).line['melding'],
                         pushed['id'])
        # A partner's key is named as what it is, by --key and by --act.
        done = run('knooppunt-audit', 'approve', line['object'], '--key', self.politie.path('keys'),
                   *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (4, 'functie-not-held'))
        self.assertIn('the key of a partner (Partner)', done.error['message'])
        by_partner = ['--keys', self.politie.path('keys'), '--genesis', self.house.genesis]
        must('knooppunt', 'act', order, *by_partner, '--soort', 'wissing', '--out', act)
        done = run('knooppunt-audit', 'approve', line['object'], '--act', act, *settings, '--json')
        self.assertIn('with the key of a partner', done.error['message'])
        done = must('knooppunt-audit', 'approve', line['object'], *settings, '--key',
                    self.house.role('beheerder')).line
        self.assertEqual(done['state'], 'gewist')

    def approve_away(self, proposal, soort, role, *words, code=0):
        """Approves with an act that knooppunt act made of the text that approve shows."""
        settings = ['-c', self.house.settings]
        text, act = self.politie.path(f'{soort}.text'), self.politie.path(f'{soort}.act')
        write(text, must('knooppunt-audit', 'approve', proposal, *settings).line['document'])
        by_role = ['--keys', self.house.role(role), '--genesis', self.house.genesis, '--out', act,
                   *words]
        done = run('knooppunt', 'act', self.politie.settings, *by_role, '--soort', soort, '--json')
        self.assertEqual((done.code, done.error['code']), (4, 'malformed'))  # another text
        signed = must('knooppunt', 'act', text, *by_role, '--soort', soort).line
        self.assertEqual((signed['soort'], signed['object']), (soort, proposal))
        with open(text, encoding='utf-8') as file:  # who signs reads it
            self.assertIn(file.read(), run('knooppunt', 'act', text, *by_role, '--soort', soort).err)
        done = run('knooppunt-audit', 'approve', proposal, '--act', act, *settings, '--json')
        self.assertEqual(done.code, code, done.out)
        return done.line

    def test_a_convenant_is_ended_with_a_key_that_is_elsewhere(self):
        settings = ['-c', self.house.settings]
        self.house.approve(['convenant', 'propose'], RADICALISERING)
        naam, = [line['convenant'] for line in must('knooppuntctl', 'convenant', 'list', *settings).lines
                 if 'radicalisering' in line['convenant']]
        line = must('knooppuntctl', 'convenant', 'end', naam, '--key', self.house.role('beheerder'),
                    *settings).line
        self.assertEqual(line['state'], 'voorgesteld')
        # The act says how far its signer saw the log: at least that the convenant is in force.
        away = [line['object'], 'convenant-einde', 'privacy-officer']
        blind = self.approve_away(*away, code=1)['error']
        self.assertEqual((blind['code'], '--checkpoint' in blind['fix']), ('bad-signature', True))
        export = self.politie.path('export-einde')
        must('knooppunt-audit', 'export', export, *settings)
        self.approve_away(*away, '--checkpoint', os.path.join(export, 'checkpoint'))
        states = {line['convenant']: line['state']
                  for line in must('knooppuntctl', 'convenant', 'list', *settings).lines}
        self.assertEqual(states.pop(naam), 'beeindigd')
        self.assertEqual(list(states.values()), ['actief'])

    def test_what_is_held_is_not_erased_until_two_roles_let_it_go(self):
        pushed = self.push(self.melding(), '--wait').line
        settings = ['-c', self.house.settings]
        officer, beheerder = (['--key', self.house.role(role)]
                              for role in ('privacy-officer', 'beheerder'))
        self.assertEqual(run('knooppunt-audit', 'hold', *settings).code, 0)
        for words in (['hold'], ['hold', 'end'], ['erase']):
            self.assertIn('a ground that stays in the log',
                          must('knooppunt-audit', *words, '--help').out)
        for wrong in (('2027-02-30', 'zaak'), ('morgen', 'zaak'), ('2027-05-30', 'a' * 201),
                      ('2027-05-30', 'twee\nregels'), ('2027-05-30', ''),
                      ('2027-05-30', 'zaak van 999990342')):
            done = run('knooppunt-audit', 'hold', pushed['id'], 'privacy-officer', *wrong,
                       *officer, *settings)
            self.assertEqual(done.code, 2, wrong)
        line = must('knooppunt-audit', 'hold', pushed['id'], 'privacy-officer', '2099-05-30',
                    'Rechtbank, zaak 1', *officer, *settings).line
        shown = must('knooppunt-audit', 'approve', line['object'], *settings).line
        self.assertEqual(shown['document'].splitlines()[2:],
                         ['eigenaar privacy-officer', 'herzien 2099-05-30',
                          'grond Rechtbank, zaak 1'])
        done = run('knooppunt-audit', 'approve', line['object'], *officer, *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'two-needed'))
        # The other role's key is on another machine, to which the text that was shown is carried.
        held = self.approve_away(line['object'], 'vernietigingsstop', 'beheerder')
        self.assertEqual(held['state'], 'vastgelegd')
        one = must('knooppunt-audit', 'hold', *settings).line
        self.assertEqual((one['stop'], one['meldingen'], one['herzien'], one['grond']),
                         (held['index'], 1, '2099-05-30', 'Rechtbank, zaak 1'))
        done = run('knooppunt-audit', 'erase', pushed['id'], 'AVG art. 17', *officer, *settings,
                   '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'held'))
        done = run('knooppunt-audit', 'hold', 'end', str(held['index'] - 1), 'klaar', *officer,
                   *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'not-found'))
        done = run('knooppunt-audit', 'hold', 'end', str(held['index']), 'zaak 999990342',
                   *officer, *settings, '--json')
        self.assertEqual((done.code, done.error['code']), (2, 'bad-value'))
        self.assertIn('BSN', done.error['message'])
        line = must('knooppunt-audit', 'hold', 'end', str(held['index']), 'zaak gesloten',
                    *officer, *settings).line
        must('knooppunt-audit', 'approve', line['object'], *beheerder, *settings)
        self.assertEqual(must('knooppunt-audit', 'hold', *settings).lines, [])
        line = must('knooppunt-audit', 'erase', pushed['id'], 'AVG art. 17', *officer,
                    *settings).line
        done = must('knooppunt-audit', 'approve', line['object'], *beheerder, *settings).line
        self.assertEqual(done['state'], 'gewist')

    def test_a_folder_of_out_that_is_not_there_is_a_wrong_call(self):
        for out in (self.vt.path('nergens'), self.vt.settings):
            done = self.vt.run('fetch', '--out', out)
            self.assertEqual((done.code, done.error['code'], done.error['file']),
                             (2, 'usage', out))
            self.assertIn('mkdir', done.error['fix'])

    def test_an_export_goes_over_nothing_else(self):
        settings, full = ['-c', self.house.settings], self.politie.path('vol')
        os.mkdir(full)
        write(os.path.join(full, 'iets'), 'x')
        for target in (self.politie.settings, full):
            done = run('knooppunt-audit', 'export', target, *settings, '--json')
            self.assertEqual((done.code, done.error['code'], done.error['file']),
                             (2, 'exists', target))
        target = self.politie.path('an export')
        for _ in range(2):  # the second brings it up to date
            said = run('knooppunt-audit', 'export', target, *settings).err
            program, *words = shlex.split(said.splitlines()[-1])
            self.assertEqual(program, 'knooppunt-audit')
            self.assertIn('INTACT', run(program, *words).err)
            self.assertNotIn('was not checked', run(program, *words).err)

    def test_what_is_owed_is_listed_until_it_is_done(self):
        settings = ['-c', self.house.settings]
        def owed():
            return [line for line in must('knooppuntctl', 'open', *settings).lines
                    if (line['wie'], line['wat']) == (f'{VT}/frontoffice', 'bevestiging')]
        self.assertEqual(owed(), [])
        before = time.time() * 1000
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        [line] = owed()
        self.assertEqual((line['naam'], line['wat'], line['aantal'], line['te_laat']),
                         ('Partner', 'bevestiging', 1, False))
        self.assertTrue(0 <= line['uiterlijk'] - 24 * 3600000 - before + 1000 < 60000, line)
        self.assertEqual(self.vt.run('fetch').code, 0)
        self.assertEqual(owed(), [])

    def test_a_new_log_has_no_boot_behind_it(self):
        with open(self.house.path('log'), encoding='utf-8') as file:
            self.assertNotIn('event=state-replay', file.read())


if __name__ == '__main__':
    knooppunt_world.main()
