# SPDX-License-Identifier: EUPL-1.2
"""The register through the running daemon: enrolment by two, proof of possession, no key twice,
revocation, convenanten; read and folded by every partner."""

import os
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_convenant import Case  # noqa: E402
from knp_daemon import House  # noqa: E402
from knp_lists import REASONS  # noqa: E402
from knp_link import NoAnswer  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_party import BEHEERDER, OFFICER, Party, Role  # noqa: E402
from knp_proof import Verifier  # noqa: E402
from knp_stage import BINARY, Stage, StageTest, main  # noqa: E402

OTHER = '00000099000000009000'
CASE = Case('', (), 'politie', 'E33', (), 'GM1883', (), ((0, 'kenmerken'), (0, 'incident')))


def propose(house, soort, wanted, act):
    return house.ask('propose', ('soort', soort), ('object', wanted), ('act', act))


class Register(StageTest):
    ONLY = ('politie', 'sittard', 'huis')

    def setUp(self):
        self.house, self.genesis = self.stage.house, self.stage.genesis
        self.size = self.stage.size()

    def newcomer(self, **kind):
        given = dict(naam='Nieuw', soort='overig', functies=['loket'])
        given.update(kind)
        return Party(OTHER, given['naam'], given['soort'], given['functies'])

    def assert_unchanged(self):
        self.assertEqual(self.stage.size(), self.size)
        self.assertNotIn(OTHER, ' '.join(self.house.must('partners').all('partner')))

    def test_every_partner_reads_all_of_it_and_believes_signatures_only(self):
        link = self.house.link(self.stage.parties['politie'], Verifier(self.genesis))
        registry = link.verifier.registry
        partners = {(party.bundle.oin, tuple(party.bundle.functies))
                    for party in registry.parties if not party.is_role}
        self.assertEqual(partners, {(p.oin, tuple(p.functies))
                                    for p in self.stage.parties.values()})
        roles = {tuple(party.bundle.functies) for party in registry.parties if party.is_role}
        self.assertEqual(len(roles), 3)
        self.assertEqual(registry.convenanten[-1][1], sha256(kc.document()))
        self.assertEqual(registry.head_index, self.stage.links['politie'].verifier
                         .registry.head_index)

    def test_a_proposal_alone_changes_nothing(self):
        party = self.newcomer()
        bundle = party.bundle(self.genesis.send_key)
        answer = propose(self.house, 'partner', bundle,
                         self.house.beheerder.act(self.genesis, 'partner', bundle))
        self.assertEqual((answer['result'], answer['state']), ('ok', 'voorgesteld'))
        self.assertEqual(answer['object'], sha256(bundle).hex())
        self.assert_unchanged()
        self.assertIn(answer['object'], self.house.must('proposals').all('object'))
        read = self.house.must('proposal', ('object', answer['object']))
        self.assertEqual(read['document'], bundle)

    def test_two_signatures_of_one_role_or_of_strangers_do_not_enrol(self):
        stranger = Role(self.house.oin, 'Vreemde', OFFICER)
        elsewhere = Role(OTHER, 'Elders', BEHEERDER)
        house = self.house
        for what, first, second in [('twice the beheerder', house.beheerder, house.beheerder),
                                    ('twice an officer', house.officer, house.deputy),
                                    ('a stranger approves', house.beheerder, stranger),
                                    ('a stranger proposes', elsewhere, house.officer),
                                    ('a partner approves', house.beheerder,
                                     self.stage.parties['politie'])]:
            with self.subTest(what):
                bundle = self.newcomer().bundle(self.genesis.send_key)
                answer = propose(house, 'partner', bundle,
                                 first.act(self.genesis, 'partner', bundle))
                if answer['result'] == 'ok':
                    answer = house.ask('approve', ('object', answer['object']),
                                       ('act', second.act(self.genesis, 'partner', bundle)))
                self.assertIn(answer['result'], ('two-needed', 'bad-signature', 'functie-not-held'))
                self.assert_unchanged()

    def test_an_act_about_something_else_does_not_enrol(self):
        house, genesis = self.house, self.genesis
        for what, act in [
                ('another bundle', lambda b: house.officer.act(
                    genesis, 'partner', self.newcomer().bundle(genesis.send_key))),
                ('another act', lambda b: house.officer.act(genesis, 'convenant', b)),
                ('another log', lambda b: house.officer.act(genesis, 'partner', b,
                                                            audience_log='elders.example')),
                ('expired', lambda b: house.officer.act(
                    genesis, 'partner', b, expired=True)),
                ('no signature', lambda b: changed(house.officer.act(genesis, 'partner', b))),
                ('noise', lambda b: b'\xff' * 64)]:
            with self.subTest(what):
                bundle = self.newcomer().bundle(genesis.send_key)
                answer = house.must('propose', ('soort', 'partner'), ('object', bundle),
                                    ('act', house.beheerder.act(genesis, 'partner', bundle)))
                answer = house.ask('approve', ('object', answer['object']),
                                   ('act', act(bundle)))
                self.assertNotEqual(answer['result'], 'ok', what)
                self.assert_unchanged()

    def test_an_act_counts_at_most_31_days_after_it_was_made(self):
        house, genesis = self.house, self.genesis
        for what, given, refused in [
                ('400 days', {'days': 400}, ('impossible-date', 'expires')),
                ('a century', {'days': 36500}, ('impossible-date', 'expires')),
                ('from 35 days back to 5 ahead', {'days': 5, 'time': ago(35)},
                 ('impossible-date', 'expires')),
                ('dated ahead', {'time': ago(-1), 'days': 20}, ('from-future', 'time'))]:
            with self.subTest(what):
                bundle = self.newcomer().bundle(genesis.send_key)
                answer = propose(house, 'partner', bundle,
                                 house.beheerder.act(genesis, 'partner', bundle, **given))
                self.assertEqual((answer['result'], answer['field']), refused, dict(answer))
                self.assertIn('31 days', answer['fix'])
                answer = propose(house, 'partner', bundle,
                                 house.beheerder.act(genesis, 'partner', bundle))
                answer = house.ask('approve', ('object', answer['object']), (
                    'act', house.officer.act(genesis, 'partner', bundle, **given)))
                self.assertEqual((answer['result'], answer['field']), refused, dict(answer))
                self.assert_unchanged()
        # One that was made elsewhere comes when it comes, until it expires.
        bundle = self.newcomer().bundle(genesis.send_key)
        answer = propose(house, 'partner', bundle, house.beheerder.act(
            genesis, 'partner', bundle, days=10, time=ago(20)))
        self.assertEqual(answer['result'], 'ok', dict(answer))
        self.assert_unchanged()

    def test_possession_of_every_key_must_be_proven(self):
        good = self.newcomer()
        wrong = [('identity_proof', bytes(64)), ('sealing_proof', bytes(32)),
                 ('transport_proof', bytes(32)), ('sealing_proof', b''),
                 ('transport_proof', b'')]
        for name, value in wrong:
            with self.subTest(name):
                bundle = good.bundle(self.genesis.send_key, **{name: value})
                answer = propose(self.house, 'partner', bundle,
                                 self.house.beheerder.act(self.genesis, 'partner', bundle))
                self.assertNotEqual(answer['result'], 'ok')
                self.assertTrue(answer['message'])
                self.assert_unchanged()
        with self.subTest('a proof for another knooppunt'):
            bundle = good.bundle(self.genesis.receive_key)
            answer = propose(self.house, 'partner', bundle,
                             self.house.beheerder.act(self.genesis, 'partner', bundle))
            self.assertNotEqual(answer['result'], 'ok')
            self.assert_unchanged()

    def test_no_key_occurs_twice(self):
        old = self.stage.parties['politie'].keys
        taken = [('identity', old.identity, old.identity_secret),
                 ('sealing', old.sealing, old.sealing_secret),
                 ('transport', old.transport, old.transport_secret)]
        for name, public, secret in taken:
            with self.subTest(name):
                party = self.newcomer()
                setattr(party.keys, name, public)
                setattr(party.keys, f'{name}_secret', secret)
                bundle = party.bundle(self.genesis.send_key)
                act = self.house.beheerder.act(self.genesis, 'partner', bundle)
                answer = propose(self.house, 'partner', bundle, act)
                if answer['result'] == 'ok':
                    act = self.house.officer.act(self.genesis, 'partner', bundle)
                    answer = self.house.ask('approve', ('object', answer['object']),
                                            ('act', act))
                self.assertEqual(answer['result'], 'exists')
                self.assert_unchanged()

    def test_a_partner_cannot_hold_a_role(self):
        party = self.newcomer(functies=['beheerder'])
        bundle = party.bundle(self.genesis.send_key)
        answer = propose(self.house, 'partner', bundle,
                         self.house.beheerder.act(self.genesis, 'partner', bundle))
        if answer['result'] == 'ok':
            answer = self.house.ask('approve', ('object', answer['object']), (
                'act', self.house.officer.act(self.genesis, 'partner', bundle)))
        self.assertEqual(answer['result'], 'functie-not-held')
        self.assert_unchanged()


def ago(days):
    """The time of a statement, in milliseconds."""
    return int((time.time() - days * 86400) * 1000)


def changed(act):
    signed = pb.SignedStatement.FromString(act)
    signed.signature = bytes(64)
    return signed.SerializeToString()


class Revocation(StageTest):
    """Of the house's own roles."""

    ONLY = ('huis',)

    def revoke(self, who, by):
        house, key = self.stage.house, who.keys.identity_id
        house.look()
        return propose(house, 'intrekking', key, by.act(house.genesis, 'intrekking', key))

    def test_one_role_does_not_revoke_both_others(self):
        house = self.stage.house
        self.assertEqual(self.revoke(house.officer, house.beheerder)['result'], 'ok')
        size = self.stage.size()
        for who, by in [(house.deputy, house.beheerder), (house.beheerder, house.deputy),
                        (house.beheerder, house.beheerder)]:
            answer = self.revoke(who, by)
            self.assertEqual(answer['result'], 'two-needed', dict(answer))
            self.assertIn('enrol the successor first', answer['fix'])
            self.assertEqual(self.stage.size(), size)
        # The two that are left bring the third back; then one may go again.
        house.register('partner', Role(house.oin, 'Opvolger', OFFICER).bundle(),
                       approver=house.deputy)
        self.assertEqual(self.revoke(house.deputy, house.beheerder)['result'], 'ok')


class Enrolment(StageTest):
    ONLY = ('politie', 'sittard')

    def test_a_newcomer_sends_at_once_and_a_stranger_never(self):
        house = self.stage.house
        party = Party(kc.VT, 'Veilig Thuis', 'veilig-thuis', ['meldingen'])
        with self.assertRaises(NoAnswer):
            house.link(party, timeout=1.5)
        house.enrol(party)
        self.stage.parties['vt'] = party
        link = self.stage.connect('vt')
        receipt, = link.push([party.melding(house.genesis, kc.rubrieken_of(CASE))])
        self.assert_aanvaard(receipt)
        # The others learn of it, and take its statements from then on.
        self.stage.sync()
        self.assertIn(kc.VT, {p.bundle.oin for p in self.stage.links['politie'].verifier
                              .registry.parties})

    def test_after_revocation_nothing_is_accepted_and_the_connection_is_cut(self):
        house, genesis = self.stage.house, self.stage.genesis
        gone = Party(kc.GGZ, 'Ggz', 'ggz', ['crisisdienst'], 'oud')
        kept = Party(kc.GGZ, 'Ggz', 'ggz', ['crisisdienst'], 'nieuw')
        for party in (gone, kept):
            house.enrol(party)
        self.stage.parties.update({'gone': gone, 'kept': kept})
        self.stage.connect('gone')
        self.stage.connect('kept')
        old = self.stage.links['gone']
        before = gone.melding(genesis, kc.rubrieken_of(CASE))
        first, = old.push([before])
        house.register('intrekking', gone.keys.identity_id)
        size = self.stage.size()
        old.send([gone.melding(genesis, kc.rubrieken_of(CASE))])
        began = time.monotonic()
        self.assertIsNone(old.receive_hint(1.5))
        self.assertLess(time.monotonic() - began, 5)
        self.assertEqual(self.stage.size(), size)
        with self.assertRaises(NoAnswer):
            house.link(gone, timeout=1.5)
        # The same OIN has another key: what the old one signed is told why, under seal.
        del self.stage.parties['gone'], self.stage.links['gone']
        self.stage.connect('kept')
        link = self.stage.links['kept']
        late = gone.melding(genesis, kc.rubrieken_of(CASE))
        made = pb.Request.FromString(gone.request([late], link.verifier.held))
        link.socket.send(kept.envelope(genesis, made.SerializeToString(deterministic=True)))
        answer = link.receive(5.0)
        reply, = answer.replies
        self.assertEqual((reply.outcome, REASONS.get(reply.reason)), (2, 'revoked-key'))
        self.assertFalse(reply.HasField('receipt'))
        self.assertEqual(self.stage.size(), size)
        # What it sent while its key counted stands, and still verifies.
        self.stage.sync()
        self.assertEqual(self.stage.links['politie'].verifier.registry.by_key(
            gone.keys.identity_id).until, size - 1)
        found = self.stage.links['sittard'].fetch_all('wmo')
        self.assertIn(before.hash, [one.part.header_hash for one in found])
        self.stage.links['sittard'].ack('wmo', found)
        self.assertEqual(first.outcome, 'aanvaard')
        del self.stage.parties['kept'], self.stage.links['kept']


class Convenanten(StageTest):
    ONLY = ('politie', 'sittard', 'huis')

    def setUp(self):
        self.house, self.genesis = self.stage.house, self.stage.genesis

    def push(self):
        item = self.stage.melding('politie', CASE)
        receipt, = self.stage.push('politie', item)
        self.assert_aanvaard(receipt)
        return item

    def test_without_a_convenant_nothing_goes_anywhere(self):
        stage = Stage(('politie', 'sittard', 'huis'), convenant=None)
        try:
            item = stage.melding('politie', CASE)
            self.assert_aanvaard(stage.push('politie', item)[0])
            self.assertEqual([v for found in stage.everything().values() for v in found], [])
            stage.house.convenant(kc.document())
            stage.sync()
            self.assert_aanvaard(stage.push('politie', stage.melding('politie', CASE))[0])
            self.assertEqual(len(stage.everything()[kc.SITTARD, 'wmo']), 1)
        finally:
            stage.close()

    def test_a_new_convenant_decides_from_its_leaf_on(self):
        self.push()
        self.assertEqual(len(self.stage.everything()[kc.SITTARD, 'wmo']), 1)
        tighter = kc.document().replace(b'als: {soort: politie, klasse: E33}',
                                        b'als: {soort: politie, klasse: E14}')
        self.assertNotEqual(tighter, kc.document())
        answer = self.house.convenant(tighter)
        self.stage.sync()
        self.assertEqual(self.stage.links['huis'].verifier.registry.convenanten[-1][1:3],
                         [sha256(tighter), int(answer['index'])])
        self.push()
        found = self.stage.everything()
        self.assertEqual(found[kc.SITTARD, 'wmo'], [])
        self.assertEqual(found[kc.REGISSEUR][0].part.convenant_hash, sha256(tighter))
        self.house.convenant(kc.document() + b'# terug\n')
        self.stage.sync()
        self.push()
        self.assertEqual(len(self.stage.everything()[kc.SITTARD, 'wmo']), 1)

    def test_acts_of_before_the_convenant_in_force_do_not_bring_an_old_one_back(self):
        self.house.look()
        old = kc.document() + b'# oud\n'
        acts = [role.act(self.genesis, 'convenant', old)
                for role in (self.house.beheerder, self.house.officer)]
        self.house.convenant(kc.document() + b'# nieuw\n')
        answer = propose(self.house, 'convenant', old, acts[0])
        if answer['result'] == 'ok':
            answer = self.house.ask('approve', ('object', answer['object']), ('act', acts[1]))
        self.assertNotEqual(answer['result'], 'ok')
        self.stage.sync()
        self.assertEqual(self.stage.links['huis'].verifier.registry.convenanten[-1][1],
                         sha256(kc.document() + b'# nieuw\n'))

    def test_broken_convenanten_are_not_even_proposed(self):
        size = self.stage.size()
        for what, document, reason in [
                ('no YAML', b'convenant: [', 'syntax'),
                ('an unknown keyword', kc.document() + b'geheim: ja\n', 'unknown-keyword'),
                ('an unknown rubriek', kc.document().replace(b'[kenmerken, incident, herkomst]',
                                                             b'[kenmerken, alles]'),
                 'unknown-code'),
                ('an unknown partij', kc.document().replace(
                    b'{partij: vt, functie: meldingen}', b'{partij: wie, functie: meldingen}'),
                 'unknown-partij'),
                ('two regels of one name', kc.document().replace(
                    b'regel: zonder-persoon', b'regel: zorg-wmo'), 'duplicate-regel'),
                ('a proef that fails', kc.document() + PROEF, 'test-failed')]:
            with self.subTest(what):
                answer = propose(self.house, 'convenant', document, self.house.beheerder.act(
                    self.genesis, 'convenant', document))
                self.assertEqual(answer['result'], reason, dict(answer))
                self.assertTrue(int(answer['line']) > 0)
                self.assertTrue(answer['message'] and answer['fix'])
                self.assertEqual(self.stage.size(), size)


PROEF = b'''    proeven:
      - {gegeven: {minderjarig: ja}, aan: {partij: sittard, functie: wmo},
         rubriek: identificatie, verwacht: verstrekt}
'''


class OutsideAnOefening(unittest.TestCase):
    """A log whose genesis does not say oefening takes no unsigned convenant."""

    def test_only_a_convenant_that_everybody_signed_is_taken(self):
        house = House(BINARY)
        self.addCleanup(house.remove)
        house.init(oefening=False)
        self.assertFalse(house.genesis.oefening)
        house.confirm_codes()
        house.start()
        document = kc.document()
        answer = propose(house, 'convenant', document,
                         house.beheerder.act(house.genesis, 'convenant', document))
        self.assertEqual(answer['result'], 'not-signed', dict(answer))
        one = document.replace(b'getekend: nee', SIGNED, 1)
        answer = propose(house, 'convenant', one,
                         house.beheerder.act(house.genesis, 'convenant', one))
        self.assertEqual(answer['result'], 'not-signed', dict(answer))
        late = document.replace(b'getekend: nee', SIGNED).replace(b'op: 2026-01-05',
                                                                  b'op: 2199-01-05', 1)
        answer = propose(house, 'convenant', late,
                         house.beheerder.act(house.genesis, 'convenant', late))
        self.assertEqual((answer['result'], answer['field']),
                         ('not-signed', 'partijen.huis.getekend.op'), dict(answer))
        house.convenant(document.replace(b'getekend: nee', SIGNED))
        self.assertEqual(house.must('status')['convenant'], 'proef')


SIGNED = b'getekend: {door: "A. Proef", op: 2026-01-05}'


if __name__ == '__main__':
    main()
