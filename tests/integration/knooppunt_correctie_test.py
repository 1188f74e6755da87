# SPDX-License-Identifier: EUPL-1.2
"""`knooppunt correctie` and `knooppunt opvolging` as a source and who was given something would use them:
what `fetch` says of it, what `open` lists with the command that ends it; and an order to erase is told."""

import json
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, POLITIE, Partner, World, example, must, run, small_convenant, write

STAD = '00000099000000003000'
CONVENANT = small_convenant('proef-correctie', {
    'huis': (HOUSE, 'procesregisseur', 'soort: veiligheidshuis'),
    'politie': (POLITIE, 'basisteam', 'soort: politie'),
    'stad': (STAD, 'wmo', 'soort: gemeente, gemeente: GM1883')}, '''\
  - regel: wmo-leest
    convenantartikel: "1"
    herkomst: "proef: «wmo»"
    verstrek: {aan: {partij: stad, functie: wmo}, rubrieken: [kenmerken, identificatie]}
    doel: zorg
    grondslag: [avg-6-1-e]
''')
SAID = ('--medewerker', 'mw-3', '--motivering', 'verwisseld met een ander')


class Correctie(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.politie = Partner(cls.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        cls.stad = Partner(cls.house, 'stad', STAD, 'gemeente', 'wmo').enrol()
        path = write(cls.house.path('convenant.yaml'), CONVENANT)
        cls.house.approve(['convenant', 'propose'], path)

    def setUp(self):
        for partner in (self.politie, self.stad):
            partner.write_settings()

    def push(self, name):
        [person, _] = example()['betrokkenen']
        melding = example(id=name, systeem=None, betrokkenen=[person], incident=None, melder=None,
                          medewerker=None, toelichting=None)
        done = self.politie.run('push', write(self.politie.path('melding.json'),
                                              json.dumps(melding)), '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line['index']

    def fetched(self):
        done = self.stad.run('fetch')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.lines

    def open(self):
        done = run('knooppuntctl', 'open', '-c', self.house.settings, '--json')
        self.assertEqual(done.code, 0, done.err)
        return [line for line in done.lines if line['wat'] == 'opvolging']

    def test_what_is_said_is_told_and_answered(self):
        index = self.push('correctie-eerste-0001')
        self.assertEqual([line['soort'] for line in self.fetched()], ['verstrekking'])
        done = self.politie.run('correctie', str(index), '--correctie', 'onjuist', '--betrokkene',
                                '1', '--rubriek', 'identificatie', *SAID, '--wait')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        told, = self.fetched()
        self.assertEqual((told['soort'], told['betreft'], told['rubrieken'], told['regels']),
                         ('onjuist', index, [], ['wmo-leest']))
        self.assertEqual([(g['betrokkene'], g['rubriek']) for g in told['gronden']],
                         [(1, 'identificatie')])
        line, = self.open()
        self.assertEqual((line['wie'], line['regel'], line['melding']),
                         (f'{STAD}/wmo', 'onjuist', index))
        own, = self.stad.run('open').lines
        self.assertEqual((own['wie'], own['wat'], own['melding'], own['trap'], own['te_laat']),
                         (f'{STAD}/wmo', 'opvolging', index, 'open', False))
        self.assertEqual((own['door'], own['uiterlijk']), (line['door'], line['uiterlijk']))
        self.assertEqual(self.politie.run('open').lines, [])
        command = line['door'].split(': ', 1)[1]
        for name, value in (('FILE', self.stad.settings), ('REF', 'mw-1'),
                            ('verwerkt|niet-aanwezig|niet-verwerkt', 'verwerkt')):
            command = command.replace(name, value)
        done = run(*command.split(), '--wait', '--json')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)
        self.assertEqual(self.open(), [])
        done = self.stad.run('correctie', str(index), '--correctie', 'onjuist', *SAID, '--wait')
        self.assertEqual((done.code, done.line['reden']['code']), (1, 'not-found'))

    def test_who_was_given_what_is_erased_is_told(self):
        """spec K35"""
        index = self.push('correctie-gewist-0002')
        self.fetched()
        settings = ['-c', self.house.settings]
        line = must('knooppunt-audit', 'erase', 'correctie-gewist-0002', 'AVG art. 17', '--key',
                    self.house.role('privacy-officer'), *settings).line
        must('knooppunt-audit', 'approve', line['object'], '--key', self.house.role('beheerder'),
             *settings)
        told, = self.fetched()
        self.assertEqual((told['soort'], told['betreft'], told['gronden']), ('gewist', index, []))
        line, = self.open()
        self.assertEqual((line['regel'], line['melding']), ('gewist', index))
        done = self.stad.run('opvolging', str(index), '--rechtzetting', 'gewist', '--antwoord',
                             'verwerkt', '--medewerker', 'mw-1', '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)


class Usage(unittest.TestCase):
    def test_what_is_missing_or_wrong_is_named(self):
        said = ['--correctie', 'onjuist', '--medewerker', 'mw-1', '--motivering', 'x']
        for n in (0, 2, 4):
            done = run('knooppunt', 'correctie', '7', *said[:n], *said[n + 2:], '--json')
            self.assertEqual((done.code, done.error['code']), (2, 'usage'), done.out)
            self.assertIn(said[n], done.error['message'])
        for words, named in ((['--correctie', 'gewist', *said[2:]], 'opgeheven'),
                             ([*said, '--rubriek', 'identificati'], 'identificatie')):
            done = run('knooppunt', 'correctie', '7', *words, '--json')
            self.assertEqual(done.code, 2, done.out)
            self.assertIn(named, done.error['message'])


if __name__ == '__main__':
    knooppunt_world.main()
