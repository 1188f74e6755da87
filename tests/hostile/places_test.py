# SPDX-License-Identifier: EUPL-1.2
"""One partner has as many fetches wait as there are places for them all: 64 connections, each with
one for every functie. Others wait as before, and it is told to come again. KNP_PLACELESS gives a
place to whoever finds a free one: the test must find it out."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import zmq  # noqa: E402

from peers_test import GOOD, RECIPIENT, Peers, base, main  # noqa: E402
from knp_convenant import cast  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_stage import Stage  # noqa: E402

PLACELESS = os.environ.get('KNP_PLACELESS', '')
GREEDY, FUNCTIES, CONNECTIONS, PLACES, SHARE = 'veel', 16, 64, 1024, 1024 // 9
AGAIN = 3


def with_greedy():
    return {**cast(), GREEDY: Party('00000099000000007000', 'Gemeente Veel', 'gemeente',
                                    [f'f{number}' for number in range(FUNCTIES)])}


class Places(Peers):
    def greedy(self, binary=None):
        """The stage, with every place asked for; how many of them are told to come again."""
        stage = Stage((GOOD, RECIPIENT, GREEDY), cast=with_greedy, binary=binary,
                      credit_frames=1024)
        self.addCleanup(stage.close)
        link = stage.links[GREEDY]
        before = stage.metrics()['knooppunt_again_total']
        crowd = [self.socket_of(stage, GREEDY) for _ in range(CONNECTIONS)]
        told = []
        # One connection after another: of those that come together core looks at the newest.
        for sock in crowd:
            items = [self.fetch(stage, GREEDY, functie, 60) for functie in link.party.functies]
            hello = link.party.velden_item(stage.genesis, 'hello', {})
            content = link.party.request(items + [hello], link.verifier.held)
            sock.send(link.party.envelope(stage.genesis, content))
            replies = []
            while hello.hash not in [one.about for one in replies]:
                self.assertTrue(sock.poll(30000))
                content = link.party.open(stage.genesis, sock.recv(), link.verifier.registry.send)
                replies += link.verifier.read(content).replies
            told += [one for one in replies if one.about != hello.hash]
        again = stage.metrics()['knooppunt_again_total'] - before
        self.assertGreaterEqual(again, len(told))
        return stage, again, told

    @staticmethod
    def fetch(stage, name, functie, wait):
        return stage.parties[name].velden_item(stage.genesis, 'fetch', {
            'functie': functie, 'after': 0, 'max': 64, 'wait': wait})

    def wait_one(self, stage):
        """What an honest recipient that waits is answered when something comes for it."""
        link = stage.links[RECIPIENT]
        item = self.fetch(stage, RECIPIENT, 'wmo', 60)
        link.send([item])
        # Behind it on the same way: it is waited with, or it was answered.
        link.send([self.fetch(stage, RECIPIENT, 'nazorg', 0)])
        first = link.receive(30.0).replies[0]
        if first.about == item.hash:
            return first
        receipt, = stage.push(GOOD, stage.melding(GOOD, rubrieken=base()))
        self.assertEqual(receipt.outcome, 'aanvaard')
        reply, = link.receive(30.0).replies
        self.assertEqual(reply.about, item.hash)
        return reply

    def test_one_partner_takes_its_share_of_the_places_and_others_wait_as_before(self):
        stage, again, told = self.greedy()
        self.assertEqual(again, PLACES - SHARE)
        # Each that does not wait was told so, sealed and about its question.
        self.assertEqual({(one.outcome, one.field) for one in told}, {(AGAIN, 'fetch.wait')})
        self.assertGreater(min(one.pause_ms for one in told), 0)
        self.assertGreater(len(told), PLACES // 2)
        reply = self.wait_one(stage)
        self.assertEqual((reply.outcome, len(reply.deliveries)), (1, 1))

    def test_places_for_whoever_comes_first_are_caught(self):
        stage, again, _ = self.greedy(PLACELESS)
        self.assertEqual(again, 0)
        self.assertEqual(self.wait_one(stage).outcome, AGAIN)


if __name__ == '__main__':
    zmq.Context.instance().max_sockets = 4096
    main()
