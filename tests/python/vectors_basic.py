# SPDX-License-Identifier: EUPL-1.2
"""Vectors of PAE, keys, envelopes, hints, commitment vectors and entries."""

import struct

from knp_crypto import (IDENTITY, LOG, SEALING, TRANSPORT, key_id, keystream, pae, sha256,
                        sign_pair, x25519_public)
from knp_tree import leaf_hash
from knp_wire import (FROM_KNOOPPUNT, PARTS, SLOTS, TO_KNOOPPUNT, Vector, entry, hint,
                      make_prefix, pair_key, seal, seal_plain, size_class)
from vector_cast import (HOUSE, LOW_ORDER, ORIGIN, POLITIE_END, RECEIVE_END, SEND_END, identity,
                         refused, secret)


# --- PAE and keys -----------------------------------------------------------------------------

def pae_file():
    def row(name, pieces, expected):
        assert pae(*pieces) == expected, name
        return {'name': name, 'pieces': pieces, 'pae': expected}
    return {
        'about': 'PAE(pieces): u32be count, then per piece u32be length and the piece. Worked out '
                 'by hand. Lists under "distinct" must all have different encodings.',
        'vectors': [
            row('no pieces', [], bytes(4)),
            row('one empty piece', [b''], bytes.fromhex('0000000100000000')),
            row('two pieces', [b'ab', b'c'],
                bytes.fromhex('00000002' '00000002' '6162' '00000001' '63')),
            row('a byte, a text and zeros', [b'\x01', b'knooppunt', bytes(4)],
                bytes.fromhex('00000003' '00000001' '01' '00000009' '6b6e6f6f7070756e74'
                              '00000004' '00000000')),
        ],
        'distinct': [
            [[b'ab', b'c'], [b'a', b'bc'], [b'abc'], [b'', b'abc'], [b'abc', b'']],
            [[], [b''], [b'', b'']],
            [[bytes.fromhex('00000001')], [b'\0', b'\0\0\x01'], [bytes(4), b'']],
        ],
    }


def key_id_file():
    public = {
        IDENTITY: identity('politie')[0],
        SEALING: x25519_public(secret('politie sealing')),
        TRANSPORT: x25519_public(secret('politie transport')),
        LOG: sign_pair(secret('log'))[0],
    }
    rows = [{'name': name, 'kind': kind, 'public_key': public[kind],
             'key_id': sha256(b'\0\0\0\x03\0\0\0\x10knooppunt/key/v1\0\0\0\x01' + bytes([kind])
                              + b'\0\0\0\x20' + public[kind])[:8]}
            for name, kind in (('identity', IDENTITY), ('sealing', SEALING),
                               ('transport', TRANSPORT), ('log', LOG))]
    rows.append({'name': 'the same bytes as another kind of key', 'kind': TRANSPORT,
                 'public_key': public[SEALING], 'key_id': key_id(TRANSPORT, public[SEALING])})
    return {'about': 'key id = first 8 bytes of SHA-256(PAE("knooppunt/key/v1", u8 kind, public '
                     'key)); kinds: 1 identity, 2 sealing, 3 transport, 4 log, 5 cosign.',
            'vectors': rows}


def end(pair_end):
    return {'oin': pair_end[0], 'public_key': pair_end[1]}


def pair_key_file():
    def row(name, direction, ends, own, psk=None):
        return {'name': name, 'origin': ORIGIN, 'direction': direction, 'sender': end(ends[0]),
                'recipient': end(ends[1]), 'own_secret': own, 'psk': psk or b'',
                'key': pair_key(ORIGIN, direction, *ends, own, psk)}
    inward, outward = (POLITIE_END, RECEIVE_END), (SEND_END, POLITIE_END)
    own = secret('politie sealing')
    rows = [
        row('to the knooppunt, made by the sender', TO_KNOOPPUNT, inward, own),
        row('to the knooppunt, made by the knooppunt', TO_KNOOPPUNT, inward,
            secret('house receive')),
        row('from the knooppunt, made by the recipient', FROM_KNOOPPUNT, outward, own),
        row('from the knooppunt, made by the knooppunt', FROM_KNOOPPUNT, outward,
            secret('house send')),
        row('with a pre-shared key', TO_KNOOPPUNT, inward, own, secret('psk')),
        row('the same pair the other way round', FROM_KNOOPPUNT, inward[::-1], own),
    ]
    assert rows[0]['key'] == rows[1]['key'] and rows[2]['key'] == rows[3]['key']

    def bad(kind, reason, sender, recipient):
        return refused(kind, reason, origin=ORIGIN, direction=TO_KNOOPPUNT, sender=end(sender),
                       recipient=end(recipient), own_secret=own, psk=b'')
    return {
        'about': 'key = HKDF-SHA-256(salt "knooppunt/envelope/v1", X25519 || psk, PAE(u8 suite 1, '
                 'u8 direction, origin, sender OIN, sender key, recipient OIN, recipient key, '
                 'u8 has_psk)).',
        'vectors': rows,
        'negative': [
            bad('signature', 'the recipient key is zero', POLITIE_END, (HOUSE, bytes(32))),
            bad('signature', 'the recipient key has order 8', POLITIE_END, (HOUSE, LOW_ORDER)),
            bad('malformed', 'the secret belongs to neither end', SEND_END, RECEIVE_END),
        ],
    }


# --- envelope and hint ------------------------------------------------------------------------

IDS = (key_id(SEALING, POLITIE_END[1]), key_id(SEALING, RECEIVE_END[1]))
PAIR = pair_key(ORIGIN, TO_KNOOPPUNT, POLITIE_END, RECEIVE_END, secret('politie sealing'))


def envelope_row(name, content):
    nonce = secret('nonce ' + name)[:24]
    return {'name': name, 'key': PAIR, 'direction': TO_KNOOPPUNT, 'sender': IDS[0],
            'recipient': IDS[1], 'nonce': nonce, 'content': content,
            'frame': seal(TO_KNOOPPUNT, IDS, PAIR, content, nonce)}


def larger_class_row():
    row = envelope_row('a larger class than is needed', b'klein')
    prefix = make_prefix(TO_KNOOPPUNT, *IDS, row['nonce'])
    row['frame'] = seal_plain(prefix, PAIR, (struct.pack('>I', 5) + b'klein').ljust(2048, b'\0'))
    return row


def envelope_negatives():
    good = envelope_row('negative', b'inhoud')['frame']
    prefix = good[:48]

    def changed(at, value):
        return good[:at] + bytes([value]) + good[at + 1:]

    def inside(plain, length=512):
        return seal_plain(prefix, PAIR, plain.ljust(length, b'\0'))

    def bad(kind, reason, frame, key=PAIR):
        return refused(kind, reason, key=key, frame=frame)
    reflected = pair_key(ORIGIN, FROM_KNOOPPUNT, RECEIVE_END, POLITIE_END,
                         secret('politie sealing'))
    return [
        bad('malformed', 'empty', b''),
        bad('malformed', 'the prefix alone', prefix),
        bad('malformed', 'another magic', changed(0, ord('k'))),
        bad('unsupported', 'version 2', changed(4, 2)),
        bad('unsupported', 'suite 0', changed(5, 0)),
        bad('malformed', 'direction 0', changed(6, 0)),
        bad('malformed', 'direction 3', changed(6, 3)),
        bad('malformed', 'byte 7 is not zero', changed(7, 1)),
        bad('signature', 'the direction was changed', changed(6, 2)),
        bad('signature', 'another sender key id', changed(8, good[8] ^ 1)),
        bad('signature', 'another recipient key id', changed(16, good[16] ^ 1)),
        bad('signature', 'another nonce', changed(24, good[24] ^ 1)),
        bad('signature', 'a changed byte of the ciphertext', changed(60, good[60] ^ 1)),
        bad('signature', 'a changed tag', changed(len(good) - 1, good[-1] ^ 1)),
        bad('signature', 'an own envelope that came back', changed(6, 2), reflected),
        bad('malformed', 'one byte too few', good[:-1]),
        bad('malformed', 'one byte too many', good + b'\0'),
        bad('malformed', 'a plaintext of no size class', inside(b'\0\0\0\0', 513)),
        bad('malformed', 'a length beyond the plaintext', inside(struct.pack('>I', 509))),
        bad('malformed', 'padding that is not zero', inside(b'\0\0\0\x01ab')),
        bad('malformed', 'the last byte of the padding is not zero',
            inside(b'\0\0\0\x01a'.ljust(511, b'\0') + b'\x01')),
    ]


def envelope_file():
    lengths = [0, 1, 508, 509, 1020, 1021, 4092, 16380, 16381, 65532, 131068, 131069, 262076]
    return {
        'about': 'frame = prefix of 48 bytes || XChaCha20-Poly1305(u32be length || content || '
                 'zeros), associated data = the prefix. "classes": size class of the plaintext by '
                 'length of the content.',
        'classes': [{'content_len': n, 'class': size_class(n)} for n in lengths],
        'vectors': [envelope_row('empty', b''), envelope_row('short', 'inhoud é'.encode()),
                    envelope_row('the longest of the first class', bytes(range(254)) * 2),
                    envelope_row('the shortest of the second class', b'x' * 509),
                    larger_class_row()],
        'negative': envelope_negatives(),
    }


def hint_file():
    rows = [('again', 1, 250), ('not accepted', 2, 0), ('too large', 3, 0),
            ('stopping', 4, 4294967295)]
    good = hint(1, 250)
    return {
        'about': 'A hint: "KNPH", u8 version 1, u8 code, u16 zero, u32be pause in milliseconds.',
        'vectors': [{'name': name, 'code': code, 'pause_ms': pause, 'frame': hint(code, pause)}
                    for name, code, pause in rows],
        'negative': [
            refused('malformed', 'cut short', frame=good[:11]),
            refused('malformed', 'too long', frame=good + b'\0'),
            refused('malformed', 'another magic', frame=b'KNPE' + good[4:]),
            refused('malformed', 'version 2', frame=good[:4] + b'\x02' + good[5:]),
            refused('malformed', 'code 0', frame=good[:5] + b'\0' + good[6:]),
            refused('malformed', 'code 5', frame=good[:5] + b'\x05' + good[6:]),
            refused('malformed', 'bytes 6 and 7 are not zero', frame=good[:7] + b'\x01' + good[8:]),
        ],
    }


# --- vectors and entries ----------------------------------------------------------------------

def vector_row(name, label, capacity, values):
    vector = Vector(label, capacity, secret(name), values)
    openings = [vector.opening(j) for j in range(len(values))]
    return {'name': name, 'label': label, 'capacity': capacity, 'seed': secret(name),
            'values': values, 'order': vector.order, 'vector': vector.bytes, 'root': vector.root,
            'openings': [{'position': o.position, 'salt': o.salt, 'value': o.value}
                         for o in openings]}


def vector_negatives(row):
    first, second = row['openings'][:2]

    def bad(kind, reason, vector=None, **changes):
        return refused(kind, reason, label=changes.pop('label', row['label']),
                       vector=row['vector'] if vector is None else vector,
                       **{**first, **changes})
    return [
        bad('signature', 'another value', value=first['value'] + b'.'),
        bad('signature', 'the value of another position', value=second['value']),
        bad('signature', 'another salt', salt=second['salt']),
        bad('signature', 'a short salt', salt=first['salt'][:31]),
        bad('signature', 'another position', position=second['position']),
        bad('signature', 'a position beyond the vector', position=64),
        bad('signature', 'the label of parts', label=PARTS),
        bad('signature', 'an unused position opened as nothing', value=b'',
            position=row['order'][-1]),
        bad('malformed', 'a vector of 63', vector=row['vector'][:-32]),
        bad('malformed', 'a vector that is no multiple of 32', vector=row['vector'][:-1]),
    ]


def vector_file():
    rows = [vector_row('slots of a melding', SLOTS, 64, [b'een', b'twee', b'', b'x' * 300]),
            vector_row('an empty vector', SLOTS, 64, []),
            vector_row('a full vector', SLOTS, 64, [b'%d' % n for n in range(64)]),
            vector_row('slots of a large melding', SLOTS, 128, [b'een', b'twee']),
            vector_row('parts of an entry', PARTS, 32, [b'deel een', b'deel twee'])]
    # RFC 8439 appendix A.1, test vectors 1 and 2.
    stream = bytes.fromhex(
        '76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7'
        'da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586'
        '9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed'
        '29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f')
    assert keystream(bytes(32), 128) == stream
    return {
        'about': 'ChaCha20 keystream under the seed, 40 bytes per position: 8 of tag, 32 of salt; '
                 'positions sorted by tag; value j lies at order[j]; commitment = SHA-256(PAE('
                 'label, u8 position, salt, value)), of an unused position the salt itself; root = '
                 'SHA-256(PAE(label "/root", u8 capacity, vector)).',
        'keystream': {'key': bytes(32), 'stream': stream},
        'vectors': rows,
        'negative': vector_negatives(rows[0]),
    }


def entry_file():
    def row(name, kind, time, head, root):
        data = entry(kind, time, head, root)
        return {'name': name, 'class': kind, 'time': time, 'register_head': head,
                'parts_root': root, 'entry': data, 'leaf_hash': leaf_hash(data)}
    root, head = secret('parts root'), secret('register head')
    good = entry(2, 1795000000123, head, root)

    def changed(at, value):
        return good[:at] + bytes([value]) + good[at + 1:]
    return {
        'about': '"KNPL", u8 version 1, u8 class, u16 zero, u64be milliseconds since 1970, leaf hash '
                 'of the newest register leaf before it, parts root: 80 bytes.',
        'vectors': [row('genesis', 0, 1795000000000, bytes(32), root),
                    row('register', 1, 1795000000001, head, root),
                    row('event', 2, 1795000000123, head, root),
                    row('tick', 3, (1 << 63) - 1, head, root)],
        'negative': [
            refused('malformed', 'cut short', entry=good[:79]),
            refused('malformed', 'too long', entry=good + b'\0'),
            refused('malformed', 'another magic', entry=b'KNPE' + good[4:]),
            refused('unsupported', 'version 2', entry=changed(4, 2)),
            refused('malformed', 'class 4', entry=changed(5, 4)),
            refused('malformed', 'byte 6 is not zero', entry=changed(6, 1)),
            refused('malformed', 'byte 7 is not zero', entry=changed(7, 1)),
            refused('malformed', 'a genesis that names a register leaf', entry=changed(5, 0)),
        ],
    }
