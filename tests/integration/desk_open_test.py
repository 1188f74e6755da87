#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppuntctl open against a daemon that answers what each test says: what is owed, and the
command that ends it.

usage: desk_open_test.py KNOOPPUNT KNOOPPUNTCTL
"""

import subprocess
import sys
import time

import desk_world
from desk_ctl_test import NOTHING_OWED, PARTNERS, WELL
from desk_world import OUR_OIN, PROGRAMS, World

from vector_cast import GEMEENTE, POLITIE


class OpenTest(World):
    """What is still owed, who is due first first."""
    def setUp(self):
        super().setUp()
        hour = int(time.time() * 1000) - 3600000
        self.daemon.answers.update(partners=PARTNERS, status=NOTHING_OWED + [
            ('obligation', f'2020-01-02T03:04:05Z weging zorg {OUR_OIN}/procesregisseur '
             'uitkomsten=lokaal,regie,nee entry=4'),
            ('obligation', f'2090-01-02T03:04:05Z feit adres {POLITIE}/basisteam entry=5'),
            ('obligation', f'2090-01-03T03:04:05Z nieuws x {OUR_OIN}/procesregisseur entry=6'),
            ('queue', f'{GEMEENTE}/wmo last=3 waiting=2 since={hour}'),
            ('queue', f'{GEMEENTE}/oov last=3 waiting=0 since=0')])
        self.due = hour + 24 * 3600000

    def test_by_whom_until_when_and_what_ends_it(self):
        first, second, ack, feit = self.ctl('open')
        self.assertEqual(
            {**first, 'door': ''},
            {'wie': f'{OUR_OIN}/procesregisseur', 'naam': '', 'wat': 'weging', 'regel': 'zorg',
             'melding': 4, 'uiterlijk': 1577934245000, 'te_laat': True, 'door': '', 'oefening': True})
        # A command that runs, and before it what must be done first.
        self.assertIn('knooppunt -c FILE weging 4 --regel zorg --uitkomst lokaal|regie|nee '
                      '--medewerker REF --motivering TEXT', first['door'])
        self.assertIn('nobody is enrolled for this functie', first['door'])
        self.assertEqual((second['wat'], second['te_laat']), ('nieuws', False))  # of the same one
        self.assertEqual((ack['wie'], ack['naam'], ack['wat'], ack['aantal'], ack['uiterlijk'],
                          ack['te_laat']), (f'{GEMEENTE}/wmo', 'Gemeente Voorbeeld', 'bevestiging',
                                            2, self.due, False))
        self.assertIn('knooppunt fetch', ack['door'])
        self.assertNotIn('nobody is enrolled', ack['door'])
        self.assertEqual((feit['wie'], feit['naam']), (f'{POLITIE}/basisteam', 'Politie Voorbeeld'))
        self.assertNotIn('nobody is enrolled', feit['door'])
        told = self.run_program('knooppuntctl', 'open').stderr
        self.assertEqual(told.count(f'not enrolled ({OUR_OIN}/procesregisseur)'), 1)
        self.assertEqual(told.count('TOO LATE'), 1)
        self.assertIn('to acknowledge 2 verstrekkingen', told)

    def test_each_command_runs_as_it_is_printed(self):
        """The program takes it whole: what it then misses is its settings (4), and no option (2)."""
        soorten = ('weging', 'agenda', 'overdracht', 'noodtoets', 'screening', 'opvolging',
                   'informeren', 'volgen')
        self.daemon.answers['status'] = NOTHING_OWED + [
            ('obligation', f'2090-01-0{n}T03:04:05Z {soort} '
             f'{"onjuist" if soort == "opvolging" else "zorg"} {POLITIE}/basisteam'
             f'{" uitkomsten=lokaal,nee" if soort == "weging" else ""} entry={n}'
             f'{" betrokkene=2" if soort == "informeren" else ""}')
            for n, soort in enumerate(soorten, 1)]
        owed = self.ctl('open')
        self.assertEqual([line['wat'] for line in owed], list(soorten))
        for line in owed:
            command = line['door'].split(': ', 1)[1]
            for name, value in (('FILE', self.path('nowhere.yaml')), ('REF', 'mw-1'),
                                ('TEXT', 'omdat')):
                command = command.replace(name, value)
            program, *words = [word.split('|')[0] for word in command.split()]
            self.assertEqual(program, 'knooppunt')
            for call, code in ((words, 4), (words[:-2], 2)):  # and nothing in it is spare
                done = subprocess.run([PROGRAMS[program], *call], capture_output=True, text=True,
                                      timeout=60, check=False)
                self.assertEqual(done.returncode, code, (call, done.stderr))

    def test_nothing_owed_is_said(self):
        self.daemon.answers['status'] = NOTHING_OWED
        self.assertEqual(self.ctl('open'), [])
        self.assertIn('nothing is owed', self.run_program('knooppuntctl', 'open').stderr)
        self.daemon.answers['status'] = NOTHING_OWED + [
            ('alarm', 'no-convenant 1795000000000 2 meldingen decided without one')]
        told = self.run_program('knooppuntctl', 'open').stderr
        self.assertIn('no convenant is in force', told)
        self.assertNotIn('nothing is owed', told)
        self.daemon.answers['status'] = WELL + [('obligation', 'some day')]
        self.error(self.ctl('open', code=5), 'malformed')


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
