# SPDX-License-Identifier: EUPL-1.2
"""The register: genesis and register leaves, folded in order (§9.3). Keys of other parties and of
the knooppunt come from here alone (C2)."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

from . import acts, house_keys, values, wire
from . import primitives as p
from .bundle import ROLES, Party, read_bundle
from .entry import GENESIS, REGISTER, Entry
from .errors import Refused, UnknownRegisterHead
from .genesis import GenesisFile
from .house_keys import KeyText
from .note import LogKey
from .wire import pb

MAX_CONVENANTEN = 8
MAX_HERSTEL = 8
NUMBER_BITS = 28  # L26


@dataclass(frozen=True)
class Span:
    """Entries after `since`, up to and including `until`; without `until` for ever."""

    since: int
    until: int | None = None

    def covers(self, index: int) -> bool:
        return self.since < index and (self.until is None or index <= self.until)


@dataclass(frozen=True)
class Member:
    party: Party
    span: Span


@dataclass(frozen=True)
class HouseKey:
    use: str
    public: bytes
    span: Span
    adres: str = ''  # of a transport key; that of genesis was agreed outside


@dataclass
class Convenant:
    hash: bytes
    in_force: bool
    newest: int  # index of the newest leaf about a convenant of this name


@dataclass(frozen=True)
class Herstel:
    """From entry `since` on the log has this origin; the copy it went on from had this root."""

    origin: str
    since: int
    root: bytes


@dataclass
class Register:
    """What the leaves that were folded say. A leaf that is refused changes nothing."""

    origin: str = ''
    oin: str = ''
    naam: str = ''
    oefening: bool = False
    herstel: list[Herstel] = field(default_factory=list)
    heads: list[tuple[int, bytes, int]] = field(default_factory=list)  # index, leaf hash, time
    members: list[Member] = field(default_factory=list)
    house_keys: list[HouseKey] = field(default_factory=list)
    convenanten: dict[str, Convenant] = field(default_factory=dict)
    _seen: set[bytes] = field(default_factory=set)

    @classmethod
    def from_genesis(cls, file: GenesisFile) -> Register:
        made = cls()
        made.fold(0, file.entry, file.register)
        return made

    def copy(self) -> Register:
        return copy.deepcopy(self)

    # ---- questions ----

    @property
    def newest(self) -> int:
        """Index of the newest leaf that was folded."""
        return self.heads[-1][0]

    def check_head_of(self, index: int, entry: Entry) -> None:
        """C8: the entry at `index` names the newest register leaf before it."""
        before = [row for row in self.heads if row[0] < index]
        if before and before[-1][1] == entry.register_head:
            return
        if any(row[1] == entry.register_head for row in self.heads):
            raise Refused('C8', 'an entry that rests on an older register leaf', 'signature')
        raise UnknownRegisterHead()

    def log_key_at(self, size: int) -> LogKey:
        """L23: the newest log key that counts at this size of the log."""
        for key in reversed(self.house_keys):
            if key.use == house_keys.LOG and key.span.covers(size):
                return LogKey(self.origin_at(size - 1), key.public)
        raise Refused('L23', 'no key of the log counts at this size', 'signature')

    @property
    def log(self) -> str:
        """The origin that statements are to now."""
        return self.herstel[-1].origin if self.herstel else self.origin

    @property
    def logs(self) -> set[str]:
        return {self.origin, *(each.origin for each in self.herstel)}

    def origin_at(self, index: int) -> str:
        """L25: that of an entry, and of checkpoints of one entry more."""
        return ([self.origin] + [each.origin for each in self.herstel if each.since <= index])[-1]

    def begins_numbers(self, index: int, number: int) -> bool:
        """L26: the first number after a herstel before the entry at `index`."""
        times, rest = divmod(number - 1, 1 << NUMBER_BITS)
        return rest == 0 and 0 < times <= sum(each.since <= index for each in self.herstel)

    def keys_in_force(self, use: str) -> list[bytes]:
        """The oldest first."""
        return [key.public for key in self.house_keys if key.use == use and key.span.until is None]

    @property
    def way(self) -> tuple[bytes, str]:
        """The newest transport key in force, and where it is served ('' for that of genesis)."""
        return [(key.public, key.adres) for key in self.house_keys
                if key.use == house_keys.TRANSPORT and key.span.until is None][-1]

    def member_by_identity(self, oin: str, key_id: bytes, index: int) -> Party | None:
        """Whose identity key this is, where it counts at the entry `index`."""
        for member in self.members:
            if (member.party.oin == oin and member.span.covers(index)
                    and p.key_id(p.IDENTITY, member.party.identity) == key_id):
                return member.party
        return None

    def members_of(self, oin: str) -> list[Member]:
        return [member for member in self.members if member.party.oin == oin]

    # ---- folding ----

    def fold(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        if part.soort == 0:
            self._fold_genesis(index, entry, part)
            return
        if not self.heads:
            raise Refused('L10', 'a register that does not begin with genesis')
        newest, hashed, time = self.heads[-1]
        if entry.kind != REGISTER or index <= newest:
            raise Refused('L2', 'a register leaf that stands where it cannot')
        if part.vorige != hashed or entry.register_head != hashed:
            raise Refused('L10', 'a register leaf that does not name the one before it')
        if entry.time < time:
            raise Refused('L2', 'a time that goes back')
        {1: self._fold_partner, 2: self._fold_intrekking, 3: self._fold_convenant,
         4: self._fold_key, 5: self._fold_key_end, 16: self._fold_convenant_end,
         17: self._fold_herstel}[part.soort](
             index, entry, part)
        self.heads.append((index, entry.leaf_hash, entry.time))

    def _fold_genesis(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        made = part.genesis
        if index != 0 or entry.kind != GENESIS or self.heads:
            raise Refused('L2', 'a genesis that is not the first entry')
        if not all(33 <= ord(c) <= 126 and c != '+' for c in made.origin):
            raise Refused('L11', 'an origin with other characters than it may have')
        if not values.is_oin(made.oin):
            raise Refused('L11', 'an OIN that is none')
        rollen = [read_bundle(each) for each in made.rollen]
        for party in rollen:
            self._check_role(party, made.oin)
        p.check_identity_key(made.log_key)
        for key in (made.receive_key, made.send_key, made.transport_key):
            p.check_agreement_key(key)
        keys = [made.log_key, made.receive_key, made.send_key, made.transport_key,
                *(key for party in rollen for _, key in party.keys)]
        if len(set(keys)) != len(keys):
            raise Refused('W1', 'a key that occurs twice')
        self.origin, self.oin, self.naam = made.origin, made.oin, made.naam
        self.oefening = made.oefening
        self._seen = set(keys)
        self.members = [Member(party, Span(0)) for party in rollen]
        # Sizes begin at 1: the key of genesis counts from the beginning.
        self.house_keys = [HouseKey(house_keys.LOG, made.log_key, Span(0)),
                           HouseKey(house_keys.RECEIVE, made.receive_key, Span(0)),
                           HouseKey(house_keys.SEND, made.send_key, Span(0)),
                           HouseKey(house_keys.TRANSPORT, made.transport_key, Span(0))]
        self.heads = [(0, entry.leaf_hash, entry.time)]

    @staticmethod
    def _check_role(party: Party, house: str) -> None:
        if party.oin != house or len(party.functies) != 1 or party.functies[0] not in ROLES:
            raise Refused('L11', 'a bundle that is not of a role of the house')
        if party.sealing or party.transport:
            raise Refused('L11', 'a role with a sealing or transport key')

    def _roles_of(self, index: int, entry: Entry, part: pb.PartRegister, demand: acts.Demand
                  ) -> set[str]:
        """The roles of which an act for this leaf stands in it."""
        found = set()
        for act in part.acts:
            party = self.member_by_identity(act.signer, act.key_id, index)
            if party is not None and party.role and acts.is_for(act, party, demand, entry.time):
                found.add(party.role)
        return found

    def _need(self, index: int, entry: Entry, part: pb.PartRegister, soort: str, wanted: bytes,
              head_above: int = -1) -> set[str]:
        demand = acts.Demand(self.oin, self.log, soort, wanted, head_above)
        return self._roles_of(index, entry, part, demand)

    @staticmethod
    def _two(roles: set[str]) -> bool:
        return 'beheerder' in roles and len(roles) > 1

    def _fold_partner(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        party = read_bundle(part.partner)
        roles = self._need(index, entry, part, 'partner', p.sha256(part.partner))
        is_role = any(functie in ROLES for functie in party.functies)
        if is_role:
            self._check_role(party, self.oin)
        both = {'privacy-officer', 'privacy-officer-plv'} <= roles
        if not self._two(roles) and not (is_role and both):
            raise Refused('L18' if is_role else 'L13', 'a bundle without the acts it needs',
                          'signature')
        keys = [key for _, key in party.keys]
        if self._seen.intersection(keys) or len(set(keys)) != len(keys):
            raise Refused('W1', 'a key that is in the register already')
        self._seen.update(keys)
        self.members.append(Member(party, Span(index)))

    def _fold_intrekking(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        if not self._need(index, entry, part, 'intrekking', p.sha256(part.ingetrokken)):
            raise Refused('L13', 'a revocation without an act', 'signature')
        for place, member in enumerate(self.members):
            if member.span.until is None and part.ingetrokken in member.party.key_ids:
                self.members[place] = replace(member, span=Span(member.span.since, index))
                return
        raise Refused('L14', 'a revocation of a key that is not in force')

    def _fold_convenant(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        made = part.convenant
        before = self.convenanten.get(made.naam)
        if not made.ondertekend and not self.oefening:
            raise Refused('L15', 'a convenant that nobody signed, in a log in earnest')
        roles = self._need(index, entry, part, 'convenant', made.hash,
                           before.newest if before else -1)
        if not self._two(roles):
            raise Refused('L13', 'a convenant without the acts it needs', 'signature')
        in_force = {naam for naam, row in self.convenanten.items() if row.in_force}
        if len(in_force | {made.naam}) > MAX_CONVENANTEN:
            raise Refused('L20', 'a ninth convenant')
        self.convenanten[made.naam] = Convenant(made.hash, True, index)

    def _fold_convenant_end(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        text = house_keys.read_convenant_end(part.opdracht)
        before = self.convenanten.get(text.naam)
        if (text.origin != self.log or before is None or not before.in_force
                or before.hash != text.hash):
            raise Refused('L21', 'the end of a convenant that is not in force')
        roles = self._need(index, entry, part, 'convenant-einde', p.sha256(part.opdracht),
                           before.newest)
        if not self._two(roles):
            raise Refused('L13', 'the end of a convenant without the acts it needs', 'signature')
        self.convenanten[text.naam] = Convenant(text.hash, False, index)

    def _fold_key(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        text = self._key_text(index, entry, part, False)
        if text.use != house_keys.LOG:
            p.check_agreement_key(text.public)
        if text.public in self._seen:
            raise Refused('L19', 'a key that is in the register already')
        self._seen.add(text.public)
        self.house_keys.append(HouseKey(text.use, text.public, Span(index), text.adres))

    def _fold_key_end(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        text = self._key_text(index, entry, part, True)
        in_force = self.keys_in_force(text.use)
        if text.public not in in_force or len(in_force) == 1:
            raise Refused('L19', 'the end of a key that is not in force, or is the only one')
        self.house_keys = [
            replace(key, span=Span(key.span.since, index))
            if (key.use, key.public) == (text.use, text.public) else key
            for key in self.house_keys]

    def _fold_herstel(self, index: int, entry: Entry, part: pb.PartRegister) -> None:
        text = house_keys.read_herstel(part.opdracht)
        if not self._two(self._need(index, entry, part, 'herstel', p.sha256(part.opdracht))):
            raise Refused('L13', 'a herstel without the acts it needs', 'signature')
        if text.before != self.log or text.size != index or text.origin in self.logs:
            raise Refused('L25', 'a herstel of another log, or to an origin that it had')
        if len(self.herstel) == MAX_HERSTEL:
            raise Refused('L25', 'a ninth herstel')
        self.herstel.append(Herstel(text.origin, index, text.root))

    def _key_text(self, index: int, entry: Entry, part: pb.PartRegister, end: bool
                  ) -> KeyText:
        text = house_keys.read_key_text(part.opdracht, end)
        if text.origin != self.log:
            raise Refused('L19', 'a key of another log')
        soort = 'huissleutel-einde' if end else 'huissleutel'
        if not self._two(self._need(index, entry, part, soort, p.sha256(part.opdracht))):
            raise Refused('L13', 'a key of the knooppunt without the acts it needs', 'signature')
        return text


def as_register(part: pb.Part) -> pb.PartRegister:
    if part.WhichOneof('inhoud') != 'register':
        raise Refused('L12', 'a part that is not of the register')
    wire.check(part)
    return part.register
