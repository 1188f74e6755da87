# SPDX-License-Identifier: EUPL-1.2
"""The client: push, flush, fetch, acknowledge, ask."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from . import files, proof
from . import primitives as p
from .bundle import read_bundle
from .errors import BadInput, NotReached, Refused, SplitView, Trouble, UnknownRegisterHead
from .inbox import Inbox, Received
from .keys import Unlock, bundle_path, read_keys
from .melding import Writer, given_to_json
from .outbox import Item, Outbox, Outcome, content_of
from .session import Answer, Memory, Session, batches_of, read_genesis_file
from .statements import Author, Draft, draft_of, now_ms, today
from .values import lists
from .wire import pb

AANVAARD, GEWEIGERD, AGAIN = 1, 2, 3
# Reasons that stay true of the same bytes (C4): these end an item without a receipt.
_FOR_GOOD = {5, 6, *range(20, 31), 32, 33, *range(35, 38)}
_MELDING = 1
_MAX_PAUSE = 60.0
_ACKS_A_STATEMENT = 512
_USED = 'this id was used for something else'


@dataclass(frozen=True)
class Settings:
    oin: str
    systeem: str
    keys: str
    spool: str
    genesis: str
    endpoint: str
    unlock: Unlock
    fingerprint: str = ''
    timeout: float = 10.0  # seconds for one answer


@dataclass
class Report:
    """What a fetch came to: what was received, and what was set aside because it did not verify."""

    received: list[Received] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    more: bool = False


class Client:
    """Of one party and one source system. Not for several threads; its spool is for one process
    at a time. Use it in a `with`, or close it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._keys = read_keys(settings.keys, settings.unlock)
        files.make_folder(settings.spool)
        self._lock = files.lock(os.path.join(settings.spool, 'lock'))
        self._sealer = files.Sealer(self._keys.spool)
        self.memory = Memory(settings.spool,
                             read_genesis_file(settings.genesis, settings.fingerprint),
                             self._sealer)
        self._party = read_bundle(files.get(bundle_path(settings.keys)))
        if self._party.oin != settings.oin:
            raise Trouble(f'{settings.keys}: the bundle there is of another OIN than the settings')
        self._author = Author(settings.oin, settings.systeem, self._keys)
        self.outbox = Outbox(settings.spool, self._sealer)
        self._inboxes: dict[str, Inbox] = {}
        self._session: Session | None = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self.disconnect()
        self._lock.close()

    def disconnect(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    @property
    def functies(self) -> tuple[str, ...]:
        return self._party.functies

    # ---- the log ----

    def _connected(self) -> Session:
        """A session over the newest register: what it says is known before anything is sent."""
        if self._session is None:
            self._session = Session(self.settings.oin, self._keys, self.memory,
                                    self.settings.endpoint)
            try:
                self.sync()
            except Exception:
                self.disconnect()
                raise
        return self._session

    def sync(self) -> None:
        """Reads the register to its end, and says which checkpoint is held (C20)."""
        session = self._connected()
        more = True
        while more:
            after = {'after': session.register_after}
            more = session.ask_register(self._written('register', after), self.settings.timeout)
        hello = {'checkpoint': self.memory.note} if self.memory.note else {}
        self._exchange(self._written('hello', hello))

    def alarms(self) -> list[str]:
        """For a person: two histories (C7), keys under the own OIN that were not made here (C2)."""
        found = []
        if os.path.exists(self.memory.alarm_path):
            found.append(f'{self.memory.alarm_path}: the log showed two histories')
        for member in self.memory.register.members_of(self.settings.oin):
            own = member.party.identity == self._keys.identity_public
            if not own and not member.party.role and member.span.until is None:
                key = p.key_id(p.IDENTITY, member.party.identity).hex()
                found.append(f'identity key {key} counts for this OIN and was not made here, for '
                             f'{", ".join(member.party.functies)}')
        return found

    def _written(self, kind: str, values: dict[str, Any]) -> Item:
        return self._author.write([draft_of(kind, values)], self.memory.register,
                                  self.memory.heads.held)[0]

    def _exchange(self, item: Item, seconds: float = 0.0) -> Answer:
        """One statement that does not wait in the outbox."""
        return self._exchanged([item], seconds or self.settings.timeout)[item.header_hash]

    def _exchanged(self, items: Sequence[Item], seconds: float) -> dict[bytes, Answer]:
        """At least one answer. Where there is none, or the log signs by a key that is not known, the
        next call begins with the register: keys of the knooppunt may have changed (C24..C26)."""
        session = self._connected()
        said = ' in time'
        answers: dict[bytes, Answer] = {}
        try:
            answers = session.exchange(items, seconds)
        except Refused as refused:
            if refused.rule != 'L23':
                raise
            said = ' that a known key of the log signed'
        if not answers:
            if session.last_hint:
                said = f'; the knooppunt says: {session.last_hint}'
            self.disconnect()
            raise NotReached('no answer' + said)
        return answers

    # ---- sending ----

    def push(self, meldingen: Sequence[Any]) -> list[Outcome]:
        """Puts them into the outbox, all or none, under one signature for each 256. One that was
        pushed before is the same: its state is told, and nothing is added."""
        drafts: list[Draft] = []
        places: list[str | int] = []  # its name in the outbox, or which of the drafts it is
        known: dict[str, int] = {}
        first = self.outbox.next_sequence
        for melding in meldingen:
            draft, name = self._draft(melding, first + len(drafts))
            if name:
                places.append(name)
                continue
            place = known.setdefault(draft.id or content_of(draft.rubrieken).hex(), len(drafts))
            if place == len(drafts):
                drafts.append(draft)
            elif drafts[place].rubrieken != draft.rubrieken:
                raise BadInput('conflict', '/id', _USED)
            places.append(place)
        items: list[Item] = []
        for start in range(0, len(drafts), 256):
            items += self._author.write(drafts[start:start + 256], self.memory.register,
                                        self.memory.heads.held)
        self.outbox.add(items)
        return [self.outbox.outcome(place if isinstance(place, str) else items[place].name)
                for place in places]

    def _draft(self, melding: Any, sequence: int) -> tuple[Draft, str]:
        rubrieken = Writer(self._party.soort, today()).write(melding)
        if melding.get('systeem', self.settings.systeem) != self.settings.systeem:
            raise BadInput('bad-value', '/systeem', 'this spool is of another system')
        id_ = melding.get('id', '')
        if not isinstance(id_, str):
            raise BadInput('bad-type', '/id', 'a text')
        name = (self.outbox.find_id(self._author.source, id_) if id_
                else self.outbox.find_content(rubrieken))
        if name and not self.outbox.is_same(name, rubrieken):
            raise BadInput('conflict', '/id', _USED)
        return Draft(_MELDING, id_, sequence, tuple(rubrieken)), name

    def say(self, kind: str, values: dict[str, Any], id_: str = '') -> Outcome:
        """Puts any other statement that is answered with a receipt into the outbox. An id speaks
        once: what was said under it stays byte for byte (C5)."""
        if id_ and self.outbox.find_id(self._author.source, id_):
            raise BadInput('conflict', '/id', _USED)
        draft = draft_of(kind, values, id_)
        item = self._author.write([draft], self.memory.register, self.memory.heads.held)[0]
        self.outbox.add([item])
        return self.outbox.outcome(item.name)

    def flush(self, seconds: float) -> list[Outcome]:
        """Sends what waits until all has its outcome, or the time is over. Those that got one."""
        deadline = time.monotonic() + seconds
        done: list[Outcome] = []
        pause = 0.2
        while self.outbox.count:
            before = len(done)
            try:
                done += self._flush_once(deadline)
            except NotReached:
                self.disconnect()
            pause = 0.2 if len(done) > before else min(pause * 2, _MAX_PAUSE)
            rest = deadline - time.monotonic()
            if not self.outbox.count or rest <= 0:
                break
            time.sleep(min(pause, rest))
        return done

    def _flush_once(self, deadline: float) -> list[Outcome]:
        self._connected()  # its time is not that of an answer
        done = []
        for group in batches_of(self.outbox.waiting()):
            seconds = min(self.settings.timeout, deadline - time.monotonic())
            if seconds <= 0:
                break
            answers = self._exchanged(group, seconds)
            for item in group:
                answer = answers.get(item.header_hash)
                outcome = self._outcome(item, answer) if answer else None
                if outcome is not None:
                    self.outbox.finish(item, outcome)
                    done.append(outcome)
        return done

    def _outcome(self, item: Item, answer: Answer) -> Outcome | None:
        """C4: None while nothing ended it."""
        reply = answer.reply
        status = {AANVAARD: 'aanvaard', GEWEIGERD: 'geweigerd'}.get(reply.outcome)
        if status is None:
            return None
        if not reply.HasField('receipt'):
            if reply.outcome != GEWEIGERD or reply.reason not in _FOR_GOOD:
                return None
            return Outcome(item.id, status, -1, reply.reason, reply.field,
                           self.memory.register.oefening)
        sent = proof.Sent(item.source, item.id, item.header_hash)
        made = self._with_register(lambda: proof.check_receipt(
            reply.receipt, answer.checkpoint, self.memory.register, sent, reply.outcome))
        return Outcome(item.id, status, made.index, made.reason, made.field, made.oefening,
                       reply.receipt.SerializeToString(deterministic=True), answer.checkpoint.note)

    def _with_register(self, check: Any) -> Any:
        """C8: where a check rests on a register leaf that is not known, the register is asked."""
        try:
            return check()
        except UnknownRegisterHead:
            self.sync()
            return check()

    # ---- receiving ----

    def inbox(self, functie: str) -> Inbox:
        if functie not in self._inboxes:
            self._inboxes[functie] = Inbox(self.settings.spool, functie, self._sealer)
        return self._inboxes[functie]

    def fetch(self, functie: str, most: int = 256, wait: int = 0, first: int = 0) -> Report:
        """What is new for this functie, verified and durable in the inbox, but not acknowledged:
        that is `ack`. What a kill left there unacknowledged comes first. `first`: at which number
        an inbox goes on, told by the house (C23)."""
        self.memory.check_alarm()
        inbox = self.inbox(functie)
        if first and first <= inbox.newest:
            raise BadInput('conflict', '/first', f'this inbox is past it: {inbox.newest} is here')
        report = Report(inbox.waiting())
        if len(report.received) >= most:
            report.more = True
            return report
        values = {'functie': functie, 'after': inbox.newest, 'wait': min(wait, 60),
                  'max': min(most - len(report.received), 256)}
        answer = self._exchange(self._written('fetch', values), self.settings.timeout + wait)
        if answer.reply.outcome != AANVAARD:
            raise _refusal(answer.reply)
        report.more = answer.reply.more
        if first and answer.reply.deliveries:
            self._check_first(answer.reply.deliveries[0], answer, first)
        for delivery in answer.reply.deliveries:
            number, first = first or inbox.newest + 1, 0
            try:
                received = self._receive(delivery, answer, functie, number)
            except SplitView:
                raise
            except Refused as refused:
                self._set_aside(functie, number, delivery, answer, refused)
                report.aside.append(f'{functie} {number}: {refused}')
                break
            inbox.add(received)
            report.received.append(received)
        return report

    @staticmethod
    def _check_first(delivery: pb.Delivery, answer: Answer, first: int) -> None:
        """C23: a number that a person was told wrong says nothing against what came."""
        try:
            opened = proof.open_leaf(delivery.leaf, answer.checkpoint)
        except Refused:
            return  # it is set aside like any other
        number = opened.part.verstrekking.number
        if number != first:
            raise BadInput('conflict', '/first', f'the next delivery is {number}, not {first}: '
                           'ask the house which it should be; nothing was taken')

    def _receive(self, delivery: pb.Delivery, answer: Answer, functie: str, number: int) -> Received:
        expected = proof.Expected(self.settings.oin, functie, number, now_ms())
        made = self._with_register(lambda: proof.check_delivery(
            delivery, answer.checkpoint, self.memory.register, expected))
        return Received(functie, made.part.number, made.part_hash, made.part.header_hash, _content(made))

    def _set_aside(self, functie: str, number: int, delivery: pb.Delivery, answer: Answer,
                   refused: Refused) -> None:
        """C19: kept for a person, sealed, never handed over and never acknowledged."""
        folder = os.path.join(self.settings.spool, 'aside')
        files.make_folder(folder)
        name = f'{functie}-{number:010d}'
        self._sealer.put(folder, name, pb.Replies(
            checkpoint=answer.checkpoint.note,
            replies=[pb.Reply(deliveries=[delivery])]).SerializeToString())
        files.put(os.path.join(folder, name + '.reason'), f'{refused}\n'.encode())

    def ack(self, functie: str, upto: int) -> int:
        """Acknowledges what is durable here up to this number, and then drops it. How many."""
        self.memory.check_alarm()
        inbox = self.inbox(functie)
        rows = [each for each in inbox.waiting() if each.number <= upto]
        for start in range(0, len(rows), _ACKS_A_STATEMENT):
            some = rows[start:start + _ACKS_A_STATEMENT]
            item = self._written('ack', {'functie': functie, 'item': [
                p.u64be(each.number) + each.part_hash for each in some]})
            answer = self._exchange(item)
            outcome = self._outcome(item, answer)
            if outcome is None:
                raise NotReached('the acknowledgement was not taken; it can be given again')
            if outcome.status != 'aanvaard':
                raise _refusal(answer.reply)
            inbox.mark_acked(some[-1].number)
        return len(rows)

    # ---- asking ----

    def ask(self, values: dict[str, Any], seconds: float = 60.0,
            kind: str = 'zsm_verzoek') -> Received:
        """ZSM's question (`zsm_verzoek`), or one of a case that is looked into
        (`verrijking_verzoek`), and the first answer out of the inbox of its functie. It is
        acknowledged like any other delivery. What others answer to the latter, and that it is
        closed (`afgesloten`), comes later."""
        self.memory.check_alarm()
        item = self._written(kind, values)
        answer = self._exchange(item)
        outcome = self._outcome(item, answer)
        if outcome is None:
            raise NotReached('the question was not taken; it can be asked again')
        if outcome.status != 'aanvaard':
            raise _refusal(answer.reply)
        deadline = time.monotonic() + seconds
        while True:
            report = self.fetch(values['functie'], wait=1)
            for each in report.received:
                if each.header_hash == item.header_hash:
                    return each
            if report.aside:
                raise Trouble(f'what came does not verify: {report.aside[0]}')
            if time.monotonic() >= deadline:
                raise NotReached('the question was taken, but its answer did not come in time')


def _refusal(reply: pb.Reply) -> BadInput:
    code, text, fix = lists().reasons.get(reply.reason, ('unsupported', 'refused', ''))
    return BadInput(code, reply.field, f'{text} {fix}'.strip())


def _content(made: proof.Verstrekking) -> dict[str, Any]:
    """As docs/melding-json.md has it."""
    part = made.part
    content: dict[str, Any] = {
        'soort': made.soort, 'functie': part.functie,
        'number': part.number, 'index': made.index, 'oefening': part.oefening,
        'rubrieken': [given_to_json(each) for each in made.given],
        'regels': sorted({grond.regel for grond in part.gronden}),
        'gronden': [{'betrokkene': grond.betrokkene, 'rubriek': _name(grond.rubriek),
                     'regel': grond.regel, 'artikel': grond.convenantartikel, 'doel': grond.doel,
                     'grondslag': list(grond.grondslag),
                     **({'overleg': grond.overleg} if grond.overleg else {})}
                    for grond in part.gronden],
        'convenant': part.convenant_hash.hex(), 'verified': True}
    if made.statement is not None:
        content.update(id=made.statement.id, bron=made.statement.source)
    if part.betreft:
        content['betreft'] = part.betreft
    return content


def _name(rubriek: int) -> str:
    row = lists().rubriek_of(rubriek)
    return row.name if row else ('bericht' if rubriek == 0 else f'rubriek-{rubriek}')
