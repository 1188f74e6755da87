# SPDX-License-Identifier: EUPL-1.2
"""Hostile peers at the door of a running daemon. Whatever they do, honest partners go on as if they
were not there: nothing is lost, nobody else is told to wait, and afterwards gate and core hold no
more memory and no more descriptors than before.

KNP_LEAKING keeps every frame it reads, KNP_CREDITLESS gives everybody credit without end: what the
tests measure must find both out. KNP_GUESSABLE lets everybody compute the routing ids it will give. KNP_LONG=1 plays the full figures.
"""

import contextlib
import ctypes
import os
import random
import re
import resource
import signal
import socket
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import zmq  # noqa: E402
from zmq.utils import z85  # noqa: E402

import mutator  # noqa: E402
from knp_convenant import base  # noqa: E402
from knp_link import dealer  # noqa: E402
from knp_probe import HINT_AGAIN, hint_of, wait_for  # noqa: E402
from knp_process import Failed  # noqa: E402
from knp_stage import Stage, main  # noqa: E402

LONG = os.environ.get('KNP_LONG') == '1'
LEAKING, CREDITLESS, GUESSABLE = (os.environ.get(name, '') for name in (
    'KNP_LEAKING', 'KNP_CREDITLESS', 'KNP_GUESSABLE'))
GOOD, BAD, RECIPIENT = 'politie', 'ggz', 'sittard'
GARBAGE = b'\x01' * 100   # long enough for an envelope, and none
TINY = b'\x01'            # which no envelope is: the gate needs no opener for it
MIB = 1 << 20
KEPT, BURST, PER_SECOND = 64, 128, 32  # connections of one partner (gate/links.h, admission.h)


def amount(short, long):
    return long if LONG else short


def speak_unless_refused(sock):
    """Who is refused at the handshake has no pipe left to speak into, and on a slow machine that
    comes before its first word."""
    with contextlib.suppress(zmq.Again):
        sock.send(GARBAGE, zmq.DONTWAIT)


def events_of(monitor):
    """What a socket's monitor told that was not read yet."""
    found = set()
    while monitor.poll(0):
        event, _ = monitor.recv_multipart()
        found.add(int.from_bytes(event[:2], sys.byteorder))
    return found


def anonymous(pid):
    """RssAnon in bytes."""
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith('RssAnon'))


def descriptors(pid):
    return len(os.listdir(f'/proc/{pid}/fd'))


class Peers(unittest.TestCase):
    def play(self, binary=None, only=(GOOD, BAD, RECIPIENT), **settings):
        stage = Stage(only, binary=binary, **settings)
        self.addCleanup(stage.close)
        self.assert_taken(stage)
        return stage

    def assert_taken(self, stage, count=1):
        """Honest partners are served at once: each melding has its receipt, and no hint says wait."""
        for _ in range(count):
            receipt, = stage.push(GOOD, stage.melding(GOOD, rubrieken=base()))
            self.assertEqual(receipt.outcome, 'aanvaard')
            self.assertEqual(stage.links[GOOD].hints, [])

    @staticmethod
    def measure(stage):
        """Of gate and core: pid, anonymous memory, descriptors."""
        return {role: (pid, anonymous(pid), descriptors(pid))
                for role, pid in stage.house.children() if role != 'opener'}

    def assert_back(self, stage, before, room=6 * MIB):
        """The same processes, and nothing kept. A connection that is gone takes a moment to go."""
        def excess():
            found = []
            for role, (pid, memory, fds) in self.measure(stage).items():
                if pid != before[role][0]:
                    raise AssertionError(f'{role} is another process')
                if memory > before[role][1] + room or fds > before[role][2] + 2:
                    found.append((role, memory - before[role][1], fds - before[role][2]))
            return found
        deadline = time.monotonic() + 15
        while excess():
            if time.monotonic() > deadline:
                raise AssertionError(f'kept: {excess()}')
            time.sleep(0.1)

    def socket_of(self, stage, name, routing_id=None, reconnect=100):
        keys = stage.parties[name].keys
        sock = zmq.Context.instance().socket(zmq.DEALER)
        sock.linger, sock.sndtimeo, sock.reconnect_ivl = 0, 30000, reconnect
        if routing_id:
            sock.routing_id = routing_id
        sock.curve_serverkey = z85.encode(stage.genesis.transport_key)
        sock.curve_publickey = z85.encode(keys.transport)
        sock.curve_secretkey = z85.encode(keys.transport_secret)
        sock.connect(stage.house.endpoint)
        self.addCleanup(sock.close)
        return sock


class Strangers(Peers):
    def test_garbage_and_half_handshakes_leave_nothing_behind(self):
        stage = self.play()
        before = self.measure(stage)
        for seed in range(amount(1500, 100000)):
            mutator.speak(stage.house.endpoint, seed)
            if seed % 250 == 0:
                self.assert_taken(stage)
        self.assert_taken(stage)
        self.assert_back(stage, before)

    def test_keys_that_nobody_knows_and_no_security_at_all(self):
        stage = self.play()
        before = self.measure(stage)
        for _ in range(amount(150, 20000)):
            public, secret = (z85.decode(key) for key in zmq.curve_keypair())
            with dealer(stage.house.endpoint, stage.genesis, public, secret) as sock:
                speak_unless_refused(sock)
        for mechanism in ('null', 'plain'):
            with zmq.Context.instance().socket(zmq.DEALER) as sock:
                sock.linger = 0
                if mechanism == 'plain':
                    sock.plain_username, sock.plain_password = b'a', b'b'
                sock.connect(stage.house.endpoint)
                speak_unless_refused(sock)
                self.assertFalse(sock.poll(300))
        self.assert_taken(stage)
        self.assert_back(stage, before)

    def test_half_open_and_slow_connections_beyond_the_descriptors(self):
        stage = self.play(handshake_ms=500)
        before = self.measure(stage)
        gate = dict(stage.house.children())['gate']
        limit = before['gate'][2] + 60
        os.system(f'prlimit --pid {gate} --nofile={limit}:{limit}')
        slow = []
        self.addCleanup(lambda: [sock.close() for sock in slow])
        for number in range(200):
            sock = socket.socket()
            sock.setblocking(False)
            host, port = stage.house.endpoint[len('tcp://'):].split(':')
            sock.connect_ex((host, int(port)))
            slow.append(sock)
            if number % 2:
                try:
                    sock.send(mutator.greeting()[:number % 60])
                except OSError:
                    pass
        self.assert_taken(stage, 3)
        stage.connect(RECIPIENT)  # a new connection finds its way, too
        for sock in slow:
            sock.close()
        self.assert_back(stage, before)


class Admitted(Peers):
    def theft(self, thief_first):
        """The thief and the victim under one routing id; what the thief gets."""
        stage = self.play()
        link, name = stage.links[RECIPIENT], b'de-bus-van-sittard'
        thief = None
        if thief_first:
            thief = self.socket_of(stage, BAD, name)
            thief.send(GARBAGE)
            self.assertIsNotNone(thief.poll(10000) and thief.recv())
        link.close()
        link.socket = self.socket_of(stage, RECIPIENT, name)
        item = link.party.velden_item(stage.genesis, 'fetch',
                                      {'functie': 'wmo', 'after': 0, 'max': 9, 'wait': 0})
        link.send([item])
        if not thief_first:
            answer = wait_for('the answer of the victim', lambda: link.receive(1.0), 10)
            self.assertEqual(answer.replies[0].about, item.hash)
            thief = self.socket_of(stage, BAD, name)
            thief.send(GARBAGE)
            link.send([link.party.velden_item(
                stage.genesis, 'fetch', {'functie': 'wmo', 'after': 0, 'max': 9, 'wait': 0})])
            self.assertIsNotNone(link.receive(10.0))
        found = []
        while thief.poll(500):
            found.append(thief.recv())
        self.assertEqual([one for one in found if one[:4] != b'KNPH'], [])
        # Under a name of its own the victim gets all there is.
        stage.connect(RECIPIENT)
        self.assertEqual([one.number for one in stage.links[RECIPIENT].fetch('wmo', after=0)], [1])

    def test_a_routing_id_that_is_taken_first_gives_nobody_anothers_answers(self):
        self.theft(thief_first=True)

    def test_a_routing_id_that_is_taken_afterwards_gives_nobody_anothers_answers(self):
        self.theft(thief_first=False)

    @staticmethod
    def automatic_ids(count):
        """What libzmq gives peers without a routing id, one after the other, when rand() has its seed
        of old: a zero and the number that the second of two sockets drew."""
        libc = ctypes.CDLL('libc.so.6')
        libc.srand(1)
        drawn = [libc.rand() for _ in range(4)]
        first = (drawn[2] | drawn[3] << 31) & 0xffffffff
        return [b'\0' + ((first + n) & 0xffffffff).to_bytes(4, 'big') for n in range(count)]

    def take_ids(self, stage, count=40):
        """An admitted peer under each of the ids that come next; those in use are ignored."""
        gate, before = self.gate(stage), descriptors(self.gate(stage))
        taken = [self.socket_of(stage, BAD, name) for name in self.automatic_ids(count)]
        for sock in taken:
            sock.send(GARBAGE)
        wait_for('the connections', lambda: self.gate(stage) != gate or
                 descriptors(gate) >= before + count)
        # One of them is heard: the gate has looked at those that came with it.
        wait_for('a hint', lambda: any(sock.poll(0) for sock in taken))
        return taken

    @staticmethod
    def gate(stage):
        return dict(stage.house.children()).get('gate')

    def assert_only_hints(self, taken):
        for sock in taken:
            while sock.poll(100):
                self.assertEqual(sock.recv()[:4], b'KNPH')

    def test_an_automatic_routing_id_that_is_taken_first_cannot_be_guessed(self):
        stage = self.play()
        gate, taken = self.gate(stage), self.take_ids(stage)
        for _ in range(5):
            stage.connect(GOOD)
            self.assert_taken(stage)
        self.assertEqual(self.gate(stage), gate)
        self.assert_only_hints(taken)

    def test_an_automatic_routing_id_that_was_guessed_costs_a_reconnect_and_gives_no_answers(self):
        stage = self.play(GUESSABLE)
        gate, taken = self.gate(stage), self.take_ids(stage)
        # Whoever comes next is to have a number that is in use: libzmq ends the gate.
        with contextlib.suppress(Failed):
            stage.connect(GOOD)
        wait_for('another gate', lambda: self.gate(stage) not in (None, gate))
        self.assert_only_hints(taken)
        for sock in taken:
            sock.close()
        stage.reconnect()
        self.assert_taken(stage)

    def test_an_automatic_routing_id_that_is_taken_afterwards_gives_nobody_anothers_answers(self):
        stage = self.play(GUESSABLE)
        gate, taken = self.gate(stage), self.take_ids(stage)
        # Those of all who are connected are among them, and stay theirs.
        self.assert_taken(stage, 5)
        self.assertEqual(len(stage.links[RECIPIENT].fetch('wmo', after=0)), 6)
        self.assert_only_hints(taken)
        self.assertEqual(self.gate(stage), gate)

    TRIED = (zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL |
             zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_AUTH |
             zmq.EVENT_DISCONNECTED)

    def crowd(self, stage, speaks, count=600):
        """So many connections under the key of one partner, each of which speaks, or none does. Once
        each of them came in or was turned away, the gate is left with a number that links.h lets be,
        and some that are on their way in or out. (One that spoke, was cut and came again is silent.)
        Which counts of the gate must have grown: a slow machine does not shake so many hands, and most
        end with the time for it. `early` where three times as many came as a partner may, and nearly
        as many came in as it may; `cut` where twice as many that speak came in as are kept."""
        crowd, before, began, took = [], descriptors(self.gate(stage)), time.monotonic(), []
        for _ in range(count):
            sock = self.socket_of(stage, BAD, reconnect=3000)
            crowd.append((sock, sock.get_monitor_socket(self.TRIED)))
            if speaks:
                speak_unless_refused(sock)
        waiting = list(crowd)

        def bounded():
            stage.connect(GOOD)  # a new one of an honest partner comes in
            self.assert_taken(stage)
            waiting[:] = [one for one in waiting if not one[1].poll(0)]
            if not waiting:
                took.append(time.monotonic() - began)
            return not waiting and 16 <= descriptors(self.gate(stage)) - before <= 352
        wait_for('a number of connections that is bounded', bounded, 120)
        came_in = sum(zmq.EVENT_HANDSHAKE_SUCCEEDED in events_of(monitor) for _, monitor in crowd)
        may = BURST + PER_SECOND * took[0]
        for sock, monitor in crowd:
            sock.disable_monitor()
            monitor.close()
            sock.close()
        return ({'early'} if count > 3 * may and came_in > 0.75 * may else set()) | (
            {'cut'} if speaks and came_in >= 2 * KEPT else set())

    def test_connections_of_one_partner_are_bounded_and_take_no_place_of_others(self):
        stage = self.play(handshake_ms=300)  # so that attempts in vain are few at one moment
        before = self.measure(stage)
        grown = self.crowd(stage, True) | self.crowd(stage, False)
        self.assert_taken(stage)
        self.assert_back(stage, before)
        self.assertEqual(stage.house.stop()[0], 0)
        for name in grown:
            self.assertGreater(self.counted(stage, name), 0, name)

    @staticmethod
    def counted(stage, name):
        """What the gate counted, which it tells every minute and at its end."""
        return sum(map(int, re.findall(rf'^event=gate\.counts .* {name}=(\d+) ', stage.house.log(), re.M)))

    # Kept by a gate, these are three times what assert_back() lets be. (Of the last ones some are
    # still with the sender when it closes.)
    TINY_COUNT = 150000

    def flood(self, stage, count, size):
        """Tiny frames, as fast as they go; nothing that comes back is read."""
        sock = self.socket_of(stage, BAD)
        for number in range(count):
            sock.send(bytes(size))
            if number % (count // 4) == 0:
                self.assert_taken(stage)
        return sock

    def test_many_tiny_messages_delay_nobody_and_leave_nothing(self):
        stage = self.play()
        before = self.measure(stage)
        for size in (1, 100):  # refused by the gate; by the opener
            self.flood(stage, amount(self.TINY_COUNT, 500000), size).close()
        self.assert_taken(stage)
        self.assert_back(stage, before)

    def test_what_a_partner_can_repeat_does_not_flood_the_log(self):
        stage = self.play()
        size = len(stage.house.log())
        batches = [[stage.melding(BAD, rubrieken=base(), sequence=1) for _ in range(60)]
                   for _ in range(10)]
        began = time.monotonic()
        for items in batches:
            stage.push(BAD, *items)
            self.assert_taken(stage)
        # Of one format at most a hundred lines in ten seconds (base/log.h), however slow this is.
        most = 100 * (1 + int((time.monotonic() - began) / 10))
        reused = stage.metrics()['knooppunt_sequence_reuse_total']
        self.assertGreaterEqual(reused, 599)

        def told():
            log = stage.house.log()
            return sum(int(count) for count in re.findall(
                r'^event=log.suppressed of=sequence-reuse count=(\d+) ', log, re.M))

        def written():
            return stage.house.log().count('event=sequence-reuse ')

        wait_for('the number of what was left out', lambda: told() + written() == reused, 30)
        self.assertLess(most, reused, 'too slow to tell')
        self.assertLessEqual(written(), most)
        # A line is less than 150 bytes, and of other events there are few.
        self.assertLess(len(stage.house.log()) - size, 10000 + 150 * most)

    def test_frames_too_large_and_of_many_parts(self):
        stage = self.play()
        before = self.measure(stage)
        sock = self.socket_of(stage, BAD)
        for number in range(amount(40, 2000)):
            sock.send_multipart([os.urandom(1000)] * 500)
            if number % 10 == 0:
                self.assert_taken(stage)
        for _ in range(amount(10, 200)):
            with self.socket_of(stage, BAD) as other:
                other.send(bytes(300 * 1024))
                other.send(bytes(2 * MIB))
        sock.close()
        self.assert_taken(stage)
        self.assert_back(stage, before)

    def test_a_gate_that_keeps_what_it_reads_is_caught(self):
        stage = self.play(LEAKING)
        before = self.measure(stage)
        self.flood(stage, self.TINY_COUNT, 100).close()
        with self.assertRaisesRegex(AssertionError, "kept: .*'gate'"):
            self.assert_back(stage, before)

    def waits(self, stage):
        """With openers that stand still and a partner in excess: what an honest one hears first, of
        what an opener must open, or of what the gate answers by itself and was sent after it."""
        bad, good = self.socket_of(stage, BAD), self.socket_of(stage, GOOD)
        for sock in (bad, good):
            sock.send(GARBAGE)
            self.assertTrue(sock.poll(10000))
            sock.recv()
        openers = [pid for role, pid in stage.house.children() if role == 'opener']
        for pid in openers:
            os.kill(pid, signal.SIGSTOP)
        try:
            for _ in range(60):
                bad.send(bytes(200 * 1024))
            while not bad.poll(0) or hint_of(bad.recv())[0] != HINT_AGAIN:
                bad.send(bytes(200 * 1024))
            good.send(bytes(200 * 1024))
            good.send(TINY)
            self.assertTrue(good.poll(30000))
            return hint_of(good.recv())[0]
        finally:
            for pid in openers:
                os.kill(pid, signal.SIGCONT)

    def test_one_partners_excess_is_told_to_wait_and_nobody_else_is(self):
        stage = self.play(credit_kib=1024)
        self.assertNotEqual(self.waits(stage), HINT_AGAIN)
        self.assert_taken(stage)

    def test_credit_without_end_is_caught(self):
        stage = self.play(CREDITLESS, credit_kib=1024)
        self.assertEqual(self.waits(stage), HINT_AGAIN)

    def test_a_recipient_that_never_fetches_costs_the_others_nothing(self):
        stage = self.play(only=(GOOD, RECIPIENT, 'vt', 'huis'))
        count = amount(6, 200)
        before = self.measure(stage)
        for _ in range(count):
            items = [stage.melding(GOOD, rubrieken=base()) for _ in range(32)]
            self.assertEqual({one.outcome for one in stage.push(GOOD, *items)}, {'aanvaard'})
        self.assert_back(stage, before, 24 * MIB)
        found = stage.links[RECIPIENT].fetch_all('wmo')
        self.assertEqual([one.number for one in found], list(range(1, 32 * count + 2)))


if __name__ == '__main__':
    random.seed(1)
    many = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (many, many))
    zmq.Context.instance().max_sockets = 4096
    main()
