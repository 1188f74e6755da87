# SPDX-License-Identifier: EUPL-1.2
"""Bad input on the wire: each row is refused with its reason and field, nothing else is processed,
and it stays refused.

Here envelope and signature hold, so the answer is under seal, with the reason and the field. Where
the statement has an id of its own the refusal is an entry with a receipt, and the same statement
again gets that same outcome. What fails before that is in envelopes_test.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import base, kenmerken, persoon  # noqa: E402
from knp_lists import REASONS, Rubriek, bsn, wrong_bsn  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_party import Head, now_ms  # noqa: E402
from knp_proof import ack_item  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402

DAY, MINUTE = 86400 * 1000, 60 * 1000
UNKNOWN_FIELD = b'\xe8\x04\x01'  # field 77, varint 1


def raw_rubriek(soort, betrokkene=0, regime=1, velden=(), bron=''):
    """A rubriek by numbers, for what has no name."""
    made = pb.Rubriek(soort=soort, betrokkene=betrokkene, regime=regime, bron=bron)
    for number, waarde in velden:
        made.velden.add(veld=number, waarde=waarde)
    return made.SerializeToString()


def adres(betrokkene=1, **values):
    return Rubriek('verblijfadres', betrokkene, afgeschermd='nee', **values)


def swapped(wire, old, new):
    """Bytes of a message with a text replaced by another of the same length."""
    assert wire.count(old) == 1 and len(old) == len(new)
    return wire.replace(old, new)


def detentie(regime='wjsg-tenuitvoerlegging', **values):
    return Rubriek('detentie', 1, regime, inrichting='PI Proef', **values)


class Refusals(StageTest):
    def setUp(self):
        self.politie = self.stage.parties['politie']
        self.link = self.stage.links['politie']
        self.genesis = self.stage.genesis

    def nothing_happened(self, before, grown, what):
        """No delivery to anyone, nothing accepted, and the log grew by the refusal at most."""
        size, metrics = before
        self.assertEqual(self.stage.size(), size + grown, what)
        self.assertEqual(self.stage.metrics()['knooppunt_aanvaard_total'],
                         metrics['knooppunt_aanvaard_total'], what)
        for (oin, functie), found in self.stage.everything().items():
            self.assertEqual(found, [], f'{what}: delivered to {oin}/{functie}')

    def before(self):
        return self.stage.size(), self.stage.metrics()

    def refused(self, what, item, reason, field, receipt=True, who='politie'):
        with self.subTest(what):
            before = self.before()
            link = self.stage.links[who]
            first = None
            for turn in range(2):
                reply, checkpoint = link.answer(item)
                self.assertEqual((reply.outcome, REASONS.get(reply.reason), reply.field),
                                 (2, reason, field), f'{what}, time {turn + 1}')
                self.assertEqual((len(reply.deliveries), len(reply.register)), (0, 0))
                self.assertEqual(reply.HasField('receipt'), receipt, what)
                if receipt:
                    proven = link.verifier.receipt(reply, item, checkpoint)
                    self.assertEqual(proven.index, before[0])
                    self.assertEqual(proven.entry, first or proven.entry)
                    first = proven.entry
            self.nothing_happened(before, 1 if receipt else 0, what)

    def melding(self, rubrieken, **overrides):
        return self.politie.melding(self.genesis, rubrieken, **overrides)

    # ---- rubrieken -------------------------------------------------------------------------

    def refused_rubrieken(self, rows):
        for what, rubrieken, reason, field in rows:
            self.refused(what, self.melding(rubrieken), reason, field)

    def test_numbers_dates_and_codes(self):
        morgen = time.strftime('%Y-%m-%d', time.localtime(time.time() + 2 * 86400))
        head = base()[:2]
        geboren = 'rubriek[2].identificatie.geboortedatum'
        self.refused_rubrieken([
            ('BSN that fails the 11-proef', head + [Rubriek('bsn', 1, waarde=wrong_bsn(7))],
             'bsn-elfproef', 'rubriek[2].bsn.waarde'),
            ('BSN of zeros', head + [Rubriek('bsn', 1, waarde='000000000')],
             'bsn-elfproef', 'rubriek[2].bsn.waarde'),
            ('BSN of eight digits', head + [Rubriek('bsn', 1, waarde='99990001')],
             'bad-value', 'rubriek[2].bsn.waarde'),
            ('30 February', head + [persoon(geboortedatum='2001-02-30')],
             'impossible-date', geboren),
            ('29 February of no leap year', head + [persoon(geboortedatum='2023-02-29')],
             'impossible-date', geboren),
            ('month 13', head + [persoon(geboortedatum='2001-13-01')],
             'impossible-date', geboren),
            ('day first', head + [persoon(geboortedatum='01-02-2001')],
             'impossible-date', geboren),
            ('born the day after tomorrow', head + [persoon(geboortedatum=morgen)],
             'impossible-date', geboren),
            ('a time without offset', [kenmerken(tijdstip='2026-01-02T10:00:00')] + head[1:],
             'impossible-date', 'rubriek[0].kenmerken.tijdstip'),
            ('25 hours', [kenmerken(tijdstip='2026-01-02T25:00:00Z')] + head[1:],
             'impossible-date', 'rubriek[0].kenmerken.tijdstip'),
            ('an end before the begin',
             head + [detentie(begin='2026-01-02', einde='2026-01-01')],
             'impossible-date', 'rubriek[2].detentie.einde'),
            ('unknown soort', [kenmerken(soort='onzin')] + head[1:],
             'unknown-code', 'rubriek[0].kenmerken.soort'),
            ('unknown thema beside a known one',
             [kenmerken(thema=['stalking', 'Stalking'])] + head[1:],
             'unknown-code', 'rubriek[0].kenmerken.thema'),
            ('a gemeente by name', [kenmerken(gemeente='Sittard')] + head[1:],
             'unknown-code', 'rubriek[0].kenmerken.gemeente'),
            ('neither ja nor nee', [kenmerken(strafrecht='true')] + head[1:],
             'bad-value', 'rubriek[0].kenmerken.strafrecht'),
            ('a postcode with a space', head + [adres(postcode='6131 A')],
             'bad-value', 'rubriek[2].verblijfadres.postcode'),
        ])

    def test_too_many_and_too_long(self):
        head = base()[:2]
        leden = [Rubriek('contact-professional', 1, organisatie=f'Organisatie {n}')
                 for n in range(5)]
        many = raw_rubriek(1, velden=[(2, b'stalking')] * 601)
        self.refused_rubrieken([
            ('17 betrokkenen', [kenmerken(betrokkenen=17)] + head[1:],
             'bad-value', 'rubriek[0].kenmerken.betrokkenen'),
            ('five themas', [kenmerken(thema=['stalking', 'jeugd', 'overlast', 'overig',
                                              'detentie'])] + head[1:],
             'too-many', 'rubriek[0].kenmerken.thema'),
            ('five professionals', head + leden, 'too-many',
             'rubriek[6].contact-professional'),
            ('601 velden', [many] + head[1:], 'too-many', 'rubriek[0].velden'),
            ('a street of 81', head + [adres(straat='s' * 81)],
             'too-long', 'rubriek[2].verblijfadres.straat'),
            ('a toelichting of 8001', head + [Rubriek('toelichting', tekst='t' * 8001)],
             'too-long', 'rubriek[2].toelichting.tekst'),
            ('a veld of 16385', head + [Rubriek('toelichting', tekst='t' * 16385)],
             'too-long', 'rubriek[2].velden[0].waarde'),
            ('a bron of 121', head + [raw_rubriek(3, 1, velden=[(3, b'P')], bron='b' * 121)],
             'too-long', 'rubriek[2].bron'),
        ])

    def test_texts(self):
        head = base()[:2]
        wire = Rubriek('identificatie', 1, bron='uit eigen bron', geslachtsnaam='P').encode()
        self.refused_rubrieken([
            ('NUL in a name', head + [persoon(geslachtsnaam=b'Jan\0sen')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('bad UTF-8 in a name', head + [persoon(geslachtsnaam=b'Jans\xe9n')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('an overlong encoding', head + [persoon(geslachtsnaam=b'\xc0\xafJansen')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('a surrogate', head + [persoon(geslachtsnaam=b'\xed\xa0\x80')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('an escape character', head + [persoon(geslachtsnaam='\x1b[2JJansen')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('a line break in a name', head + [persoon(geslachtsnaam='Jansen\nDoel: alles')],
             'bad-text', 'rubriek[2].identificatie.geslachtsnaam'),
            ('NUL in bron', head + [swapped(wire, b'eigen', b'e\0gen')],
             'bad-text', 'rubriek[2].bron'),
            ('bad UTF-8 in bron', head + [swapped(wire, b'eigen', b'e\xffgen')],
             'bad-text', 'rubriek[2].bron'),
        ])

    def test_shape_of_rubrieken(self):
        head = base()[:2]
        wire = persoon().encode()
        self.refused_rubrieken([
            ('an unknown field', head + [wire + UNKNOWN_FIELD], 'unknown-field',
             'rubriek[2].77'),
            ('an unknown field in a veld',
             head + [raw_rubriek(3, 1) + b'\x2a\x08\x08\x03\x12\x01P' + UNKNOWN_FIELD],
             'unknown-field', 'rubriek[2].velden[0].77'),
            ('a veld that is not on the list', [raw_rubriek(1, velden=[
                (1, b'politie'), (63, b'x')])] + head[1:],
             'unknown-field', 'rubriek[0].kenmerken.veld[63]'),
            ('a rubriek that is not on the list', head + [raw_rubriek(60, velden=[(1, b'x')])],
             'unknown-field', 'rubriek[2]'),
            ('no protobuf', head + [b'\xff\xff\xff'], 'malformed', 'rubriek[2]'),
            ('a field twice', head + [wire + b'\x18\x01'], 'malformed', 'rubriek[2]'),
            ('fields out of order', head + [wire[2:] + wire[:2]], 'malformed', 'rubriek[2]'),
            ('a default written out', head + [raw_rubriek(0) + b'\x10\x00' + wire],
             'malformed', 'rubriek[2]'),
        ])

    def test_what_belongs_together(self):
        head = base()[:2]
        self.refused_rubrieken([
            ('no kenmerken', [head[1]], 'missing-field', 'kenmerken'),
            ('kenmerken twice', head + [kenmerken()], 'duplicate', 'rubriek[2].kenmerken'),
            ('a betrokkene without betrokkenheid', [head[0], persoon()],
             'missing-field', 'betrokkene[1].betrokkenheid'),
            ('kenmerken without urgentie', [kenmerken(urgentie=None)] + head[1:],
             'missing-field', 'rubriek[0].kenmerken.urgentie'),
            ('an empty value', head + [persoon(geslachtsnaam='')],
             'missing-field', 'rubriek[2].identificatie.geslachtsnaam'),
            ('a rubriek without velden', head + [raw_rubriek(3, 1)],
             'missing-field', 'rubriek[2].identificatie.velden'),
            ('a veld twice', head + [persoon(geslachtsnaam=['Een', 'Twee'])],
             'duplicate', 'rubriek[2].identificatie.geslachtsnaam'),
            ('a code twice', [kenmerken(thema=['jeugd', 'jeugd'])] + head[1:],
             'duplicate', 'rubriek[0].kenmerken.thema'),
            ('a betrokkene beyond the number', head + [Rubriek('contact', 2,
                                                               telefoon='0612345678')],
             'unknown-betrokkene', 'rubriek[2].contact.betrokkene'),
            ('betrokkene 17', head + [Rubriek('contact', 17, telefoon='0612345678')],
             'unknown-betrokkene', 'rubriek[2].contact.betrokkene'),
            ('contact of nobody', head + [Rubriek('contact', 0, telefoon='0612345678')],
             'unknown-betrokkene', 'rubriek[2].contact.betrokkene'),
            ('kenmerken of a betrokkene', [Rubriek('kenmerken', 1, **kenmerken().values)] +
             head[1:], 'unknown-betrokkene', 'rubriek[0].kenmerken.betrokkene'),
            ('related to oneself', head + [Rubriek('gezinssysteem', 1, relatie='partner',
                                                   met='1')],
             'unknown-betrokkene', 'rubriek[2].gezinssysteem.met'),
            ('detention under the AVG', head + [detentie('avg', begin='2026-01-02')],
             'bad-regime', 'rubriek[2].detentie.regime'),
            ('no regime', head + [raw_rubriek(3, 1, 0, [(3, b'P')])],
             'bad-regime', 'rubriek[2].identificatie.regime'),
            ('regime 99', head + [raw_rubriek(3, 1, 99, [(3, b'P')])],
             'bad-regime', 'rubriek[2].identificatie.regime'),
            ('herkomst from a sender', head + [Rubriek('herkomst', oin=kc.VT)],
             'not-for-sender', 'rubriek[2].herkomst'),
            ('verrijking from a sender', head + [raw_rubriek(40, 1, 1, [
                (1, b'9'), (2, b'9'), (3, b'9')])],
             'not-for-sender', 'rubriek[2].verrijking.eerder'),
        ])

    # ---- slots -----------------------------------------------------------------------------

    def slots(self, item, **changes):
        slots = pb.Slots()
        slots.CopyFrom(item.slots)
        for name, value in changes.items():
            if name == 'rubrieken':
                del slots.rubrieken[:]
                slots.rubrieken.extend(value)
            else:
                setattr(slots, name, value)
        return item._replace(slots=slots)

    def test_slots_that_do_not_give_the_root_that_was_signed(self):
        rubrieken = [r.encode() for r in base()]
        other = rubrieken[:3] + [Rubriek('bsn', 1, waarde=bsn(32)).encode()]
        rows = [('another seed', {'seed': os.urandom(32)}),
                ('another rubriek', {'rubrieken': other}),
                ('a rubriek less', {'rubrieken': rubrieken[:3]}),
                ('a rubriek more', {'rubrieken': rubrieken + [adres().encode()]}),
                ('another order', {'rubrieken': rubrieken[::-1]}),
                ('another capacity', {'capacity': 128})]
        for what, changes in rows:
            self.refused(what, self.slots(self.melding(base()), **changes), 'bad-slots', 'slots')
        self.refused('no slots', self.melding(base())._replace(slots=None), 'missing-field',
                     'slots')

    def test_a_refusal_stands_when_the_right_slots_come_later(self):
        good = self.melding(base())
        self.refused('another seed', self.slots(good, seed=os.urandom(32)), 'bad-slots', 'slots')
        receipt, = self.link.push([good])
        self.assertEqual((receipt.outcome, receipt.reason), ('geweigerd', 'bad-slots'))
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])

    # ---- headers ---------------------------------------------------------------------------

    def test_headers(self):
        # spec K3, K4, K5, K6: too old or early, another audience, a head that is not in the log.
        late, early = now_ms() - 30 * DAY - 10 * MINUTE, now_ms() + 6 * MINUTE
        held = self.link.verifier.held
        other = f'urn:nld:oin:{kc.VT}:systeem:proef'
        rows = [
            ('another OIN as audience', dict(audience_oin=kc.VT), 'wrong-audience',
             'audience_oin', True),
            ('another log as audience', dict(audience_log='elders.example/log'),
             'wrong-audience', 'audience_log', True),
            ('no audience', dict(audience_log=''), 'missing-field', 'audience_log', True),
            ('too old', dict(time=late), 'too-old', 'time', True),
            ('from the future', dict(time=early), 'from-future', 'time', True),
            ('without time', dict(time=0), 'missing-field', 'time', True),
            ('a time past year 9999', dict(time=1 << 60), 'bad-value', 'time', True),
            ('without sequence', dict(sequence=0), 'missing-field', 'sequence', True),
            ('without randomness', dict(random=bytes(16)), 'missing-field', 'random', True),
            ('a head beyond the log', dict(head=Head(held.size + 500, held.root).message()),
             'bad-head', 'head', True),
            ('a head of another history', dict(head=Head(held.size, os.urandom(32)).message()),
             'bad-head', 'head', True),
            ('an id of fifteen', dict(id='a' * 15), 'bad-value', 'id', False),
            ('without id', dict(id=''), 'missing-field', 'id', False),
            ('a source of another', dict(source=other), 'sender-mismatch', 'source', False),
            ('a source that is none', dict(source='politie'), 'bad-value', 'source', False),
            ('an unknown type', dict(type=99), 'unknown-type', 'type', True),
            ('without type', dict(type=0), 'unknown-type', 'type', True),
            ('without slots_root', dict(slots_root=b''), 'missing-field', 'slots_root', True),
            ('an answer to nothing', dict(antwoord_op='geen id'), 'bad-value', 'antwoord_op',
             True),
            ('replacing nothing', dict(vervangt='geen id'), 'bad-value', 'vervangt', True),
        ]
        for what, overrides, reason, field, receipt in rows:
            self.refused(what, self.melding(base(), **overrides), reason, field, receipt)

    def test_headers_at_the_edge_of_what_is_allowed_are_accepted(self):
        for time_ms in (now_ms() - 30 * DAY + 10 * MINUTE, now_ms() + 4 * MINUTE):
            receipt, = self.link.push([self.melding(base(), time=time_ms)])
            self.assert_aanvaard(receipt)
        for one in ('a' * 16, '-_' * 32):
            receipt, = self.link.push([self.melding(base(), id=one)])
            self.assert_aanvaard(receipt)
        self.stage.everything()

    def test_bytes_of_a_header(self):
        good = self.melding(base())
        wire = good.statement
        velden = pb.Statement.FromString(wire)
        velden.velden.add(veld=1, waarde=b'x')
        # Of these nothing is known for certain, an id neither: they are answered and not recorded.
        rows = [
            ('an unknown field', wire + UNKNOWN_FIELD, 'unknown-field', '77'),
            ('NUL in the source', swapped(wire, b'systeem:proef', b'systeem:pr\0ef'), 'bad-text',
             'source'),
            ('bad UTF-8 in the source', swapped(wire, b'systeem:proef', b'systeem:pr\xffef'),
             'bad-text', 'source'),
            ('no protobuf', b'\xff' * 40, 'malformed', ''),
            ('a field twice', wire + b'\x08\x01', 'malformed', ''),
        ]
        for what, changed, reason, field in rows:
            self.refused(what, good._replace(statement=changed), reason, field, False)
        changed = velden.SerializeToString(deterministic=True)
        self.refused('velden in a melding', good._replace(statement=changed), 'unknown-field',
                     'veld[1]')

    # ---- acknowledgements and requests -------------------------------------------------------

    def test_acknowledgements_of_what_was_not_delivered(self):
        # spec K9, K10
        self.link.push([self.melding(base())])
        found = self.stage.links['sittard'].fetch('wmo')
        self.assertEqual(len(found), 1)
        item, party = ack_item(found[0]), self.stage.parties['sittard']
        wrong = item[:8] + bytes(32)
        ahead = (found[0].number + 5).to_bytes(8, 'big') + item[8:]
        before = self.before()
        for what, functie, items, reason, field in [
                ('another part', 'wmo', [wrong], 'not-found', 'ack.item[1]'),
                ('a number not given', 'wmo', [item, ahead], 'not-found', 'ack.item[2]'),
                ('number zero', 'wmo', [bytes(40)], 'not-found', 'ack.item[1]'),
                ('of another functie', 'oov', [item], 'functie-not-held', 'ack.functie'),
                ('39 bytes', 'wmo', [item[:39]], 'bad-value', 'item'),
                ('nothing', 'wmo', [], 'missing-field', 'item')]:
            made = party.velden_item(self.genesis, 'ack', {'functie': functie, 'item': items})
            with self.subTest(what):
                receipt, = self.stage.links['sittard'].push([made])
                self.assertEqual((receipt.outcome, receipt.reason, receipt.field),
                                 ('geweigerd', reason, field))
        # Not one of them acknowledged anything, the good item in a bad list neither.
        self.assertEqual(self.stage.links['sittard'].fetch('wmo'), found)
        self.assertEqual(self.stage.metrics()['knooppunt_aanvaard_total'],
                         before[1]['knooppunt_aanvaard_total'])
        self.stage.everything()

    def test_requests(self):
        rows = [
            ('a functie of another key', dict(functie='oov', after=0), 'functie-not-held',
             'fetch.functie'),
            ('a functie nobody has', dict(functie='bestaat-niet', after=0), 'functie-not-held',
             'fetch.functie'),
            ('without functie', dict(after=0), 'missing-field', 'functie'),
            ('without a number', dict(functie='wmo'), 'missing-field', 'after'),
            ('max of none', dict(functie='wmo', after=0, max=0), 'bad-value', 'max'),
            ('waiting too long', dict(functie='wmo', after=0, wait=61), 'bad-value', 'wait'),
            ('after what is no number', dict(functie='wmo', after='-1'), 'bad-value', 'after'),
        ]
        party = self.stage.parties['sittard']
        for what, values, reason, field in rows:
            item = party.velden_item(self.genesis, 'fetch', values)
            self.refused(what, item, reason, field, False, 'sittard')
        for what, when, reason in (('old', now_ms() - 11 * MINUTE, 'too-old'),
                                   ('early', now_ms() + 6 * MINUTE, 'from-future')):
            item = party.velden_item(self.genesis, 'fetch', dict(functie='wmo', after=0),
                                     time=when)
            self.refused(what, item, reason, 'time', False, 'sittard')

    def test_acknowledgements_and_wegingen_may_be_as_old_as_meldingen(self):
        # spec K3
        huis = self.stage.parties['huis']
        values = {'weging': dict(entry=1, regel=kc.WEGING_REGEL, betrokkene=0, medewerker='mw-1',
                                 uitkomst='doorzetten', motivering='Na overleg.'),
                  'ack': dict(functie='procesregisseur', item=[bytes(40)])}
        for kind, given in values.items():
            old = huis.velden_item(self.genesis, kind, given, time=now_ms() - 30 * DAY - MINUTE)
            self.refused(f'a {kind} too old', old, 'too-old', 'time', who='huis')
            young = huis.velden_item(self.genesis, kind, given, time=now_ms() - 30 * DAY + MINUTE)
            receipt, = self.stage.links['huis'].push([young])
            self.assertNotEqual(receipt.reason, 'too-old')

    def test_acts_do_not_come_over_the_wire(self):
        values = {'soort': 'convenant', 'object': bytes(32), 'expires': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}
        before = self.before()
        item = self.politie.velden_item(self.genesis, 'act', values)
        reply, _ = self.link.answer(item)
        self.assertEqual((reply.outcome, REASONS.get(reply.reason)), (2, 'functie-not-held'))
        self.assertEqual(self.stage.metrics()['knooppunt_aanvaard_total'],
                         before[1]['knooppunt_aanvaard_total'])

    def test_one_bad_statement_in_a_batch_harms_only_itself(self):
        items = [self.melding(base()) for _ in range(5)]
        items[2] = self.melding([kenmerken(soort='onzin')] + base()[1:])
        receipts = self.link.push(items)
        self.assertEqual([receipt.outcome for receipt in receipts],
                         ['aanvaard', 'aanvaard', 'geweigerd', 'aanvaard', 'aanvaard'])
        found = self.stage.everything()[kc.SITTARD, 'wmo']
        self.assertEqual([one.part.header_hash for one in found],
                         [item.hash for n, item in enumerate(items) if n != 2])


if __name__ == '__main__':
    main()
