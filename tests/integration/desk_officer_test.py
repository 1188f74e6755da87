# SPDX-License-Identifier: EUPL-1.2
"""The privacy officer's questions about one person and about terms: what inzage tells and what it
never tells, before the content goes, after it, and after what accounts for it."""

import json
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_lists import Rubriek, bsn  # noqa: E402
from knp_program import asking, clock_of  # noqa: E402
from knp_stage import main  # noqa: E402
from time_test import Clock  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
SUSAN, HARRY = bsn(40), bsn(41)
TERM_GROND = 'de bewaartermijn is verstreken'
# What is of another, of who told it, or free text: nothing of it may stand in an inzage of Susan.
SECRETS = ['Merk-Harry', 'Merkstraat', 'merk van de toelichting', 'merk-mw-17', 'buurt', HARRY,
           'merk-bron-9', 'getuige van']


def rubrieken():
    made = [Rubriek('kenmerken', soort='politie', klasse='E33', urgentie='gewoon',
                    gemeente='GM1883', betrokkenen=2),
            Rubriek('incident', aard='mishandeling', letsel='nee'),
            Rubriek('toelichting', tekst='merk van de toelichting'),
            Rubriek('melder', soort='buurt'),
            Rubriek('medewerker', referentie='merk-mw-17')]
    for number, who, naam in ((1, SUSAN, 'Proef-Susan'), (2, HARRY, 'Merk-Harry')):
        made += [Rubriek('betrokkenheid', number, rol=('slachtoffer', 'vermoedelijke-pleger')[number - 1],
                         woongemeente='GM1883', minderjarig='nee'),
                 Rubriek('identificatie', number, bron='merk-bron-9', geslachtsnaam=naam),
                 Rubriek('bsn', number, waarde=who)]
    made += [Rubriek('leefgebieden', 1, aandacht=['huisvesting']),
             Rubriek('verblijfadres', 2, straat='Merkstraat', afgeschermd='nee')]
    return made


class Officer(Clock):
    ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')

    def call(self, *arguments, code=0, stdin=None):
        done = subprocess.run(
            [AUDIT, '-c', self.stage.house.settings_file, '--json', *arguments,
             *asking(self.stage, arguments)], input=stdin, env=clock_of(self.stage, AUDIT),
            capture_output=True, text=True, timeout=60, check=False)
        self.assertIn(done.returncode, code if isinstance(code, tuple) else (code,),
                      (done.stdout, done.stderr))
        self.said = done.stdout
        return [json.loads(line) for line in done.stdout.splitlines()]

    def inzage(self, person=SUSAN, code=0):
        head, *rest = self.call('inzage', '-', stdin=f'bsn:{person}\n', code=code)
        self.assertTrue(head['concept'] and head['oefening'])
        self.assertEqual(head['verantwoordelijke']['oin'], kc.HUIS)
        self.assertNotIn(person, json.dumps(head))
        return [line['melding'] for line in rest]

    def push(self):
        receipt, = self.stage.push('politie', self.stage.melding('politie', rubrieken=rubrieken()))
        self.assertEqual(receipt.outcome, 'aanvaard')
        return receipt.index

    def later(self, days):
        self.restart_at(days)
        self.stage.house.must('clock', ('confirm', 'yes'))

    def until(self, holds, what):
        deadline = time.monotonic() + 30
        while not holds():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.2)

    def counts(self):
        return next(line for line in self.call('bewaartermijnen', '36500') if 'bewaard' in line)

    def gone(self):
        """What went; what was to go days ago, and is there until the next ticks, is exit 1."""
        return [line for line in self.call('bewaartermijnen', '36500', code=(0, 1))
                if 'vernietigd' in line]

    def tells_nothing_else(self):
        for secret in SECRETS:
            self.assertNotIn(secret, self.said)

    def test_a_person_is_told_what_is_its_own_and_to_whom_it_went(self):
        index = self.push()
        self.stage.everything()
        one, = self.inzage()
        self.tells_nothing_else()
        self.assertEqual((one['entry'], one['soort'], one['rol']),
                         (index, ['politie'], ['slachtoffer']))
        self.assertEqual(one['bron'], {'oin': kc.POLITIE, 'naam': 'Politie Proef'})
        own = {row['rubriek']: row['velden'] for row in one['gegevens']}
        self.assertEqual(own['identificatie']['geslachtsnaam'], 'Proef-Susan')
        self.assertEqual(own['bsn']['waarde'], SUSAN)
        self.assertEqual(set(own), {'betrokkenheid', 'identificatie', 'bsn', 'leefgebieden'})
        self.assertTrue({row['betrokkene'] for row in one['gegevens']} == {1})
        wmo = next(row for row in one['verstrekkingen']
                   if (row['oin'], row['functie']) == (kc.SITTARD, 'wmo'))
        self.assertEqual((wmo['status'], wmo['organisatie'], wmo['entry']),
                         ('bevestigd', 'Gemeente Sittard-Geleen', index))
        given = {row['rubriek']: row for row in wmo['gegevens']}
        self.assertIn('identificatie', given)
        self.assertNotIn('melder', given)
        for row in given.values():
            self.assertTrue(row['regel'] and row['doel'] and row['grondslag'], row)
        self.assertIn('inhoud', one['bewaard_tot'])
        self.assertNotIn('vernietigd', one)
        # Who asks for Harry is not told of Susan.
        other, = self.inzage(HARRY)
        self.assertIn('Merk-Harry', self.said)
        self.assertNotIn('Proef-Susan', self.said)
        self.assertEqual(other['rol'], ['vermoedelijke-pleger'])
        # Nobody is told how many there are: the sentence is the same where nothing is left out.
        self.assertEqual(self.call('inzage', f'bsn:{SUSAN}')[0]['niet_opgenomen'],
                         self.call('inzage', f'bsn:{bsn(49)}', code=1)[0]['niet_opgenomen'])

    def test_who_is_not_there_or_is_not_named_well(self):
        self.assertEqual(self.inzage(bsn(49), code=1), [])
        for wrong in ('bsn:', SUSAN, 'naam:Susan'):
            error, = self.call('inzage', wrong, code=2)
            self.assertEqual(error['error']['code'], 'usage')

    def test_what_waits_and_what_was_replaced_is_told_as_that(self):
        self.push()
        one, = self.inzage()
        self.assertEqual({row['status'] for row in one['verstrekkingen']}, {'klaargezet'})

    def test_after_the_content_who_got_what_still_answers_and_after_the_account_nothing(self):
        index = self.push()
        self.stage.everything()
        before, = self.inzage()
        self.assertEqual((self.counts()['bewaard'], self.counts()['verantwoord']), (1, 0))
        self.later(200)
        self.until(lambda: any(row['klaar'] for row in self.gone()), 'the content did not go')
        one, = self.inzage()
        self.tells_nothing_else()
        self.assertNotIn('Proef-Susan', self.said)
        self.assertEqual((one['gegevens'], one['toegevoegd']), ([], []))
        self.assertEqual((one['vernietigd']['grond'], one['entry'], one['rol']),
                         (TERM_GROND, index, ['slachtoffer']))
        self.assertEqual(one['verstrekkingen'], before['verstrekkingen'])
        self.assertEqual((self.counts()['bewaard'], self.counts()['verantwoord']), (0, 1))
        row, = self.gone()
        self.assertEqual((row['vernietigd'], row['meldingen'], row['grond']),
                         ('inhoud', 1, TERM_GROND))
        self.assertEqual(row['entry'], one['vernietigd']['entry'])
        self.later(6 * 366)
        self.until(lambda: [row['vernietigd'] for row in self.gone() if row['klaar']]
                   == ['verantwoording', 'inhoud'], 'the account did not go')
        self.assertEqual(self.inzage(code=1), [])
        self.assertEqual((self.counts()['bewaard'], self.counts()['verantwoord']), (0, 0))
        export = self.stage.house.path('the-export')
        self.call('export', export)
        done, = self.call('verify', export, '--vkey', f'{export}/log.vkey')
        self.assertTrue(done['intact'])
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])


if __name__ == '__main__':
    main()
