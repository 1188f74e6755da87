# SPDX-License-Identifier: EUPL-1.2
"""Nothing leaves without a regel: what every ontvanger gets of every melding is compared with an
oracle that was written apart (knp_convenant), rubriek by rubriek, betrokkene by betrokkene.

Also compared: the regels each rubriek rests on, `why`, and the bytes: each rubriek carries a mark of
its own, which may not occur in anything an ontvanger receives unless the rubriek was given to it.
"""

import itertools
import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402

SENDERS = [('politie', kc.POLITIE, ('basisteam',)), ('ggz', kc.GGZ, ('crisisdienst',)),
           ('vt', kc.VT, ('meldingen',)), ('sittard', kc.SITTARD, ('wmo', 'nazorg')),
           ('sittard-oov', kc.SITTARD, ('oov',)),
           ('huis', kc.HUIS, ('procesregisseur', 'nazorgcoordinator'))]
KINDS = [('politie', 'E33'), ('politie', 'overig'), ('politie', ''), ('partner', ''),
         ('detentie.begin', '')]
GEMEENTEN = ['GM1883', 'GM0971', 'GM0983', 'GM0000']
PERSONS = [
    (),
    (Betrokkene(geboren='1980-05-01', bsn='uniek'),),
    (Betrokkene('kind', 'GM0971', '2018-05-01', 'uniek'),),
    (Betrokkene('slachtoffer', 'GM1883'), Betrokkene('kind', 'GM0971', minderjarig='ja')),
    (Betrokkene('verdachte', 'GM0971', bsn='vaker'),
     Betrokkene('slachtoffer', 'GM1883', '1990-01-01', 'uniek', 'nee'),
     Betrokkene('getuige', 'GM0000', minderjarig='nee')),
]
OF_INCIDENT = ('kenmerken', 'incident', 'toelichting', 'melder', 'medewerker')
OF_BETROKKENE = ('betrokkenheid', 'identificatie', 'contact', 'verblijfadres', 'leefgebieden',
                 'gezondheid', 'strafrechtelijk', 'detentie')


class Comparing:
    """How a delivery is held against what the oracle says."""

    def compare(self, case, ontvanger, wanted, one, item):
        if not wanted:
            self.assertIsNone(one, f'{ontvanger} must not even know of {case}')
            return
        self.assertIsNotNone(one, f'{ontvanger} must get {sorted(wanted)} of {case}')
        rests = {}
        for grond in one.part.gronden:
            place = grond.betrokkene, kc.rubriek_name(grond.rubriek)
            rests[place] = sorted(rests.get(place, []) + [grond.regel])
        self.assertEqual(rests, wanted, f'{ontvanger} of {case}')
        exact = {rubriek.encode() for rubriek in item.rubrieken}
        self.assertTrue(set(one.given) <= exact)
        self.assertEqual(one.part.herkomst_onthouden, (0, 'herkomst') not in wanted)

    def compare_marks(self, item, count, wanted, plain, ontvanger):
        named = (0, 'herkomst') in wanted
        for rubriek in item.rubrieken:
            mark = f'merk{count:04}-{rubriek.betrokkene}-{rubriek.naam}'.encode()
            there = mark in plain
            self.assertEqual(there, named and rubriek.place() in wanted,
                             f'{mark} and {ontvanger}')


class Deny(Comparing, StageTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bsns = itertools.count(100)

    def places(self, persons):
        found = {(0, naam) for naam in OF_INCIDENT}
        for number, one in enumerate(persons, 1):
            found |= {(number, naam) for naam in OF_BETROKKENE}
            if one.bsn:
                found.add((number, 'bsn'))
            if len(persons) > 1:
                found.add((number, 'gezinssysteem'))
        return tuple(sorted(found))

    def person(self, one):
        """Gives a BSN nobody had before, or one that was reported twice; and how often it was."""
        if not one.bsn:
            return one, None
        number = bsn(next(self.bsns))
        if one.bsn == 'uniek':
            return one._replace(bsn=number), 0
        places = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'bsn'))
        before = Case(kc.POLITIE, (), 'politie', '', (), 'GM0000',
                      (Betrokkene(bsn=number, woont='GM0000'),), places)
        self.stage.push('politie', *(self.stage.melding('politie', before) for _ in range(2)))
        return one._replace(bsn=number), 2

    def cases(self):
        everything = itertools.product(SENDERS, KINDS, ((), ('huiselijk-geweld',)), PERSONS)
        for count, (sender, kind, themas, persons) in enumerate(everything):
            made = [self.person(one) for one in persons]
            gemeente = GEMEENTEN[count % len(GEMEENTEN)]
            yield sender[0], Case(sender[1], sender[2], kind[0], kind[1], themas, gemeente,
                                  tuple(one for one, _ in made), self.places(persons),
                                  tuple(eerder for _, eerder in made))

    def send(self):
        """{header hash: (case, item, number)} of every case, pushed a few at a time."""
        sent, waiting = {}, {}
        for count, (name, case) in enumerate(self.cases()):
            relation = {(n, 'gezinssysteem'): {'relatie': 'familie', 'met': str(2 - n // 2)}
                        for n in range(1, 4)}
            made = kc.rubrieken_of(case, relation, bron=f'merk{count:04}')
            item = self.stage.melding(name, rubrieken=made, capacity=64)
            sent[item.hash] = case, item, count
            waiting.setdefault(name, []).append(item)
            if len(waiting[name]) == 16:
                self.push_all(name, waiting.pop(name))
        for name, items in waiting.items():
            self.push_all(name, items)
        return sent

    def push_all(self, name, items):
        for receipt in self.stage.push(name, *items):
            self.assert_aanvaard(receipt)

    def received(self):
        """{ontvanger: ([Verstrekking], everything it was sent as one run of bytes)}"""
        found = {ontvanger: ([], b'') for ontvanger in kc.ONTVANGERS}
        for name, party in self.stage.parties.items():
            link = self.stage.links[name]
            for functie in party.functies:
                link.keep, link.plain = True, []
                new = link.fetch_all(functie)
                link.keep = False
                found[party.oin, functie] = new, b''.join(link.plain)
                for at in range(0, len(new), 64):
                    link.ack(functie, new[at:at + 64])
        return found

    def test_everybody_gets_exactly_what_a_regel_gives(self):
        sent = self.send()
        cells = given = 0
        for ontvanger, (found, plain) in self.received().items():
            got = {one.part.header_hash: one for one in found}
            self.assertEqual(len(got), len(found), 'delivered twice')
            for header_hash, (case, item, count) in sent.items():
                wanted = kc.gets(case, ontvanger)
                self.compare(case, ontvanger, wanted, got.get(header_hash), item)
                self.compare_marks(item, count, wanted, plain, ontvanger)
                cells += len(kc.places_of(case))
                given += len(wanted)
        self.assertGreater(cells, 30000)
        self.assertGreater(given, 1500)
        self.compare_why(sent)

    def compare_why(self, sent):
        """`why` says the same as what happened, for a sample of meldingen and every ontvanger."""
        asked = given = 0
        for case, item, _ in list(sent.values())[::17]:
            for oin, functie in kc.ONTVANGERS:
                answer = self.stage.vraag('why', ('id', item.id),
                                               ('ontvanger', f'{oin}/{functie}'))
                self.assertEqual(answer['result'], 'ok')
                self.assertEqual(answer['convenant-hash'], sha256(kc.document()).hex())
                places = [dict(pair.split('=') for pair in line.split())
                          for line in answer.all('gegeven')]
                given += len(places)
                self.assertTrue(all(p == {'entry': str(answer['index']),
                                          'convenant': answer['convenant-hash']} for p in places))
                wanted = set(kc.decided(case, (oin, functie)))
                if wanted == {(0, 'herkomst')}:
                    wanted = set()  # an ontvanger of herkomst alone gets nothing
                said = set()
                lines = [line for line in answer.lines
                         if line[0] in ('beslissing', 'betrokkene', 'rubriek')]
                for at in range(0, len(lines), 3):
                    fields = dict(lines[at:at + 3])
                    asked += 1
                    if fields['beslissing'] == 'verstrekt':
                        said.add((int(fields['betrokkene']), fields['rubriek']))
                self.assertEqual(said, wanted, f'why {oin}/{functie} of {case}')
            oin, functie = kc.ONTVANGERS[0]
            answer = self.stage.bureau.ask('why', ('id', item.id), ('ontvanger', f'{oin}/niemand'))
            self.assertEqual(answer['result'], 'usage')
            self.assertIn(functie, answer['fix'])
            answer = self.stage.bureau.ask('why', ('id', item.id), ('ontvanger', f'{oin}/{functie}'),
                                          ('betrokkene', '16'))
            self.assertEqual(answer['result'], 'usage')
            self.assertIn('betrokkene', answer['message'])
        self.assertGreater(asked, 1000)
        self.assertGreater(given, 50)


class Control(Comparing, unittest.TestCase):
    """The comparison must see a regel too many and a regel too few, or it proves nothing."""

    def difference(self, old, new):
        """What the comparison says of one melding under a convenant changed behind its back."""
        document = kc.document()
        changed = document.replace(old, new, 1)
        self.assertNotEqual(changed, document)
        stage = Stage(('politie', 'huis'), convenant=changed)
        self.addCleanup(stage.close)
        case = Case(kc.POLITIE, ('basisteam',), 'politie', 'E33', (), 'GM1883', (),
                    tuple((0, naam) for naam in OF_INCIDENT))
        item = stage.melding('politie', rubrieken=kc.rubrieken_of(case, bron='merk0000'))
        stage.push('politie', item)
        link = stage.links['huis']
        link.keep = True
        found = {one.part.header_hash: one for one in link.fetch_all('procesregisseur')}
        wanted = kc.gets(case, kc.REGISSEUR)
        said = []
        for check in (lambda: self.compare(case, kc.REGISSEUR, wanted, found.get(item.hash), item),
                      lambda: self.compare_marks(item, 0, wanted, b''.join(link.plain),
                                                 kc.REGISSEUR)):
            try:
                check()
            except AssertionError as error:
                said.append(str(error))
        return said

    def test_an_unchanged_convenant_shows_no_difference(self):
        self.assertEqual(self.difference(b'# SPDX', b'# spdx'), [])

    def test_a_rubriek_too_many_is_seen_in_the_gronden_and_in_the_bytes(self):
        said = self.difference(b'identificatie, incident, herkomst, verrijking.huis',
                               b'identificatie, incident, melder, herkomst, verrijking.huis')
        self.assertEqual(len(said), 2, said)
        self.assertIn('melder', said[0])
        self.assertIn('melder', said[1])

    def test_a_rubriek_too_few_is_seen(self):
        said = self.difference(b'identificatie, incident, herkomst, verrijking.huis',
                               b'identificatie, herkomst, verrijking.huis')
        self.assertEqual(len(said), 2, said)


if __name__ == '__main__':
    main()
