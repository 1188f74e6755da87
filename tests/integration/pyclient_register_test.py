#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The Python client as a reader of the register: what a leaf must be to count (spec L10, L11, L12,
L13, L14, L15, L17, L18, L19, L20, L21, W1), each with one thing wrong. A leaf that is refused changes
nothing.

Usage: pyclient_register_test.py FOLDER-OF-THE-PACKAGE
"""

import struct
import sys
import unittest

sys.path.insert(0, sys.argv[1])

from knooppunt_client import acts, batch, bundle, entry, genesis, house_keys  # noqa: E402
from knooppunt_client import primitives as p  # noqa: E402
from knooppunt_client import commitments, register, wire  # noqa: E402
from knooppunt_client.errors import Refused, UnknownRegisterHead  # noqa: E402

pb = wire.pb
ORIGIN, HOUSE, POLITIE = 'test.example/log', '00000099000000009000', '00000099000000001000'
ROLES = ('beheerder', 'privacy-officer', 'privacy-officer-plv')
TIME = 1_795_000_000_000
EXPIRES = '2026-12-01T00:00:00+01:00'


def seed(name):
    return p.sha256(f'seed of {name}'.encode())


def secret(name):
    return p.sha256(f'secret of {name}'.encode())


def role_bundle(role, key=None, oin=HOUSE, **changes):
    made = pb.Bundle(oin=oin, naam=role, soort='veiligheidshuis', functies=[role], suite=1,
                     identity=p.public_of_seed(seed(key or role)), **changes)
    data = wire.write(made)
    return wire.write(pb.SignedBundle(
        bundle=data, identity_proof=p.sign(seed(key or role), bundle.claim_of(data))))


def partner_bundle(name, oin=POLITIE, functies=('basisteam',), sealing=None):
    party = bundle.Party(oin, 'Politie', 'politie', tuple(functies), p.public_of_seed(seed(name)),
                         p.public_of_secret(secret(sealing or name)),
                         p.public_of_secret(secret(name + ' transport')))
    return bundle.make_bundle(party, seed(name), secret(sealing or name),
                              secret(name + ' transport'), p.public_of_secret(secret('send')))


def act(role, soort, wanted, **changes):
    """A signature of a role; `changes` are what is wrong in it."""
    values = {'origin': ORIGIN, 'oin': HOUSE, 'expires': EXPIRES, 'type': acts.ACT, 'head': 1,
              'signed_by': role, **changes}
    statement = wire.write(pb.Statement(
        type=values['type'], audience_oin=values['oin'], audience_log=values['origin'],
        source=f'urn:nld:oin:{HOUSE}:systeem:desk', id=f'act-of-a-role-{role}', time=TIME,
        random=b'\1' * 16, head=pb.Head(size=values['head'], root=b'\2' * 32), velden=[
            pb.Veld(veld=1, waarde=soort.encode()), pb.Veld(veld=2, waarde=wanted),
            pb.Veld(veld=3, waarde=values['expires'].encode())]))
    [proof] = batch.sign_batch(HOUSE, seed(values['signed_by']), [statement])
    key_id = p.key_id(p.IDENTITY, p.public_of_seed(seed(role)))
    return pb.SignedStatement(statement=statement, signer=HOUSE, key_id=key_id, size=proof.size,
                              index=proof.index, path=proof.path, signature=proof.signature)


def two(soort, wanted, **changes):
    return [act('beheerder', soort, wanted, **changes),
            act('privacy-officer', soort, wanted, **changes)]


class Log(unittest.TestCase):
    oefening = True

    def setUp(self):
        rollen = [role_bundle(role) for role in ROLES]
        made = self.genesis(rollen)
        self.register = register.Register.from_genesis(made)
        self.index = 0

    def genesis(self, rollen, **changes):
        values = dict(origin=ORIGIN, oin=HOUSE, naam='Huis', oefening=self.oefening, rollen=rollen,
                      log_key=p.public_of_seed(seed('log')),
                      receive_key=p.public_of_secret(secret('receive')),
                      send_key=p.public_of_secret(secret('send')),
                      transport_key=p.public_of_secret(secret('transport')), **changes)
        part = wire.write(pb.Part(register=pb.PartRegister(genesis=pb.Genesis(**values))))
        vector = commitments.make_vector(commitments.PARTS, 32, seed('parts'), [part])
        data = struct.pack('>4sBBHQ', b'KNPL', 1, 0, 0, TIME) + bytes(32) + vector.root
        return genesis.read_genesis(b'KNPF\1\0\0\0' + data + seed('parts') + part)

    def leaf(self, soort, given=None, time=TIME + 1, kind=entry.REGISTER, vorige=None, **content):
        """A leaf after the newest; acts `given`."""
        head = self.register.heads[-1][1]
        part = pb.PartRegister(soort=soort, vorige=head if vorige is None else vorige,
                               acts=given or [], **content)
        data = struct.pack('>4sBBHQ', b'KNPL', 1, kind, 0, time) + head + b'\3' * 32
        return self.register.newest + 1, entry.read_entry(data), part

    def take(self, *words, **content):
        self.register.fold(*self.leaf(*words, **content))
        return self.register.newest

    def refuse(self, rule, *words, **content):
        before = self.register.copy()
        with self.assertRaises(Refused) as caught:
            leaf = self.leaf(*words, **content)
            wire.check(leaf[2])
            self.register.fold(*leaf)
        self.assertEqual(caught.exception.rule, rule, str(caught.exception))
        self.assertEqual(self.register, before)


class Partners(Log):
    def test_a_partner_comes_with_acts_of_two_roles(self):
        made = partner_bundle('politie')
        wanted = p.sha256(made)
        index = self.take(1, two('partner', wanted), partner=made)
        identity = p.key_id(p.IDENTITY, p.public_of_seed(seed('politie')))
        self.assertIsNone(self.register.member_by_identity(POLITIE, identity, index))
        self.assertIsNotNone(self.register.member_by_identity(POLITIE, identity, index + 1))

    def test_what_an_act_must_be(self):
        made = partner_bundle('politie')
        wanted = p.sha256(made)
        good = act('beheerder', 'partner', wanted)
        for given in (
                [], [good], [good, good],
                [act('privacy-officer', 'partner', wanted),
                 act('privacy-officer-plv', 'partner', wanted)],
                [good, act('privacy-officer', 'convenant', wanted)],
                [good, act('privacy-officer', 'partner', p.sha256(b'another'))],
                [good, act('privacy-officer', 'partner', wanted, origin='test.example/other')],
                [good, act('privacy-officer', 'partner', wanted, oin=POLITIE)],
                [good, act('privacy-officer', 'partner', wanted, expires='2026-01-01T00:00:00Z')],
                [good, act('privacy-officer', 'partner', wanted, type=1)],
                [good, act('privacy-officer', 'partner', wanted, signed_by='stranger')],
                [good, act('stranger', 'partner', wanted)]):
            self.refuse('L13', 1, given, partner=made)
        self.take(1, two('partner', wanted), partner=made)

    def test_where_a_leaf_stands(self):
        made = partner_bundle('politie')
        given = two('partner', p.sha256(made))
        self.refuse('L10', 1, given, partner=made, vorige=b'\4' * 32)
        self.refuse('L2', 1, given, partner=made, time=TIME - 1)
        self.refuse('L2', 1, given, partner=made, kind=entry.EVENT)
        self.refuse('L12', 1, given, partner=made, ingetrokken=b'\1' * 8)
        self.refuse('L12', 9, given, partner=made)
        self.refuse('L10', 0, given, genesis=pb.Genesis(
            origin='x', oin=HOUSE, naam='x', log_key=bytes(32), receive_key=bytes(32),
            send_key=bytes(32), transport_key=bytes(32)))

    def test_no_key_occurs_twice(self):
        first = partner_bundle('politie')
        self.take(1, two('partner', p.sha256(first)), partner=first)
        for again in (first, partner_bundle('other', sealing='politie')):
            self.refuse('W1', 1, two('partner', p.sha256(again)), partner=again)

    def test_a_revocation_ends_all_keys_of_a_bundle(self):
        made = partner_bundle('politie')
        self.take(1, two('partner', p.sha256(made)), partner=made)
        ended = p.key_id(p.SEALING, p.public_of_secret(secret('politie')))
        self.refuse('L13', 2, [], ingetrokken=ended)
        unknown = b'\5' * 8
        self.refuse('L14', 2, [act('beheerder', 'intrekking', p.sha256(unknown))],
                    ingetrokken=unknown)
        given = [act('privacy-officer-plv', 'intrekking', p.sha256(ended))]
        index = self.take(2, given, ingetrokken=ended)
        identity = p.key_id(p.IDENTITY, p.public_of_seed(seed('politie')))
        self.assertIsNotNone(self.register.member_by_identity(POLITIE, identity, index))
        self.assertIsNone(self.register.member_by_identity(POLITIE, identity, index + 1))
        self.refuse('L14', 2, given, ingetrokken=ended)

    def test_roles(self):
        for wrong in (role_bundle('beheerder', 'new', oin=POLITIE),
                      partner_bundle('new', oin=HOUSE, functies=['beheerder'])):
            self.refuse('L11', 1, two('partner', p.sha256(wrong)), partner=wrong)
        made = role_bundle('beheerder', 'next beheerder')
        wanted = p.sha256(made)
        self.refuse('L18', 1, [act('privacy-officer', 'partner', wanted)], partner=made)
        self.take(1, [act('privacy-officer', 'partner', wanted),
                      act('privacy-officer-plv', 'partner', wanted)], partner=made)

    def test_what_an_entry_rests_on(self):
        """spec C8"""
        made = partner_bundle('politie')
        old = self.register.heads[-1][1]
        index = self.take(1, two('partner', p.sha256(made)), partner=made)

        def resting_on(head):
            return entry.read_entry(struct.pack('>4sBBHQ', b'KNPL', 1, 2, 0, TIME + 2) + head
                                    + b'\6' * 32)

        self.register.check_head_of(index + 1, resting_on(self.register.heads[-1][1]))
        self.register.check_head_of(index, resting_on(old))
        with self.assertRaises(UnknownRegisterHead):
            self.register.check_head_of(index + 1, resting_on(b'\7' * 32))
        with self.assertRaises(Refused) as caught:
            self.register.check_head_of(index + 1, resting_on(old))
        self.assertEqual(caught.exception.rule, 'C8')

    def test_genesis_enrols_roles_of_the_house_alone(self):
        for rollen, rule in (([partner_bundle('politie')], 'L11'),
                             ([role_bundle('beheerder', oin=POLITIE)], 'L11'),
                             ([role_bundle('beheerder'), role_bundle('privacy-officer',
                                                                     'beheerder')], 'W1')):
            with self.assertRaises(Refused) as caught:
                register.Register.from_genesis(self.genesis(rollen))
            self.assertEqual(caught.exception.rule, rule)


class Convenanten(Log):
    signed = False

    def convenant(self, naam, number=0, ondertekend=None):
        ondertekend = self.signed if ondertekend is None else ondertekend
        return pb.Convenantversie(naam=naam, hash=p.sha256(f'{naam} {number}'.encode()), size=9,
                                  ondertekend=ondertekend)

    def bring(self, naam, number=0, **changes):
        made = self.convenant(naam, number)
        return self.take(3, two('convenant', made.hash, **changes), convenant=made)

    def test_an_act_for_a_convenant_saw_the_one_before(self):
        index = self.bring('een')
        made = self.convenant('een', 1)
        self.refuse('L13', 3, two('convenant', made.hash, head=index), convenant=made)
        self.bring('een', 1, head=index + 1)
        self.assertEqual(self.register.convenanten['een'].hash, made.hash)

    def test_at_most_eight_are_in_force(self):
        for number in range(8):
            self.bring(f'convenant-{number}')
        made = self.convenant('negen')
        self.refuse('L20', 3, two('convenant', made.hash), convenant=made)
        self.bring('convenant-3', 1, head=99)
        self.end('convenant-5', self.convenant('convenant-5').hash)
        self.bring('negen')

    def end(self, naam, hashed, **changes):
        text = (f'einde van een convenant\nlog {ORIGIN}\nconvenant {naam}\n'
                f'hash {hashed.hex()}\n').encode()
        return self.take(16, two('convenant-einde', p.sha256(text), head=99, **changes),
                         opdracht=text)

    def test_an_end_names_a_convenant_in_force(self):
        index = self.bring('een')
        hashed = self.convenant('een').hash
        for text in (f'einde van een convenant\nlog test.example/x\nconvenant een\n'
                     f'hash {hashed.hex()}\n',
                     f'einde van een convenant\nlog {ORIGIN}\nconvenant twee\nhash {hashed.hex()}\n',
                     f'einde van een convenant\nlog {ORIGIN}\nconvenant een\nhash {"0" * 64}\n',
                     f'einde van een convenant\nlog {ORIGIN}\nconvenant een\n'):
            given = two('convenant-einde', p.sha256(text.encode()), head=index + 1)
            self.refuse('L21', 16, given, opdracht=text.encode())
        self.end('een', hashed)
        self.assertFalse(self.register.convenanten['een'].in_force)


class InEarnest(Convenanten):
    oefening = False
    signed = True

    def test_what_nobody_signed_is_refused(self):
        made = self.convenant('een', ondertekend=False)
        self.refuse('L15', 3, two('convenant', made.hash), convenant=made)


class HouseKeys(Log):
    def text(self, use, key, end=False, origin=ORIGIN):
        before = ('einde van een ' if end else '') + 'sleutel van het knooppunt\n'
        before += f'log {origin}\ngebruik {use}\nsleutel {key.hex()}\n'
        if end:
            return before.encode()
        if use == house_keys.LOG:
            proof = p.sign(seed('log 2'), p.pae(b'knooppunt/huissleutel/v1', before.encode()))
        else:
            proof = b'\1' * 32  # only the knooppunt can check it
        return (before + f'bewijs {proof.hex()}\n').encode()

    def bring(self, text, soort=4):
        name = 'huissleutel' if soort == 4 else 'huissleutel-einde'
        return self.take(soort, two(name, p.sha256(text)), opdracht=text)

    def test_the_newest_is_sealed_for_and_all_in_force_are_opened(self):
        """spec C24, C26"""
        old, new = (p.public_of_secret(secret(name)) for name in ('receive', 'receive 2'))
        self.bring(self.text('ontvangen', new))
        self.assertEqual(self.register.keys_in_force('ontvangen'), [old, new])
        self.bring(self.text('ontvangen', old, True), 5)
        self.assertEqual(self.register.keys_in_force('ontvangen'), [new])

    def test_which_log_key_counts(self):
        """spec L22, L23"""
        old, new = (p.public_of_seed(seed(name)) for name in ('log', 'log 2'))
        brought = self.bring(self.text('log', new))
        self.assertEqual(self.register.log_key_at(brought).public, old)
        self.assertEqual(self.register.log_key_at(brought + 1).public, new)

    def test_what_is_refused(self):
        receive, other = (p.public_of_secret(secret(name)) for name in ('receive', 'receive 2'))
        for rule, soort, text in (
                ('L19', 4, self.text('ontvangen', receive)),
                ('L19', 4, self.text('ontvangen', other, origin='test.example/x')),
                ('L19', 4, self.text('log', p.public_of_seed(seed('log 3')))),
                ('L19', 5, self.text('ontvangen', receive, True)),
                ('L19', 5, self.text('ontvangen', other, True)),
                ('L19', 4, self.text('ontvangen', other) + b'\n')):
            name = 'huissleutel' if soort == 4 else 'huissleutel-einde'
            self.refuse(rule, soort, two(name, p.sha256(text)), opdracht=text)
        text = self.text('ontvangen', other)
        self.refuse('L13', 4, [act('beheerder', 'huissleutel', p.sha256(text))], opdracht=text)


class Herstel(Log):
    """spec L25, L26"""

    def text(self, log=ORIGIN + '-2', before=ORIGIN, size=None, lost=None, **changes):
        size = self.register.newest + 1 if size is None else size
        rows = {'log': log, 'voorganger': before, 'omvang': size, 'wortel': 'ab' * 32,
                'verloren': size + 3 if lost is None else lost, 'opdrachten': 'geen',
                'reden': 'de schijf ging verloren', **changes}
        return ''.join(['herstel uit een kopie\n', *(f'{name} {row}\n' for name, row in rows.items())]
                       ).encode()

    def test_from_there_on_the_log_has_another_origin(self):
        old = self.register.log_key_at(1)
        text = self.text()
        index = self.take(17, two('herstel', p.sha256(text)), opdracht=text)
        new = ORIGIN + '-2'
        self.assertEqual((self.register.origin, self.register.log), (ORIGIN, new))
        self.assertEqual((self.register.origin_at(index - 1), self.register.origin_at(index)),
                         (ORIGIN, new))
        self.assertEqual(self.register.log_key_at(index), old)
        self.assertEqual((self.register.log_key_at(index + 1).name,
                          self.register.log_key_at(index + 1).public), (new, old.public))
        first = (1 << 28) + 1
        self.assertTrue(self.register.begins_numbers(index + 1, first))
        for at, number in ((index - 1, first), (index + 1, first + 1), (index + 1, 1),
                           (index + 1, (2 << 28) + 1)):
            self.assertFalse(self.register.begins_numbers(at, number))
        # Acts to the origin of before count no more.
        made = partner_bundle('politie')
        self.refuse('L13', 1, two('partner', p.sha256(made)), partner=made)
        self.take(1, two('partner', p.sha256(made), origin=new), partner=made)

    def test_what_is_refused(self):
        for text in (self.text(log=ORIGIN), self.text(before='test.example/x'),
                     self.text(size=self.register.newest + 2), self.text(lost=0),
                     self.text(opdrachten='weinig'), self.text(reden=''), self.text() + b'\n'):
            self.refuse('L25', 17, two('herstel', p.sha256(text)), opdracht=text)
        text = self.text()
        self.refuse('L13', 17, [act('beheerder', 'herstel', p.sha256(text))], opdracht=text)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
