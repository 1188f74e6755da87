# SPDX-License-Identifier: EUPL-1.2
"""An overleg through the door: what each who sits there is told of its agenda, what is one item, and what
became of it."""

import datetime
import os
import sys
import unittest
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_client import GETOOND  # noqa: E402
from knp_daemon import parse_lines  # noqa: E402
from knp_lists import RUBRIEK_NAMES, bsn, decode_rubriek  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from path_test import e33  # noqa: E402
from vormen_test import HEAD, regel  # noqa: E402

ONLY = ('politie', 'huis', 'sittard', 'sittard-oov', 'ggz')
TAFEL = ('overleggen:\n'
         '  - {overleg: weegtafel, voorzitter: {partij: huis, functie: procesregisseur},\n'
         '     leden: [{partij: sittard, functie: wmo}, {partij: ggz, functie: crisisdienst}],\n'
         '     medevoorzitters: {partij: ggz, functie: crisisdienst},\n'
         '     kalender: maandag en donderdag, sluiting: 1 werkdag}\nregels:\n')
REGELS = (regel('op-tafel', 'agendeer: {overleg: weegtafel}'),
          regel('huis-leest', 'verstrek: {aan: {partij: huis, functie: procesregisseur}, '
                              'rubrieken: [kenmerken, bsn]}'),
          regel('wmo-leest', 'verstrek: {aan: {partij: sittard, functie: wmo}, '
                             'rubrieken: [kenmerken, identificatie]}'),
          regel('oov-leest', 'verstrek: {aan: {partij: sittard, functie: oov}, rubrieken: [kenmerken]}'))
TO_HUIS, TO_WMO, TO_GGZ, TO_OOV = (('huis', 'procesregisseur'), ('sittard', 'wmo'),
                                   ('ggz', 'crisisdienst'), ('sittard-oov', 'oov'))


def amsterdam_today():
    return datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Amsterdam')).date().isoformat()


class Overleg(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        head = HEAD.replace('\nregels:\n', '\n' + TAFEL)
        self.stage = Stage(ONLY, convenant=(head + ''.join(REGELS)).encode())
        self.addCleanup(self.stage.close)

    def push(self, who, number=20):
        item = self.stage.melding(who, e33([Betrokkene(bsn=bsn(number), minderjarig='nee')]))
        receipt, = self.stage.push(who, item)
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        return receipt.index

    def agenda(self, seat, overleg='weegtafel'):
        """[(zitting, voorzit, {entry: what it has of it})], one for each item; or the refusal."""
        who, functie = seat
        link, before = self.stage.links[who], self.stage.size()
        item = link.party.velden_item(self.stage.genesis, 'agenda',
                                      {'overleg': overleg, 'functie': functie})
        reply, _ = link.exchange([item])[item.hash]
        self.assertFalse(reply.HasField('receipt'))
        self.assertEqual(self.stage.size(), before)
        if reply.outcome != 1:
            self.assertEqual(reply.antwoord, b'')
            return reply.outcome, reply.field
        result, *lines = reply.antwoord.decode().splitlines()
        self.assertEqual(result, 'result ok')
        items = []
        for name, *words in map(str.split, lines):
            values = dict(word.split('=') for word in words[1:])
            if name == 'item':
                items.append((words[0], values['voorzit'], {}))
            else:
                items[-1][2][int(words[0])] = set(values['ziet'].split(','))
        return items

    def say(self, who, kind, entry, **values):
        item = self.stage.parties[who].velden_item(
            self.stage.genesis, kind, dict(entry=entry, medewerker='mw-1', **values))
        receipt, = self.stage.push(who, item)
        return receipt.outcome, receipt.reason

    def outcome(self, who, entry, said='geen-actie', **more):
        return self.say(who, 'uitkomst', entry, overleg='weegtafel', uitkomst=said, **more)

    def test_the_agenda_of_each_is_what_the_regels_give_it(self):
        """spec K38"""
        first = self.push('politie')
        (zitting, voorzit, meldingen), = self.agenda(TO_HUIS)
        self.assertRegex(zitting, r'^\d{4}-\d\d-\d\d$')
        self.assertEqual((voorzit, meldingen), ('ja', {
            first: {'0/agenda', '1/agenda', '0/kenmerken', '1/bsn'}}))
        self.assertEqual(self.agenda(TO_WMO),
                         [(zitting, 'nee', {first: {'0/kenmerken', '1/identificatie'}})])
        self.assertEqual(self.agenda(TO_GGZ), [])
        # Who does not sit there hears what it would hear of no overleg.
        self.assertEqual(self.agenda(TO_OOV), (2, 'agenda.overleg'))
        self.assertEqual(self.agenda(TO_OOV, 'geen-tafel'), (2, 'agenda.overleg'))
        # The care told of the same person, of which it is the mede-voorzitter.
        second, third = self.push('ggz'), self.push('ggz', 21)
        self.assertEqual([sorted(item[2]) for item in self.agenda(TO_HUIS)],
                         [[first, second], [third]])
        self.assertEqual([sorted(item[2]) for item in self.agenda(TO_WMO)],
                         [[first], [second], [third]])  # it has no numbers
        self.assertEqual([(item[1], item[2]) for item in self.agenda(TO_GGZ)],
                         [('ja', {entry: {'0/agenda', '1/agenda'}}) for entry in (second, third)])
        # Each chairs its own, and what has an outcome is on no agenda.
        self.assertEqual(self.outcome('huis', second), ('geweigerd', 'not-owed'))
        self.assertEqual(self.outcome('ggz', second), ('aanvaard', ''))
        self.assertEqual(self.outcome('huis', first, 'regie-zvh'), ('aanvaard', ''))
        self.assertEqual([sorted(item[2]) for item in self.agenda(TO_HUIS)], [[third]])
        self.assertEqual([sorted(item[2]) for item in self.agenda(TO_WMO)], [[third]])
        self.rebuild_is_equal()

    def test_an_item_is_handed_to_a_partner_that_has_it_and_comes_back(self):
        """spec K39"""
        entry = self.push('politie')
        for naar, reason in (('00000099000000008000:wmo', 'unknown-partij'),
                             (f'{kc.GGZ}:crisisdienst', 'not-found')):
            self.assertEqual(self.outcome('huis', entry, 'overdracht', naar=naar),
                             ('geweigerd', reason))
        self.assertEqual(self.outcome('huis', entry, 'overdracht', naar=f'{kc.SITTARD}:wmo'),
                         ('aanvaard', ''))
        self.assertEqual(self.agenda(TO_HUIS), [])
        back = dict(regel='weegtafel', antwoord='teruggegeven')
        self.assertEqual(self.say('ggz', 'overdracht', entry, **back), ('geweigerd', 'not-owed'))
        self.assertEqual(self.say('sittard', 'overdracht', entry, **back), ('aanvaard', ''))
        self.assertEqual([sorted(item[2]) for item in self.agenda(TO_HUIS)], [[entry]])
        self.assertEqual(self.outcome('huis', entry), ('aanvaard', ''))
        self.assertEqual(self.agenda(TO_HUIS), [])
        self.rebuild_is_equal()

    def scherm(self, entry, *aanwezig, zitting=None):
        """(bron, {(betrokkene, rubriek): (velden, bron)}) that are shown; or (reason, field)."""
        link = self.stage.links['huis']
        zitting = zitting or amsterdam_today()
        item = link.party.velden_item(self.stage.genesis, 'scherm', {
            'entry': entry, 'overleg': 'weegtafel', 'zitting': zitting, 'medewerker': 'mw-1',
            'aanwezig': [f'{oin}:{functie}:mw-{n}'
                         for n, (oin, functie) in enumerate(aanwezig, 2)]})
        reply, checkpoint = link.answer(item)
        receipt = link.verifier.receipt(reply, item, checkpoint)
        if receipt.outcome != 'aanvaard':
            self.assertEqual(reply.antwoord, b'')
            return receipt.reason, receipt.field
        shown, bron = {}, None
        result, *lines = parse_lines(reply.antwoord)
        self.assertEqual(result, ('result', 'ok'))
        for name, value in lines:
            if name in ('rubriek', 'toegevoegd'):
                betrokkene, naam, values, _, of = decode_rubriek(value)
                shown[betrokkene, naam] = values, of
            elif name == 'bron':
                bron = value
        return bron, shown

    def test_the_screen_shows_what_all_who_are_present_may_see(self):
        """spec K41"""
        wmo, ggz = (kc.SITTARD, 'wmo'), (kc.GGZ, 'crisisdienst')
        case = e33([Betrokkene(bsn=bsn(20), minderjarig='nee')])
        receipt, = self.stage.push('politie', self.stage.melding(
            'politie', rubrieken=kc.rubrieken_of(case, bron='merkteken')))
        entry = receipt.index
        bron, shown = self.scherm(entry, wmo)
        self.assertEqual((bron, set(shown)), (None, {(0, 'kenmerken')}))
        self.assertEqual({of for _, of in shown.values()}, {''})  # nobody is given herkomst
        # Control: what would be too much is there to be seen, by the voorzitter alone.
        _, own = self.scherm(entry)
        self.assertEqual(set(own), {(0, 'kenmerken'), (1, 'bsn')})
        self.assertEqual(own[1, 'bsn'][0], {'waarde': [bsn(20)]})
        # Who was given nothing may see nothing; nobody sees more because another may.
        self.assertEqual(self.scherm(entry, wmo, ggz), (None, {}))
        # Another day than that of the sitting, who sits nowhere, who takes no part.
        self.assertEqual(self.scherm(entry, wmo, zitting='2020-01-02'),
                         ('bad-value', 'scherm.zitting'))
        self.assertEqual(self.scherm(entry, wmo, (kc.SITTARD, 'oov')),
                         ('not-found', 'scherm.aanwezig[1]'))
        self.assertEqual(self.scherm(entry, ('00000099000000008000', 'wmo')),
                         ('unknown-partij', 'scherm.aanwezig[0]'))
        self.assertEqual(self.scherm(entry + 1, wmo), ('not-owed', 'scherm.entry'))
        # Each who saw anything is told that, by the regels under which it did; nobody else is.
        told = {ontvanger: [(one.part.betreft, {(g.betrokkene, g.rubriek, g.regel)
                                               for g in one.part.gronden}) for one in given
                            if one.part.soort == GETOOND]
                for ontvanger, given in self.stage.everything().items()}
        kenmerken, nummer = 1, next(row for row, naam in RUBRIEK_NAMES.items() if naam == 'bsn')
        self.assertEqual(told[wmo], [(entry, {(0, kenmerken, 'wmo-leest')})])
        self.assertEqual(told[kc.HUIS, 'procesregisseur'],
                         [(entry, {(0, kenmerken, 'huis-leest')}),
                          (entry, {(0, kenmerken, 'huis-leest'), (1, nummer, 'huis-leest')})])
        self.assertEqual({who for who, rows in told.items() if rows},
                         {wmo, (kc.HUIS, 'procesregisseur')})
        # And so is the officer: of what was about this person, and of all that a partner saw.
        inzage = self.stage.vraag('inzage', ('bsn', bsn(20)))
        self.assertEqual([row.split()[3:5] for row in inzage.all('m-verstrekking')
                          if row.split()[2] == 'getoond'], [[kc.HUIS, 'procesregisseur']])
        lek = self.stage.vraag('datalek', ('key', kc.SITTARD), ('since', '2020-01-01T00:00:00Z'))
        self.assertEqual([row.split()[2:] for row in lek.all('lek') if row.endswith(' getoond')],
                         [['wmo', '2', str(entry), 'getoond']])
        self.assertEqual(self.outcome('huis', entry), ('aanvaard', ''))
        self.assertEqual(self.scherm(entry, wmo), ('not-owed', 'scherm.entry'))
        self.rebuild_is_equal()

    def rebuild_is_equal(self):
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])


if __name__ == '__main__':
    main()
