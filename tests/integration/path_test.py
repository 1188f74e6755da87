# SPDX-License-Identifier: EUPL-1.2
"""The path of a melding through the running daemon: push, receipt, fetch, verify, acknowledge.

KNOOPPUNTD names the daemon. Every answer is verified as a partner must (knp_proof): checkpoint,
consistency, inclusion, parts, slots, the sender's signature and the gronden.
"""

import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Betrokkene, Case  # noqa: E402
from knp_lists import REASONS, bsn, decode_rubriek  # noqa: E402
from knp_party import Head  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402
from knp_tree import leaf_hash  # noqa: E402

WHOLE = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'identificatie'), (1, 'bsn'), (1, 'contact'),
         (1, 'leefgebieden'), (0, 'incident'), (0, 'toelichting'))


def e33(persons=(), places=None, gemeente='GM1883', soort='politie', klasse='E33', themas=(),
        bron=kc.POLITIE, functies=('basisteam',)):
    if places is None:
        places = {place for place in WHOLE if place[0] <= len(persons)}
        places |= {(n, 'betrokkenheid') for n in range(1, len(persons) + 1)}
        if persons and not persons[0].bsn:
            places.remove((1, 'bsn'))
        places = tuple(sorted(places))
    return Case(bron, functies, soort, klasse, themas, gemeente, tuple(persons), places)


class Path(StageTest):
    def test_a_melding_is_receipted_delivered_verified_and_acknowledged_once(self):
        item = self.stage.melding('politie', e33([Betrokkene(bsn=bsn(1))]))
        receipt, = self.stage.push('politie', item)
        self.assert_aanvaard(receipt)
        wmo = self.stage.links['sittard']
        found = wmo.fetch('wmo')
        self.assertEqual(len(found), 1)
        one = found[0]
        self.assertEqual(one.index, receipt.index)
        self.assertEqual(one.part.header_hash, item.hash)
        self.assertEqual(one.sender.id, item.id)
        self.assertTrue(set(one.given) <= {r.encode() for r in item.rubrieken})
        acked = wmo.ack('wmo', found)
        self.assert_aanvaard(acked)
        self.assertGreater(acked.index, receipt.index)
        self.assertEqual(wmo.fetch('wmo', after=0), [])
        wmo.durable['wmo'] = one.number

    def test_an_answer_comes_in_no_more_envelopes_than_were_asked_for(self):
        # spec K37
        link = self.stage.links['sittard']
        after = link.durable.get('wmo', 0)
        items = [self.stage.melding('politie', e33([Betrokkene()])) for _ in range(70)]
        self.stage.push('politie', *items)
        whole, _ = link.fetch_through('wmo', after, 512, 8)
        self.assertEqual(sum(len(part) for part in whole), 70)
        self.assertGreater(len(whole), 1)  # one does not hold them
        for envelopes, maximum, wanted in ((1, 512, len(whole[0])), (8, len(whole[0]) + 1,
                                                                    len(whole[0]) + 1), (8, 1, 1)):
            with self.subTest(envelopes=envelopes, maximum=maximum):
                found, last = link.fetch_through('wmo', after, maximum, envelopes)
                self.assertLessEqual(len(found), envelopes)
                self.assertEqual([one.number for part in found for one in part],
                                 list(range(after + 1, after + 1 + wanted)))
                self.assertEqual(last.more, wanted < 70)
        for veld, value in (('envelopes', 9), ('envelopes', 0), ('max', 513)):
            values = {'functie': 'wmo', 'after': after, 'max': 64, 'envelopes': 1, veld: value}
            reply, _ = link.answer(link.party.velden_item(self.stage.genesis, 'fetch', values))
            self.assertEqual((reply.outcome, REASONS[reply.reason], reply.field),
                             (2, 'bad-value', veld))
        # However many come: who asks for one gets one, and nothing comes behind it.
        link.fetch_through('wmo', after, 512, 1)
        self.assertIsNone(link.receive(1))
        everything = link.fetch_all('wmo')
        self.assertEqual(len(everything), 70)
        link.ack('wmo', everything)

    def test_a_delivery_comes_again_unchanged_until_it_is_acknowledged(self):
        # spec K7
        self.stage.push('politie', self.stage.melding('politie', e33([Betrokkene()])))
        link = self.stage.links['sittard']
        after = link.durable['wmo'] if 'wmo' in link.durable else 0
        first = link.fetch('wmo', after=after)
        self.assertEqual(len(first), 1)
        self.assertEqual(link.fetch('wmo', after=after), first)
        link = self.stage.connect('sittard')
        self.assertEqual(link.fetch('wmo', after=after), first)
        self.stage.restart()
        link = self.stage.links['sittard']
        self.assertEqual(link.fetch('wmo', after=after), first)
        # Naming a later number does not acknowledge: only the signed ack does.
        self.assertEqual(link.fetch('wmo', after=first[0].number), [])
        self.assertEqual(link.fetch('wmo', after=after), first)
        self.assert_aanvaard(link.ack('wmo', first))
        self.assertEqual(link.fetch('wmo', after=after), [])
        link.durable['wmo'] = first[0].number

    def test_numbers_of_each_functie_are_contiguous_and_its_own(self):
        for _ in range(3):
            self.stage.push('politie', self.stage.melding('politie', e33([Betrokkene()])))
        for name, functie in (('sittard', 'wmo'), ('huis', 'procesregisseur')):
            link = self.stage.links[name]
            before = link.durable.get(functie, 0)
            found = link.fetch_all(functie)  # refuses any gap
            self.assertEqual([one.number for one in found], [before + n for n in (1, 2, 3)])
            link.ack(functie, found)

    def test_a_fetch_gives_as_many_as_are_asked_for_and_from_where(self):
        link = self.stage.links['sittard']
        for _ in range(3):
            self.stage.push('politie', self.stage.melding('politie', e33()))
        last = link.durable.get('wmo', 0)
        numbers = [[one.number for one in link.fetch('wmo', after=last + n, maximum=1)]
                   for n in range(4)]
        self.assertEqual(numbers, [[last + 1], [last + 2], [last + 3], []])
        self.assertEqual([one.number for one in link.fetch('wmo', maximum=2)],
                         [last + 1, last + 2])
        self.assertEqual(link.fetch('wmo', after=4000000000), [])

    def test_the_same_melding_keeps_its_entry_and_index_over_restarts(self):
        # spec K2
        item = self.stage.melding('politie', e33([Betrokkene(bsn=bsn(2))]))
        first, = self.stage.push('politie', item)
        size = self.stage.size()
        for turn in range(3):
            again, = self.stage.push('politie', item)
            self.assertEqual((again.index, again.entry), (first.index, first.entry), turn)
            self.assert_aanvaard(again)
            # Under another signature, among others: the statement is what counts.
            other = self.stage.melding('politie', e33())
            receipts = self.stage.push('politie', other, item)
            self.assertEqual((receipts[1].index, receipts[1].entry), (first.index, first.entry))
            size += 1
            self.assertEqual(self.stage.size(), size)
            if turn < 2:
                self.stage.restart()
                size = self.stage.size()  # a last tick may have told what was refused
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        about = [one for one in found if one.part.header_hash == item.hash]
        self.assertEqual(len(about), 1)
        self.stage.links['huis'].ack('procesregisseur', found)

    def test_one_id_twice_in_one_envelope_is_one_entry(self):
        item = self.stage.melding('politie', e33([Betrokkene()]))
        size = self.stage.size()
        found = self.stage.links['politie'].exchange([item, item])
        self.assertEqual(list(found), [item.hash])
        self.assertEqual(self.stage.size(), size + 1)
        again, = self.stage.push('politie', item)
        self.assertEqual(again.index, size)

    def test_other_content_under_a_known_id_is_a_conflict_and_no_entry(self):
        item = self.stage.melding('politie', e33([Betrokkene()]))
        first, = self.stage.push('politie', item)
        self.stage.everything()
        size, before = self.stage.size(), self.stage.metrics()
        other = self.stage.melding('politie', e33(), id=item.id)
        for _ in range(2):
            reply, _ = self.stage.links['politie'].answer(other)
            self.assertEqual((reply.outcome, reply.reason, reply.field), (2, 32, 'id'))
            self.assertFalse(reply.HasField('receipt'))
        self.assertEqual(self.stage.size(), size)
        self.assertEqual(self.stage.metrics()['knooppunt_aanvaard_total'],
                         before['knooppunt_aanvaard_total'])
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])
        self.assertEqual(self.stage.push('politie', item)[0].index, first.index)

    def test_the_same_id_of_another_source_is_another_melding(self):
        item = self.stage.melding('politie', e33())
        one, = self.stage.push('politie', item)
        other = self.stage.melding('vt', e33(bron=kc.VT, functies=('meldingen',)), id=item.id)
        two, = self.stage.push('vt', other)
        self.assert_aanvaard(two)
        self.assertNotEqual(one.index, two.index)

    def test_64_and_256_statements_under_one_signature_are_each_proven_alone(self):
        for count in (64, 256):
            items = [self.stage.melding('politie', e33()) for _ in range(count)]
            receipts = self.stage.push('politie', *items)
            self.assertEqual(len({receipt.index for receipt in receipts}), count)
            for receipt in receipts:
                self.assert_aanvaard(receipt)
            found = self.stage.links['sittard'].fetch_all('wmo')
            self.assertEqual({one.part.header_hash for one in found},
                             {item.hash for item in items})
            self.stage.links['sittard'].ack('wmo', found)

    def test_meldingen_without_any_person_go_through_as_the_others(self):
        receipt, = self.stage.push('politie', self.stage.melding('politie', e33()))
        self.assert_aanvaard(receipt)
        found = self.stage.everything()
        self.assertEqual(set(found[kc.SITTARD, 'wmo'][0].places()),
                         {(0, 'kenmerken'), (0, 'incident')})
        self.assertEqual(found[kc.STEIN, 'wmo'], [])
        self.assertEqual(set(found[kc.REGISSEUR][0].places()),
                         {(0, 'kenmerken'), (0, 'incident'), (0, 'verrijking.huis')})

    def test_a_long_poll_answers_as_soon_as_there_is_something(self):
        link = self.stage.links['vt']
        item = self.stage.melding('politie', e33([Betrokkene()], themas=('huiselijk-geweld',)))
        threading.Timer(0.3, lambda: self.stage.links['politie'].send([item])).start()
        began = time.monotonic()
        found = link.fetch('meldingen', wait=10)
        seconds = time.monotonic() - began
        self.assertEqual([one.part.header_hash for one in found], [item.hash])
        self.assertTrue(0.2 < seconds < 3, seconds)
        self.stage.push('politie', item)

    def test_a_long_poll_that_finds_nothing_ends_by_itself(self):
        began = time.monotonic()
        self.assertEqual(self.stage.links['stein'].fetch('oov', wait=1), [])
        self.assertTrue(0.8 < time.monotonic() - began < 4)

    def test_the_loop_of_core_counts_its_time_and_not_its_waits(self):
        began, before = time.monotonic(), self.stage.metrics()['knooppunt_loop_us_total']
        self.stage.push('politie', *(self.stage.melding('politie', e33()) for _ in range(8)))
        pushed = self.stage.metrics()['knooppunt_loop_us_total'] - before
        self.assertTrue(0 < pushed < (time.monotonic() - began) * 1e6, pushed)
        began, before = time.monotonic(), self.stage.metrics()['knooppunt_loop_us_total']
        self.assertEqual(self.stage.links['stein'].fetch('oov', wait=1), [])
        waited = self.stage.metrics()['knooppunt_loop_us_total'] - before
        self.assertLess(waited, (time.monotonic() - began) * 1e6 / 2)

    def test_a_sequence_number_used_again_is_accepted(self):
        first = self.stage.melding('politie', e33(), sequence=7777)
        second = self.stage.melding('politie', e33(), sequence=7777)
        before = self.stage.metrics()['knooppunt_sequence_reuse_total']
        for receipt in self.stage.push('politie', first, second):
            self.assert_aanvaard(receipt)
        self.assertEqual(self.stage.metrics()['knooppunt_sequence_reuse_total'], before + 1)

    def test_statements_of_before_the_newest_checkpoint_prove_both_ways(self):
        link = self.stage.links['politie']
        head = link.party.head = link.verifier.held
        old = self.stage.melding('politie', e33([Betrokkene()]))
        self.stage.push('politie', self.stage.melding('politie', e33()))
        self.stage.push('politie', old)
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        heads = [one.sender.head.size for one in found if one.part.header_hash == old.hash]
        self.assertEqual(heads, [head.size])
        self.stage.links['huis'].ack('procesregisseur', found)
        link.party.head = link.verifier.held

    def test_nobody_learns_to_whom_else_a_melding_went(self):
        # spec K12: not the sender, whatever became of it, and not one ontvanger of another.
        everybody = e33([Betrokkene(bsn=bsn(3), minderjarig='nee')], themas=('huiselijk-geweld',))
        hardly = e33([Betrokkene(bsn=bsn(4), woont='GM0983')], gemeente='GM0983', klasse='overig')
        sender = self.stage.links['politie']
        shapes, readers = set(), []
        for case in (everybody, hardly, everybody):
            item = self.stage.melding('politie', case)
            sender.keep, sender.plain = True, []
            reply, _ = sender.answer(item)
            sender.keep = False
            for text in (kc.VT, kc.SITTARD, 'procesregisseur', 'wmo', 'huis-leest'):
                self.assertNotIn(text.encode(), b''.join(sender.plain))
            # Where the part lies and how long the path is depend on chance and log alone.
            reply.receipt.ClearField('path')
            shapes.add((reply.receipt.part.ByteSize() - len(reply.receipt.part.salt)
                        - (reply.receipt.part.position > 0) * 2, len(reply.receipt.vector)))
            reply.receipt.ClearField('part')
            readers.append(reply)
        self.assertEqual(len(shapes), 1, shapes)
        for name, functie in (('sittard', 'wmo'), ('vt', 'meldingen')):
            link = self.stage.links[name]
            link.keep, link.plain = True, []
            self.assertEqual(len(link.fetch(functie)), 2)
            link.keep = False
            others = {kc.VT, kc.SITTARD, kc.STEIN} - {link.party.oin}
            for text in [*others, 'procesregisseur', 'huis-leest']:
                self.assertNotIn(text.encode(), b''.join(link.plain), f'{name} and {text}')

    def test_every_checkpoint_ever_seen_is_proven_to_be_a_beginning_of_the_newest(self):
        link = self.stage.links['politie']
        for _ in range(5):
            self.stage.push('politie', self.stage.melding('politie', e33()))
        sizes = {1: leaf_hash(self.stage.genesis.entry)}
        sizes.update({size: root for size, (root, _) in link.verifier.notes.items()})
        for size, root in sorted(sizes.items()):
            self.assertGreaterEqual(link.proves(size, root).size, size)

    def test_a_head_that_claims_to_be_ahead_of_the_log_gets_no_proof(self):
        link = self.stage.links['politie']
        ahead = Head(link.verifier.held.size + 1000, bytes(32))
        item = self.stage.melding('politie', e33())
        reply, checkpoint = link.answer(item, held=ahead)
        self.assertEqual(reply.outcome, 1)
        self.assertLess(checkpoint.size, ahead.size)


class Verrijking(StageTest):
    def regisseur(self, item):
        found = self.stage.links['huis'].fetch_all('procesregisseur')
        self.stage.links['huis'].ack('procesregisseur', found)
        return [one for one in found if one.part.header_hash == item.hash][0]

    def test_earlier_meldingen_are_counted_only_as_far_as_the_reader_knows_of_them(self):
        who = Betrokkene(bsn=bsn(10))
        wmo = self.stage.links['sittard']
        # Of klasse overig the gemeente gets nothing, so for it this one does not exist.
        unseen = self.stage.melding('politie', e33([who], klasse='overig'))
        self.stage.push('politie', unseen)
        self.assertEqual(wmo.fetch_all('wmo'), [])
        self.assertEqual(self.regisseur(unseen).values((1, 'verrijking.eerder')),
                         {'dag': ['0'], '30': ['0'], '365': ['0']})
        for known in range(3):
            item = self.stage.melding('politie', e33([who]))
            self.stage.push('politie', item)
            seen = wmo.fetch_all('wmo')
            self.assertEqual(len(seen), 1)
            wmo.ack('wmo', seen)
            self.assertEqual(seen[0].values((1, 'verrijking.eerder')),
                             {'dag': [f'{known}'], '30': [f'{known}'], '365': [f'{known}']})
            all_of_them = f'{known + 1}'
            self.assertEqual(self.regisseur(item).values((1, 'verrijking.eerder')),
                             {'dag': [all_of_them], '30': [all_of_them], '365': [all_of_them]})

    def test_samenloop_is_two_sources_about_one_person(self):
        who, other = Betrokkene(bsn=bsn(11)), Betrokkene(bsn=bsn(12))
        first = self.stage.melding('politie', e33([who, other]))
        self.stage.push('politie', first)
        seen = self.regisseur(first)
        again = self.stage.melding('politie', e33([who]))
        self.stage.push('politie', again)
        self.assertEqual(self.regisseur(again).values((1, 'verrijking.samenloop')),
                         {'samenloop': ['nee']})
        places = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'bsn'))
        second = self.stage.melding('ggz', e33([who], places, soort='partner', klasse='',
                                               bron=kc.GGZ, functies=('crisisdienst',)))
        self.stage.push('ggz', second)
        self.assertEqual(seen.values((1, 'verrijking.samenloop')), {'samenloop': ['nee']})
        self.assertEqual(self.regisseur(second).values((1, 'verrijking.samenloop')),
                         {'samenloop': ['ja']})

    def test_a_person_with_only_a_name_is_never_merged(self):
        for _ in range(2):
            item = self.stage.melding('politie', e33([Betrokkene(geboren='1980-02-29')]))
            self.stage.push('politie', item)
            found = self.regisseur(item)
            self.assertIsNone(found.values((1, 'verrijking.eerder')))
            self.assertIsNone(found.values((1, 'verrijking.samenloop')))

    def test_the_house_of_the_gemeente_is_named(self):
        item = self.stage.melding('politie', e33([Betrokkene(woont='GM0983')]))
        self.stage.push('politie', item)
        found = self.regisseur(item)
        self.assertEqual(found.values((0, 'verrijking.huis')), {'naam': ['westelijke-mijnstreek']})
        self.assertEqual(found.values((1, 'verrijking.huis')), {'naam': ['noord-limburg']})

    def test_without_herkomst_the_knooppunt_speaks_for_itself(self):
        places = ((0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'leefgebieden'), (0, 'melder'))
        case = e33([Betrokkene()], places, soort='partner', klasse='', bron=kc.GGZ,
                   functies=('crisisdienst',))
        item = self.stage.melding('ggz', rubrieken=kc.rubrieken_of(case, bron='merkteken'))
        link = self.stage.links['sittard']
        link.keep, link.plain = True, []
        self.stage.push('ggz', item)
        one, = link.fetch_all('wmo')
        link.keep = False
        link.ack('wmo', [one])
        self.assertTrue(one.part.herkomst_onthouden)
        self.assertEqual((one.sender, one.given), (None, ()))
        self.assertEqual(set(one.places()), {(0, 'kenmerken'), (1, 'betrokkenheid'),
                                             (1, 'leefgebieden')})
        for wire in one.stated:
            sent = {r.place(): r.encode() for r in item.rubrieken}
            number, naam, values, _, bron = decode_rubriek(wire)
            self.assertEqual(values, decode_rubriek(sent[number, naam])[2])
            self.assertEqual(bron, '')
        for plain in link.plain:
            self.assertNotIn(b'merkteken', plain)
            self.assertNotIn(kc.GGZ.encode(), plain)
            self.assertNotIn(item.id.encode(), plain)


class Weging(StageTest):
    def weigh(self, entry, uitkomst='doorzetten', regel=kc.WEGING_REGEL, who='huis', **overrides):
        values = dict(entry=entry, regel=regel, betrokkene=0, uitkomst=uitkomst,
                      medewerker='mw-1', motivering='Na overleg met de wijkagent.')
        values.update(overrides)
        return self.stage.parties[who].velden_item(self.stage.genesis, 'weging', values)

    def melded(self, **kind):
        who = Betrokkene(bsn=bsn(20), minderjarig='nee')
        item = self.stage.melding('politie', e33([who], **kind))
        receipt, = self.stage.push('politie', item)
        self.stage.everything()
        return item, receipt

    def obligations(self, index):
        return [line for line in self.stage.house.must('status').all('obligation')
                if line.endswith(f'entry={index}')]

    def test_a_weging_opens_what_its_regel_says_and_nothing_else(self):
        item, receipt = self.melded()
        self.assertEqual(len(self.obligations(receipt.index)), 1)
        self.assert_aanvaard(self.stage.push('huis', self.weigh(receipt.index))[0])
        found = self.stage.everything()
        one, = found.pop((kc.SITTARD, 'oov'))
        self.assertEqual([v for rest in found.values() for v in rest], [])
        self.assertEqual(one.part.betreft, receipt.index)
        self.assertEqual(one.part.header_hash, item.hash)
        self.assertEqual(set(one.places()),
                         {(0, 'kenmerken'), (1, 'betrokkenheid'), (1, 'identificatie'),
                          (0, 'incident'), (0, 'toelichting')})
        self.assertEqual({g.regel for g in one.part.gronden}, {kc.WEGING_REGEL})
        self.assertTrue(set(one.given) <= {r.encode() for r in item.rubrieken})
        self.assertEqual(self.obligations(receipt.index), [])

    def test_another_outcome_opens_nothing_and_ends_the_obligation(self):
        _, receipt = self.melded()
        self.assert_aanvaard(self.stage.push('huis', self.weigh(receipt.index, 'nee'))[0])
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])
        self.assertEqual(self.obligations(receipt.index), [])

    def test_a_weging_counts_once(self):
        _, receipt = self.melded()
        item = self.weigh(receipt.index)
        first, = self.stage.push('huis', item)
        self.assertEqual(len(self.stage.everything()[kc.SITTARD, 'oov']), 1)
        self.assertEqual(self.stage.push('huis', item)[0].index, first.index)
        again, = self.stage.push('huis', self.weigh(receipt.index))
        self.assertEqual((again.outcome, again.reason, again.field),
                         ('geweigerd', 'not-owed', 'weging.entry'))
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])

    def test_nobody_but_the_functie_that_owes_it_weighs(self):
        _, receipt = self.melded()
        for who in ('politie', 'sittard-oov', 'vt'):
            refused, = self.stage.push(who, self.weigh(receipt.index, who=who))
            self.assertEqual((refused.outcome, refused.reason),
                             ('geweigerd', 'not-owed'), who)
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])
        self.assertEqual(len(self.obligations(receipt.index)), 1)

    def test_what_is_not_owed_cannot_be_weighed(self):
        _, receipt = self.melded()
        partner = self.stage.melding('vt', e33(soort='veilig-thuis', bron=kc.VT,
                                               functies=('meldingen',)))
        free, = self.stage.push('vt', partner)
        self.stage.everything()
        no_regel, no_entry = ('not-found', 'weging.regel'), ('not-owed', 'weging.entry')
        for entry, regel, why in ((receipt.index, 'huis-leest', no_regel),
                                  (receipt.index, 'bestaat-niet', no_regel),
                                  (free.index, kc.WEGING_REGEL, no_entry),
                                  (0, kc.WEGING_REGEL, no_entry),
                                  (4000000000, kc.WEGING_REGEL, no_entry)):
            refused, = self.stage.push('huis', self.weigh(entry, regel=regel))
            self.assertEqual((refused.outcome, refused.reason, refused.field),
                             ('geweigerd', *why), (entry, regel))
        self.assertEqual([v for found in self.stage.everything().values() for v in found], [])


class Ticks(StageTest):
    SETTINGS = {'tick_seconds': 1}
    ONLY = ('politie',)

    def test_the_log_grows_by_ticks_while_nobody_sends(self):
        # spec L4
        before, began = self.stage.size(), time.monotonic()
        while self.stage.size() < before + 3 and time.monotonic() - began < 10:
            time.sleep(0.05)
        self.assertGreaterEqual(self.stage.size(), before + 3)
        self.assertGreater(time.monotonic() - began, 1.5)
        self.assertGreaterEqual(self.stage.links['politie'].proves(
            1, leaf_hash(self.stage.genesis.entry)).size, before + 3)


if __name__ == '__main__':
    main()
