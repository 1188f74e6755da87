# SPDX-License-Identifier: EUPL-1.2
"""A client's duties of proto/spec/specification.md (C-rules): what a party checks of what it gets.

The tests' own, beside knp_wire: nothing here comes from Knooppunt's C code. Whatever a client must
not take raises Refused.
"""

import re
import struct

from knp_crypto import IDENTITY, SEALING, TRANSPORT, key_id, pae, sha256, verify
from knp_messages import decode, malformed
from knp_tree import EMPTY_ROOT, Refused, VKey, leaf_hash, verify_checkpoint, \
    verify_consistency, verify_inclusion
from knp_wire import (GENESIS, REGISTER, SLOTS, check_bundle, check_leaf, check_opening, read_entry,
                      vector_root, verify_statement, verrijking_commitment)

NEVER = 1 << 64
ROLES = {'beheerder', 'privacy-officer', 'privacy-officer-plv'}
AANVAARD, GEWEIGERD, AGAIN = 1, 2, 3
GEGEVEN, VERVALLEN = 1, 2
RECHTZETTINGEN = {3: 'onjuist', 4: 'aangevuld', 5: 'beperkt', 6: 'opgeheven', 7: 'ingetrokken',
                  8: 'gewist'}
GETOOND = 9  # gives nothing either: what its ontvanger saw on the screen of an overleg
AFGESLOTEN = 10  # nor this: a question is closed
ACT, ACT_SOORT, ACT_OBJECT = 7, 1, 2


def demand(holds, why):
    if not holds:
        raise Refused('signature', why)


# --- the register -------------------------------------------------------------------------------

class Party:
    def __init__(self, bundle, index):
        self.bundle, self.since, self.until = bundle, index, NEVER
        self.keys = {key_id(IDENTITY, bundle.identity): bundle.identity}
        if bundle.sealing:
            self.keys[key_id(SEALING, bundle.sealing)] = bundle.sealing
            self.keys[key_id(TRANSPORT, bundle.transport)] = bundle.transport

    @property
    def is_role(self):
        return not self.bundle.sealing

    def valid_at(self, index):
        return self.since < index <= self.until


class LogKeys:
    """The keys of a log: which of them a checkpoint must be signed by goes by its size."""

    def __init__(self, first):
        self.rows = [[0, NEVER, first]]  # from, until, VKey; the newest last

    def begin(self, index, vkey):
        demand(vkey.public_key not in [row[2].public_key for row in self.rows], 'a log key twice')
        self.rows.append([index, NEVER, vkey])

    def end(self, index, public_key):
        open_rows = [row for row in self.rows if row[1] == NEVER]
        ends = [row for row in open_rows if row[2].public_key == public_key]
        demand(ends and len(open_rows) > 1, 'the end of a log key that must stay')
        ends[0][1] = index

    def rename(self, index, origin):
        """From entry `index` on the log has this origin (L25)."""
        for row in [row for row in self.rows if row[1] == NEVER]:
            row[1] = index
            self.rows.append([index, NEVER, VKey.make(origin, row[2].public_key)])

    def at(self, size):
        """The newest that counts at this size."""
        return [row[2] for row in self.rows if row[0] < size <= row[1]][-1]

    def verify(self, note):
        """The Checkpoint of a note that the newest key at its size signed."""
        for _, _, vkey in reversed(self.rows):
            try:
                checkpoint = verify_checkpoint(note, vkey)
            except Refused as refused:
                if refused.kind != 'signature':
                    raise
                continue
            demand(self.at(checkpoint.size) is vkey, 'a key that does not count at this size')
            return checkpoint
        raise Refused('signature', 'a checkpoint of no key of the log')


class Folded:
    """The register as its leaves make it, in the order of the log. `pin` is the leaf hash of the
    genesis that the house handed out."""

    def __init__(self, pin=None):
        self.pin = pin
        self.genesis, self.head, self.leaves = None, b'', []
        self.parties = []
        self.convenanten = []  # every version there was: [naam, hash, from, until]

    def fold(self, index, data, part):
        """`data` is the entry of a register leaf, `part` its decoded PartRegister."""
        entry = read_entry(data)
        first = self.genesis is None
        demand(entry[0] == (GENESIS if first else REGISTER), 'class of a register leaf')
        demand(part.vorige == self.head and entry[2] == (self.head or bytes(32)),
               'a register leaf that does not follow the one before')
        if first:
            demand(index == 0, 'a genesis that is not leaf 0')
            demand(self.pin in (None, leaf_hash(data)), 'another genesis than was pinned')
            self.genesis = part.genesis
            # In force, the newest last.
            self.receive, self.send = [part.genesis.receive_key], [part.genesis.send_key]
            self.transport = [part.genesis.transport_key]
            self.adressen = {}  # of transport keys, where they are served
            self.log_keys = LogKeys(VKey.make(part.genesis.origin, part.genesis.log_key))
            self.origins = [(0, part.genesis.origin)]
            for bundle in part.genesis.rollen:
                self._enrol(check_bundle(bundle), 0)
            demand(all(party.is_role for party in self.parties), 'a genesis that enrols a partner')
        else:
            self._check_acts(index, part)
            self._change(index, part)
        self.head = leaf_hash(data)
        self.leaves.append((index, self.head))

    def _change(self, index, part):
        if part.soort == 1:
            self._enrol(check_bundle(part.partner), index)
        elif part.soort == 2:
            found = [p for p in self.parties
                     if part.ingetrokken in p.keys and p.until == NEVER]
            demand(found, 'a revocation of a key that is not in force')
            found[0].until = index
        elif part.soort in (4, 5):
            self._house_key(index, part.opdracht, part.soort == 5)
        elif part.soort == 17:
            self._herstel(index, part.opdracht)
        elif part.soort == 16:
            naam, wanted = self._convenant_of(part)
            found = self._in_force(naam)
            demand(found and found[1] == wanted, 'the end of a convenant that is not in force')
            found[3] = index
        else:
            demand(part.convenant.ondertekend or self.genesis.oefening,
                   'an unsigned convenant outside an oefening')
            replaced = self._in_force(part.convenant.naam)
            if replaced:
                replaced[3] = index
            demand(sum(row[3] == NEVER for row in self.convenanten) < 8, 'a ninth convenant')
            self.convenanten.append([part.convenant.naam, part.convenant.hash, index, NEVER])

    @property
    def origin(self):
        """Where statements and acts go now."""
        return self.origins[-1][1]

    def origin_at(self, index):
        return [name for since, name in self.origins if since <= index][-1]

    def begins(self, index, number):
        """L26"""
        times, rest = divmod(number - 1, 1 << 28)
        return rest == 0 and 0 < times < sum(since <= index for since, _ in self.origins)

    def _herstel(self, index, text):
        found = re.fullmatch(
            'herstel uit een kopie\nlog (.+)\nvoorganger (.+)\nomvang ([0-9]+)\n'
            'wortel ([0-9a-f]{64})\nverloren ([0-9]+)\nopdrachten (geen|opnieuw|onbekend)\n'
            'reden (.{1,200})\n', text.decode())
        demand(found and found[2] == self.origin and int(found[3]) == index <= int(found[5]),
               'a herstel of another log')
        demand(found[1] not in [name for _, name in self.origins], 'an origin it had')
        self.origins.append((index, found[1]))
        self.log_keys.rename(index, found[1])

    def _in_force(self, naam):
        return next((row for row in self.convenanten if row[0] == naam and row[3] == NEVER), None)

    def _convenant_of(self, part):
        """The name, and the hash, of the convenant that a leaf is about."""
        if part.soort == 3:
            return part.convenant.naam, part.convenant.hash
        found = re.fullmatch(r'einde van een convenant\nlog (.*)\nconvenant (.*)\n'
                             r'hash ([0-9a-f]{64})\n', part.opdracht.decode())
        demand(found and found[1] == self.origin, 'the end of a convenant of another log')
        return found[2], bytes.fromhex(found[3])

    def _seen(self, part):
        """How large a log the acts of a leaf must have seen."""
        if part.soort not in (3, 16):
            return 0
        naam = self._convenant_of(part)[0]
        return max((1 + (row[2] if row[3] == NEVER else row[3])
                    for row in self.convenanten if row[0] == naam), default=0)

    def _house_key(self, index, text, ends):
        first = 'einde van een sleutel' if ends else 'sleutel'
        found = re.fullmatch(
            f'({first} van het knooppunt\nlog (.*)\ngebruik (ontvangen|verzenden|log|verbinding)\n'
            'sleutel ([0-9a-f]{64})\n(?:adres (tcp://[^\\s/]+:[0-9]+)\n)?)(?:bewijs ([0-9a-f]+)\n)?',
            text.decode())
        demand(found and found[2] == self.origin, 'a key of another knooppunt')
        demand((found[6] is None) == ends, 'a bewijs where none may be, or none where one must')
        use, key, proof = found[3], bytes.fromhex(found[4]), bytes.fromhex(found[6] or '')
        demand((found[5] is None) == (ends or use != 'verbinding'), 'an adres or none')
        demand(ends or len(proof) == (64 if use == 'log' else 32), 'a bewijs of another length')
        if use == 'log':
            if not ends:
                verify(key, pae(b'knooppunt/huissleutel/v1', found[1].encode()), proof)
                self.log_keys.begin(index, VKey.make(self.origin, key))
            else:
                self.log_keys.end(index, key)
            return
        keys = {'ontvangen': self.receive, 'verzenden': self.send,
                'verbinding': self.transport}[use]
        if ends:
            demand(key in keys and len(keys) > 1, 'the end of a key that must stay')
            keys.remove(key)
        else:
            demand(key not in self.receive + self.send + self.transport,
                   'a key of the knooppunt twice')
            keys.append(key)
            self.adressen[key] = found[5]

    def _enrol(self, bundle, index):
        party = Party(bundle, index)
        known = {key for other in self.parties for key in other.keys.values()}
        demand(not known & set(party.keys.values()), 'a key that is in the register already')
        functies = set(bundle.functies)
        demand(functies and (functies <= ROLES if party.is_role else not functies & ROLES),
               'functies that do not fit the keys')
        demand(not party.is_role or bundle.oin == self.genesis.oin, 'a role of another house')
        self.parties.append(party)

    def _check_acts(self, index, part):
        signed = set()
        objects = {1: ('partner', lambda: sha256(part.partner)),
                   2: ('intrekking', lambda: sha256(part.ingetrokken)),
                   3: ('convenant', lambda: part.convenant.hash),
                   4: ('huissleutel', lambda: sha256(part.opdracht)),
                   5: ('huissleutel-einde', lambda: sha256(part.opdracht)),
                   16: ('convenant-einde', lambda: sha256(part.opdracht)),
                   17: ('herstel', lambda: sha256(part.opdracht))}
        soort, wanted = objects[part.soort]
        for act in part.acts:
            role = self.by_key(act.key_id)
            demand(role and role.is_role and role.valid_at(index),
                   'an act of somebody who is no role in force')
            verify_statement(act, role.bundle.identity)
            statement = decode('Statement', act.statement)
            velden = {veld.veld: veld.waarde for veld in statement.velden}
            demand(statement.type == ACT and statement.audience_log == self.origin
                   and velden.get(ACT_SOORT) == soort.encode()
                   and velden.get(ACT_OBJECT) == wanted(), 'an act about something else')
            demand(statement.head.size >= self._seen(part), 'an act that was signed before')
            signed |= set(role.bundle.functies)
        officer = bool(signed & {'privacy-officer', 'privacy-officer-plv'})
        beheerder = 'beheerder' in signed
        enough = beheerder or officer if part.soort == 2 else beheerder and officer
        if part.soort == 1 and Party(check_bundle(part.partner), index).is_role:
            enough = len(signed) >= 2
        demand(enough, 'an act that needs another signature')

    def by_key(self, identifier):
        """The party that holds or held this key."""
        return next((p for p in self.parties if identifier in p.keys), None)


# --- what comes from the knooppunt --------------------------------------------------------------

class View:
    """What a client remembers: the log's key, the register, the newest checkpoint."""

    def __init__(self, vkey, register=None):
        self.vkey, self.register = vkey, register or Folded()
        self.size, self.root = 0, EMPTY_ROOT

    def verify(self, note):
        known = self.register.genesis is not None
        return self.register.log_keys.verify(note) if known else verify_checkpoint(note, self.vkey)

    def take(self, replies):
        """Checks the checkpoint of Replies and moves on to it."""
        checkpoint = self.verify(replies.checkpoint)
        demand(replies.old_size == self.size, 'a proof from a size that was not asked')
        verify_consistency(self.size, self.root, checkpoint.size, checkpoint.root,
                           list(replies.consistency))
        self.size, self.root = checkpoint.size, checkpoint.root

    def check_leaf(self, leaf):
        """The entry and the part of a Leaf that is in the log."""
        entry, part = check_leaf(leaf)
        verify_inclusion(leaf_hash(leaf.entry), leaf.index, self.size, list(leaf.path), self.root)
        return entry, part

    def fold(self, leaves):
        for leaf in leaves:
            _, part = self.check_leaf(leaf)
            if part.WhichOneof('inhoud') != 'register':
                raise malformed('no register leaf')
            self.register.fold(leaf.index, leaf.entry, part.register)

    def knows_register(self, entry, index):
        before = [head for at, head in self.register.leaves if at < index]
        demand(before and entry[2] == before[-1],
               'an entry that does not name the newest register leaf before it')


def check_receipt(view, reply, statement):
    """The index at which the outcome of our statement (exact bytes) is recorded."""
    entry, part = view.check_leaf(reply.receipt)
    view.knows_register(entry, reply.receipt.index)
    demand(part.WhichOneof('inhoud') == 'sender', 'a receipt that is no receipt')
    ours = decode('Statement', statement)
    sender = part.sender
    demand(reply.about == sender.header_hash == leaf_hash(statement), 'another statement')
    demand((sender.origin, sender.source, sender.id)
           == (view.register.origin_at(reply.receipt.index), ours.source, ours.id), 'another source or id')
    demand(reply.outcome == sender.outcome, 'another outcome than was recorded')
    demand(sender.oefening == view.register.genesis.oefening, 'oefening')
    return reply.receipt.index


def check_sender(view, delivery, part):
    """The decoded statement of the sender, which signed what is opened."""
    party = view.register.by_key(delivery.sender.key_id)
    demand(party and not party.is_role and party.valid_at(part.betreft or delivery.leaf.index),
           'a sender whose key is not in force')
    demand(party.bundle.oin == delivery.sender.signer, 'a signer with the key of another')
    demand(verify_statement(delivery.sender, party.bundle.identity) == part.header_hash,
           'another statement than the part names')
    statement = decode('Statement', delivery.sender.statement)
    demand(statement.source.startswith(f'urn:nld:oin:{delivery.sender.signer}:systeem:'),
           'a source of another')
    genesis = view.register.genesis
    origins = [name for _, name in view.register.origins]
    demand(statement.audience_oin == genesis.oin and statement.audience_log in origins,
           'another audience')
    if statement.HasField('head') and statement.audience_log == view.register.origin:
        verify_consistency(statement.head.size, statement.head.root, view.size, view.root,
                           list(delivery.sender_consistency))
    return statement


def check_delivery(view, delivery, ontvanger, number, now):
    """The rubrieken of a Delivery for `ontvanger` (OIN, functie): (from the sender, from the
    knooppunt). `number` is the delivery number that must come."""
    entry, part = view.check_leaf(delivery.leaf)
    view.knows_register(entry, delivery.leaf.index)
    demand(part.WhichOneof('inhoud') == 'verstrekking', 'a delivery without its part')
    part = part.verstrekking
    genesis = view.register.genesis
    demand((part.origin, part.oin, part.functie)
           == (view.register.origin_at(delivery.leaf.index), *ontvanger),
           'the part of another')
    begins = view.register.begins(delivery.leaf.index, part.number)
    demand(part.vorige < number <= part.number if begins else
           part.number == number and part.vorige == 0, 'a delivery number out of turn')
    demand(part.oefening == genesis.oefening, 'oefening')
    if part.soort in (VERVALLEN, GETOOND, AFGESLOTEN, *RECHTZETTINGEN):
        demand(not delivery.HasField('sender') and not delivery.verrijkingen
               and not delivery.openings and not part.slots, 'content of what gives nothing')
        demand(not part.geldig_tot or now <= part.geldig_tot, 'it has lapsed')
        return [], []
    demand(part.soort == GEGEVEN, 'soort of a verstrekking')
    demand(not part.geldig_tot or now <= part.geldig_tot, 'it has lapsed')
    given = check_openings(view, delivery, part)
    openings = list(delivery.verrijkingen)
    demand(part.verrijking == (verrijking_commitment(openings) if openings else b''),
           'other verrijkingen than were recorded')
    own = [decode('Rubriek', opening.value) for opening in openings]
    gronden = {(grond.betrokkene, grond.rubriek) for grond in part.gronden}
    demand({(rubriek.betrokkene, rubriek.soort) for rubriek in given + own} <= gronden,
           'a rubriek without a grond')
    return given, own


def check_openings(view, delivery, part):
    demand([opening.position for opening in delivery.openings] == list(part.slots),
           'other slots than were recorded')
    demand(delivery.HasField('sender') != part.herkomst_onthouden, 'herkomst')
    if not delivery.HasField('sender'):
        return []
    statement = check_sender(view, delivery, part)
    demand(vector_root(SLOTS, delivery.slots_vector) == statement.slots_root,
           'a vector that the sender did not sign')
    for opening in delivery.openings:
        check_opening(SLOTS, delivery.slots_vector, opening.position, opening.salt, opening.value)
    return [decode('Rubriek', opening.value) for opening in delivery.openings]


def ack_item(delivery):
    """What an ack says of a delivery: its number and the hash of its part."""
    part = decode('Part', delivery.leaf.part.value)
    return struct.pack('>Q', part.verstrekking.number) + sha256(delivery.leaf.part.value)
