#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-audit against a daemon that answers what each test says.

usage: desk_audit_test.py KNOOPPUNTCTL KNOOPPUNT-AUDIT
"""

import calendar
import os
import re
import sys
import time
from datetime import datetime, timedelta, timezone

import desk_world
from desk_world import OUR_OIN, World, role_folder, write

import knp_crypto as kx
import vectors_log
from knp_lists import Rubriek
from knp_messages import decode
from knp_wire import verify_statement
from vector_cast import GEMEENTE, POLITIE, identity

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'fixtures', 'convenanten',
                       'proef.yaml'), 'rb') as proef:
    IN_FORCE = proef.read()
CONVENANT = IN_FORCE.replace(b'als: {soort: politie, klasse: E33}', b'als: {soort: politie, klasse: E14}', 1)
BUNDLE = vectors_log.partner(POLITIE, 'Politie Voorbeeld', 'politie', ['basisteam'])
WMO = f'{GEMEENTE}/wmo'
FEITEN = [('index', 4), ('convenant', 'voorbeeld'), ('convenant-hash', 'c0' * 32),
          ('later', f'entry=6 convenant={"c1" * 32}'), ('feit', 'soort=overlast'),
          ('feit', '1.minderjarig=nee'), ('feit', '1.rol='),
          ('feit-uit', '1.eerder.30=2,3')]
GIVEN = [('vraag', WMO), ('partij', 'gemeente'), ('beslissing', 'verstrekt'), ('betrokkene', 1),
         ('rubriek', 'identificatie'), ('gegeven', f'entry=6 convenant={"c1" * 32}'),
         ('regel', 'overlast-wmo'), ('convenantartikel', 'artikel 4'), ('herkomst', '003: «…»'),
         ('doel', 'zorg'), ('grondslag', 'wmo-5.2'), ('voorlopig', 'grondslagen wmo-5.2'), ('getoetst', 'soort'),
         ('getoetst', 'minderjarig'), ('regel', 'zorg-wmo'), ('doel', 'zorg')]
DENIED = [('vraag', WMO), ('partij', 'gemeente'), ('beslissing', 'geweigerd'), ('betrokkene', 0),
          ('rubriek', 'toelichting'), ('nearest-regel', 'overlast-wmo'),
          ('nearest-test', 'rubriek niet genoemd')]
WAITS = [('vraag', WMO), ('beslissing', 'wacht'), ('betrokkene', 2), ('rubriek', 'gezondheid'),
         ('nearest-test', 'weging'), ('wacht-op', 'zorg-ggz')]


class ApproveTest(World):
    def setUp(self):
        super().setUp()
        self.keys = role_folder(self.folder.name, 'officer')
        self.objects = {kx.sha256(CONVENANT).hex(): ('convenant', CONVENANT),
                        kx.sha256(BUNDLE).hex(): ('partner', BUNDLE)}
        self.daemon.answers.update(
            proposals=[line for wanted, (soort, _) in self.objects.items()
                       for line in (('object', wanted), ('soort', soort),
                                    ('state', 'voorgesteld'))],
            proposal=self.proposal, approve=[('state', 'actief'), ('index', 9)],
            convenanten=[('origin', 'proef.example'),
                         ('convenant', f'proef {"ab" * 32} 3 7 nee'),
                         ('convenant', f'proef {kx.sha256(IN_FORCE).hex()} 7 0 nee')],
            document=[('document', IN_FORCE)],
            impact=[('differ', f'8 {WMO} 1 identificatie verstrekt geweigerd'),
                    ('differ', f'9 {WMO} 1 identificatie verstrekt geweigerd'),
                    ('entries', 12), ('decisions', 4), ('forgotten', 0)])

    def proposal(self, lines):
        found = self.objects.get(dict(lines)['object'].decode())
        if not found:
            return [('result', 'not-found'), ('message', 'there is no proposal')]
        return [('soort', found[0]), ('document', found[1])]

    def check_approval(self, soort, document):
        lines = dict(self.daemon.asked[-1])
        self.assertEqual(self.daemon.asked[-1][0][0], 'approve')
        self.assertEqual(lines['object'].decode(), kx.sha256(document).hex())
        signed = decode('SignedStatement', lines['act'])
        verify_statement(signed, identity('officer')[0])
        velden = {v.veld: v.waarde for v in decode('Statement', signed.statement).velden}
        self.assertEqual((velden[1], velden[2]), (soort.encode(), kx.sha256(document)))

    def test_without_an_object_it_lists_what_waits(self):
        listed = self.audit('approve')
        self.assertEqual([(p['object'], p['soort'], p['state']) for p in listed],
                         [(wanted, soort, 'voorgesteld')
                          for wanted, (soort, _) in self.objects.items()])
        self.daemon.answers['proposals'] = []
        self.assertEqual(self.audit('approve'), [])

    def test_without_a_key_it_shows_what_would_be_signed(self):
        shown, = self.audit('approve', kx.sha256(CONVENANT).hex())
        self.assertEqual(shown['document'], CONVENANT.decode())
        # What it changes: of the meldingen there were, and of the matrix beside the one in force.
        self.assertEqual(shown['impact'], {
            'beslissingen': 4, 'anders': 2, 'onleesbaar': 0, 'cellen': [
                {'ontvanger': WMO, 'rubriek': 'identificatie', 'was': 'verstrekt',
                 'wordt': 'geweigerd', 'aantal': 2, 'voorbeeld': 8}]})
        self.assertTrue(shown['matrix'] and all(cell['ruimer'] or cell['enger']
                                                for cell in shown['matrix']))
        asked = {lines[0][0]: dict(lines) for lines in self.daemon.asked}
        self.assertEqual(asked['document']['hash'].decode(), kx.sha256(IN_FORCE).hex())
        self.assertEqual(asked['impact']['document'], CONVENANT)
        self.daemon.answers['convenanten'] = [('origin', 'proef.example')]
        shown, = self.audit('approve', kx.sha256(CONVENANT).hex())
        self.assertIsNone(shown['matrix'])
        shown, = self.audit('approve', kx.sha256(BUNDLE).hex())
        self.assertEqual((shown['naam'], shown['functies']), ('Politie Voorbeeld', ['basisteam']))
        self.assertNotIn('approve', self.daemon.commands())

    def test_a_listed_hash_is_signed_and_sent(self):
        done, = self.audit('approve', kx.sha256(BUNDLE).hex(), '--key', self.keys)
        self.assertEqual(done, {'index': 9, 'state': 'actief'})
        self.check_approval('partner', BUNDLE)

    def test_a_file_is_approved_as_the_officer_read_it(self):
        file = write(self.path('convenant.yaml'), CONVENANT)
        self.audit('approve', file, '--key', self.keys)
        self.check_approval('convenant', CONVENANT)
        # To a person who signs it is told first.
        told = self.run_program('knooppunt-audit', 'approve', file, '--key', self.keys).stderr
        self.assertLess(told.index('verstrekt becomes geweigerd, 2 times'), told.index('actief'))
        self.assertIn('2 answers would come out otherwise', told)
        # And that none of it goes by that, and what makes it go.
        self.assertLess(told.index('Approving sends none of this'), told.index('actief'))
        self.assertIn('knooppunt screening ENTRY --uitkomst opnieuw', told)
        self.daemon.answers['convenanten'] = [('origin', 'proef.example')]
        told = self.run_program('knooppunt-audit', 'approve', file, '--key', self.keys).stderr
        self.assertNotIn('anew', told)
        self.assertIn('Approving sends none of this', told)
        write(file, CONVENANT + b'\n')
        self.error(self.audit('approve', file, '--key', self.keys, code=1), 'not-found')

    def test_another_document_under_the_hash_gets_no_signature(self):
        self.objects[kx.sha256(BUNDLE).hex()] = ('partner', BUNDLE[:-1] + b'x')
        self.error(self.audit('approve', kx.sha256(BUNDLE).hex(), '--key', self.keys, code=5),
                   'malformed')
        self.assertNotIn('approve', self.daemon.commands())

    def test_an_object_must_be_named_to_be_signed(self):
        self.error(self.audit('approve', '--key', self.keys, code=2), 'usage')
        problem = self.error(self.audit('approve', 'abc', '--key', self.keys, code=1), 'not-found')
        self.assertEqual(problem['file'], 'abc')
        self.assertEqual(self.daemon.asked, [])


class InzageTest(World):
    def told(self, *rubrieken, code=0):
        self.daemon.answers['inzage'] = [
            ('huis', 'Huis'), ('huis-oin', OUR_OIN), ('contactpunt', 'po'), ('size', 6),
            ('melding', '4 1795000000000 1'), *(('m-toegevoegd', wire) for wire in rubrieken)]
        return self.audit('inzage', 'bsn:999990019', code=code)[1:]

    def test_nothing_of_it_is_left_out_however_much_there_is(self):
        one = Rubriek('betrokkenheid', 1, rol='slachtoffer', minderjarig='nee').encode()
        line, = self.told(*[one] * 300)
        self.assertEqual(len(line['melding']['toegevoegd']), 300)
        # And half of it is no answer.
        lines = self.told(one, b'\x08', code=5)
        self.assertEqual([list(row) for row in lines], [['error']])


class RapportTest(World):
    def test_a_gemeente_has_its_name_however_often_the_others_were_named(self):
        """Each answer names its gemeenten; those of many come to more than there is room for."""
        self.daemon.answers['rapport'] = lambda lines: [] if 'key' in dict(lines) else [
            *[('naam', 'GM0001 Een')] * 600, ('naam', 'GM0002 Twee'), ('melding', '4 GM0002 overlast')]
        rows = self.audit('rapport', '2026', '--alles')
        self.assertEqual({row['naam'] for row in rows if 'gemeente' in row}, {'Twee'})


class WhyTest(World):
    def setUp(self):
        super().setUp()
        self.daemon.answers['why'] = FEITEN + GIVEN + DENIED + WAITS

    def test_why_gives_each_decision_with_regels_and_feiten(self):
        given, denied, waits = self.audit('why', 'id-1', WMO)
        self.assertEqual(given, {
            'beslissing': 'verstrekt', 'ontvanger': WMO, 'partij': 'gemeente', 'betrokkene': 1,
            'rubriek': 'identificatie', 'regels': ['overlast-wmo', 'zorg-wmo'],
            'regelteksten': [], 'herkomst': ['003: «…»'], 'doel': ['zorg', 'zorg'],
            'grondslag': ['wmo-5.2'], 'voorlopig': ['grondslagen wmo-5.2'],
            'convenantartikelen': ['artikel 4'], 'index': 4,
            'getoetst': ['soort', 'minderjarig'],
            'convenant': {'naam': 'voorbeeld', 'hash': 'c0' * 32},
            'later': [{'entry': 6, 'convenant': 'c1' * 32}],
            'gegeven': [{'entry': 6, 'convenant': 'c1' * 32}],
            'feiten': {'soort': 'overlast', '1.minderjarig': 'nee', '1.rol': ''},
            'feiten_uit': {'1.eerder.30': [2, 3]}, 'verloop': []})
        self.assertEqual((denied['beslissing'], denied['regels']), ('geweigerd', []))
        self.assertEqual(denied['nearest'],
                         {'regel': 'overlast-wmo', 'test': 'rubriek niet genoemd'})
        self.assertEqual(waits['nearest'], {'regel': None, 'test': 'weging'})
        self.assertEqual((waits['beslissing'], waits['wacht_op']), ('wacht', 'zorg-ggz'))

    def test_what_happened_is_told_of_each_place_apart_and_in_order(self):
        first, second = 'c0' * 32, 'c1' * 32
        self.daemon.answers['why'] = FEITEN + [
            ('gebeurtenis', f'beslissing 4 1795000000000 {first} voorbeeld'),
            ('g-wpg20-doel', 'samen\nwerken'), ('g-feit', 'soort=overlast'),
            ('g-plaats', '1 identificatie wacht 0'), ('g-nearest-test', 'weging'),
            ('g-wacht-op', 'zorg-wmo'),
            ('g-plaats', '0 toelichting geweigerd 0'), ('g-nearest-regel', 'overlast-wmo'),
            ('g-nearest-test', 'rubriek niet genoemd'),
            ('gebeurtenis', f'weging 6 1795000001000 {second} nieuw'),
            ('g-weging', f'zorg-wmo 1 {OUR_OIN} procesregisseur ja zeker'),
            ('g-feit', '1.weging.zorg-wmo=ja zeker'),
            ('g-plaats', '1 identificatie verstrekt 1'), ('g-regel', 'overlast-wmo'),
            ('g-doel', 'zorg'), ('g-grondslag', 'wmo-5.2'), ('g-grondslag', 'wpg-20'),
            ('g-regel', 'zorg-wmo'), ('g-herkomst', '003: «…»'),
            ('gebeurtenis', 'vervallen 9 1795000002000 - -'), ('g-reden', 'geldig-tot 1795000001500'),
            ('g-plaats', '1 identificatie geweigerd 0')] + GIVEN + DENIED
        given, denied = self.audit('why', 'id-1', WMO)
        self.assertEqual(given['verloop'], [
            {'soort': 'beslissing', 'entry': 4, 'tijd': 1795000000000,
             'convenant': {'naam': 'voorbeeld', 'hash': first}, 'beslissing': 'wacht',
             'gegeven': False, 'regels': [], 'nearest': {'regel': None, 'test': 'weging'},
             'wacht_op': 'zorg-wmo', 'feiten': {'soort': 'overlast'},
             'wpg20': {'doel': 'samen\nwerken'}},
            {'soort': 'weging', 'entry': 6, 'tijd': 1795000001000,
             'convenant': {'naam': 'nieuw', 'hash': second},
             'weging': {'regel': 'zorg-wmo', 'uitkomst': 'ja zeker', 'betrokkene': 1,
                        'oin': OUR_OIN, 'functies': 'procesregisseur'},
             'beslissing': 'verstrekt', 'gegeven': True,
             'regels': [{'regel': 'overlast-wmo', 'doel': 'zorg',
                         'grondslag': ['wmo-5.2', 'wpg-20'], 'voorlopig': []},
                        {'regel': 'zorg-wmo', 'herkomst': '003: «…»', 'grondslag': [],
                         'voorlopig': []}],
             'feiten': {'1.weging.zorg-wmo': 'ja zeker'}},
            {'soort': 'vervallen', 'entry': 9, 'tijd': 1795000002000, 'convenant': None,
             'reden': 'geldig-tot', 'geldig_tot': 1795000001500, 'beslissing': 'geweigerd',
             'gegeven': False, 'regels': [], 'feiten': {}}])
        self.assertEqual([e['entry'] for e in denied['verloop']], [4])
        told = self.run_program('knooppunt-audit', 'why', 'id-1', WMO, '--alles').stderr
        for text in ('entry 6      2026-11-18T11:06:41Z weging zorg-wmo 1', 'overlast-wmo, zorg-wmo',
                     second, 'given by this entry'):
            self.assertIn(text, told)

    def test_why_not_tells_only_what_was_withheld(self):
        self.assertEqual([d['beslissing'] for d in self.audit('why-not', 'id-1', WMO)],
                         ['geweigerd', 'wacht'])
        self.daemon.answers['why'] = FEITEN + GIVEN
        self.error(self.audit('why-not', 'id-1', WMO, code=1), 'not-found')

    def test_betrokkene_and_rubriek_may_each_be_left_out(self):
        for arguments, expected in (
                (['2', 'gezondheid'], [('betrokkene', b'2'), ('rubriek', b'gezondheid')]),
                (['gezondheid'], [('rubriek', b'gezondheid')]), (['0'], [('betrokkene', b'0')]),
                (['1', '--source', 'urn:x'], [('source', b'urn:x'), ('betrokkene', b'1')])):
            self.daemon.asked.clear()
            self.audit('why', 'id-1', WMO, *arguments)
            asked = [line for line in self.daemon.asked[0]
                     if line[0] not in ('why', 'id', 'ontvanger')]
            self.assertEqual(sorted(asked), sorted(expected))
            self.assertEqual(dict(self.daemon.asked[0])['id'], b'id-1')
            self.assertEqual(dict(self.daemon.asked[0])['ontvanger'], WMO.encode())
        for arguments in (['17'], ['gezond'], ['-1']):
            self.error(self.audit('why', 'id-1', WMO, *arguments, code=2), 'usage')
        problem = self.error(self.audit('why-not', 'id-1', WMO, 'gezondhied', code=2), 'usage')
        self.assertIn('Did you mean "gezondheid"?', problem['fix'])

    def test_what_is_not_there_is_no(self):
        self.daemon.answers['why'] = [('result', 'not-found'), ('message', 'no melding')]
        self.assertEqual(self.error(self.audit('why', 'id-2', WMO, code=1), 'not-found')['message'],
                         'no melding')
        self.daemon.answers['why'] = FEITEN
        self.error(self.audit('why', 'id-1', WMO, '3', code=1), 'not-found')
        # What the daemon does not understand of the question is no "no".
        self.daemon.answers['why'] = [('result', 'usage'), ('message', 'no ontvanger x/y')]
        self.error(self.audit('why-not', 'id-1', 'x/y', code=2), 'usage')

    def test_people_read_it_on_standard_error(self):
        done = self.run_program('knooppunt-audit', 'why', 'id-1', WMO)
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        # First what came out, a line each: the regel, and what decided.
        self.assertEqual(done.stderr.splitlines()[:3], [
            'gemeente/wmo: identificatie of betrokkene 1: verstrekt, regel overlast-wmo, zorg-wmo '
            '(soort=overlast, 1.minderjarig=nee)',
            'gemeente/wmo: toelichting of the incident: geweigerd, nearest regel overlast-wmo: '
            'rubriek niet genoemd',
            f'{WMO}: gezondheid of betrokkene 2: wacht, waits for zorg-ggz: weging'])
        for text in ('c0' * 32, f'entry=6 convenant={"c1" * 32}', '  soort=overlast\n',
                     'and 1 that no regel looked at: --alles'):
            self.assertIn(text, re.sub(' +', ' ', done.stderr).replace('\n ', '\n  '))
        for text in ('1.rol=', '2,3', 'artikel 4'):
            self.assertNotIn(text, done.stderr)

    def test_all_of_it_is_told_when_asked_for(self):
        whole = self.run_program('knooppunt-audit', 'why', 'id-1', WMO, '--alles').stderr
        for text in ('artikel 4', '1.rol=', '1.eerder.30=2,3', 'but for'):
            self.assertIn(text, whole)
        self.assertNotIn('--alles', whole)
        self.daemon.answers['why'] = FEITEN + GIVEN
        one = self.run_program('knooppunt-audit', 'why', 'id-1', WMO, '1', 'identificatie').stderr
        self.assertIn('artikel 4', one)  # of one rubriek every step, and the facts that count
        self.assertNotIn('1.rol=', one)
        self.error(self.audit('why', 'id-1', WMO, '--alles=nee', code=2), 'usage')


class ExportTest(World):
    def test_what_the_daemon_exported_is_copied(self):
        for name in ('checkpoint', 'tile/0/000', 'tile/entries/000.p/6'):
            os.makedirs(os.path.dirname(self.path(f'data/{name}')), exist_ok=True)
            write(self.path(f'data/{name}'), name.encode())
        self.daemon.answers['export'] = [('size', 6), ('folder', self.path('data'))]
        for folder in (self.path('out'), os.path.relpath(self.path('again'))):
            done, = self.audit('export', folder)
            self.assertEqual((done['size'], done['folder']), (6, folder))
            for name in ('checkpoint', 'tile/0/000', 'tile/entries/000.p/6'):
                with open(os.path.join(folder, name), encoding='ascii') as file:
                    self.assertEqual(file.read(), name)

    def test_an_export_that_cannot_be_copied_is_told(self):
        self.daemon.answers['export'] = [('size', 6), ('folder', self.path('nowhere'))]
        self.error(self.audit('export', self.path('out'), code=5), 'io')


class WeigeringenTest(World):
    def test_none_is_said_with_the_span_that_was_looked_at(self):
        self.daemon.answers['refusals'] = []
        self.assertEqual(self.audit('weigeringen'), [])
        said = self.run_program('knooppunt-audit', 'weigeringen', '7').stderr
        since = datetime.now(timezone.utc) - timedelta(days=7)
        self.assertRegex(said, 'nothing was refused without an entry of its own since '
                               f'{since:%Y-%m-%d}T')

    """A long list comes in stretches, each asked for with where the one before it ended."""

    STRETCHES = {None: [('refusal', f'2026-02-03T04:05:00Z {OUR_OIN} bad-signature 3 entry=9'),
                        ('before', 8)],
                 b'8': [('refusal', f'2026-02-03T04:01:00Z {OUR_OIN} conflict 1 entry=5')]}

    def setUp(self):
        super().setUp()
        self.daemon.answers['refusals'] = \
            lambda lines: self.STRETCHES[dict(lines).get('before')]

    def test_all_stretches_are_told(self):
        self.assertEqual(self.audit('weigeringen'), [
            {'minuut': '2026-02-03T04:05:00Z', 'oin': OUR_OIN, 'reden': 'bad-signature',
             'aantal': 3, 'index': 9},
            {'minuut': '2026-02-03T04:01:00Z', 'oin': OUR_OIN, 'reden': 'conflict', 'aantal': 1,
             'index': 5}])
        done = self.run_program('knooppunt-audit', 'weigeringen', '7')
        self.assertEqual((done.returncode, done.stdout), (0, ''))
        self.assertIn(f'2026-02-03T04:05:00Z  {OUR_OIN}       3  bad-signature', done.stderr)
        days = [time.time() - calendar.timegm(time.strptime(
            dict(asked)['since'].decode(), '%Y-%m-%dT%H:%M:%SZ')) for asked in self.daemon.asked]
        for found, wanted in zip(days, [86400] * 2 + [7 * 86400] * 2, strict=True):
            self.assertAlmostEqual(found, wanted, delta=60)

    def test_what_cannot_be_read_or_would_never_end_is_odd(self):
        for lines in ([('refusal', 'x')], [('refusal', f'm {OUR_OIN} conflict veel entry=5')],
                      [('before', 8)]):
            self.daemon.answers['refusals'] = lambda _, lines=lines: lines
            self.error(self.audit('weigeringen', code=5), 'malformed')
        for days in ('0', '-1', 'alle', '36501'):
            self.error(self.audit('weigeringen', days, code=2), 'usage')


if __name__ == '__main__':
    desk_world.main(sys.argv[1:])
