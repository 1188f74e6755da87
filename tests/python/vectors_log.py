# SPDX-License-Identifier: EUPL-1.2
"""A whole small log: genesis, two partners, a convenant, a melding, a tick; and what each reader of
it gets, with replies that a client must refuse."""

from knp_client import View, ack_item, check_delivery, check_receipt
from knp_crypto import sha256, sign_pair, x25519_public
from knp_messages import encode, pb
from knp_tree import LogKey, Tree, leaf_hash
from knp_wire import (EVENT, GENESIS, PARTS, REGISTER, SLOTS, TICK, Batch, Vector, entry,
                      make_bundle, verrijking_commitment)
from vector_cast import (GEMEENTE, HOUSE, ORIGIN, POLITIE, RECEIVE_END, SEND_END, identity, refused,
                         secret)
from vectors_messages import identificatie, kenmerken, rubriek

T0 = 1795000000000  # 18 November 2026


def role(naam, functie):
    key = identity(naam)
    return make_bundle(pb.Bundle(oin=HOUSE, naam=naam, soort='veiligheidshuis',
                                 functies=[functie], suite=1, identity=key[0]), key[1])


def partner(oin, naam, soort, functies, transport=None):
    """A SignedBundle whose keys are named after its soort; `transport` may name another key."""
    key = identity(soort)
    secrets = secret(f'{soort} sealing'), secret(transport or f'{soort} transport')
    bundle = pb.Bundle(oin=oin, naam=naam, soort=soort, functies=functies, suite=1,
                       identity=key[0], sealing=x25519_public(secrets[0]),
                       transport=x25519_public(secrets[1]))
    return make_bundle(bundle, key[1], *secrets, SEND_END[1])


def act(naam, soort, wanted, sequence):
    """A signed act of a role over the object with this hash."""
    statement = pb.Statement(
        type=7, audience_oin=HOUSE, audience_log=ORIGIN,
        source=f'urn:nld:oin:{HOUSE}:systeem:beheer', id=f'act-{naam}-{sequence:012}', time=T0,
        sequence=sequence, random=secret(f'act {naam} {sequence}')[:16])
    for veld, waarde in ((1, soort.encode()), (2, wanted), (3, b'2026-11-19T12:26:40Z')):
        statement.velden.add(veld=veld, waarde=waarde)
    return Batch(HOUSE, identity(naam), [encode(statement)]).signed_statement(0)


class Log:
    """Entries with their parts, as the knooppunt holds them."""

    def __init__(self):
        self.key = LogKey(ORIGIN, secret('log'))
        self.tree, self.rows, self.register_head = Tree(), [], bytes(32)

    def append(self, kind, time, parts):
        wires = [encode(part) for part in parts]
        seed = secret(f'parts {len(self.rows)}')
        vector = Vector(PARTS, 32, seed, wires)
        data = entry(kind, time, self.register_head, vector.root)
        self.rows.append((data, seed, vector))
        self.tree.append(data)
        if kind in (GENESIS, REGISTER):
            self.register_head = leaf_hash(data)

    def change(self, soort, signers=('beheerder', 'officer'), **content):
        """A register leaf that these roles signed."""
        name, wanted = {1: lambda: ('partner', sha256(content['partner'])),
                        2: lambda: ('intrekking', sha256(content['ingetrokken'])),
                        3: lambda: ('convenant', content['convenant'].hash)}[soort]()
        acts = [act(who, name, wanted, len(self.rows)) for who in signers]
        self.append(REGISTER, T0 + len(self.rows), [pb.Part(register=pb.PartRegister(
            soort=soort, vorige=self.register_head, acts=acts, **content))])

    def leaf(self, index, place, size=None):
        data, _, vector = self.rows[index]
        return pb.Leaf(index=index, entry=data, vector=vector.bytes, part=vector.opening(place),
                       path=self.tree.inclusion(index, size))

    def replies(self, replies, held=0):
        size = len(self.tree)
        return pb.Replies(checkpoint=self.key.checkpoint(size, self.tree.root()), old_size=held,
                          consistency=self.tree.consistency(held) if held else [],
                          replies=replies)


def genesis():
    return pb.Genesis(
        origin=ORIGIN, oin=HOUSE, naam='Veiligheidshuis Voorbeeld',
        log_key=sign_pair(secret('log'))[0], receive_key=RECEIVE_END[1], send_key=SEND_END[1],
        transport_key=x25519_public(secret('house transport')),
        rollen=[role('officer', 'privacy-officer'), role('deputy', 'privacy-officer-plv'),
                role('beheerder', 'beheerder')],
        oefening=True, created=T0)


def betrokkenheid():
    return rubriek(2, 1, 2, 'bvh', [(1, 'vermoedelijke-pleger'), (2, 'GM0935')])


RUBRIEKEN = [encode(kenmerken()), encode(betrokkenheid()), encode(identificatie())]
SLOT_SEED = secret('slots of the melding')
EERDER = pb.Opening(position=0, salt=secret('salt of verrijking'), value=encode(
    rubriek(40, 1, 1, '', [(1, '0'), (2, '0'), (3, '1')])))


def melding_of(log, changes):
    """The melding, signed in one batch with another; its sender saw the log at size 3."""
    vector = Vector(SLOTS, 64, SLOT_SEED, RUBRIEKEN)
    statement = pb.Statement(**{**dict(
        type=1, audience_oin=HOUSE, audience_log=ORIGIN,
        source=f'urn:nld:oin:{POLITIE}:systeem:bvh', id='019300a0-0000-7000-8000-000000000001',
        time=T0 + 50, sequence=1, head=pb.Head(size=3, root=log.tree.root(3)),
        random=secret('random of the melding')[:16], slots_root=vector.root), **(changes or {})})
    batch = Batch(POLITIE, identity('politie'), [b'another statement', encode(statement)])
    return batch.signed_statement(1), vector


def event_parts(melding, vector, tweak):
    header = leaf_hash(melding.statement)
    convenant = sha256(b'voorbeeld')
    given = pb.PartVerstrekking(
        origin=ORIGIN, oin=GEMEENTE, functie='wmo', number=1, soort=1, header_hash=header,
        slots=[vector.order[0], vector.order[2]], verrijking=verrijking_commitment([EERDER]),
        convenant_hash=convenant, geldig_tot=T0 + 30 * 86400000, oefening=True)
    for betrokkene, soort in ((0, 1), (1, 3), (1, 40)):
        given.gronden.add(betrokkene=betrokkene, rubriek=soort, regel='overlast-wmo',
                          convenantartikel='(voorbeeld)', doel='zorg', grondslag=['wmo-5.2'])
    tweak(given)
    sender = pb.PartSender(
        origin=ORIGIN, source=f'urn:nld:oin:{POLITIE}:systeem:bvh',
        id='019300a0-0000-7000-8000-000000000001', header_hash=header, outcome=1, oefening=True)
    accounted = pb.PartVerantwoording(
        source=sender.source, id=sender.id, header_hash=header, source_number=1, sequence=1,
        convenant_hash=convenant, signer=POLITIE, received=T0 + 100, type=1,
        signer_functies=['basisteam'])
    return [pb.Part(sender=sender), pb.Part(verantwoording=accounted), pb.Part(verstrekking=given)]


def build(tweak=lambda part: None, changes=None):
    log = Log()
    log.append(GENESIS, T0, [pb.Part(register=pb.PartRegister(genesis=genesis()))])
    log.change(1, partner=partner(POLITIE, 'Politie Voorbeeld', 'politie', ['basisteam']))
    log.change(1, partner=partner(GEMEENTE, 'Gemeente Voorbeeld', 'gemeente', ['wmo', 'oov']))
    log.change(3, convenant=pb.Convenantversie(naam='voorbeeld', hash=sha256(b'voorbeeld'),
                                               size=9))
    melding, vector = melding_of(log, changes)
    log.append(EVENT, T0 + 100, event_parts(melding, vector, tweak))
    log.append(TICK, T0 + 300000, [pb.Part(tick=pb.PartTick())])
    return log, melding, vector


def delivery_of(log, melding, vector):
    return pb.Delivery(
        leaf=log.leaf(4, 2), sender=melding, slots_vector=vector.bytes,
        openings=[vector.opening(0), vector.opening(2)], verrijkingen=[EERDER],
        sender_consistency=log.tree.consistency(3))


class Answers:
    """What the three askers get. The fetch is answered to a gemeente that held size 4.

    `tweak` may change the part for the ontvanger before it goes into the log, and `changes` fields
    of the sender's statement: that gives logs of a knooppunt or a sender that does wrong.
    """

    def __init__(self, tweak=lambda part: None, **changes):
        self.log, self.melding, self.vector = build(tweak, changes)
        log = self.log
        self.register = log.replies([pb.Reply(
            about=secret('register request'), outcome=1,
            register=[log.leaf(n, 0) for n in range(4)])])
        self.receipt = log.replies([pb.Reply(about=leaf_hash(self.melding.statement), outcome=1,
                                             receipt=log.leaf(4, 0))], 3)
        self.delivery = log.replies([pb.Reply(
            about=secret('fetch'), outcome=1,
            deliveries=[delivery_of(log, self.melding, self.vector)])], 4)

    def view(self, held):
        """A client that folded the register and holds the checkpoint of size `held`."""
        view = View(self.log.key.vkey)
        view.take(self.register)
        view.fold(self.register.replies[0].register)
        view.size, view.root = held, self.log.tree.root(held)
        return view

    def read_delivery(self, replies, held=4, number=1):
        view = self.view(held)
        view.take(replies)
        return check_delivery(view, replies.replies[0].deliveries[0], (GEMEENTE, 'wmo'), number,
                              T0 + 1000)

    def read_receipt(self, replies):
        view = self.view(3)
        view.take(replies)
        return check_receipt(view, replies.replies[0], self.melding.statement)


def changed(replies, change):
    """A copy of Replies in which `change` altered the one delivery."""
    copy = pb.Replies()
    copy.CopyFrom(replies)
    change(copy.replies[0].deliveries[0], copy)
    return encode(copy)


def negatives(answers):
    log, good, vector = answers.log, answers.delivery, answers.vector
    other = Vector(SLOTS, 64, secret('other slots'), RUBRIEKEN)
    stranger = Batch(POLITIE, identity('stranger'), [answers.melding.statement])
    forged = LogKey(ORIGIN, secret('another log'))

    def bad(reason, change):
        return refused('signature', reason, replies=changed(good, change))

    def with_leaf(index, place):
        return lambda d, r: d.leaf.CopyFrom(log.leaf(index, place))

    def relapse(d, r):
        del d.openings[1]

    def extra(d, r):
        d.openings.add().CopyFrom(vector.opening(1))

    def without_sender(d, r):
        for field in ('sender', 'slots_vector', 'openings', 'sender_consistency'):
            d.ClearField(field)

    def retold(d, r):
        d.openings[1].value = encode(rubriek(3, 1, 2, 'bvh', [(1, 'Piet')]))

    def other_vector(d, r):
        d.slots_vector = other.bytes
        for n, j in enumerate((0, 2)):
            d.openings[n].salt = other.opening(j).salt
    return [
        bad('a checkpoint signed by another log key', lambda d, r: setattr(
            r, 'checkpoint', forged.checkpoint(len(log.tree), log.tree.root()))),
        bad('a checkpoint over another tree', lambda d, r: setattr(
            r, 'checkpoint', log.key.checkpoint(len(log.tree), secret('another root')))),
        bad('a proof from another size than was held', lambda d, r: (
            setattr(r, 'old_size', 3),
            r.ClearField('consistency'), r.consistency.extend(log.tree.consistency(3)))),
        bad('the part of the sender', with_leaf(4, 0)),
        bad('the accountability part', with_leaf(4, 1)),
        bad('the leaf of a tick', with_leaf(5, 0)),
        bad('another place in the log', lambda d, r: setattr(d.leaf, 'index', 5)),
        bad('a changed path', lambda d, r: d.leaf.path.__setitem__(0, secret('sibling'))),
        bad('a salt of another part', lambda d, r: setattr(d.leaf.part, 'salt', secret('salt'))),
        bad('another entry', lambda d, r: setattr(d.leaf, 'entry', entry(
            EVENT, T0 + 100, log.register_head, secret('another parts root')))),
        bad('fewer openings than the part says', relapse),
        bad('an opening that the part does not name', extra),
        bad('another value in an opening', retold),
        bad('a vector that the sender did not sign', other_vector),
        bad('no sender, where herkomst is not withheld', without_sender),
        bad('signed by a stranger', lambda d, r: d.sender.CopyFrom(stranger.signed_statement(0))),
        bad('the other statement of the batch', lambda d, r: d.sender.CopyFrom(
            Batch(POLITIE, identity('politie'), [b'another statement',
                                                 answers.melding.statement]).signed_statement(0))),
        bad('no verrijking, where one was recorded', lambda d, r: d.ClearField('verrijkingen')),
        bad('another salt of the verrijking',
            lambda d, r: setattr(d.verrijkingen[0], 'salt', secret('salt'))),
        bad('a proof that does not join the head of the sender',
            lambda d, r: d.sender_consistency.__setitem__(0, secret('sibling'))),
    ]


def log_file():
    answers = Answers()
    log = answers.log
    given, own = answers.read_delivery(answers.delivery)
    assert [r.soort for r in given] == [1, 3] and [r.soort for r in own] == [40]
    assert answers.read_receipt(answers.receipt) == 4
    vkey = log.key.vkey
    return {
        'about': 'A whole log of six entries. Parts of an entry are given in the order of their '
                 'seed. The replies are plaintexts of envelopes: "register" to one who holds '
                 'nothing, "receipt" to the sender of the melding, "delivery" to the gemeente, '
                 'functie wmo, delivery number 1, at the time "now". Each of "negative" is the '
                 'delivery with one thing changed: a client must refuse all of it.',
        'vkey': str(vkey), 'genesis_leaf': log.tree.leaves[0],
        'entries': [{'entry': data, 'leaf_hash': leaf_hash(data), 'seed': seed,
                     'parts': vector.values, 'vector': vector.bytes}
                    for data, seed, vector in log.rows],
        'checkpoint': answers.delivery.checkpoint.decode(),
        'statement': answers.melding.statement, 'register': encode(answers.register),
        'receipt': {'held': 3, 'held_root': log.tree.root(3), 'replies': encode(answers.receipt),
                    'index': 4},
        'delivery': {'held': 4, 'held_root': log.tree.root(4), 'oin': GEMEENTE, 'functie': 'wmo',
                     'number': 1, 'now': T0 + 1000, 'replies': encode(answers.delivery),
                     'from_sender': [o.value for o in
                                     answers.delivery.replies[0].deliveries[0].openings],
                     'from_knooppunt': [EERDER.value],
                     'ack_item': ack_item(answers.delivery.replies[0].deliveries[0])},
        'negative': negatives(answers),
    }
