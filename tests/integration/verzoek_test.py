# SPDX-License-Identifier: EUPL-1.2
"""Requests by the rights of a betrokkene, and data breaches: owed from the day they came by the term
of the law, until the privacybureau says what became of them."""

import datetime
import os
import sys
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knp_bureau import Bureau  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402

SELF = {'namens': 'zelf', 'identiteit': 'document'}
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def month_later(moment, months):
    """The same day of a later month, in Amsterdam."""
    moment = moment.astimezone(zoneinfo.ZoneInfo('Europe/Amsterdam'))
    year, month = divmod(moment.month - 1 + months, 12)
    for day in range(moment.day, 0, -1):
        try:
            return moment.replace(year=moment.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError


class Verzoek(StageTest):
    ONLY = ('politie', 'huis')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bureau = Bureau(cls.stage)

    def say(self, kind, link=None, **values):
        link = link or self.bureau.connected()
        item = link.party.velden_item(self.stage.genesis, kind, dict(medewerker='mw-fg', **values))
        receipt, = link.push([item])
        return receipt

    def ask(self, zaak, verzoek='inzage', wet='avg', ago=DAY, **more):
        came = now() - ago
        receipt = self.say('verzoek', zaak=zaak, verzoek=verzoek, wet=wet,
                           ontvangen=came.strftime('%Y-%m-%dT%H:%M:%SZ'), **more)
        self.assert_aanvaard(receipt)
        return came, receipt.index

    def due(self, zaak):
        """Until when it is owed; None when nothing is."""
        found = [line.split() for line in self.stage.house.must('status').all('obligation')]
        rows = [words for words in found if words[1:3] == ['verzoek', zaak]]
        self.assertLessEqual(len(rows), 1)
        if not rows:
            return None
        self.assertTrue(rows[0][3].endswith('/privacybureau'))
        return datetime.datetime.fromisoformat(rows[0][0].replace('Z', '+00:00'))

    def near(self, got, wanted):
        """Summer time may lie between."""
        self.assertLessEqual(abs(got - wanted), HOUR, (got, wanted))

    def test_each_law_has_its_term(self):
        """spec K30"""
        for zaak, verzoek, wet, term in (
                ('z-avg', 'inzage', 'avg', None), ('z-wpg', 'inzage', 'wpg', 42 * DAY),
                ('z-wjsg', 'rectificatie', 'wjsg', 28 * DAY), ('z-lek', 'datalek', 'avg', 3 * DAY)):
            came, _ = self.ask(zaak, verzoek, wet)
            self.near(self.due(zaak), came + term if term else month_later(came, 1))

    def test_it_is_owed_until_it_is_dealt_with(self):
        _, index = self.ask('z-1')
        for wrong in ({'entry': index + 1, 'zaak': 'z-1'}, {'entry': index, 'zaak': 'z-2'}):
            receipt = self.say('afhandeling', uitkomst='toegewezen', **wrong)
            self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'not-owed'))
        self.assertIsNotNone(self.due('z-1'))
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-1', uitkomst='geweigerd',
                                      hash=b'\x07' * 32))
        self.assertIsNone(self.due('z-1'))
        receipt = self.say('afhandeling', entry=index, zaak='z-1', uitkomst='toegewezen', **SELF)
        self.assertEqual(receipt.reason, 'not-owed')

    def test_nothing_is_granted_before_it_is_recorded_who_asked(self):
        """spec K30"""
        _, index = self.ask('z-wie', 'inzage', 'wpg')
        for uitkomst in ('toegewezen', 'gedeeltelijk'):
            for lacking, values in (
                    ('namens', {}), ('namens', {'identiteit': 'document'}),
                    ('identiteit', {'namens': 'zelf'}),
                    ('bevoegdheid', {'namens': 'gezag', 'identiteit': 'inlog'})):
                receipt = self.say('afhandeling', entry=index, zaak='z-wie', uitkomst=uitkomst,
                                   **values)
                self.assertEqual((receipt.outcome, receipt.reason, receipt.field),
                                 ('geweigerd', 'missing-field', f'afhandeling.{lacking}'))
        receipt = self.say('afhandeling', entry=index, zaak='z-wie', uitkomst='toegewezen',
                           namens='buurvrouw', identiteit='document')
        self.assertEqual((receipt.outcome, receipt.field), ('geweigerd', 'namens'))
        self.assertIsNotNone(self.due('z-wie'))
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-wie',
                                      uitkomst='gedeeltelijk', namens='advocaat',
                                      identiteit='advocaat', bevoegdheid='tableau'))
        self.assertIsNone(self.due('z-wie'))
        # Who is refused gets nothing, and of a datalek nobody asked.
        _, index = self.ask('z-nee')
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-nee',
                                      uitkomst='geweigerd'))
        _, index = self.ask('z-nee-lek', 'datalek')
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-nee-lek',
                                      uitkomst='toegewezen'))

    def test_its_term_is_lengthened_once(self):
        """spec K30"""
        came, index = self.ask('z-lang')
        first = self.due('z-lang')
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-lang',
                                      uitkomst='verlengd'))
        self.near(self.due('z-lang'), month_later(first, 2))
        receipt = self.say('afhandeling', entry=index, zaak='z-lang', uitkomst='verlengd')
        self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'already-decided'))
        self.assert_aanvaard(self.say('afhandeling', entry=index, zaak='z-lang',
                                      uitkomst='toegewezen', **SELF))
        self.assertIsNone(self.due('z-lang'))
        _, late = self.ask('z-laat', ago=40 * DAY)
        receipt = self.say('afhandeling', entry=late, zaak='z-laat', uitkomst='verlengd')
        self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'already-decided'))

    def test_no_other_term_is_lengthened(self):
        """spec K30"""
        for zaak, verzoek, wet in (('z-w', 'inzage', 'wpg'), ('z-j', 'wissing', 'wjsg'),
                                   ('z-d', 'datalek', 'avg')):
            _, index = self.ask(zaak, verzoek, wet)
            first = self.due(zaak)
            receipt = self.say('afhandeling', entry=index, zaak=zaak, uitkomst='verlengd')
            self.assertEqual((receipt.outcome, receipt.reason, receipt.field),
                             ('geweigerd', 'bad-value', 'afhandeling.uitkomst'))
            self.assertEqual(self.due(zaak), first)
            self.assert_aanvaard(self.say('afhandeling', entry=index, zaak=zaak,
                                          uitkomst='toegewezen', **SELF))
            self.assertIsNone(self.due(zaak))

    def test_only_the_bureau_says_so_and_not_of_tomorrow(self):
        """spec K30"""
        _, index = self.ask('z-eigen')
        for name in ('huis', 'politie'):
            link = self.stage.links[name]
            receipt = self.say('verzoek', link, zaak='z-x', verzoek='inzage', wet='avg',
                               ontvangen=now().strftime('%Y-%m-%dT%H:%M:%SZ'))
            self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'functie-not-held'))
            receipt = self.say('afhandeling', link, entry=index, zaak='z-eigen',
                               uitkomst='toegewezen', **SELF)
            self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'not-owed'))
        receipt = self.say('verzoek', zaak='z-morgen', verzoek='inzage', wet='avg',
                           ontvangen=(now() + 2 * HOUR).strftime('%Y-%m-%dT%H:%M:%SZ'))
        # Late in the evening that is another day, which no statement may name: refused before this
        # one is looked at.
        self.assertEqual(receipt.outcome, 'geweigerd')
        self.assertIn((receipt.reason, receipt.field), (('bad-value', 'verzoek.ontvangen'),
                                                        ('impossible-date', 'ontvangen')))
        self.assertIsNone(self.due('z-x'))
        self.assertIsNotNone(self.due('z-eigen'))

    def test_a_rebuild_owes_the_same(self):
        _, index = self.ask('z-weer')
        self.say('afhandeling', entry=index, zaak='z-weer', uitkomst='verlengd')
        before = self.due('z-weer')
        self.stage.house.stop()
        self.assertTrue(self.stage.house.rebuild()['equal'])
        self.stage.house.start()
        self.stage.reconnect()
        self.assertEqual(self.due('z-weer'), before)


if __name__ == '__main__':
    main()
