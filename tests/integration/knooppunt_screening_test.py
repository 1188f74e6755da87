# SPDX-License-Identifier: EUPL-1.2
"""A melding of which nothing comes, as the people see it: the beheerder in `open`, with the command
that ends it; the house that gives that command; the officer in `why`. And no kill loses any of it."""

import json
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, POLITIE, Partner, World, example, run, small_convenant, write

STAD = '00000099000000003000'
PARTIJEN = {'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
            'politie': (POLITIE, 'basisteam', 'soort: politie'),
            'stad': (STAD, 'wmo', 'soort: gemeente, gemeente: GM1883')}
REGEL = '''\
  - regel: wmo-leest
    convenantartikel: "1"
    herkomst: "proef: «wmo»"
    als: {thema: THEMA}
    verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [kenmerken]}
    doel: zorg
    grondslag: [avg-6-1-e]
'''


def convenant(thema):
    return small_convenant('proef-screening', PARTIJEN, REGEL.replace('THEMA', thema))


class Screening(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.stad = Partner(cls.house, 'stad', STAD, 'gemeente', 'wmo').enrol()
        cls.huis = Partner(cls.house, 'regisseur', HOUSE, 'veiligheidshuis',
                           'procesregisseur').enrol()
        cls.propose('jeugd')

    @classmethod
    def propose(cls, thema):
        path = write(cls.house.path('convenant.yaml'), convenant(thema))
        cls.house.approve(['convenant', 'propose'], path)

    def setUp(self):
        for partner in (self.politie, self.stad, self.huis):
            partner.write_settings()

    def kill(self):
        """Every process of the daemon at once, as a power cut would; and a new start."""
        self.house.daemon.kill()
        self.house.start()
        self.setUp()

    def push(self, name, thema='overlast'):
        [person, _] = example()['betrokkenen']
        melding = example(id=name, systeem=None, betrokkenen=[person], incident=None, melder=None,
                          medewerker=None, toelichting=None)
        melding['kenmerken'] = {'soort': 'politie', 'thema': [thema], 'urgentie': 'gewoon',
                                'gemeente': 'GM1883', 'strafrecht': 'nee'}
        path = write(self.politie.path('melding.json'), json.dumps(melding))
        done = self.politie.run('push', path, '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line['index']

    def open(self):
        done = run('knooppuntctl', 'open', '-c', self.house.settings, '--json')
        self.assertEqual(done.code, 0, done.err)
        return [line for line in done.lines if line['wat'] == 'screening']

    def end(self, line, uitkomst):
        """The very command that `open` prints, by the house."""
        command = line['door'].split(': ', 1)[1]
        self.assertIn('geen-actie|elders|opnieuw', command)
        for name, value in (('FILE', self.huis.settings), ('REF', 'mw-1'), ('TEXT', 'bekeken'),
                            ('geen-actie|elders|opnieuw', uitkomst)):
            command = command.replace(name, value)
        done = run(*command.split(), '--wait', '--json')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        return done.line['index']

    def why(self, name):
        done = run('knooppunt-audit', 'why', name, 'stad/wmo', '0', 'kenmerken',
                   *self.house.asking, '-c', self.house.settings, '--json')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line

    def fetched(self):
        done = self.stad.run('fetch')
        self.assertEqual(done.code, 0, done.out + done.err)
        return [{row['rubriek'] for row in line['rubrieken']} for line in done.lines]

    def test_it_is_held_screened_and_let_through_only_when_the_house_says_so(self):
        # spec K23
        first, second = self.push('screening-eerste-0001'), self.push('screening-tweede-0002')
        self.kill()
        self.assertEqual(self.fetched(), [])
        held = self.open()
        self.assertEqual([(line['wie'], line['melding'], line['te_laat']) for line in held],
                         [(f'{HOUSE}/procesregisseur', index, False) for index in (first, second)])
        told = self.why('screening-eerste-0001')
        self.assertEqual(told['beslissing'], 'geweigerd')
        self.assertNotIn('screening', told)
        self.assertEqual(told['gehouden']['wie'], f'{HOUSE}/procesregisseur')
        said = self.end(held[0], 'geen-actie')
        self.kill()
        told = self.why('screening-eerste-0001')
        self.assertNotIn('gehouden', told)
        self.assertEqual([(row['entry'], row['uitkomst']) for row in told['screening']],
                         [(said, 'geen-actie')])
        # A newer convenant gives nothing of what came before it by itself.
        self.propose('overlast')
        self.kill()
        self.assertEqual(self.fetched(), [])
        held = self.open()
        self.assertEqual([line['melding'] for line in held], [second])
        self.end(held[0], 'opnieuw')
        self.kill()
        self.assertEqual(self.open(), [])
        self.assertEqual(self.fetched(), [{'kenmerken'}])
        told = self.why('screening-tweede-0002')
        self.assertEqual((told['beslissing'], told['regels']), ('verstrekt', ['wmo-leest']))
        text = run('knooppunt-audit', 'why', 'screening-tweede-0002', 'stad/wmo', '0', 'kenmerken',
                   *self.house.asking, '-c', self.house.settings).err
        self.assertRegex(text, r'screening +entry \d+ \S+: opnieuw')
        replayed = run('knooppunt-audit', 'convenant', 'replay', '-c', self.house.settings, '--json')
        self.assertEqual((replayed.code, replayed.lines[-1]['anders']), (0, 0), replayed.err)
        self.house.stop()
        rebuilt = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
        self.assertEqual(rebuilt.code, 0, rebuilt.out + rebuilt.err)
        self.assertTrue(rebuilt.line['equal'])
        self.house.start()
        self.setUp()

    def test_nobody_else_says_it(self):
        index = self.push('screening-derde-0003', 'verslaving')
        for who, code in ((self.stad, 1), (self.politie, 1)):
            done = who.run('screening', str(index), '--uitkomst', 'geen-actie', '--medewerker',
                           'mw-9', '--motivering', 'nee', '--wait')
            self.assertEqual((done.code, done.line['reden']['code']), (code, 'not-owed'))
        [line] = [row for row in self.open() if row['melding'] == index]
        self.end(line, 'elders')


class Usage(unittest.TestCase):
    def test_what_is_missing_or_wrong_is_named(self):
        said = ['--uitkomst', 'elders', '--medewerker', 'mw-1', '--motivering', 'x']
        for n in (0, 2, 4):
            done = run('knooppunt', 'screening', '7', *said[:n], *said[n + 2:], '--json')
            self.assertEqual((done.code, done.error['code']), (2, 'usage'), done.out)
            self.assertIn(said[n], done.error['message'])
        done = run('knooppunt', 'screening', '7', '--uitkomst', 'misschien', *said[2:], '--json')
        self.assertIn('geen-actie', done.error['message'])


if __name__ == '__main__':
    knooppunt_world.main()
