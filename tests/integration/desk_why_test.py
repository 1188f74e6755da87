# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-audit why and why-not tell the whole story of a rubriek: the decision, the weging, what
was decided again under a newer convenant, what lapsed; each with the entry, the document and the
facts it rested on then.
"""

import json
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_program import asking, clock_of  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402
from time_test import Clock  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
OOV, WMO = f'{kc.SITTARD}/oov', f'{kc.SITTARD}/wmo'
ELEMENTS = ['zwaarwegend_belang', 'samenwerkingsverband', 'doel', 'gegevens', 'voorwaarden',
            'ontvangers']


def adult():
    return e33([Betrokkene(bsn=bsn(20), minderjarig='nee')])


def replaced(document, *pairs):
    for old, new in pairs:
        assert old in document, old
        document = document.replace(old, new, 1)
    return document


class Story(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stage = Stage(('politie', 'huis', 'sittard', 'sittard-oov'))
        self.addCleanup(self.stage.close)
        self.house = self.stage.house

    def call(self, *arguments, code=0, people=False):
        call = [AUDIT, '-c', self.house.settings_file, *([] if people else ['--json']), *arguments,
                *asking(self.stage, arguments)]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False,
                              env=clock_of(self.stage, AUDIT))
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        return done.stderr if people else [json.loads(line) for line in done.stdout.splitlines()]

    def why(self, item, ontvanger, *place):
        one, = self.call('why', item.id, ontvanger, *place)
        return one

    def push(self):
        item = self.stage.melding('politie', adult())
        receipt, = self.stage.push('politie', item)
        return item, receipt.index

    def weigh(self, index, uitkomst='doorzetten', **values):
        return self.weighed(index, uitkomst, **values)[1]

    def weighed(self, index, uitkomst='doorzetten', **values):
        item = self.stage.parties['huis'].velden_item(self.stage.genesis, 'weging', dict(dict(
            entry=index, regel=kc.WEGING_REGEL, betrokkene=0, uitkomst=uitkomst,
            medewerker='mw-1', motivering='Na overleg.'), **values))
        receipt, = self.stage.push('huis', item)
        self.assertEqual(receipt.outcome, 'aanvaard')
        return item, receipt.index

    def convenant(self, document):
        self.house.convenant(document)
        self.stage.sync()

    def decided_again(self, item, ontvanger, *place, events=2):
        """The answer once what waited was decided again under the newer convenant."""
        deadline = time.monotonic() + 20
        while True:
            one = self.why(item, ontvanger, *place)
            if len(one['verloop']) >= events:
                self.assertEqual(len(one['verloop']), events)
                return one
            self.assertLess(time.monotonic(), deadline, one)
            time.sleep(0.05)

    # ---- a weging under another document -----------------------------------------------------

    def test_a_weging_is_told_with_the_regels_of_the_document_of_its_own_day(self):
        first = kc.document()
        newer = replaced(first, (b'doel: openbare-orde', b'doel: orde-en-rust'),
                         (b'openbare orde na een weging', b'nieuw: na een weging'),
                         (b'  doel: "proef"', b'  doel: "het nieuwe doel"'))
        item, index = self.push()
        waits = self.why(item, OOV, '1', 'identificatie')
        self.assertEqual((waits['beslissing'], waits['wacht_op'], len(waits['verloop'])),
                         ('wacht', kc.WEGING_REGEL, 1))
        self.stage.everything()
        self.convenant(newer)
        weging = self.weigh(index)
        one = self.why(item, OOV, '1', 'identificatie')
        self.assertEqual((one['beslissing'], one['regels'], one['doel'], one['index']),
                         ('verstrekt', [kc.WEGING_REGEL], ['orde-en-rust'], index))
        self.assertEqual(one['convenant']['hash'], sha256(first).hex())
        self.assertEqual(one['gegeven'], [{'entry': weging, 'convenant': sha256(newer).hex()}])
        decided, weighed = one['verloop']
        self.assertEqual([(e['soort'], e['entry'], e['convenant'], e['beslissing'], e['gegeven'])
                          for e in one['verloop']],
                         [('beslissing', index, {'naam': 'proef', 'hash': sha256(first).hex()},
                           'wacht', False),
                          ('weging', weging, {'naam': 'proef', 'hash': sha256(newer).hex()},
                           'verstrekt', True)])
        self.assertIn('weging door procesregisseur: nog niet gegeven', decided['nearest']['test'])
        self.assertEqual(weighed['regels'], [
            {'regel': kc.WEGING_REGEL, 'convenantartikel': '(proef)',
             'herkomst': 'proef: «nieuw: na een weging»', 'doel': 'orde-en-rust',
             'grondslag': ['wpg-20'],
             'voorlopig': ['grondslagen wpg-20', 'bewaartermijnen wpg-5-jaar',
                           'bewaartermijnen wpg-inzage-4-jaar']}])
        self.assertEqual(weighed['weging'], {
            'regel': kc.WEGING_REGEL, 'uitkomst': 'doorzetten', 'betrokkene': 0, 'oin': kc.HUIS,
            'functies': 'procesregisseur,nazorgcoordinator'})
        self.assertEqual(weighed['feiten'], {f'weging.{kc.WEGING_REGEL}': 'doorzetten'})
        self.assertEqual((decided['feiten']['soort'], decided['feiten']['1.woongemeente']),
                         ('politie', 'GM1883'))
        self.assertNotIn(f'weging.{kc.WEGING_REGEL}', decided['feiten'])
        self.assertLess(decided['tijd'], weighed['tijd'])
        # Wpg art. 20, as the entry recorded it: each under the words of its own document.
        old = dict.fromkeys(ELEMENTS, 'proef')
        self.assertEqual((decided['wpg20'], weighed['wpg20']),
                         (old, dict(old, doel='het nieuwe doel')))
        told = self.call('why', item.id, OOV, '1', 'identificatie', people=True)
        for text in (f'entry {index}', f'entry {weging}', sha256(newer).hex(), sha256(first).hex(),
                     'given by this entry', 'doorzetten'):
            self.assertIn(text, told)
        self.assertRegex(told, r'\nWaarom\? sittard/oov kreeg identificatie over betrokkene 1 '
                               r'omdat dit het geeft: [a-z0-9-]+\.\n')
        told = self.call('why', item.id, OOV, '1', 'bsn', people=True)
        self.assertRegex(told, r'\nWaarom\? sittard/oov kreeg niet: bsn over betrokkene 1.*; .+\.\n')

    def test_another_outcome_is_told_and_gives_nothing(self):
        item, index = self.push()
        weging = self.weigh(index, 'nee')
        one = self.why(item, OOV, '1', 'identificatie')
        self.assertEqual((one['beslissing'], one['gegeven']), ('geweigerd', []))
        self.assertEqual([(e['soort'], e['entry'], e['beslissing']) for e in one['verloop']],
                         [('beslissing', index, 'wacht'), ('weging', weging, 'geweigerd')])
        self.assertIn('een andere uitkomst', one['nearest']['test'])
        self.assertNotIn('wpg20', one['verloop'][1])  # nothing was given by it
        self.assertEqual([row['rubriek'] for row in self.call(
            'why-not', item.id, OOV, '1', 'identificatie')], ['identificatie'])

    # ---- decided again -----------------------------------------------------------------------

    def test_what_is_withdrawn_while_it_waits_is_told(self):
        item, index = self.push()
        tighter = replaced(kc.document(), (b'als: {soort: politie, klasse: E33}',
                                           b'als: {soort: politie, klasse: E14}'),
                           (b'als: {soort: politie, klasse: E33}',
                            b'als: {soort: politie, klasse: E14}'))
        self.assertEqual(self.why(item, WMO, '1', 'identificatie')['beslissing'], 'verstrekt')
        self.convenant(tighter)
        one = self.decided_again(item, WMO, '1', 'identificatie')
        first, last = one['verloop']
        self.assertEqual((one['beslissing'], one['vervallen'], one['regels']),
                         ('geweigerd', last['entry'], []))
        self.assertEqual(one['gegeven'], [{'entry': index, 'convenant': sha256(kc.document()).hex()}])
        self.assertEqual((first['soort'], first['beslissing'], first['gegeven'],
                          [r['regel'] for r in first['regels']]),
                         ('beslissing', 'verstrekt', True, ['zorg-wmo']))
        self.assertEqual((last['soort'], last['reden'], last['beslissing'],
                          last['convenant']['hash'], last['nearest']['regel']),
                         ('vervallen', 'convenant', 'geweigerd', sha256(tighter).hex(), 'zorg-wmo'))
        self.assertEqual(last['nearest']['test'], 'klasse: E33, gevraagd E14')
        not_given = self.call('why-not', item.id, WMO, '1', 'identificatie')
        self.assertEqual([row['vervallen'] for row in not_given], [last['entry']])
        found, = self.stage.links['sittard'].fetch('wmo', after=0)
        self.assertEqual(found.index, last['entry'])
        told = self.call('why', item.id, WMO, '1', people=True)
        self.assertIn('geweigerd, given and vervallen in entry', told)
        self.assertRegex(told, r'\nWaarom\? sittard/wmo kreeg niet: .*, het verviel in entry \d+')
        # The facts that decided, and not the rest of what the log has of them.
        self.assertIn('klasse=E33', told)
        self.assertNotIn('1.geslacht=', told)
        self.assertRegex(told, r'and \d+ that no regel looked at')
        self.assertIn('betrokkenen=', self.call('why', item.id, WMO, '1', '--alles', people=True))
        # Who reads the log alone comes to the same.
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])
        self.house.start()
        self.assertEqual(self.why(item, WMO, '1', 'identificatie'), one)

    def test_one_rubriek_less_is_told_of_that_rubriek_alone(self):
        item, index = self.push()
        less = replaced(kc.document(), (b'[kenmerken, betrokkenheid, identificatie, contact, ',
                                        b'[kenmerken, betrokkenheid, contact, '))
        self.convenant(less)
        gone = self.decided_again(item, WMO, '1', 'identificatie')
        self.assertEqual((gone['beslissing'], gone['vervallen']),
                         ('geweigerd', gone['verloop'][1]['entry']))
        self.assertEqual([(e['soort'], e['gegeven']) for e in gone['verloop']],
                         [('beslissing', True), ('herbeslissing', False)])
        kept = self.why(item, WMO, '1', 'betrokkenheid')
        self.assertEqual(([(e['soort'], e['gegeven'], e['convenant']['hash'],
                            [r['regel'] for r in e['regels']]) for e in kept['verloop']],
                          kept['beslissing'], 'vervallen' in kept),
                         ([('beslissing', True, sha256(kc.document()).hex(), ['zorg-wmo']),
                           ('herbeslissing', True, sha256(less).hex(), ['zorg-wmo'])],
                          'verstrekt', False))
        self.assertEqual(kept['gegeven'], [
            {'entry': index, 'convenant': sha256(kc.document()).hex()},
            {'entry': kept['verloop'][1]['entry'], 'convenant': sha256(less).hex()}])
        # Another ontvanger's delivery was decided again as well: not this one's story.
        self.assertEqual(self.why(item, OOV, '1', 'identificatie')['verloop'][0]['entry'], index)
        self.assertEqual(len(self.why(item, OOV, '1', 'identificatie')['verloop']), 1)

    def test_decision_weging_decided_again_and_withdrawn_in_one_story(self):
        item, index = self.push()
        self.stage.everything()
        weging = self.weigh(index)
        second = replaced(kc.document(), (b'doel: openbare-orde', b'doel: orde-en-rust'))
        self.convenant(second)
        self.decided_again(item, OOV, '1', 'identificatie', events=3)
        third = replaced(second, (b'uitkomst: doorzetten', b'uitkomst: anders'))
        self.convenant(third)
        one = self.decided_again(item, OOV, '1', 'identificatie', events=4)
        self.assertEqual([(e['soort'], e['beslissing'], e['convenant']['hash'])
                          for e in one['verloop']],
                         [('beslissing', 'wacht', sha256(kc.document()).hex()),
                          ('weging', 'verstrekt', sha256(kc.document()).hex()),
                          ('herbeslissing', 'verstrekt', sha256(second).hex()),
                          ('vervallen', 'geweigerd', sha256(third).hex())])
        self.assertEqual([e['regels'][0]['doel'] for e in one['verloop'][1:3]],
                         ['openbare-orde', 'orde-en-rust'])
        self.assertEqual([e['entry'] for e in one['verloop']][:2], [index, weging])
        self.assertEqual(sorted(e['entry'] for e in one['verloop']),
                         [e['entry'] for e in one['verloop']])
        self.assertEqual((one['beslissing'], one['vervallen']),
                         ('geweigerd', one['verloop'][3]['entry']))

    def erase(self, item):
        """(what is said when it is ordered, the object) of an order to erase, proposed."""
        order = self.house.path(f'order-{item.id}')
        said = self.call('erase', item.id, 'AVG art. 17', '--out', order, people=True)
        with open(order, 'rb') as file:
            wanted = file.read()
        self.house.look()
        act = self.house.officer.act(self.house.genesis, 'wissing', wanted)
        answer = self.house.must('propose', ('soort', 'wissing'), ('object', wanted), ('act', act))
        return said, wanted, answer['object']

    def test_an_order_to_erase_says_what_goes_and_of_which_melding(self):
        """Of a weging its motivering alone, of a melding all: to who orders it and to who approves."""
        item, index = self.push()
        judged, weging = self.weighed(index)
        alone = 'the content of this weging alone (of a weging its motivering)'
        whole = 'the content of this melding, and the motivering of every weging about it'
        for erased, own, other, entry in ((judged, alone, whole, weging), (item, whole, alone, index)):
            said, wanted, proposal = self.erase(erased)
            self.assertIn(own, said)
            self.assertIn(f'the melding in entry {index}' if erased is judged else
                          f'melding {item.id}', said)
            act = self.house.path(f'act-{erased.id}')
            self.house.look()
            with open(act, 'wb') as file:
                file.write(self.house.beheerder.act(self.house.genesis, 'wissing', wanted))
            for told in (self.call('approve', people=True),
                         self.call('approve', proposal, people=True)):
                self.assertIn(own, told)
                self.assertNotIn(other, told)
                self.assertIn(f'melding {item.id} of urn:nld:oin:{kc.POLITIE}:', told)
                self.assertNotIn(judged.id, told)
            shown, = self.call('approve', proposal)
            self.assertEqual({name: shown.get(name) for name in ('wat', 'over', 'melding')},
                             {'wat': 'weging' if erased is judged else 'melding',
                              'over': index if erased is judged else None,
                              'melding': item.id})
            self.assertIn(f'entry {entry}\n', shown['document'])
            self.assertIn(own, self.call('approve', proposal, '--act', act, people=True))


class Lapse(Clock):
    """What time alone takes back."""

    call, why, maxDiff = Story.call, Story.why, None

    def test_a_delivery_past_its_time_is_told_as_lapsed(self):
        self.house = self.stage.house
        item = self.stage.melding('politie', adult())
        receipt, = self.stage.push('politie', item)
        until = self.stage.links['sittard'].fetch('wmo')[0].part.geldig_tot
        asking(self.stage, ('why',))  # enrolled while all have one clock
        self.restart_at(200)
        self.house.must('clock', ('confirm', 'yes'))  # away for so long, a person is asked
        deadline = time.monotonic() + 20
        while True:
            one = self.why(item, WMO, '1', 'identificatie')
            if len(one['verloop']) > 1:
                break
            self.assertEqual(one['beslissing'], 'verstrekt')
            self.assertLess(time.monotonic(), deadline, one)
            time.sleep(0.05)
        first, last = one['verloop']
        self.assertEqual((first['soort'], first['entry'], first['gegeven']),
                         ('beslissing', receipt.index, True))
        self.assertEqual((last['soort'], last['reden'], last['geldig_tot'], last['convenant'],
                          last['gegeven'], last['regels']),
                         ('vervallen', 'geldig-tot', until, None, False, []))
        self.assertEqual((one['beslissing'], one['vervallen']), ('geweigerd', last['entry']))
        self.assertIn('vervallen: niet bevestigd en geldig tot', one['nearest']['test'])
        self.assertGreater(last['tijd'], until)
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])


if __name__ == '__main__':
    if not os.access(AUDIT, os.X_OK):
        sys.exit('KNOOPPUNT_AUDIT must name the program to test')
    main()
