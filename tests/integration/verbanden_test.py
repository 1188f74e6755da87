# SPDX-License-Identifier: EUPL-1.2
"""Several convenanten in force at once, through the door: each decides for itself, to its own
partijen, on its own facts; two end one.
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
from knp_client import VERVALLEN  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_program import asking  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
CTL = os.environ.get('KNOOPPUNTCTL', '')
ONLY = ('politie', 'huis', 'sittard', 'ggz')
# Its own partijen, under its own short names; the gemeente is none of them.
VERBAND = f'''convenant: verband
versie: "1"
status: "proef"
huis: zvh
doel: "het andere verband"
contactpunt: "proef@example.org"
wpg20: {{zwaarwegend_belang: v, samenwerkingsverband: verband, doel: v, gegevens: v,
  voorwaarden: v, ontvangers: v}}
bewaar: {{inhoud: P1Y, verantwoording: P7Y}}
partijen:
  - {{partij: zvh, naam: Huis, oin: "{kc.HUIS}", soort: veiligheidshuis,
     functies: [procesregisseur], getekend: nee}}
  - {{partij: np, naam: Politie, oin: "{kc.POLITIE}", soort: politie, functies: [basisteam],
     getekend: nee}}
  - {{partij: crisis, naam: Ggz, oin: "{kc.GGZ}", soort: ggz, functies: [crisisdienst],
     getekend: nee}}
regels:
'''
REGEL = '''  - regel: {name}
    convenantartikel: "(proef)"
    herkomst: "proef: «{name}»"
    {body}
    doel: verband
    grondslag: [wjsg-51c]
'''
CRISIS = REGEL.format(name='crisis-leest', body='verstrek: {aan: {partij: crisis, '
                      'functie: crisisdienst}, rubrieken: [kenmerken, herkomst]}')
ZVH = REGEL.format(name='zvh-leest', body='verstrek: {aan: {partij: zvh, functie: '
                   'procesregisseur}, rubrieken: [identificatie]}')


def document(*regels):
    return (VERBAND + ''.join(regels)).encode()


def einde(stage, naam, wanted):
    return (f'einde van een convenant\nlog {stage.genesis.origin}\nconvenant {naam}\n'
            f'hash {sha256(wanted).hex()}\n').encode()


class Verbanden(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.stage = Stage(ONLY)
        self.addCleanup(self.stage.close)
        self.house = self.stage.house

    def run_program(self, program, *arguments, code=0):
        call = [program, '-c', self.house.settings_file, '--json', *arguments,
                *(asking(self.stage, arguments) if program == AUDIT else [])]
        done = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def convenant(self, wanted):
        answer = self.house.convenant(wanted)
        self.stage.sync()
        return int(answer['index'])

    def push(self, who='politie', number=20):
        item = self.stage.melding(who, e33([Betrokkene(bsn=bsn(number), minderjarig='nee')]))
        receipt, = self.stage.push(who, item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        return item, receipt.index

    def rebuild_is_equal(self):
        self.house.stop()
        self.assertTrue(self.house.rebuild()['equal'])
        self.house.start()
        self.stage.reconnect()

    def test_each_decides_for_itself_to_its_own_partijen(self):
        self.convenant(document(CRISIS, ZVH))
        size = self.stage.size()
        item, index = self.push()
        self.assertEqual(self.stage.size(), size + 2)
        found = self.stage.everything()
        first, second = found[kc.REGISSEUR]
        self.assertEqual([one.part.convenant_hash for one in (first, second)],
                         [sha256(kc.document()), sha256(document(CRISIS, ZVH))])
        self.assertEqual([one.part.betreft for one in (first, second)], [0, index])
        self.assertEqual([{g.regel for g in one.part.gronden} for one in (second,)],
                         [{'zvh-leest'}])
        one, = found[kc.GGZ, 'crisisdienst']
        self.assertEqual({g.regel for g in one.part.gronden}, {'crisis-leest'})
        self.assertEqual(len(found[kc.SITTARD, 'wmo']), 1)
        # The same again is the same, and opens nothing.
        receipt, = self.stage.push('politie', item)
        self.assertEqual((receipt.outcome, receipt.index), ('aanvaard', index))
        self.assertEqual([one for one in self.stage.everything().values() if one], [])
        # A gemeente is no partij of the second: what it sends is not put before that.
        self.push('sittard', 21)
        found = self.stage.everything()
        self.assertEqual(found[kc.GGZ, 'crisisdienst'], [])
        replay, = self.run_program(AUDIT, 'convenant', 'replay')
        self.assertEqual((replay['beslissingen'], replay['anders']), (3, 0))
        self.rebuild_is_equal()

    def test_over_kills_each_melding_is_decided_once_under_each(self):
        """What was receipted before a kill and what was sent into it, both sent again."""
        self.convenant(document(CRISIS, ZVH))
        items = [self.stage.melding('politie', e33([Betrokkene(bsn=bsn(30 + number))]))
                 for number in range(60)]
        for turn in range(6):
            self.stage.links['politie'].send(items[10 * turn:10 * turn + 10])
            time.sleep(0.004 * turn)
            self.house.kill()
            self.house.start()
            self.stage.reconnect()
        for at in range(0, len(items), 20):
            for receipt in self.stage.push('politie', *items[at:at + 20]):
                self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        arrived = self.stage.everything()
        both = sorted([sha256(kc.document()), sha256(document(CRISIS, ZVH))])
        for item in items:
            self.assertEqual(sorted(one.part.convenant_hash for one in arrived[kc.REGISSEUR]
                                    if one.part.header_hash == item.hash), both)
            self.assertEqual(sum(one.part.header_hash == item.hash
                                 for one in arrived[kc.GGZ, 'crisisdienst']), 1)
        self.assertEqual(len(arrived[kc.REGISSEUR]), 2 * len(items))
        self.rebuild_is_equal()

    def test_why_says_of_each_what_it_decided(self):
        self.convenant(document(CRISIS, ZVH))
        item, _ = self.push()
        told = self.run_program(AUDIT, 'why', item.id, f'{kc.HUIS}/procesregisseur', '1',
                                'identificatie')
        self.assertEqual([(row['convenant']['naam'], row['beslissing'], row['regels'])
                          for row in told],
                         [('proef', 'verstrekt', ['huis-leest']),
                          ('verband', 'verstrekt', ['zvh-leest'])])
        told = self.run_program(AUDIT, 'why', item.id, f'{kc.HUIS}/procesregisseur', '0',
                                'kenmerken')
        self.assertEqual([row['beslissing'] for row in told], ['verstrekt', 'geweigerd'])
        told = self.run_program(AUDIT, 'why-not', item.id, f'{kc.HUIS}/procesregisseur', '0',
                                'kenmerken')
        self.assertEqual([row['convenant']['naam'] for row in told], ['verband'])
        one, = self.run_program(AUDIT, 'why', item.id, 'crisis/crisisdienst', '0', 'kenmerken')
        self.assertEqual((one['convenant']['naam'], one['beslissing']), ('verband', 'verstrekt'))

    def test_the_impact_of_one_is_on_what_that_one_decided(self):
        self.convenant(document(CRISIS, ZVH))
        _, index = self.push()
        path = self.house.path('next.yaml')
        with open(path, 'wb') as file:
            file.write(document(ZVH))
        *rows, _ = self.run_program(AUDIT, 'convenant', 'impact', path, code=1)
        self.assertEqual({(row['index'], row['ontvanger'], row['rubriek'], row['was'],
                           row['wordt']) for row in rows if 'index' in row},
                         {(index, f'{kc.GGZ}/crisisdienst', rubriek, 'verstrekt', 'geweigerd')
                          for rubriek in ('kenmerken', 'herkomst')})

    def test_the_officer_sees_what_a_proposal_changes_before_it_is_signed(self):
        self.convenant(document(CRISIS, ZVH))
        _, index = self.push()
        wanted = document(ZVH)
        self.house.look()
        self.house.must('propose', ('soort', 'convenant'), ('object', wanted),
                        ('act', self.house.beheerder.act(self.stage.genesis, 'convenant', wanted)))
        shown, = self.run_program(AUDIT, 'approve', sha256(wanted).hex())
        self.assertEqual(shown['impact']['beslissingen'], 1)
        self.assertEqual({(cell['ontvanger'], cell['rubriek'], cell['was'], cell['wordt'],
                           cell['voorbeeld']) for cell in shown['impact']['cellen']},
                         {(f'{kc.GGZ}/crisisdienst', rubriek, 'verstrekt', 'geweigerd', index)
                          for rubriek in ('kenmerken', 'herkomst')})
        self.assertEqual({(cell['ontvanger'], cell['rubriek']) for cell in shown['matrix']},
                         {('crisis/crisisdienst', 'kenmerken'),
                          ('crisis/crisisdienst', 'herkomst')})

    def test_a_name_stands_once_among_those_in_force(self):
        answer = self.house.ask('propose', ('soort', 'convenant'),
                                ('object', document(ZVH.replace('zvh-leest', 'huis-leest'))),
                                ('act', self.house.beheerder.act(
                                    self.stage.genesis, 'convenant',
                                    document(ZVH.replace('zvh-leest', 'huis-leest')))))
        self.assertEqual((answer['result'], answer['field']), ('conflict', 'regels.huis-leest'))

    def test_the_next_of_a_name_replaces_it(self):
        """spec L20"""
        first = self.convenant(document(CRISIS, ZVH))
        self.push()
        second = self.convenant(document(CRISIS))
        registry = self.stage.links['huis'].verifier.registry
        self.assertEqual([row[0] for row in registry.convenanten if row[3] > second],
                         ['proef', 'verband'])
        self.assertIn([sha256(document(CRISIS, ZVH)), first, second],
                      [row[1:] for row in registry.convenanten])
        found = self.stage.everything()
        kept, lapsed = found[kc.REGISSEUR]
        self.assertEqual((kept.part.convenant_hash, lapsed.part.soort),
                         (sha256(kc.document()), VERVALLEN))
        one, = found[kc.GGZ, 'crisisdienst']
        self.assertEqual(one.part.convenant_hash, sha256(document(CRISIS)))
        listed = self.run_program(CTL, 'convenant', 'list')
        self.assertEqual([(row['convenant'], row['state']) for row in listed],
                         [('proef', 'actief'), ('verband', 'beeindigd'), ('verband', 'actief')])

    def approve(self, text):
        act = self.house.officer.act(self.stage.genesis, 'convenant-einde', text)
        return self.house.ask('approve', ('object', sha256(text).hex()), ('act', act))

    def propose_end(self, text, code=0):
        """knooppuntctl writes the text itself: an act about another text is refused."""
        self.house.look()
        path = self.house.path('einde.act')
        with open(path, 'wb') as file:
            file.write(self.house.beheerder.act(self.stage.genesis, 'convenant-einde', text))
        return self.run_program(CTL, 'convenant', 'end', 'verband', '--act', path, code=code)

    def test_two_end_one_that_nothing_replaces(self):
        """spec L21"""
        wanted = document(CRISIS, ZVH)
        begun = self.convenant(wanted)
        item, _ = self.push()
        text = einde(self.stage, 'verband', wanted)
        self.propose_end(einde(self.stage, 'verband', document(CRISIS)), code=1)
        proposed, = self.propose_end(text)
        self.assertEqual((proposed['state'], proposed['object']),
                         ('voorgesteld', sha256(text).hex()))
        self.assertEqual(len(self.house.must('convenanten').all('convenant')), 2)
        answer = self.approve(text)
        self.assertEqual(answer['state'], 'beeindigd')
        self.stage.sync()
        registry = self.stage.links['huis'].verifier.registry
        self.assertEqual([row[1:] for row in registry.convenanten if row[0] == 'verband'],
                         [[sha256(wanted), begun, int(answer['index'])]])
        found = self.stage.everything()
        self.assertEqual([one.part.soort for one in found[kc.GGZ, 'crisisdienst']], [VERVALLEN])
        told, = self.run_program(AUDIT, 'why-not', item.id, 'crisis/crisisdienst', '0',
                                 'kenmerken')
        self.assertEqual(told['nearest']['test'], 'geen convenant van kracht')
        self.push(number=22)
        found = self.stage.everything()
        self.assertEqual((found[kc.GGZ, 'crisisdienst'], len(found[kc.REGISSEUR])), ([], 1))
        # It is in force no more: it cannot end again, and comes back by two that know it ended.
        self.propose_end(text, code=1)
        self.convenant(wanted)
        self.push(number=23)
        self.assertEqual(len(self.stage.everything()[kc.GGZ, 'crisisdienst']), 1)
        self.rebuild_is_equal()

    def test_after_a_restart_the_end_still_counts_and_what_came_since_is_delivered(self):
        """What waits goes by the newest leaf about a convenant, an end included."""
        wanted = document(CRISIS, ZVH)
        self.convenant(wanted)
        self.push()
        text = einde(self.stage, 'verband', wanted)
        self.propose_end(text)
        self.assertEqual(self.approve(text)['state'], 'beeindigd')
        _, since = self.push(number=25)
        self.house.stop()
        self.house.start()
        self.stage.reconnect()
        found = self.stage.everything()
        self.assertEqual([one.part.soort for one in found[kc.GGZ, 'crisisdienst']], [VERVALLEN])
        self.assertIn(since, [one.index for one in found[kc.REGISSEUR]])


if __name__ == '__main__':
    main()
