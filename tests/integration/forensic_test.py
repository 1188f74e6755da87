# SPDX-License-Identifier: EUPL-1.2
"""What a block device returns of what was erased, to who has every key that the house then has: a
house on an ext4 of its own, whose image is searched byte by byte, freed blocks included, before the
terms end, after each, and after a compaction. That a search finds what is there is shown before
anything is erased; and where a file system keeps what was overwritten, it must find that: a keystore
that was replaced by rename, and an ext4 that writes data into its journal (data=journal).
"""

import os
import struct
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_crypto as kx  # noqa: E402
from knp_lists import Rubriek, bsn  # noqa: E402
from knp_mounts import MAY_MOUNT, mount_ext4, own_mounts  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_stage import Stage, main  # noqa: E402
from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_decrypt as unseal  # noqa: E402
from nacl.exceptions import CryptoError  # noqa: E402
from time_test import Clock  # noqa: E402

MIB = 192
PAGE, SLOTS_AT, KEY = 4096, 4096, 32
OVERHEAD, NONCE = 44, slice(4, 28)
PERSON_INDEX = 1  # slot
NODE_HEADER, BIG, OVERFLOW = 8, 1, 4
PERSON_KEY, HANDLE = 41, 16
SUSAN, OTHER = bsn(40), bsn(41)
WORD = 'Kanarievogel'
CONTENT_DAYS, ACCOUNT_DAYS = 200, 1900  # after P6M and after P5Y; of what came later not yet


def pseudonym(index_key, number):
    """How the person index names a BSN (daemon/state/state.c, person_key)."""
    return kx.hmac_sha256(index_key, kx.pae('person', bytes([1]) + number.encode()))


def rubrieken(naam, number):
    return [Rubriek('kenmerken', soort='politie', klasse='E33', urgentie='gewoon',
                    gemeente='GM1883', betrokkenen=1),
            Rubriek('incident', aard='mishandeling', letsel='nee'),
            Rubriek('betrokkenheid', 1, rol='slachtoffer', woongemeente='GM1883', minderjarig='nee'),
            Rubriek('identificatie', 1, bron='bvh', geslachtsnaam=naam),
            Rubriek('bsn', 1, waarde=number)]


class Image:
    """All bytes of a disk, as they are on it, but for the holes of its file, which never had any."""

    def __init__(self, path):
        os.sync()
        pieces, at = [], 0
        with open(path, 'rb', buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            while at < size:
                try:
                    first = os.lseek(file.fileno(), at, os.SEEK_DATA)
                except OSError:
                    break
                at = os.lseek(file.fileno(), first, os.SEEK_HOLE)
                pieces.append(os.pread(file.fileno(), at - first, first))
        self.data = b''.join(pieces)
        # Where a keystore lies, or lay: each gives a key for a slot.
        self.keystores = [place for place in self.places(b'KNPS\x01') if place % PAGE == 0]

    def places(self, needle):
        at = self.data.find(needle)
        while at >= 0:
            yield at
            at = self.data.find(needle, at + 1)

    def count(self, needle):
        return sum(1 for _ in self.places(needle))

    def rows(self, index):
        """Values of rows of LMDB, freed ones too, that are of this entry, or may be."""
        sizes = set()
        for at in self.places(index.to_bytes(8, 'big')):
            low, high, flags, key_len = struct.unpack_from('<4H', self.data, at - NODE_HEADER)
            size = low | high << 16
            if key_len != 8 or size > 1 << 20:
                continue
            if flags & BIG:
                sizes.add(size)
            elif size > OVERHEAD:
                yield self.data[at + 8:at + 8 + size]
        for page in range(0, len(self.data), PAGE) if sizes else ():
            if int.from_bytes(self.data[page + 10:page + 12], 'little') == OVERFLOW:
                for size in sizes:
                    yield self.data[page + 16:page + 16 + size]

    def readable(self, table, index):
        """[(slot, key, sealed)] of what can be read of an entry with any keystore that lies here."""
        found, place = [], kx.pae(table, index.to_bytes(8, 'big'))
        for sealed in self.rows(index):
            slot = int.from_bytes(sealed[:4], 'big')
            for at in self.keystores:
                where = at + SLOTS_AT + slot * KEY
                key = self.data[where:where + KEY]
                try:
                    unseal(sealed[28:], place, sealed[NONCE], key)
                except (CryptoError, ValueError, TypeError):
                    continue
                found.append((slot, key, sealed))
        return found


class Forensic(Clock):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='knp-forensic-')
        self.addCleanup(os.rmdir, self.folder)

    def begin(self, make=(), **disk):
        """Of blocks of a page, as a disk of a size in use has them; a small one would have others."""
        self.image = mount_ext4(self, self.folder, MIB, make=('-b', str(PAGE), *make), **disk)
        super().setUp()
        self.id = 'kanarie-melding-0001'
        item = self.stage.melding('politie', id=self.id, rubrieken=rubrieken(WORD, SUSAN))
        receipt, = self.stage.push('politie', item)
        self.assertEqual(receipt.outcome, 'aanvaard')
        self.index = receipt.index
        self.stage.everything()
        self.before = self.look_before()

    def new_stage(self):
        return Stage(self.ONLY, tick_seconds=1, folder=self.folder)

    def index_key(self):
        with open(self.stage.house.path('data', 'keystore'), 'rb') as file:
            file.seek(SLOTS_AT + PERSON_INDEX * KEY)
            return file.read(KEY)

    def look_before(self):
        """What there is to be found, found: the control of every search after it."""
        image = Image(self.image)
        content, account = (image.readable(table, self.index) for table in ('content', 'parts'))
        self.assertTrue(content and account)
        name = pseudonym(self.index_key(), SUSAN)
        at = next(image.places(name))
        needles = {
            'key of the content': content[0][1], 'key of the account': account[0][1],
            'sealed content': content[0][2][28:92], 'sealed account': account[0][2][28:92],
            'key of the person index': self.index_key(), 'pseudonym': name,
            'handle': image.data[at + PERSON_KEY:at + PERSON_KEY + HANDLE], 'id': self.id.encode()}
        for what, needle in needles.items():
            self.assertGreater(image.count(needle), 0, what)
        self.assertEqual([image.count(word) for word in (WORD.encode(), SUSAN.encode())], [0, 0])
        return needles

    def found(self, image):
        return {what for what, needle in self.before.items() if image.count(needle)}

    def wait_destroyed(self, what):
        def is_done():
            lines = self.stage.house.ask('erasures', ('from', '0')).all('vernietigd')
            return any(line.split()[2] == what and line.split()[5] == '1' for line in lines)
        wait_for(f'{what} to be destroyed', is_done, limit=60)

    def later(self, days):
        self.restart_at(days)
        self.stage.house.must('clock', ('confirm', 'yes'))

    def test_nothing_of_what_was_erased_is_left(self):
        self.begin()
        self.later(CONTENT_DAYS)
        self.wait_destroyed('inhoud')
        image = Image(self.image)
        self.assertEqual(image.readable('content', self.index), [])
        self.assertNotIn('key of the content', self.found(image))
        self.assertTrue(image.readable('parts', self.index))
        other, = self.stage.push(
            'politie', self.stage.melding('politie', rubrieken=rubrieken('Blijver', OTHER)))
        self.assertEqual(other.outcome, 'aanvaard')
        self.later(ACCOUNT_DAYS)
        self.wait_destroyed('verantwoording')
        image = Image(self.image)
        self.assertEqual(image.readable('parts', self.index), [])
        found = self.found(image)
        self.assertFalse(found & {'key of the content', 'key of the account'})
        # Without those the rest says nothing of it; a compaction takes that too.
        self.assertLessEqual({'sealed content', 'sealed account', 'key of the person index'}, found)
        self.stage.house.must('compact')
        self.assertNotEqual(self.stage.house.must('compacted')['last'], 'never')
        image = Image(self.image)
        self.assertEqual(self.found(image), set())
        self.assertEqual(image.count(pseudonym(self.index_key(), SUSAN)), 0)
        for table in ('content', 'parts'):
            self.assertEqual(image.readable(table, self.index), [])
        # What stays is found by the same search: another's account and who it is about.
        self.assertTrue(image.readable('parts', other.index))
        self.assertGreater(image.count(pseudonym(self.index_key(), OTHER)), 0)
        # And a word in the clear would be.
        with open(self.stage.house.path('planted'), 'wb') as file:
            file.write(WORD.encode())
        self.assertGreater(Image(self.image).count(WORD.encode()), 0)

    def test_a_keystore_that_was_replaced_by_rename_is_found(self):
        self.begin()
        house = self.stage.house
        house.stop()
        keystore = house.path('data', 'keystore')
        owner = os.stat(keystore)
        with open(keystore, 'rb') as old, open(keystore + '.new', 'wb') as new:
            new.write(old.read())
            os.fsync(new.fileno())
        os.chmod(keystore + '.new', 0o600)
        os.chown(keystore + '.new', owner.st_uid, owner.st_gid)
        os.rename(keystore + '.new', keystore)
        house.start()
        self.later(CONTENT_DAYS)
        self.wait_destroyed('inhoud')
        image = Image(self.image)
        self.assertIn('key of the content', self.found(image))
        self.assertTrue(image.readable('content', self.index))

    def test_a_journal_that_has_data_is_found(self):
        self.begin(make=('-J', 'size=48'), options='loop,data=journal')
        self.later(CONTENT_DAYS)
        self.wait_destroyed('inhoud')
        self.assertIn('key of the content', self.found(Image(self.image)))


if __name__ == '__main__':
    own_mounts()
    if MAY_MOUNT:
        main()
    sys.exit('only root mounts a disk: this cannot be tried, and is not skipped')
