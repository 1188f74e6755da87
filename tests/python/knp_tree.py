# SPDX-License-Identifier: EUPL-1.2
"""RFC 6962 trees, C2SP signed notes, checkpoints and receipts in plain Python; tiles: knp_tiles.

Written from the texts (RFC 6962 section 2.1, c2sp.org signed-note, tlog-checkpoint, tlog-proof,
tlog-tiles) and not from our C: trees and proofs are the recursive definitions, verification walks
from the root down. Tests use it to judge what the daemon says, so it must not share its mistakes.
Only Ed25519 comes from outside (python3-nacl).

Whatever does not verify raises Refused; its `kind` is 'malformed', 'signature', 'large' or
'unsupported', as the results of proto/tree.
"""

import base64
import binascii
import hashlib
from typing import NamedTuple

import nacl.bindings
import nacl.exceptions
import nacl.signing

PATH_MAX = 63
SIZE_END = 1 << 63
ORIGIN_MAX = 255
NOTE_MAX = 16384
NOTE_SIGNATURES_MAX = 64
EXTRA_MAX = 4096
PROOF_MAX = NOTE_MAX + 9 * 1024

ED25519 = 1
DASH = '\u2014 '
PROOF_FIRST_LINE = 'c2sp.org/tlog-proof@v1'


class Refused(ValueError):
    """What was read does not hold."""

    def __init__(self, kind, why):
        super().__init__(f'{kind}: {why}')
        self.kind = kind


def malformed(why):
    return Refused('malformed', why)


# --- tree ---------------------------------------------------------------------------------------

def leaf_hash(entry):
    return hashlib.sha256(b'\x00' + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b'\x01' + left + right).digest()


EMPTY_ROOT = hashlib.sha256(b'').digest()


def split(count):
    """The largest power of two smaller than count."""
    return 1 << ((count - 1).bit_length() - 1)


class Tree:
    """A growing tree over leaf hashes; remembers the complete subtrees it met."""

    def __init__(self, leaves=()):
        self.leaves = list(leaves)
        self._complete = {}

    def append(self, entry):
        self.leaves.append(leaf_hash(entry))
        return len(self.leaves) - 1

    def __len__(self):
        return len(self.leaves)

    def _range(self, begin, end):
        count = end - begin
        if count == 1:
            return self.leaves[begin]
        if (begin, end) in self._complete:
            return self._complete[begin, end]
        middle = begin + split(count)
        value = node_hash(self._range(begin, middle), self._range(middle, end))
        if count & (count - 1) == 0:
            self._complete[begin, end] = value
        return value

    def root(self, size=None):
        size = len(self.leaves) if size is None else size
        if not 0 <= size <= len(self.leaves):
            raise malformed('no such size')
        return self._range(0, size) if size else EMPTY_ROOT

    def subtree(self, level, index):
        """Hash of the complete subtree `index` of 2**level leaves."""
        begin = index << level
        if begin + (1 << level) > len(self.leaves):
            raise malformed('that subtree is not complete')
        return self._range(begin, begin + (1 << level))

    def inclusion(self, index, size=None):
        """PATH(index, D[size]), leaf-most sibling first."""
        size = len(self.leaves) if size is None else size
        if not 0 <= index < size <= len(self.leaves):
            raise malformed('no such leaf')
        path, begin, end = [], 0, size
        while end - begin > 1:
            middle = begin + split(end - begin)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old_size, size=None):
        """PROOF(old_size, D[size]); empty for old_size 0 and old_size == size."""
        size = len(self.leaves) if size is None else size
        if not 0 <= old_size <= size <= len(self.leaves):
            raise malformed('no such sizes')
        return self._subproof(old_size, 0, size, True) if old_size else []

    def _subproof(self, old, begin, end, whole):
        count = end - begin
        if old == count:
            return [] if whole else [self._range(begin, end)]
        k = split(count)
        if old <= k:
            return (self._subproof(old, begin, begin + k, whole)
                    + [self._range(begin + k, end)])
        return (self._subproof(old - k, begin + k, end, False)
                + [self._range(begin, begin + k)])


def check_hashes(hashes):
    if len(hashes) > PATH_MAX or any(len(h) != 32 for h in hashes):
        raise malformed('at most 63 hashes of 32 bytes')


def root_from_inclusion(leaf, index, size, path):
    """The root that leaf, index, size and path imply."""
    check_hashes([leaf])
    check_hashes(path)
    if not 0 <= index < size < SIZE_END:
        raise malformed('index outside the tree')
    rest = list(path)

    def climb(position, count):
        if count == 1:
            return leaf
        if not rest:
            raise malformed('path too short')
        sibling, k = rest.pop(), split(count)
        if position < k:
            return node_hash(climb(position, k), sibling)
        return node_hash(sibling, climb(position - k, count - k))

    root = climb(index, size)
    if rest:
        raise malformed('path too long')
    return root


def verify_inclusion(leaf, index, size, path, root):
    if root_from_inclusion(leaf, index, size, path) != root:
        raise Refused('signature', 'the path does not lead to the root')


def verify_consistency(old_size, old_root, size, root, path):
    check_hashes([old_root, root])
    check_hashes(path)
    if not 0 <= old_size <= size < SIZE_END:
        raise malformed('the log shrank')
    if (old_size in (0, size)) != (not path):
        raise malformed('path of an impossible length')
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise Refused('signature', 'an empty tree has another root')
    if old_size == size and old_root != root:
        raise Refused('signature', 'two roots of one size: a split view')
    if path and roots_from_consistency(old_size, old_root, size, path) != (old_root, root):
        raise Refused('signature', 'the proof does not join the roots')


def roots_from_consistency(old_size, old_root, size, path):
    rest = list(path)

    def take():
        if not rest:
            raise malformed('path too short')
        return rest.pop()

    def climb(old, count, whole):
        if old == count:
            known = old_root if whole else take()
            return known, known
        sibling, k = take(), split(count)
        if old <= k:
            left_old, left = climb(old, k, whole)
            return left_old, node_hash(left, sibling)
        right_old, right = climb(old - k, count - k, False)
        return node_hash(sibling, right_old), node_hash(sibling, right)

    roots = climb(old_size, size, True)
    if rest:
        raise malformed('path too long')
    return roots


# --- text ---------------------------------------------------------------------------------------

def encode64(raw):
    return base64.b64encode(raw).decode('ascii')


def decode64(text):
    """Strict: what decodes must encode to the same text."""
    try:
        raw = base64.b64decode(text.encode('ascii'), validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise malformed('base64') from error
    if encode64(raw) != text:
        raise malformed('base64 with loose bits')
    return raw


def decode_hash(text):
    raw = decode64(text)
    if len(raw) != 32:
        raise malformed('a hash has 32 bytes')
    return raw


def decode_number(text):
    if not text.isascii() or not text.isdigit() or (text[0] == '0' and text != '0'):
        raise malformed('not a decimal number')
    if int(text) >= SIZE_END:
        raise malformed('number too large')
    return int(text)


# --- keys ---------------------------------------------------------------------------------------

def origin_is_valid(name):
    return (0 < len(name) <= ORIGIN_MAX and name.isascii() and '+' not in name
            and all(' ' < c < '\x7f' for c in name))


class VKey(NamedTuple):
    """The public half of a log key."""
    name: str
    public_key: bytes

    @property
    def key_hash(self):
        key = bytes([ED25519]) + self.public_key
        return hashlib.sha256(self.name.encode() + b'\n' + key).digest()[:4]

    def __str__(self):
        blob = bytes([ED25519]) + self.public_key
        return f'{self.name}+{self.key_hash.hex()}+{encode64(blob)}'

    @classmethod
    def make(cls, name, public_key):
        if not origin_is_valid(name):
            raise malformed('name')
        if not nacl.bindings.crypto_core_ed25519_is_valid_point(public_key):
            raise malformed('the key is no point of the prime-order group')
        return cls(name, public_key)

    @classmethod
    def parse(cls, text):
        parts = text.split('+', 2)
        if len(parts) != 3 or not origin_is_valid(parts[0]):
            raise malformed('not name+hash+key')
        name, hexed, coded = parts
        if len(hexed) != 8 or any(c not in '0123456789abcdef' for c in hexed):
            raise malformed('key hash')
        blob = decode64(coded)
        if not blob:
            raise malformed('no key')
        if blob[0] != ED25519:
            raise Refused('unsupported', f'key of type {blob[0]}')
        if len(blob) != 33:
            raise malformed('key of another length')
        vkey = cls.make(name, blob[1:])
        if vkey.key_hash != bytes.fromhex(hexed):
            raise Refused('signature', 'key hash of another key')
        return vkey


class LogKey:
    """Both halves, from a 32-byte seed."""

    def __init__(self, name, seed):
        self._key = nacl.signing.SigningKey(seed)
        self.vkey = VKey.make(name, bytes(self._key.verify_key))

    def signature_line(self, text):
        blob = self.vkey.key_hash + self._key.sign(text).signature
        return f'{DASH}{self.vkey.name} {encode64(blob)}\n'.encode()

    def sign(self, text):
        """The note of `text` (bytes ending in a newline)."""
        return text + b'\n' + self.signature_line(text)

    def checkpoint(self, size, root):
        return self.sign(Checkpoint(self.vkey.name, size, root).text())


# --- notes and checkpoints ----------------------------------------------------------------------

def check_clean(note):
    try:
        text = note.decode('utf-8')
    except UnicodeDecodeError as error:
        raise malformed('not UTF-8') from error
    if any((c < ' ' and c != '\n') or '\x7f' <= c <= '\x9f' for c in text):
        raise malformed('control character')
    return text


def parse_signature(line):
    """(name, key hash, signature) of one line without its newline."""
    if not line.startswith(DASH):
        raise malformed('not a signature line')
    name, space, coded = line[len(DASH):].partition(' ')
    if not name or not space or '+' in name or any(c.isspace() for c in name):
        raise malformed('name in a signature line')
    blob = decode64(coded)
    if len(blob) <= 4:
        raise malformed('signature too short')
    return name, blob[:4], blob[4:]


def signature_holds(public_key, text, signature):
    if len(signature) != 64:
        return False
    try:
        nacl.signing.VerifyKey(public_key).verify(text, signature)
    except nacl.exceptions.BadSignatureError:
        return False
    return True


def verify_note(note, vkey):
    """The text of a note that `vkey` signed."""
    if len(note) > NOTE_MAX:
        raise Refused('large', 'note')
    check_clean(note)
    at = note.rfind(b'\n\n')
    text, tail = note[:at + 1], note[at + 2:]
    if at < 0 or not tail.endswith(b'\n'):
        raise malformed('no blank line and signature lines')
    lines = tail.decode('utf-8')[:-1].split('\n')
    verified = False
    for number, line in enumerate(lines):
        if number == NOTE_SIGNATURES_MAX:
            raise Refused('large', 'signature lines')
        name, key_hash, signature = parse_signature(line)
        if (name, key_hash) != (vkey.name, vkey.key_hash):
            continue
        if not signature_holds(vkey.public_key, text, signature):
            raise Refused('signature', 'a bad signature of a known key')
        verified = True
    if not verified:
        raise Refused('signature', 'nobody known signed this')
    return text


class Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes

    def text(self):
        return f'{self.origin}\n{self.size}\n{encode64(self.root)}\n'.encode()


def verify_checkpoint(note, vkey):
    lines = verify_note(note, vkey).decode('utf-8').split('\n')
    if len(lines) != 4 or lines[3]:
        raise malformed('a checkpoint has three lines')
    checkpoint = Checkpoint(lines[0], decode_number(lines[1]), decode_hash(lines[2]))
    if checkpoint.origin != vkey.name:
        raise malformed('origin and key name differ')
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise malformed('an empty tree has another root')
    return checkpoint


# --- receipts -----------------------------------------------------------------------------------

class Receipt(NamedTuple):
    """A tlog-proof taken apart, nothing of it verified."""
    index: int
    path: list
    note: bytes
    extra: bytes = b''

    def text(self):
        lines = [PROOF_FIRST_LINE]
        if self.extra:
            lines.append('extra ' + encode64(self.extra))
        lines.append(f'index {self.index}')
        lines += [encode64(h) for h in self.path]
        return '\n'.join(lines).encode() + b'\n\n' + self.note

    @classmethod
    def parse(cls, text):
        if len(text) > PROOF_MAX:
            raise Refused('large', 'receipt')
        head, blank, note = text.partition(b'\n\n')
        if not blank or not head.isascii():
            raise malformed('no header and note')
        lines = head.decode('ascii').split('\n')
        if lines.pop(0) != PROOF_FIRST_LINE:
            raise malformed('first line')
        extra = cls._take_extra(lines)
        if not lines or not lines[0].startswith('index '):
            raise malformed('no index line')
        index = decode_number(lines.pop(0)[len('index '):] or 'none')
        if len(lines) > PATH_MAX:
            raise Refused('large', 'path')
        return cls(index, [decode_hash(line) for line in lines], note, extra)

    @staticmethod
    def _take_extra(lines):
        if not lines or not lines[0].startswith('extra '):
            return b''
        extra = decode64(lines.pop(0)[len('extra '):])
        if len(extra) > EXTRA_MAX:
            raise Refused('large', 'extra data')
        if not extra:
            raise malformed('extra line without data')
        return extra


def verify_receipt(text, leaf, vkey):
    """(index, checkpoint) of a tlog-proof for `leaf`."""
    receipt = Receipt.parse(text)
    checkpoint = verify_checkpoint(receipt.note, vkey)
    verify_inclusion(leaf, receipt.index, checkpoint.size, receipt.path, checkpoint.root)
    return receipt.index, checkpoint
