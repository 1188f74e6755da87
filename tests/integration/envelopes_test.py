# SPDX-License-Identifier: EUPL-1.2
"""What does not come to a signature that holds: frames, envelopes, requests, signatures, paths and
parties that are not what they say. Each gets one generic hint and is counted; nothing else happens (spec K4, K5).
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_wire as kw  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_crypto import sign  # noqa: E402
from knp_messages import pb  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_stage import StageTest, main  # noqa: E402
from knp_tree import Tree  # noqa: E402

UNKNOWN_FIELD = b'\xe8\x04\x01'  # field 77, varint 1
NOT_ACCEPTED, TOO_LARGE = 2, 3
NOBODY = '0' * 20  # whose key is of no partner


class Envelopes(StageTest):
    ONLY = ('politie', 'vt')

    def setUp(self):
        self.politie, self.vt = self.stage.parties['politie'], self.stage.parties['vt']
        self.link, self.genesis = self.stage.links['politie'], self.stage.genesis
        self.good = self.politie.melding(self.genesis, base())

    def hinted(self, what, frame, code=NOT_ACCEPTED, counted=True, link=None):
        """The frame gets this hint and no answer; a good one after it gets through."""
        with self.subTest(what):
            link = link or self.link
            size = self.stage.size()
            unsealed = self.stage.metrics()['knooppunt_unsealed_total']
            link.socket.send(frame)
            self.assertEqual(link.hint(3.0)[0], code, what)
            # Core hears of it from the opener as the gate does: after this answer it has.
            item = link.party.velden_item(self.genesis, 'hello', {})
            self.assertEqual(link.answer(item)[0].outcome, 1)
            self.assertEqual(self.stage.size(), size, what)
            self.assertEqual(self.stage.metrics()['knooppunt_unsealed_total'],
                             unsealed + (1 if counted else 0), what)

    def envelope(self, content=None, party=None, key=None, **prefix):
        """An envelope with a changed prefix, sealed well for that prefix."""
        party = party or self.politie
        content = content if content is not None else party.request([self.good])
        given = dict(direction=1, sender=party.keys.sealing_id,
                     recipient=self.genesis.receive_id)
        given.update(prefix)
        made = kw.make_prefix(given['direction'], given['sender'], given['recipient'],
                              os.urandom(24))
        if 'at' in given:
            made = made[:given['at']] + bytes([given['value']]) + made[given['at'] + 1:]
        plain = len(content).to_bytes(4, 'big') + content
        plain = given.get('plain', plain.ljust(kw.size_class(len(content)), b'\0'))
        return kw.seal_plain(made, key or party.pair_key(self.genesis, 1), plain)

    def test_frames_that_are_no_envelope(self):
        good = self.envelope()
        self.hinted('ten bytes', b'0123456789', counted=False)
        self.hinted('text', b'GET / HTTP/1.1\r\n' * 40)
        self.hinted('magic', b'KNPX' + good[4:])
        self.hinted('version 2', self.envelope(at=4, value=2))
        self.hinted('suite 2', self.envelope(at=5, value=2))
        self.hinted('direction 0', self.envelope(at=6, value=0))
        self.hinted('direction 3', self.envelope(at=6, value=3))
        self.hinted('a byte that must be zero', self.envelope(at=7, value=1))
        self.hinted('a byte short of its class', good[:-1])
        self.hinted('a byte beyond its class', good + b'\0')
        self.hinted('too large', bytes(256 * 1024 + 1), TOO_LARGE, False)

    def test_envelopes_that_do_not_open(self):
        good = self.envelope()
        for at in (8, 16, 24, 47, 48, len(good) - 1):
            changed = bytearray(good)
            changed[at] ^= 1
            self.hinted(f'byte {at} changed', bytes(changed))
        stranger = Party(kc.POLITIE, 'Politie', 'politie', ['basisteam'])
        self.hinted('a sealing key not enrolled', self.envelope(party=stranger))
        self.hinted('sealed for the key that answers',
                    self.envelope(recipient=self.genesis.send_id))
        self.hinted('sealed with the key of answers',
                    self.envelope(key=self.politie.pair_key(self.genesis, 2)))

    def test_an_answer_of_the_knooppunt_does_not_open_when_reflected(self):
        item = self.politie.velden_item(self.genesis, 'hello', {})
        self.link.send([item])
        self.assertTrue(self.link.socket.poll(5000))
        self.hinted('reflected', self.link.socket.recv())

    def test_contents_that_are_no_request(self):
        request = self.politie.request([self.good])
        size = kw.size_class(len(request))
        plain = (len(request).to_bytes(4, 'big') + request).ljust(size, b'\0')
        self.hinted('a length beyond the frame',
                    self.envelope(plain=b'\xff\xff\xff\xff' + plain[4:]))
        self.hinted('padding that is not zero', self.envelope(plain=plain[:-1] + b'\1'))
        self.hinted('nothing', self.envelope(b''))
        self.hinted('noise', self.envelope(os.urandom(500)))
        self.hinted('an unknown field', self.envelope(request + UNKNOWN_FIELD))
        self.hinted('no items', self.envelope(
            pb.Request(signer=kc.POLITIE, key_id=self.politie.keys.identity_id, size=1,
                       signature=bytes(64)).SerializeToString()))
        self.hinted('257 statements', self.envelope(self.politie.request(
            [self.good._replace(slots=None)] * 257)))

    def test_signatures_and_paths(self):
        other = self.politie.melding(self.genesis, base())
        request = self.politie.request([self.good, other])
        for what, change in [
                ('a signature of another', lambda r: r.MergeFrom(pb.Request(
                    signature=sign(self.vt.keys.identity_secret, b'x')))),
                ('a bit of the signature', lambda r: setattr(
                    r, 'signature', r.signature[:-1] + bytes([r.signature[-1] ^ 1]))),
                ('a hash of a path', lambda r: r.items[0].path.__setitem__(0, bytes(32))),
                ('a path too long', lambda r: r.items[0].path.append(bytes(32))),
                ('a path too short', lambda r: r.items[0].ClearField('path')),
                ('another index', lambda r: setattr(r.items[1], 'index', 0)),
                ('another size', lambda r: setattr(r, 'size', 3)),
                ('an index beyond the size', lambda r: setattr(r.items[1], 'index', 2)),
                ('another statement', lambda r: setattr(
                    r.items[1], 'statement', self.good.statement))]:
            made = pb.Request.FromString(request)
            change(made)
            self.hinted(what, self.envelope(made.SerializeToString(deterministic=True)))

    def test_who_says_it_is_somebody_else(self):
        stranger = Party(kc.POLITIE, 'Politie', 'politie', ['basisteam'])
        mine = pb.Request.FromString(self.politie.request([self.good]))
        mine.signer = kc.VT
        self.hinted('the OIN of another', self.envelope(mine.SerializeToString()))
        tree = Tree([self.good.hash])
        mine.signature = sign(self.politie.keys.identity_secret, kw.batch_message(
            kc.VT, self.politie.keys.identity_id, 1, tree.root()))
        self.hinted('the OIN of another, signed as such by the own key',
                    self.envelope(mine.SerializeToString()))
        self.hinted('an identity key not enrolled',
                    self.envelope(stranger.request([self.good])))
        self.hinted('signed by another than who seals', self.envelope(self.vt.request(
            [self.vt.melding(self.genesis, base())])))
        # Envelope and signature are good, the connection is of somebody else.
        self.hinted('over the connection of another', self.envelope(),
                    link=self.stage.links['vt'])
        self.assertEqual(self.stage.links['politie'].push([self.good])[0].outcome, 'aanvaard')

    def test_more_frames_than_one(self):
        self.link.socket.send_multipart([self.envelope(), b'more'])
        self.assertEqual(self.link.hint(3.0)[0], NOT_ACCEPTED)
        self.assertEqual(self.link.push([self.good])[0].outcome, 'aanvaard')


class Recorded(StageTest):
    """What was refused without an entry of its own stands in the next tick: per minute, partner and
    reason, and it survives whoever counted it."""

    ONLY = ('politie', 'vt')
    SETTINGS = {'tick_seconds': 1}

    def rows(self):
        """{(OIN, reason): how often} of all ticks; each in a minute of this test. Not who was at the
        door before the gate knew its key: a partner of the stage, which connects as it was enrolled."""
        found, before = {}, ()
        while True:
            answer = self.stage.house.must('refusals', ('since', self.began), *before)
            for line in answer.all('refusal'):
                minute, oin, reason, count, entry = line.split()
                self.assertLessEqual(self.began[:16], minute[:16])
                self.assertRegex(minute, r':00Z$')
                self.assertLess(int(entry.partition('=')[2]), self.stage.size())
                found[oin, reason] = found.get((oin, reason), 0) + int(count)
            if 'before' not in answer:
                found.pop((NOBODY, 'unknown-key'), None)
                return found
            before = (('before', answer['before']),)

    def test_refusals_are_recorded_per_partner_minute_and_reason(self):
        self.began = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - 60))
        politie, vt = self.stage.links['politie'], self.stage.links['vt']
        genesis, wanted = self.stage.genesis, {}
        for link, times in ((politie, 3), (vt, 2)):
            good = link.party.request([link.party.melding(genesis, base())])
            bad = pb.Request.FromString(good)
            bad.signature = bytes(64)
            for _ in range(times):
                link.socket.send(link.party.envelope(genesis, bad.SerializeToString()))
                link.hint(3.0)
            wanted[link.party.oin, 'bad-signature'] = times
        # Over the connection of another: it counts for whose connection it is.
        vt.socket.send(politie.party.envelope(genesis, good))
        vt.hint(3.0)
        wanted[vt.party.oin, 'sender-mismatch'] = 1
        # Under seal, and still no entry: another content under a known id.
        item = self.stage.melding('politie', rubrieken=base())
        self.stage.push('politie', item)
        for _ in range(2):
            politie.answer(self.stage.melding('politie', rubrieken=base(), id=item.id))
        wanted[politie.party.oin, 'conflict'] = 2
        deadline = time.monotonic() + 10
        while self.rows() != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.rows(), wanted)
        self.stage.restart()
        self.assertEqual(self.rows(), wanted)
        answer = self.stage.house.must('refusals', ('since', '2099-01-01T00:00:00Z'))
        self.assertEqual(answer.all('refusal'), [])
        for line in (('since', 'gisteren'), ('before', '-1')):
            self.assertEqual(self.stage.house.ask('refusals', line)['result'], 'usage')


if __name__ == '__main__':
    main()
