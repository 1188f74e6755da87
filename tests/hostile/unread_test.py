# SPDX-License-Identifier: EUPL-1.2
"""A partner that asks for large answers on many connections and reads none of them. What the gate
keeps for it is bounded over all of its connections, others notice nothing, and what was not sent is
given when it is asked for again. KNP_BOUNDLESS has no such bound: the test must find it out."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import zmq  # noqa: E402

from peers_test import (  # noqa: E402
    GOOD, HINT_AGAIN, MIB, RECIPIENT, Peers, anonymous, hint_of, main, wait_for)
from knp_convenant import kenmerken  # noqa: E402
from knp_lists import Rubriek  # noqa: E402

BOUNDLESS = os.environ.get('KNP_BOUNDLESS', '')
MELDINGEN, ENVELOPES = 12, 4   # three large ones fill an envelope
CONNECTIONS, ROUNDS = 16, 17   # more than libzmq takes of one connection
ALLOWED = 56 * MIB     # 30 of waiting.h, one frame of each connection, and what libc keeps of it


def large():
    """A melding of which a recipient gets some 70 kB: sixteen people with many names."""
    found = [kenmerken(betrokkenen=16)]
    for number in range(1, 17):
        names = [f'{number:02} {name:02} '.ljust(120, 'x') for name in range(30)]
        found += [Rubriek('betrokkenheid', number, rol='betrokkene', woongemeente='GM1883',
                          minderjarig='nee'),
                  Rubriek('identificatie', number, geslachtsnaam='Velen', alias=names)]
    return found


class Unread(Peers):
    def fetch_item(self, stage):
        link = stage.links[RECIPIENT]
        return link.party.velden_item(stage.genesis, 'fetch', {
            'functie': 'wmo', 'after': 1, 'max': MELDINGEN, 'envelopes': ENVELOPES})

    def ask(self, stage, sock):
        link = stage.links[RECIPIENT]
        content = link.party.request([self.fetch_item(stage)], link.verifier.held)
        sock.send(link.party.envelope(stage.genesis, content))

    def unread(self, stage):
        """Connections with so many answers that nobody reads, each of a quarter MiB; how much more
        the gate holds."""
        for _ in range(MELDINGEN):
            stage.push(GOOD, stage.melding(GOOD, rubrieken=large()))
        gate = dict(stage.house.children())['gate']
        envelopes, _ = stage.links[RECIPIENT].fetch_through('wmo', 1, MELDINGEN, ENVELOPES)
        self.assertEqual([len(one) for one in envelopes], [MELDINGEN // ENVELOPES] * ENVELOPES)
        before = anonymous(gate)
        crowd = []
        for _ in range(CONNECTIONS):
            sock = self.socket_of(stage, RECIPIENT)
            sock.rcvhwm = 1
            crowd.append(sock)

        def delivered():
            return stage.metrics()['knooppunt_delivered_total']
        # One by one: of fetches that come together core answers the newest.
        for number in range(ROUNDS * CONNECTIONS):
            wanted = delivered() + MELDINGEN
            self.ask(stage, crowd[number % CONNECTIONS])
            wait_for('the answer of core', lambda: delivered() >= wanted)  # noqa: B023
        # Core's answers pass the gate in their order: what was before this one did.
        self.assert_taken(stage)
        self.assertEqual(dict(stage.house.children())['gate'], gate)
        return crowd, anonymous(gate) - before

    def test_what_waits_for_a_partner_that_does_not_read_is_bounded_and_nothing_is_lost(self):
        stage = self.play(only=(GOOD, RECIPIENT), credit_frames=1024)
        before = self.measure(stage)
        crowd, held = self.unread(stage)
        self.assertLess(held, ALLOWED)
        # One that does read is told to come again, instead of nothing.
        reader = self.socket_of(stage, RECIPIENT)
        self.ask(stage, reader)
        self.assertTrue(reader.poll(30000))
        self.assertEqual(hint_of(reader.recv())[0], HINT_AGAIN)
        for sock in crowd + [reader]:
            sock.close()
        stage.connect(RECIPIENT)
        found = stage.links[RECIPIENT].fetch_all('wmo')
        self.assertEqual([one.number for one in found], list(range(1, len(found) + 1)))
        self.assertEqual(len(found), 2 + MELDINGEN)
        self.assert_taken(stage)
        self.assert_back(stage, before, 40 * MIB)

    def test_a_gate_without_the_bound_is_caught(self):
        stage = self.play(BOUNDLESS, only=(GOOD, RECIPIENT), credit_frames=1024)
        crowd, held = self.unread(stage)
        self.assertGreater(held, 3 * ALLOWED)
        for sock in crowd:
            sock.close()


if __name__ == '__main__':
    zmq.Context.instance().max_sockets = 4096
    main()
