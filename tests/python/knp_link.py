# SPDX-License-Identifier: EUPL-1.2
"""A connection of one party to the gate, and the exchanges a partner makes over it."""

import time

import zmq
from zmq.utils import z85

import knp_lists
import knp_wire as kw
from knp_party import Head
from knp_proof import Verifier, ack_item
from knp_tree import Refused

TIMEOUT = 10.0


class NoAnswer(Exception):
    """Nothing that ends the exchange came in time; `hints` are the codes that did."""

    def __init__(self, hints):
        super().__init__(f'no answer in time; hints {hints}')
        self.hints = hints


class Again(Exception):
    """The knooppunt asks to come back: nothing is lost and nothing is done."""

    def __init__(self, reply):
        super().__init__(f'again: {knp_lists.REASONS.get(reply.reason, "")}')
        self.reply = reply
        self.reason = knp_lists.REASONS.get(reply.reason, '')


def dealer(endpoint, genesis, public, secret):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.reconnect_ivl, socket.reconnect_ivl_max = 20, 200
    socket.curve_serverkey = z85.encode(genesis.transport_key)
    socket.curve_publickey = z85.encode(public)
    socket.curve_secretkey = z85.encode(secret)
    socket.connect(endpoint)
    return socket


class Link:
    """One party, connected. Verifies whatever it gets."""

    def __init__(self, party, genesis, endpoint, verifier=None):
        self.party, self.genesis, self.endpoint = party, genesis, endpoint
        self.verifier = verifier or Verifier(genesis)
        self.socket = None
        self.hints = []
        self.plain = []       # plaintext of every answer, when `keep`
        self.keep = False
        self.durable = {}     # functie: last number our inbox has
        self.reconnect()

    def reconnect(self, endpoint=None):
        self.close()
        self.endpoint = endpoint or self.endpoint
        keys = self.party.keys
        self.socket = dealer(self.endpoint, self.genesis, keys.transport, keys.transport_secret)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    # ---- frames ----------------------------------------------------------------------------

    def send(self, items, held=None, **overrides):
        """One envelope with these items under one signature."""
        held = self.verifier.held if held is None else held
        content = self.party.request(items, held, **overrides)
        try:
            self.socket.send(self.party.envelope(self.genesis, content), zmq.DONTWAIT)
        except zmq.Again:
            pass  # refused by the gate for good, or full: as good as lost on the way

    def receive(self, timeout):
        """The next Answer, or None; hints are kept aside."""
        deadline = time.monotonic() + timeout
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not self.socket.poll(int(left * 1000) + 1):
                return None
            frames = self.socket.recv_multipart()
            if len(frames) != 1:
                raise Refused('signature', f'{len(frames)} frames in one message')
            if frames[0][:4] == b'KNPH':
                self.hints.append(kw.read_hint(frames[0]))
                if timeout == 0:
                    return None
                continue
            content = self.party.open(self.genesis, frames[0], self.verifier.registry.send)
            if self.keep:
                self.plain.append(content)
            return self.verifier.read(content)

    def hint(self, timeout=TIMEOUT):
        """The next hint (code, pause), when that is what must come and nothing else."""
        answer = self.receive_hint(timeout)
        if answer is None:
            raise NoAnswer([])
        return answer

    def receive_hint(self, timeout):
        if not self.socket.poll(int(timeout * 1000)):
            return None
        frames = self.socket.recv_multipart()
        if len(frames) != 1 or frames[0][:4] != b'KNPH':
            raise Refused('signature', 'an answer where only a hint may come')
        return kw.read_hint(frames[0])

    # ---- exchanges -------------------------------------------------------------------------

    def exchange(self, items, timeout=TIMEOUT, held=None, every=1.0, **overrides):
        """Sends until each item has its reply: {hash: (reply, checkpoint)}."""
        wanted = {item.hash: item for item in items}
        found = {}
        deadline = time.monotonic() + timeout
        self.hints = []
        # Who claims to hold something else than it does cannot ask for a proof from it.
        # What is sent again may be answered twice, the second time when we hold more.
        self.verifier.must_prove = held is None and self.verifier.held.size > 0
        self.verifier.asked = set(wanted)
        while wanted:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoAnswer([code for code, _ in self.hints])
            self.send([item for item in items if item.hash in wanted], held, **overrides)
            until = min(deadline, time.monotonic() + every)
            while wanted and time.monotonic() < until:
                answer = self.receive(until - time.monotonic())
                for reply in answer.replies if answer else ():
                    if wanted.pop(reply.about, None):
                        found[reply.about] = (reply, answer.checkpoint)
        return found

    def push(self, items, timeout=TIMEOUT, **overrides):
        """Receipts of the items, in their order. Again when the knooppunt says so."""
        found = self.exchange(items, timeout, **overrides)
        receipts = []
        for item in items:
            reply, checkpoint = found[item.hash]
            if reply.outcome == 3:
                raise Again(reply)
            if reply.HasField('receipt'):
                self.learn(reply.receipt)
            receipts.append(self.verifier.receipt(reply, item, checkpoint))
        return receipts

    def learn(self, leaf):
        """Asks for the register when the leaf stands under one that we have not seen."""
        if not self.verifier.knows(leaf):
            self.sync()

    def answer(self, item, timeout=TIMEOUT, **overrides):
        """The bare reply to one item, and the checkpoint it came with."""
        return self.exchange([item], timeout, **overrides)[item.hash]

    def sync(self, timeout=TIMEOUT):
        """Brings the register up to date; how many leaves came."""
        count = 0
        while True:
            values = {'after': self.verifier.registry.head_index}
            item = self.party.velden_item(self.genesis, 'register', values)
            reply, checkpoint = self.answer(item, timeout)
            if reply.outcome != 1:
                raise Refused('signature', f'register: {knp_lists.REASONS.get(reply.reason)}')
            for leaf in reply.register:
                self.verifier.register_leaf(leaf, checkpoint)
            count += len(reply.register)
            if not reply.more:
                self.party.head = self.verifier.held
                return count

    def fetch(self, functie, after=None, maximum=64, wait=0, timeout=TIMEOUT):
        """Verified deliveries after the last durable number; nothing is acknowledged."""
        after = self.durable.get(functie, 0) if after is None else after
        values = {'functie': functie, 'after': after, 'max': maximum, 'wait': wait}
        item = self.party.velden_item(self.genesis, 'fetch', values)
        # Asked again when nothing comes: a gate that cuts connections loses what is under way.
        reply, checkpoint = self.answer(item, timeout=timeout + wait, every=timeout / 2 + wait)
        if reply.outcome != 1:
            raise Refused('signature', f'fetch: {knp_lists.REASONS.get(reply.reason)} {reply.field}')
        for delivery in reply.deliveries:
            self.learn(delivery.leaf)
        return [self.verifier.delivery(delivery, checkpoint, self.party.oin, functie)
                for delivery in reply.deliveries]

    def fetch_through(self, functie, after, maximum, envelopes, timeout=TIMEOUT):
        """The deliveries in each envelope of one answer, verified, and the last reply."""
        item = self.party.velden_item(self.genesis, 'fetch', {
            'functie': functie, 'after': after, 'max': maximum, 'envelopes': envelopes})
        reply, checkpoint = self.answer(item, timeout=timeout, every=timeout)
        found = []
        while True:
            found.append([self.verifier.delivery(one, checkpoint, self.party.oin, functie)
                          for one in reply.deliveries])
            if not reply.follows:
                return found, reply
            answer = self.receive(timeout)
            reply, = answer.replies
            if reply.about != item.hash or answer.checkpoint != checkpoint:
                raise Refused('signature', 'what follows is no part of the answer')

    def fetch_all(self, functie, wait=0):
        """Everything there is after the durable number, made durable here; not acknowledged."""
        everything = []
        while True:
            found = self.fetch(functie, wait=wait if not everything else 0)
            if not found:
                return everything
            for one in found:
                expected = self.durable.get(functie, 0) + 1
                if one.number != expected:
                    raise Refused('signature', f'delivery {one.number} where {expected} must come')
                self.durable[functie] = one.number
            everything += found

    def ack(self, functie, found):
        """Acknowledges deliveries in one statement; its receipt."""
        values = {'functie': functie, 'item': [ack_item(one) for one in found]}
        return self.push([self.party.velden_item(self.genesis, 'ack', values)])[0]

    def hello(self, note=None):
        values = {} if note is None else {'checkpoint': note}
        item = self.party.velden_item(self.genesis, 'hello', values)
        return self.answer(item)[0]

    def proves(self, size, root):
        """Asks for the proof from an older head to now, and verifies it; the newer checkpoint."""
        held = Head(size, root)
        self.verifier.notes.setdefault(size, (root, b''))
        item = self.party.velden_item(self.genesis, 'hello', {})
        self.send([item], held)
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            answer = self.receive(deadline - time.monotonic())
            if answer and any(reply.about == item.hash for reply in answer.replies):
                return answer.checkpoint
        raise NoAnswer([])
