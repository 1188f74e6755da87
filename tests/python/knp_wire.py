# SPDX-License-Identifier: EUPL-1.2
"""The wire of Knooppunt as proto/spec/specification.md describes it, for the tests.

Nothing here comes from or loads Knooppunt's C code; the two meet only in the specification and its
vectors. Trees and notes are in knp_tree, cryptography in knp_crypto, protobuf in knp_messages.
Whatever must not be accepted raises Refused, of kind 'malformed', 'signature', 'large' or
'unsupported'.
"""

import os
import struct

from knp_crypto import (IDENTITY, SEALING, TRANSPORT, agree, decrypt, encrypt, hkdf, hmac_sha256,
                        key_id, keystream, pae, sha256, sign, sign_public_is_valid, u32, verify,
                        x25519_public)
from knp_messages import decode, encode, malformed, pb
from knp_tree import Refused, Tree, leaf_hash, root_from_inclusion

ENTRY_LEN, PREFIX_LEN, TAG_LEN = 80, 48, 16
FRAME_MAX = 256 * 1024
CLASSES = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262080]
TO_KNOOPPUNT, FROM_KNOOPPUNT = 1, 2
GENESIS, REGISTER, EVENT, TICK = 0, 1, 2, 3
SLOTS, PARTS = 'knooppunt/slots/v1', 'knooppunt/parts/v1'
# The public halves of the key pairs that zmq_curve(7) prints with their secrets.
PUBLISHED = {
    bytes.fromhex('54fcba24e93249969316fb617c872bb0c1d1ff14800427c594cbfacf1bc2d652'),
    bytes.fromhex('bb88471d65e2659b30c55a5321cebb5aab2b70a398645c26dca2b2fcb43fc518'),
}


# --- commitment vectors -------------------------------------------------------------------------

def commitment(label, position, salt, value):
    return sha256(pae(label, bytes([position]), salt, value))


def vector_root(label, vector):
    if len(vector) not in (32 * 32, 64 * 32, 128 * 32):
        raise malformed('a vector of an impossible length')
    return sha256(pae(label + '/root', bytes([len(vector) // 32]), vector))


class Vector:
    """Everything that one seed and the values give."""

    def __init__(self, label, capacity, seed, values):
        if capacity not in (32, 64, 128):
            raise malformed('capacity')
        if len(values) > capacity:
            raise Refused('large', 'more values than capacity')
        stream = keystream(seed, capacity * 40)
        items = [stream[p * 40:p * 40 + 40] for p in range(capacity)]
        self.label, self.capacity = label, capacity
        self.salts = [item[8:] for item in items]
        self.order = sorted(range(capacity), key=lambda p: (items[p][:8], p))
        self.values = list(values)
        taken = dict(zip(self.order, self.values))
        self.bytes = b''.join(
            commitment(label, p, self.salts[p], taken[p]) if p in taken else self.salts[p]
            for p in range(capacity))
        self.root = vector_root(label, self.bytes)

    def opening(self, j):
        """What a reader of value j gets."""
        p = self.order[j]
        return pb.Opening(position=p, salt=self.salts[p], value=self.values[j])


def check_opening(label, vector, position, salt, value):
    vector_root(label, vector)
    if position * 32 >= len(vector) or len(salt) != 32:
        raise Refused('signature', 'no such position, or a salt of another length')
    if commitment(label, position, salt, value) != vector[position * 32:position * 32 + 32]:
        raise Refused('signature', 'the opening is not what was committed to')


# --- envelope and hint --------------------------------------------------------------------------

def pair_key(origin, direction, sender, recipient, own_secret, psk=None):
    """sender and recipient are (OIN, public sealing key); the caller is one of them."""
    own = x25519_public(own_secret)
    if own == sender[1]:
        peer = recipient[1]
    elif own == recipient[1]:
        peer = sender[1]
    else:
        raise malformed('the secret belongs to neither end')
    info = pae(bytes([1]), bytes([direction]), origin, sender[0], sender[1], recipient[0],
               recipient[1], bytes([1 if psk else 0]))
    return hkdf('knooppunt/envelope/v1', agree(own_secret, peer) + (psk or b''), info)


def size_class(content_len):
    for size in CLASSES:
        if content_len <= size - 4:
            return size
    raise Refused('large', 'content')


def seal_plain(prefix, key, plain):
    """Any plaintext behind any prefix, sealed well: for frames that are wrong inside."""
    return prefix + encrypt(key, prefix[24:48], prefix, plain)


def make_prefix(direction, sender_id, recipient_id, nonce):
    return b'KNPE' + bytes([1, 1, direction, 0]) + sender_id + recipient_id + nonce


def seal(direction, ids, key, content, nonce=None):
    """ids are the key ids of the sender's and the recipient's sealing key."""
    prefix = make_prefix(direction, ids[0], ids[1], nonce or os.urandom(24))
    plain = u32(len(content)) + content
    return seal_plain(prefix, key, plain.ljust(size_class(len(content)), b'\0'))


def read_prefix(frame):
    """(direction, sender key id, recipient key id)"""
    if not PREFIX_LEN + TAG_LEN <= len(frame) <= FRAME_MAX or frame[:4] != b'KNPE':
        raise malformed('not an envelope')
    if frame[4] != 1 or frame[5] != 1:
        raise Refused('unsupported', 'version or suite')
    if frame[6] not in (TO_KNOOPPUNT, FROM_KNOOPPUNT) or frame[7] != 0:
        raise malformed('direction')
    if len(frame) - PREFIX_LEN - TAG_LEN not in CLASSES:
        raise malformed('not of a size class')
    return frame[6], frame[8:16], frame[16:24]


def open_envelope(frame, key):
    read_prefix(frame)
    plain = decrypt(key, frame[24:48], frame[:PREFIX_LEN], frame[PREFIX_LEN:])
    length = struct.unpack('>I', plain[:4])[0]
    if length > len(plain) - 4:
        raise malformed('length inside')
    if any(plain[4 + length:]):
        raise malformed('padding')
    return plain[4:4 + length]


def hint(code, pause_ms):
    return b'KNPH' + struct.pack('>BBHI', 1, code, 0, pause_ms)


def read_hint(frame):
    """(code, pause in milliseconds)"""
    if len(frame) != 12 or frame[:4] != b'KNPH':
        raise malformed('not a hint')
    version, code, zero, pause = struct.unpack('>BBHI', frame[4:])
    if version != 1 or zero != 0 or not 1 <= code <= 4:
        raise malformed('not a hint')
    return code, pause


# --- entries ------------------------------------------------------------------------------------

def entry(kind, time, register_head, parts_root):
    return b'KNPL' + struct.pack('>BBHQ', 1, kind, 0, time) + register_head + parts_root


def read_entry(data):
    """(class, time, register head, parts root)"""
    if len(data) != ENTRY_LEN or data[:4] != b'KNPL':
        raise malformed('not an entry')
    version, kind, zero, time = struct.unpack('>BBHQ', data[4:16])
    if version != 1:
        raise Refused('unsupported', 'version of an entry')
    if kind > TICK or zero != 0:
        raise malformed('class or filler of an entry')
    if kind == GENESIS and any(data[16:48]):
        raise malformed('a genesis after a register leaf')
    return kind, time, data[16:48], data[48:]


def check_leaf(leaf):
    """The entry and the decoded part of a Leaf whose opening holds; the log path is not checked."""
    parts = read_entry(leaf.entry)
    if vector_root(PARTS, leaf.vector) != parts[3]:
        raise Refused('signature', 'the vector is not the one of the entry')
    check_opening(PARTS, leaf.vector, leaf.part.position, leaf.part.salt, leaf.part.value)
    return parts, decode('Part', leaf.part.value)


def verrijking_commitment(openings):
    pieces = [piece for opening in openings for piece in (opening.salt, opening.value)]
    return sha256(pae('knooppunt/verrijking/v1', *pieces))


# --- batches ------------------------------------------------------------------------------------

def batch_message(signer, signer_key_id, size, root):
    return pae('knooppunt/batch/v1', signer, signer_key_id, u32(size), root)


class Batch:
    """1..256 statements under one signature. `key` is an Ed25519 (public, secret)."""

    def __init__(self, signer, key, statements):
        self.signer, self.key_id = signer, key_id(IDENTITY, key[0])
        self.statements = list(statements)
        self.tree = Tree(leaf_hash(statement) for statement in self.statements)
        self.size, self.root = len(self.tree), self.tree.root()
        self.signature = sign(key[1],
                              batch_message(signer, self.key_id, self.size, self.root))

    def signed_statement(self, index):
        return pb.SignedStatement(
            statement=self.statements[index], signer=self.signer, key_id=self.key_id,
            size=self.size, index=index, path=self.tree.inclusion(index),
            signature=self.signature)

    def request(self, slots=None, indices=None, held=None):
        """A Request with the statements `indices` (all when None); slots by index."""
        request = pb.Request(signer=self.signer, key_id=self.key_id, size=self.size,
                             signature=self.signature, held=held)
        for index in range(self.size) if indices is None else indices:
            request.items.add(statement=self.statements[index], index=index,
                              path=self.tree.inclusion(index), slots=(slots or {}).get(index))
        return request


def verify_statement(message, public):
    """The header hash of a SignedStatement."""
    leaf = leaf_hash(message.statement)
    if not 1 <= message.size <= 256:
        raise malformed('size of a batch')
    root = root_from_inclusion(leaf, message.index, message.size, list(message.path))
    verify(public, batch_message(message.signer, message.key_id, message.size, root),
           message.signature)
    return leaf


def verify_request(request, public):
    """The header hashes of all items."""
    return [verify_statement(pb.SignedStatement(
        statement=item.statement, signer=request.signer, key_id=request.key_id,
        size=request.size, index=item.index, path=item.path, signature=request.signature),
        public) for item in request.items]


# --- bundles ------------------------------------------------------------------------------------

def possession(kind, own_secret, peer, public, send_public, claim):
    key = hkdf('knooppunt/bundle/v1', agree(own_secret, peer),
               pae(bytes([kind]), public, send_public))
    return hmac_sha256(key, claim)


def make_bundle(bundle, identity, sealing=None, transport=None, send_public=None):
    """SignedBundle bytes; `identity` is an Ed25519 secret, the others X25519 secrets."""
    body = encode(bundle)
    claim = pae('knooppunt/bundle/v1', body)
    signed = pb.SignedBundle(bundle=body, identity_proof=sign(identity, claim))
    if send_public and sealing:
        signed.sealing_proof = possession(SEALING, sealing, send_public, bundle.sealing,
                                          send_public, claim)
        signed.transport_proof = possession(TRANSPORT, transport, send_public,
                                            bundle.transport, send_public, claim)
    return encode(signed)


NAME = set('abcdefghijklmnopqrstuvwxyz0123456789-')


def oin_is_valid(oin):
    return len(oin) == 20 and oin[:8].isdigit() and oin.isascii() and all(
        c.isdigit() or 'A' <= c <= 'Z' for c in oin[8:])


def text_is_clean(text):
    return not any((ord(c) < 0x20 and c not in '\t\n') or 0x7f <= ord(c) <= 0x9f for c in text)


NOT_SEEN = [(0xad, 0xad), (0x61c, 0x61c), (0x180e, 0x180e), (0x200b, 0x200f), (0x2028, 0x202e),
            (0x2060, 0x206f), (0xfeff, 0xfeff), (0xfff9, 0xfffb), (0xe0000, 0xe007f)]


def text_is_seen(text):
    """A line without characters that are not seen."""
    return text_is_clean(text) and '\t' not in text and '\n' not in text and not any(
        first <= ord(c) <= last for c in text for first, last in NOT_SEEN)


def check_bundle_shape(bundle):
    if bundle.suite != 1:
        raise Refused('unsupported', 'suite')
    names = [bundle.soort, *bundle.functies]
    if not oin_is_valid(bundle.oin) or not text_is_seen(bundle.naam):
        raise malformed('OIN or name')
    if any(set(name) - NAME for name in names) or len(set(bundle.functies)) != len(
            bundle.functies):
        raise malformed('soort or functies')
    if bool(bundle.sealing) != bool(bundle.transport):
        raise malformed('one X25519 key without the other')
    if bundle.sealing and bundle.sealing == bundle.transport:
        raise malformed('one key twice')
    if not sign_public_is_valid(bundle.identity):
        raise malformed('identity key')


def check_agreement_key(public):
    if public in PUBLISHED:
        raise malformed('a published key')
    try:
        agree(bytes([1]) + bytes(31), public)
    except Refused as error:
        raise malformed('a key of low order') from error


def check_bundle(wire, send_secret=None):
    """The Bundle; proofs of X25519 keys only with the knooppunt's send secret."""
    signed = decode('SignedBundle', wire)
    bundle = decode('Bundle', signed.bundle)
    check_bundle_shape(bundle)
    keys = [(SEALING, bundle.sealing, signed.sealing_proof),
            (TRANSPORT, bundle.transport, signed.transport_proof)]
    for _, public, proof in keys:
        if public:
            check_agreement_key(public)
        elif proof:
            raise malformed('a proof without its key')
    claim = pae('knooppunt/bundle/v1', signed.bundle)
    verify(bundle.identity, claim, signed.identity_proof)
    for kind, public, proof in keys:
        if public and send_secret:
            expected = possession(kind, send_secret, public, public, x25519_public(send_secret),
                                  claim)
            if proof != expected:
                raise Refused('signature', 'possession is not proven')
    return bundle
