# SPDX-License-Identifier: EUPL-1.2
"""Vectors of statements, requests and batches."""

import struct

from knp_crypto import IDENTITY, key_id
from knp_messages import encode, pb
from knp_tree import leaf_hash
from knp_wire import SLOTS, Batch, Vector, batch_message
from vector_cast import (GEMEENTE, HOUSE, ORIGIN, POLITIE, identity, message_row, refused,
                         secret)


# --- messages ---------------------------------------------------------------------------------

def rubriek(soort, betrokkene, regime, bron, velden):
    message = pb.Rubriek(soort=soort, betrokkene=betrokkene, regime=regime, bron=bron)
    for veld, waarde in velden:
        message.velden.add(veld=veld, waarde=waarde.encode())
    return message


def kenmerken():
    return rubriek(1, 0, 2, 'bvh', [(1, 'politie'), (2, 'overlast'), (4, 'gewoon'), (6, 'GM0935'),
                                   (10, '1')])


def identificatie():
    return rubriek(3, 1, 2, 'bvh', [(1, 'Jan'), (3, 'Voorbeeld'), (4, '1980-02-29')])


def melding(slots_root, **changes):
    return pb.Statement(**{**dict(
        type=1, audience_oin=HOUSE, audience_log=ORIGIN,
        source=f'urn:nld:oin:{POLITIE}:systeem:bvh', id='019300a0-0000-7000-8000-000000000001',
        time=1795000000000, sequence=41, head=pb.Head(size=7, root=secret('head')),
        random=secret('random')[:16], slots_root=slots_root), **changes})


def ack():
    message = pb.Statement(
        type=2, audience_oin=HOUSE, audience_log=ORIGIN,
        source=f'urn:nld:oin:{GEMEENTE}:systeem:inbox', id='ack-0000000000000001',
        time=1795000000500, sequence=1, random=secret('random ack')[:16])
    message.velden.add(veld=1, waarde=b'wmo')
    message.velden.add(veld=2, waarde=struct.pack('>Q', 1) + secret('part'))
    return message


def wire_negatives(kind_of, name, good):
    """What is wrong in any message, tried on one that is good."""
    def bad(kind, reason, wire):
        return refused(kind, reason, type=name, wire=wire)
    last = kind_of.DESCRIPTOR.fields[-1].number
    return [
        bad('malformed', 'cut short', good[:-1]),
        bad('malformed', 'a byte too many', good + b'\0'),
        bad('malformed', 'an unknown field', good + bytes([(last + 1) << 3, 1])),
        bad('malformed', 'a group', good + bytes([(last + 1) << 3 & 0x7f | 3])),
    ]


def rubriek_negatives():
    def bad(kind, reason, text):
        return refused(kind, reason, type='Rubriek', wire=bytes.fromhex(text))
    long_bron = b'\x22\x79' + b'b' * 121
    return [
        bad('malformed', 'a default that is written out', '08031000'),
        bad('malformed', 'an empty text that is written out', '08032200'),
        bad('malformed', 'a varint that is longer than need be', '088300'),
        bad('malformed', 'a tag that is longer than need be', '880003'),
        bad('malformed', 'a number beyond 32 bits', '088380808010'),
        bad('malformed', 'fields out of order', '18010803'),
        bad('malformed', 'a field that occurs twice', '08030803'),
        bad('malformed', 'a wrong wire type', '0d03000000'),
        bad('malformed', 'NUL in a text', '08032203610062'),
        bad('malformed', 'NUL first in a text', '0803220100'),
        bad('malformed', 'bad UTF-8', '08032202c328'),
        bad('malformed', 'a surrogate', '08032203eda080'),
        bad('malformed', 'an overlong NUL', '08032202c080'),
        bad('malformed', 'a veld without its number', '08032a021200'),
        bad('malformed', 'an unknown field inside a veld', '08032a0408011801'),
        bad('large', 'bron of 121 bytes', (b'\x08\x03' + long_bron).hex()),
        bad('large', '601 velden', (b'\x08\x03' + b'\x2a\x02\x08\x01' * 601).hex()),
    ]


def statement_negatives(good, wire):
    def without(field):
        message = pb.Statement()
        message.CopyFrom(good)
        message.ClearField(field)
        return message

    def bad(kind, reason, message):
        return refused(kind, reason, type='Statement',
                       wire=message.SerializeToString(deterministic=True))

    def changed(**changes):
        message = pb.Statement()
        message.CopyFrom(good)
        message.MergeFrom(pb.Statement(**changes))
        return message
    return wire_negatives(pb.Statement, 'Statement', wire) + [
        bad('malformed', 'no random', without('random')),
        bad('malformed', 'random of 15 bytes', changed(random=bytes(15))),
        bad('malformed', 'slots_root of 31 bytes', changed(slots_root=bytes(31))),
        bad('malformed', 'an empty head', pb.Statement(random=bytes(16), head=pb.Head())),
        bad('malformed', 'a head without a root',
            pb.Statement(random=bytes(16), head=pb.Head(size=1))),
        bad('malformed', 'a head of size 0',
            pb.Statement(random=bytes(16), head=pb.Head(root=bytes(32)))),
        bad('large', 'a head of size 2^63', changed(head=pb.Head(size=1 << 63))),
        bad('large', 'an id of 65 bytes', changed(id='a' * 65)),
        bad('large', 'an OIN of 21 bytes', changed(audience_oin=HOUSE + '0')),
    ]


def statement_file():
    slots = Vector(SLOTS, 64, secret('slots'), [encode(kenmerken()), encode(identificatie())])
    rows = [
        message_row('kenmerken', kenmerken()),
        message_row('identificatie', identificatie()),
        message_row('a rubriek with nothing but its soort', pb.Rubriek(soort=18)),
        message_row('a melding', melding(slots.root)),
        message_row('an ack before the first checkpoint', ack()),
        message_row('a statement of which only the random is set',
                    pb.Statement(random=bytes(16))),
    ]
    return {
        'about': 'Rubriek and Statement. "fields" is the JSON mapping of protobuf: bytes in base64, '
                 '64-bit numbers as texts.',
        'vectors': rows,
        'negative': rubriek_negatives() + statement_negatives(melding(slots.root),
                                                              rows[3]['wire']),
    }


def politie_batch(count=1):
    rubrieken = [encode(kenmerken()), encode(identificatie())]
    slots, statements = {}, []
    for n in range(count):
        seed = secret(f'slots {n}')
        vector = Vector(SLOTS, 64, seed, rubrieken)
        slots[n] = pb.Slots(seed=seed, capacity=64, rubrieken=rubrieken)
        statements.append(encode(melding(vector.root, sequence=41 + n,
                                         id=f'019300a0-0000-7000-8000-00000000000{n}')))
    return Batch(POLITIE, identity('politie'), statements), slots


def request_negatives(good):
    def bad(kind, reason, change):
        message = pb.Request()
        message.CopyFrom(good)
        change(message)
        return refused(kind, reason, type='Request',
                       wire=message.SerializeToString(deterministic=True))

    def many(message):
        while len(message.items) < 257:
            message.items.add(statement=b'x')
    return [
        bad('malformed', 'no items', lambda m: m.ClearField('items')),
        bad('malformed', 'no signer', lambda m: m.ClearField('signer')),
        bad('malformed', 'a key id of 7 bytes', lambda m: setattr(m, 'key_id', bytes(7))),
        bad('malformed', 'a signature of 63 bytes', lambda m: setattr(m, 'signature', bytes(63))),
        bad('large', 'a batch of 257', lambda m: setattr(m, 'size', 257)),
        bad('malformed', 'an index as large as the batch',
            lambda m: setattr(m.items[0], 'index', 3)),
        bad('large', 'a path of nine', lambda m: m.items[0].path.extend([bytes(32)] * 9)),
        bad('malformed', 'a hash of 31 bytes in a path',
            lambda m: m.items[0].path.append(bytes(31))),
        bad('malformed', 'an empty statement', lambda m: m.items[0].ClearField('statement')),
        bad('malformed', 'slots of capacity 65',
            lambda m: setattr(m.items[0].slots, 'capacity', 65)),
        bad('malformed', 'slots of capacity 32',
            lambda m: setattr(m.items[0].slots, 'capacity', 32)),
        bad('large', '65 rubrieken in 64 slots',
            lambda m: m.items[0].slots.rubrieken.extend([b'x'] * 63)),
        bad('malformed', 'an empty rubriek', lambda m: m.items[0].slots.rubrieken.append(b'')),
        bad('large', '257 items', many),
    ]


def request_file():
    batch, slots = politie_batch(3)
    good = batch.request(slots, held=pb.Head(size=9, root=secret('held')))
    return {
        'about': 'Request, the plaintext of an envelope to the knooppunt; "fields" as in '
                 'statement.json.',
        'vectors': [message_row('three meldingen of one batch', good),
                    message_row('the second of them alone', batch.request(slots, [1])),
                    message_row('without its slots', batch.request({}, [2]))],
        'negative': wire_negatives(pb.Request, 'Request', encode(batch.request(slots, [1])))
        + request_negatives(good),
    }


# --- batches ----------------------------------------------------------------------------------

def batch_row(name, count):
    key = identity('politie')
    batch = Batch(POLITIE, key, [b'statement %d' % n for n in range(count)])
    return {
        'name': name, 'signer': POLITIE, 'seed': secret('politie identity'), 'public_key': key[0],
        'key_id': batch.key_id, 'statements': batch.statements, 'root': batch.root,
        'message': batch_message(POLITIE, batch.key_id, count, batch.root),
        'signature': batch.signature,
        'items': [{'index': n, 'header_hash': leaf_hash(batch.statements[n]),
                   'path': batch.tree.inclusion(n)} for n in range(count)]}


def batch_negatives(row):
    other = identity('gemeente')
    good = {'public_key': row['public_key'], 'signer': POLITIE, 'key_id': row['key_id'],
            'size': 3, 'index': 2, 'path': row['items'][2]['path'],
            'statement': row['statements'][2], 'signature': row['signature']}

    def bad(kind, reason, **changes):
        return refused(kind, reason, **{**good, **changes})
    flipped = bytes([good['signature'][0] ^ 1]) + good['signature'][1:]
    return [
        bad('signature', 'another statement', statement=row['statements'][1]),
        bad('signature', 'the key of another', public_key=other[0]),
        bad('signature', 'another signer', signer=GEMEENTE),
        bad('signature', 'another key id', key_id=key_id(IDENTITY, other[0])),
        bad('signature', 'the same root with another size', size=2, index=1),
        bad('signature', 'another path', path=[secret('sibling')]),
        bad('signature', 'a changed signature', signature=flipped),
        bad('malformed', 'an index outside the batch', index=3),
        bad('malformed', 'a path that is too short', path=[]),
        bad('malformed', 'a path that is too long', path=good['path'] * 2),
        bad('malformed', 'size 0', size=0, index=0, path=[]),
    ]


def batch_file():
    rows = [batch_row('one statement', 1), batch_row('three statements', 3),
            batch_row('eight statements', 8)]
    return {
        'about': 'Ed25519 over PAE("knooppunt/batch/v1", signer OIN, key id, u32be size, root), root '
                 'of the RFC 6962 tree over the statements; header hash = SHA-256(0x00 || '
                 'statement). Negative: one statement with its proof.',
        'vectors': rows,
        'negative': batch_negatives(rows[1]),
    }
