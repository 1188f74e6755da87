#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""What a reader of the log must refuse, by the numbers of the specification.

Each test makes a log in which one thing is wrong and everything else is right, or a reply that says
something else than the log. The readers are those of tests/python/knp_client.py.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))
import knp_client as kc  # noqa: E402
import knp_crypto as kx  # noqa: E402
import knp_messages as km  # noqa: E402
import knp_tree as kt  # noqa: E402
import knp_wire as kw  # noqa: E402
import vectors_log as vl  # noqa: E402
from vector_cast import GEMEENTE, HOUSE, ORIGIN, POLITIE, identity, secret  # noqa: E402

pb = km.pb


def convenant(name=b'voorbeeld', **changes):
    return pb.Convenantversie(naam='voorbeeld', hash=kx.sha256(name), size=9, **changes)


class RegisterLog(vl.Log):
    """A log of a genesis, and of what a test adds to it."""

    def __init__(self, **genesis):
        super().__init__()
        made = vl.genesis()
        for field, value in genesis.items():
            if isinstance(value, list):
                made.ClearField(field)
                getattr(made, field).extend(value)
            else:
                setattr(made, field, value)
        self.append(kw.GENESIS, vl.T0, [pb.Part(register=pb.PartRegister(genesis=made))])

    def fold(self, pin=None):
        folded = kc.Folded(pin)
        for index, (data, _, vector) in enumerate(self.rows):
            folded.fold(index, data, km.decode('Part', vector.values[0]).register)
        return folded

    def partner(self, naam='gemeente', signers=('beheerder', 'officer'), **changes):
        self.change(1, signers, partner=vl.partner(GEMEENTE, 'Gemeente', naam, ['wmo'], **changes))


class Refusals(unittest.TestCase):
    def refused(self, what, *arguments, kind='signature'):
        with self.assertRaises(kt.Refused) as context:
            what(*arguments)
        self.assertEqual(context.exception.kind, kind, str(context.exception))


class Register(Refusals):
    """spec C2: the register is folded by the reader, leaf by leaf."""

    def test_a_genesis_that_was_not_pinned(self):
        """spec C1"""
        log = RegisterLog()
        self.assertEqual(log.fold(log.tree.leaves[0]).genesis.origin, ORIGIN)
        self.refused(log.fold, secret('another genesis'))

    def test_a_genesis_elsewhere_than_first(self):
        """spec L2"""
        log = RegisterLog()
        data, _, vector = log.rows[0]
        part = km.decode('Part', vector.values[0]).register
        self.refused(kc.Folded().fold, 1, data, part)
        folded = log.fold()
        self.refused(folded.fold, 1, data, part)

    def test_a_leaf_that_does_not_name_the_one_before(self):
        """spec L10"""
        log = RegisterLog()
        log.partner()
        part = km.decode('Part', log.rows[1][2].values[0]).register
        head = log.tree.leaves[0]
        folded = kc.Folded()
        folded.fold(0, log.rows[0][0], km.decode('Part', log.rows[0][2].values[0]).register)
        other_entry = kw.entry(kw.REGISTER, vl.T0, secret('head'), secret('root'))
        self.refused(folded.fold, 1, other_entry, part)
        part.vorige = secret('another leaf')
        self.refused(folded.fold, 1, kw.entry(kw.REGISTER, vl.T0, head, secret('root')), part)

    def test_a_genesis_that_enrols_a_partner(self):
        """spec L11"""
        bundle = vl.partner(HOUSE, 'Huis', 'huis', ['regie'])
        self.refused(RegisterLog(rollen=[bundle]).fold)
        other = kw.make_bundle(pb.Bundle(
            oin=GEMEENTE, naam='x', soort='gemeente', functies=['beheerder'], suite=1,
            identity=identity('x')[0]), identity('x')[1])
        self.refused(RegisterLog(rollen=[other]).fold)

    def test_a_partner_with_a_role(self):
        """spec L11"""
        log = RegisterLog()
        log.change(1, partner=vl.partner(GEMEENTE, 'Gemeente', 'gemeente', ['beheerder']))
        self.refused(log.fold)

    def test_acts_that_are_not_enough(self):
        """spec L13"""
        for signers in ((), ('beheerder',), ('officer',), ('officer', 'deputy')):
            log = RegisterLog()
            log.partner(signers=signers)
            self.refused(log.fold)
        log = RegisterLog()
        log.partner(signers=('deputy', 'beheerder'))
        self.assertEqual(len(log.fold().parties), 4)

    def test_acts_about_something_else(self):
        """spec L13"""
        log = RegisterLog()
        acts = [vl.act(who, 'partner', kx.sha256(b'another bundle'), 1)
                for who in ('beheerder', 'officer')]
        bundle = vl.partner(GEMEENTE, 'Gemeente', 'gemeente', ['wmo'])
        log.append(kw.REGISTER, vl.T0, [pb.Part(register=pb.PartRegister(
            soort=1, vorige=log.register_head, partner=bundle, acts=acts))])
        self.refused(log.fold)

    def test_an_act_of_a_stranger(self):
        """spec L13"""
        log = RegisterLog()
        log.partner(signers=('beheerder', 'stranger'))
        self.refused(log.fold)

    def test_a_revocation_ends_all_keys_of_a_bundle_and_one_role_is_enough(self):
        """spec L13, L14"""
        log = RegisterLog()
        log.partner()
        gone = kx.key_id(kx.TRANSPORT, kx.x25519_public(secret('gemeente transport')))
        log.change(2, ('officer',), ingetrokken=gone)
        party = log.fold().parties[-1]
        self.assertEqual(party.until, 2)
        self.assertFalse(party.valid_at(3))
        log.change(2, ('officer',), ingetrokken=gone)  # not in force any more
        self.refused(log.fold)

    def test_an_act_of_a_revoked_role(self):
        """spec L13, L14"""
        log = RegisterLog()
        log.change(2, ('deputy',), ingetrokken=kx.key_id(kx.IDENTITY, identity('officer')[0]))
        log.partner(signers=('beheerder', 'officer'))
        self.refused(log.fold)

    def test_an_unsigned_convenant_outside_an_oefening(self):
        """spec L15"""
        for oefening, ondertekend, fine in ((True, False, True), (False, True, True),
                                            (False, False, False)):
            log = RegisterLog(oefening=oefening)
            log.change(3, convenant=convenant(ondertekend=ondertekend))
            if fine:
                self.assertEqual(log.fold().convenanten[0][0], 'voorbeeld')
            else:
                self.refused(log.fold)

    def test_a_key_that_is_in_the_register_already(self):
        """spec W1"""
        log = RegisterLog()
        log.partner()
        log.change(1, partner=vl.partner(POLITIE, 'Politie', 'gemeente', ['basisteam']))
        self.refused(log.fold)

    def test_one_key_of_two_kinds(self):
        """spec W1"""
        log = RegisterLog()
        log.partner()
        log.partner('other', transport='gemeente sealing')
        self.refused(log.fold)


class Receipts(Refusals):
    def setUp(self):
        self.answers = vl.Answers()
        self.view = self.answers.view(3)
        self.view.take(self.answers.receipt)
        self.reply = self.answers.receipt.replies[0]
        self.ours = self.answers.melding.statement

    def test_the_receipt_of_another_statement(self):
        """spec C4"""
        other = pb.Statement()
        other.CopyFrom(km.decode('Statement', self.ours))
        other.sequence += 1
        self.refused(kc.check_receipt, self.view, self.reply, km.encode(other))
        self.assertEqual(kc.check_receipt(self.view, self.reply, self.ours), 4)

    def test_another_outcome_than_was_recorded(self):
        """spec C4"""
        self.reply.outcome = kc.GEWEIGERD
        self.refused(kc.check_receipt, self.view, self.reply, self.ours)

    def test_a_delivery_instead_of_a_receipt(self):
        """spec C4"""
        self.reply.receipt.CopyFrom(self.answers.log.leaf(4, 2))
        self.refused(kc.check_receipt, self.view, self.reply, self.ours)

    def test_an_entry_after_a_register_leaf_that_was_not_folded(self):
        """spec C8"""
        del self.view.register.leaves[-1]
        self.refused(kc.check_receipt, self.view, self.reply, self.ours)

    def test_an_entry_that_names_an_older_register_leaf(self):
        """spec C8"""
        view = self.answers.view(3)
        view.take(self.answers.receipt)
        view.register.leaves.append((3, secret('a leaf that was withheld')))
        self.refused(kc.check_receipt, view, self.reply, self.ours)

    def test_a_checkpoint_that_is_smaller_than_the_one_held(self):
        """spec C7"""
        log = self.answers.log
        older = pb.Replies(checkpoint=log.key.checkpoint(3, log.tree.root(3)),
                           old_size=self.view.size)
        self.refused(self.view.take, older, kind='malformed')

    def test_another_history_of_the_same_size(self):
        """spec C7, L3"""
        log = self.answers.log
        other = pb.Replies(checkpoint=log.key.checkpoint(6, secret('another history')),
                           old_size=6)
        self.refused(self.view.take, other)

    def test_an_old_size_that_was_not_named(self):
        """spec C6"""
        view = self.answers.view(4)
        self.refused(view.take, self.answers.receipt)


class Deliveries(Refusals):
    """Logs of a knooppunt that gives what it may not, or of a sender that signs what it may not."""

    def wrong(self, tweak=lambda part: None, kind='signature', **changes):
        answers = vl.Answers(tweak, **changes)
        self.refused(answers.read_delivery, answers.delivery, kind=kind)

    def setter(self, **fields):
        def tweak(part):
            for field, value in fields.items():
                setattr(part, field, value)
        return tweak

    def test_the_good_one_is_taken(self):
        answers = vl.Answers(lambda part: None)
        self.assertEqual(len(answers.read_delivery(answers.delivery)[0]), 2)

    def test_a_part_of_another_ontvanger(self):
        """spec C9"""
        self.wrong(self.setter(functie='oov'))
        self.wrong(self.setter(oin=POLITIE))
        self.wrong(self.setter(origin='another.example/log'))

    def test_a_number_out_of_turn(self):
        """spec C10, L6"""
        self.wrong(self.setter(number=2))
        answers = vl.Answers()
        self.refused(answers.read_delivery, answers.delivery, 4, 2)

    def test_another_header_hash(self):
        """spec C11"""
        self.wrong(self.setter(header_hash=secret('another statement')))

    def test_a_key_that_came_later_than_the_melding(self):
        """spec C11"""
        self.wrong(self.setter(betreft=1))

    def test_a_source_of_another(self):
        """spec C11, W15"""
        self.wrong(source=f'urn:nld:oin:{GEMEENTE}:systeem:bvh')

    def test_another_audience(self):
        """spec C11"""
        self.wrong(audience_log='another.example/log')
        self.wrong(audience_oin=GEMEENTE)

    def test_other_slots_than_are_opened(self):
        """spec C12, L8"""
        def drop(part):
            del part.slots[0]
        self.wrong(drop)
        self.wrong(lambda part: part.slots.reverse())

    def test_a_verrijking_that_was_not_recorded(self):
        """spec C13"""
        self.wrong(lambda part: part.ClearField('verrijking'))

    def test_a_rubriek_without_a_grond(self):
        """spec C14, L9"""
        def drop(part):
            del part.gronden[1]
        self.wrong(drop)

        def other(part):
            part.gronden[2].betrokkene = 2
        self.wrong(other)

    def test_a_sender_where_herkomst_is_withheld(self):
        """spec C15"""
        self.wrong(self.setter(herkomst_onthouden=True))

    def test_content_of_what_lapsed(self):
        """spec C15, L6"""
        self.wrong(self.setter(soort=2))
        self.wrong(self.setter(soort=3))
        self.wrong(self.setter(soort=9))

    def test_what_is_past_its_term(self):
        """spec C16"""
        self.wrong(self.setter(geldig_tot=vl.T0 + 999))
        answers = vl.Answers(self.setter(geldig_tot=vl.T0 + 1000))
        self.assertEqual(len(answers.read_delivery(answers.delivery)[0]), 2)

    def test_a_sender_who_saw_another_history(self):
        """spec C17"""
        self.wrong(head=pb.Head(size=3, root=secret('another history')))
        self.wrong(head=pb.Head(size=7, root=secret('a later log')), kind='malformed')

    def test_oefening_that_differs_from_genesis(self):
        """spec L7"""
        self.wrong(self.setter(oefening=False))


if __name__ == '__main__':
    unittest.main()
