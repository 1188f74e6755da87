# SPDX-License-Identifier: EUPL-1.2
"""What somebody tried who wanted to break a house: with a clock, with a disk that changed under it,
with a partner or a role that is not honest. Each of these once worked."""

import os
import shutil
import struct
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
import knp_party  # noqa: E402
from knp_client import VERVALLEN  # noqa: E402
from knp_convenant import base, kenmerken, persoon  # noqa: E402
from knp_crypto import sha256  # noqa: E402
from knp_daemon import Failed, House  # noqa: E402
from knp_link import Again, Link, NoAnswer  # noqa: E402
from knp_lists import REASONS, Rubriek, bsn  # noqa: E402
from knp_proof import Verifier, ack_item  # noqa: E402
from knp_sandbox import copy_as_it_is  # noqa: E402
from knp_stage import BINARY, FAKETIME, Stage, StageTest, main, preload  # noqa: E402
from knp_tree import Refused  # noqa: E402
from time_test import DAY  # noqa: E402

SECRET = b'GEHEIM-VT'
LATER_CONVENANT = kc.document() + b'# nieuw\n'


def for_veilig_thuis():
    """A melding whose incident only Veilig Thuis and the house may read."""
    return [kenmerken(klasse='overig', thema=['huiselijk-geweld'])] + base()[1:] + [
        Rubriek('incident', bron=SECRET.decode(), aard='mishandeling')]


def weging(stage, name, index, count=1):
    values = dict(entry=index, regel=kc.WEGING_REGEL, betrokkene=0, uitkomst='doorzetten',
                  medewerker='mw-1', motivering='Na overleg.')
    return [stage.parties[name].velden_item(stage.genesis, 'weging', values)
            for _ in range(count)]


def eventually(test, what, seconds=15):
    """The first answer of `test` that is not None or False; Failed when none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = test()
        if found:
            return found
        time.sleep(0.05)
    raise Failed(f'not within {seconds} s: {what}')


def alarmed(stage, code):
    """Status has this alarm, after a while."""
    eventually(lambda: [line for line in stage.house.must('status').all('alarm')
                        if line.startswith(f'{code} ')], f'the alarm {code}')


class Attack(unittest.TestCase):
    def play(self, *only, **settings):
        stage = Stage(only, **settings)
        self.addCleanup(stage.close)
        return stage

    def melded(self, stage, rubrieken=None, name='politie'):
        """Its receipt, of a house that may ask to come back a few times."""
        item = stage.melding(name, rubrieken=rubrieken or base())

        def pushed():
            try:
                return stage.push(name, item)
            except (Again, NoAnswer):
                return None
        receipt, = eventually(pushed, 'a melding is taken')
        self.assertEqual((receipt.outcome, receipt.reason), ('aanvaard', ''))
        return receipt


class Clock(Attack):
    def restart_at(self, stage, days):
        house = stage.house
        house.stop()
        house.environment = {} if not days else {
            'LD_PRELOAD': preload(BINARY, FAKETIME), 'FAKETIME': f'{days * DAY:+d}', 'FAKETIME_NO_CACHE': '1',
            'FAKETIME_DONT_FAKE_MONOTONIC': '1'}
        knp_party.SHIFT_MS = days * DAY * 1000
        self.addCleanup(setattr, knp_party, 'SHIFT_MS', 0)
        house.start()
        stage.reconnect()
        if any(alarm.startswith('clock-') for alarm in house.must('status').all('alarm')):
            house.must('clock', ('confirm', 'yes'))

    def test_acts_signed_after_a_clock_was_put_back_never_make_a_leaf_that_does_not_fold(self):
        """The leaf carries the log's time, which is past the day the act is valid for."""
        stage = self.play('politie')
        self.restart_at(stage, 3)
        self.melded(stage)
        self.restart_at(stage, 0)
        self.melded(stage)
        size = stage.size()
        with self.assertRaises(Failed):
            stage.house.enrol(kc.cast()['stein'])
        self.assertEqual(stage.size(), size)
        stage.links['politie'].sync()
        stage.restart()
        self.melded(stage)

    def test_what_a_convenant_withdrew_has_no_day_to_lapse_and_is_handed_over(self):
        stage = self.play('politie', 'sittard', tick_seconds=1)
        self.melded(stage)
        narrow = kc.document().replace(b'als: {soort: politie, klasse: E33}',
                                       b'als: {soort: politie, klasse: E14}')
        self.assertNotEqual(narrow, kc.document())
        stage.house.convenant(narrow)
        link = stage.links['sittard']
        one, = eventually(lambda: link.fetch('wmo', after=0), 'the news that it was withdrawn')
        self.assertEqual((one.part.soort, one.part.geldig_tot), (VERVALLEN, 0))
        self.restart_at(stage, 200)
        found = stage.links['sittard'].fetch('wmo', after=0)
        self.assertEqual([(v.number, v.part.soort) for v in found], [(1, VERVALLEN)])
        self.assertEqual(stage.links['sittard'].ack('wmo', found).outcome, 'aanvaard')


class Disk(Attack):
    def reads(self, stage, name, functie):
        """What the partner can see of a fetch: verified, or every plaintext when it refuses."""
        link = stage.links[name]
        link.keep, link.plain = True, []
        try:
            link.fetch(functie, after=0)
        except (Refused, NoAnswer):
            pass
        return b''.join(link.plain)

    def swap(self, path, owner, other):
        """Gives every row of one ontvanger the number of the other."""
        with open(path, 'rb') as file:
            data = bytearray(file.read())
        at = [find_rows(data, ''.join(who).encode()) for who in (owner, other)]
        self.assertTrue(at[0] and at[1])
        number = bytes(data[at[1][0]:at[1][0] + 4])
        for place in at[0]:
            data[place:place + 4] = number
        with open(path, 'wb') as file:
            file.write(data)

    def test_a_row_of_state_that_names_another_ontvanger_opens_nothing_for_it(self):
        stage = self.play('politie', 'sittard', 'vt', 'huis')
        self.melded(stage)  # of which Sittard gets something
        self.melded(stage, for_veilig_thuis())
        self.assertIn(SECRET, self.reads(stage, 'vt', kc.VEILIG_THUIS[1]))
        stage.house.stop()
        self.swap(stage.house.path('data', 'state', 'data.mdb'), (kc.SITTARD, 'wmo'),
                  kc.VEILIG_THUIS)
        stage.house.start()
        stage.reconnect()
        self.assertNotIn(SECRET, self.reads(stage, 'sittard', 'wmo'))
        self.assertIn(SECRET, self.reads(stage, 'vt', kc.VEILIG_THUIS[1]))

    def test_state_of_another_house_is_thrown_away_and_made_again(self):
        stage, other = (self.play('politie', 'vt', 'sittard') for _ in range(2))
        item = stage.melding('politie', rubrieken=for_veilig_thuis())
        first, = stage.push('politie', item)
        self.melded(stage, for_veilig_thuis())
        self.melded(other)
        stage.house.stop()
        other.house.stop()
        shutil.rmtree(stage.house.path('data', 'state'))
        copy_as_it_is(other.house.path('data', 'state'), stage.house.path('data', 'state'))
        stage.house.start()
        stage.reconnect()
        self.assertNotIn(SECRET, self.reads(stage, 'sittard', 'wmo'))
        self.assertEqual(stage.push('politie', item)[0].index, first.index)
        self.assertEqual(len(stage.links['vt'].fetch(kc.VEILIG_THUIS[1], after=0)), 2)

    def test_one_damaged_entry_holds_back_itself_and_nothing_else(self):
        stage = self.play('politie', 'sittard', 'vt', 'ggz')
        bad = self.melded(stage).index
        for _ in range(5):  # a start reads the newest 1,000 entries: it must be older
            stage.links['ggz'].exchange(weging(stage, 'ggz', 0, 256), timeout=60)
        stage.house.stop()
        self.assertTrue(damage(stage.house.path('data', 'log', 'data.mdb'), bad))
        stage.house.start()
        stage.reconnect()
        self.melded(stage)
        stage.house.convenant(LATER_CONVENANT)
        eventually(lambda: f'damaged-entry index={bad} ' in stage.house.log(), 'it is said')
        # Decided again it cannot be; what comes after it does not wait for that. Spec K8.
        self.melded(stage)
        link = stage.links['sittard']
        eventually(lambda: [one.number for one in link.fetch('wmo', after=0)] == [2, 3], 'the later')
        alarmed(stage, 'damaged-delivery')
        link.ack('wmo', link.fetch('wmo', after=0))
        with self.assertRaisesRegex(Refused, 'damaged fetch.after'):
            link.fetch('wmo', after=0)
        self.melded(stage, for_veilig_thuis())
        self.assertIn(SECRET, self.reads(stage, 'vt', kc.VEILIG_THUIS[1]))


class Rows(Attack):
    """One bit of state changed on the disk, in a row that decides what happens next."""

    def change(self, stage, flip):
        """Stops the house, lets `flip` change the bytes of state, starts it again."""
        path = stage.house.path('data', 'state', 'data.mdb')
        stage.house.stop()
        with open(path, 'rb') as file:
            data = bytearray(file.read())
        self.assertTrue(flip(data))
        with open(path, 'wb') as file:
            file.write(data)
        stage.house.start()
        stage.reconnect()

    def healed(self, stage):
        """It was seen, is told of, and state is again what the log says."""
        self.assertIn('event=state-replay reason=damaged', stage.house.log())
        alarmed(stage, 'state-damaged')
        stage.house.stop()
        self.assertTrue(stage.house.rebuild()['equal'])

    def pushed(self, stage, name, item):
        def again():
            try:
                return stage.push(name, item)
            except (Again, NoAnswer):
                return None
        return eventually(again, 'an answer')[0]

    def test_a_changed_row_of_an_id_lets_nothing_be_processed_twice(self):
        for where in ('key', 'value'):
            stage = self.play('politie', 'sittard')
            item = stage.melding('politie', rubrieken=base())
            first, = stage.push('politie', item)
            self.melded(stage)
            name = item.id.encode()

            def flip(data):
                found = find_rows(data, name)
                for at in found:
                    data[at - 3 if where == 'key' else at + 5] ^= 4
                return found
            self.change(stage, flip)
            size = stage.size()
            again = self.pushed(stage, 'politie', item)
            self.assertEqual((again.index, again.entry), (first.index, first.entry), where)
            self.assertEqual(stage.size(), size, where)
            self.assertEqual(len(stage.links['sittard'].fetch('wmo', after=0)), 2)
            self.healed(stage)

    def test_a_changed_key_of_the_person_index_hides_nobody(self):
        stage = self.play('politie', 'huis')
        made = [kenmerken(), Rubriek('betrokkenheid', 1, rol='betrokkene', woongemeente='GM1883'),
                persoon(), Rubriek('bsn', 1, waarde=bsn(501))]
        for _ in range(2):
            self.melded(stage, made)

        def flip(data):
            # An LMDB node: u32 size of the value, u16 flags, u16 size of the key. Only the person
            # index has keys of 41 bytes (hash, entry, betrokkene); their values are a handle and
            # the hash of the row.
            header, at, count = struct.pack('<IHH', 16 + 8, 0, 41), 0, 0
            while (at := data.find(header, at) + 1) > 0:
                data[at + 7 + 20] ^= 1
                count += 1
            return count
        self.change(stage, flip)
        item = stage.melding('politie', rubrieken=made)
        self.assertEqual(self.pushed(stage, 'politie', item).outcome, 'aanvaard')
        newest = stage.links['huis'].fetch_all('procesregisseur')[-1]
        self.assertEqual(newest.values((1, 'verrijking.eerder'))['365'], ['2'])
        self.healed(stage)

    def test_a_row_that_is_gone_is_missed_by_the_scrub(self):
        """Its neighbours are whole: only the sum of its table tells."""
        stage = self.play('politie', 'sittard')
        item = stage.melding('politie', rubrieken=base())
        self.melded(stage)
        first = self.pushed(stage, 'politie', item)

        def flip(data):
            found = [at - len(item.id) - 12 for at in find_rows(data, item.id.encode())]
            for node in found:
                page = node // 4096 * 4096
                lower, = struct.unpack_from('<H', data, page + 12)
                places = list(struct.unpack_from(f'<{(lower - 16) // 2}H', data, page + 16))
                if node - page in places:
                    places.remove(node - page)
                    struct.pack_into(f'<{len(places)}H', data, page + 16, *places)
                    struct.pack_into('<H', data, page + 12, lower - 2)
            return found
        self.change(stage, flip)
        eventually(lambda: 'reason=damaged' in stage.house.log(), 'the scrub finds it')
        again = self.pushed(stage, 'politie', item)
        self.assertEqual((again.index, again.entry), (first.index, first.entry))
        self.healed(stage)


class Keys(Attack):
    def test_a_changed_slot_of_the_keystore_lets_nothing_wrong_leave_and_is_named(self):
        stage = self.play('politie', 'vt')
        self.melded(stage, for_veilig_thuis())
        stage.house.stop()
        path = stage.house.path('data', 'keystore')
        with open(path, 'r+b') as file:
            for slot in range(16, 64):  # one bit of every key that was given out
                file.seek(4096 + slot * 32 + 7)
                byte = file.read(1)[0]
                file.seek(4096 + slot * 32 + 7)
                file.write(bytes([byte ^ 1]))
        stage.house.start()
        stage.reconnect()
        link = stage.links['vt']
        link.keep, link.plain = True, []
        try:
            self.assertEqual(link.fetch(kc.VEILIG_THUIS[1], after=0), [])
        except (Refused, NoAnswer):
            pass
        self.assertNotIn(SECRET, b''.join(link.plain))
        alarmed(stage, 'damaged-entry')
        self.melded(stage, for_veilig_thuis())  # what comes later is not its victim


class Acks(Attack):
    def test_a_number_that_was_acknowledged_takes_no_other_part(self):
        stage = self.play('politie', 'sittard')
        self.melded(stage)
        self.melded(stage)
        link = stage.links['sittard']
        one, two = link.fetch('wmo', after=0)
        self.assertEqual(link.ack('wmo', [one]).outcome, 'aanvaard')
        self.assertEqual(link.ack('wmo', [one]).outcome, 'aanvaard')  # the same fact twice
        wrong = struct.pack('>Q', one.number) + ack_item(two)[8:]
        values = {'functie': 'wmo', 'item': [wrong]}
        item = stage.parties['sittard'].velden_item(stage.genesis, 'ack', values)
        receipt, = stage.push('sittard', item)
        self.assertEqual((receipt.outcome, receipt.reason, receipt.field),
                         ('geweigerd', 'not-found', 'ack.item[1]'))
        self.assertEqual(link.ack('wmo', [two]).outcome, 'aanvaard')


def find_rows(data, key):
    """Where the value of each LMDB node with this key begins."""
    found, at = [], data.find(key)
    while at >= 0:
        found.append(at + len(key))
        at = data.find(key, at + 1)
    return found


def damage(path, index):
    """Flips one bit in every large value under this index; how many."""
    with open(path, 'rb') as file:
        data = bytearray(file.read())
    count = 0
    for value in find_rows(data, struct.pack('>Q', index)):
        size, _, flags, key_size = struct.unpack('<HHHH', data[value - 16:value - 8])
        if key_size == 8 and flags == 0 and size > 200:
            data[value + size // 2] ^= 1
            count += 1
    with open(path, 'wb') as file:
        file.write(data)
    return count


class Witnessed(Attack):
    def test_signing_that_a_partner_stopped_stays_stopped_when_core_dies(self):
        stage = self.play('politie', 'sittard')
        house = stage.house
        self.melded(stage)
        house.stop()
        copy_as_it_is(house.path('data'), house.path('older'))
        house.start()
        stage.reconnect()
        for _ in range(3):
            self.melded(stage)
        seen = stage.links['politie'].verifier
        late = seen.notes[seen.held.size][1]
        house.stop()
        shutil.rmtree(house.path('data'))
        copy_as_it_is(house.path('older'), house.path('data'))
        house.start()
        self.fresh(stage, 'politie').hello(late)
        self.assertEqual(house.must('status')['readonly'], 'a-later-checkpoint-exists')
        size, core = stage.size(), dict(house.children())['core']
        house.kill_role('core')
        eventually(lambda: dict(house.children()).get('core', core) != core, 'another core')
        self.assertNotEqual(eventually(lambda: self.readonly(house), 'it answers'), 'no')
        item = stage.melding('sittard', rubrieken=base(), head=None)
        reply, _ = self.fresh(stage, 'sittard').answer(item)
        self.assertEqual((reply.outcome, REASONS[reply.reason]), (3, 'readonly'))
        self.assertEqual(stage.size(), size)

    def fresh(self, stage, name):
        """A connection without memory."""
        link = Link(stage.parties[name], stage.genesis, stage.house.endpoint,
                    Verifier(stage.genesis))
        self.addCleanup(link.close)
        return link

    @staticmethod
    def readonly(house):
        try:
            return house.must('status')['readonly']
        except (OSError, Failed):
            return None


class Persons(StageTest):
    ONLY = ('politie', 'huis')

    def earlier(self, *names):
        numbers = {'A': Rubriek('bsn', 1, waarde=bsn(501)),
                   'B': Rubriek('ketennummer', 1, soort='skn', waarde='1234567')}
        made = [kenmerken(), Rubriek('betrokkenheid', 1, rol='betrokkene',
                                     woongemeente='GM1883'), persoon()]
        made += [numbers[name] for name in names]
        self.assert_aanvaard(self.stage.push('politie',
                                             self.stage.melding('politie', rubrieken=made))[0])
        link = self.stage.links['huis']
        one, = link.fetch_all('procesregisseur')
        link.ack('procesregisseur', [one])
        found = one.values((1, 'verrijking.eerder'))
        return int(found['365'][0]) if found else None

    def test_a_melding_with_numbers_of_two_persons_takes_neither_from_the_other(self):
        self.assertEqual([self.earlier('A') for _ in range(4)], [0, 1, 2, 3])
        self.assertEqual([self.earlier('B') for _ in range(2)], [0, 1])
        self.assertIsNone(self.earlier('A', 'B'))  # the count of neither would be true of it
        self.assertEqual(self.earlier('B'), 2)
        self.assertEqual(self.earlier('A'), 5)


class Roles(Attack):
    def test_one_role_bundle_that_holds_two_functies_does_not_sign_for_two(self):
        house = House(BINARY)
        self.addCleanup(house.remove)
        house.beheerder.functies = ['beheerder', 'privacy-officer']
        with self.assertRaisesRegex(Failed, 'functies of the bundle do not fit'):
            house.init()


class Wegingen(Attack):
    def test_a_partner_learns_of_no_index_whether_a_weging_is_open_there(self):
        stage = self.play('politie', 'huis', 'ggz', 'vt')
        self.melded(stage)
        self.melded(stage, [kenmerken(soort='partner', klasse=None)] + base()[1:], name='vt')
        items = [weging(stage, 'ggz', index)[0] for index in range(stage.size())]
        receipts = stage.push('ggz', *items)
        self.assertEqual({(r.outcome, r.reason, r.field) for r in receipts},
                         {('geweigerd', 'not-owed', 'weging.regel')})

    def test_after_a_new_convenant_only_who_its_regel_names_weighs(self):
        stage = self.two_weighers()
        index = self.melded(stage).index
        document = kc.document().replace(b'door: procesregisseur', b'door: nazorgcoordinator')
        self.assertNotEqual(document, kc.document())
        stage.house.convenant(document)
        stage.sync()
        refused, = stage.push('pr', *weging(stage, 'pr', index))
        self.assertEqual((refused.outcome, refused.reason, refused.field),
                         ('geweigerd', 'functie-not-held', 'signer (nazorgcoordinator)'))
        self.assertEqual(stage.links['sittard-oov'].fetch('oov', after=0), [])
        taken, = stage.push('nz', *weging(stage, 'nz', index))
        self.assertEqual((taken.outcome, taken.reason), ('aanvaard', ''))
        one, = stage.links['sittard-oov'].fetch('oov', after=0)
        self.assertEqual(one.part.convenant_hash, sha256(document))

    def two_weighers(self):
        """The house as two parties, each with one functie."""
        def parted():
            found = kc.cast()
            naam = found.pop('huis').naam
            found['pr'] = knp_party.Party(kc.HUIS, naam, 'veiligheidshuis', ['procesregisseur'])
            found['nz'] = knp_party.Party(kc.HUIS, naam + ' nazorg', 'veiligheidshuis',
                                          ['nazorgcoordinator'], 'nz')
            return found
        return self.play('politie', 'pr', 'nz', 'sittard-oov', cast=parted)

    def test_refused_wegingen_without_end_leave_no_mark_on_the_melding(self):
        stage = self.play('politie', 'huis', 'sittard', 'ggz')
        index = self.melded(stage).index
        for _ in range(24):  # 6,144: kept with the melding, they filled core's memory
            found = stage.links['ggz'].exchange(weging(stage, 'ggz', index, 256), timeout=60)
            self.assertEqual({REASONS[reply.reason] for reply, _ in found.values()}, {'not-owed'})
        taken, = stage.push('huis', *weging(stage, 'huis', index))
        self.assertEqual((taken.outcome, taken.reason), ('aanvaard', ''))
        stage.house.convenant(LATER_CONVENANT)
        self.melded(stage)
        link = stage.links['sittard']
        eventually(lambda: len(link.fetch('wmo', after=0)) == 2, 'both are decided again')
        self.assertNotIn('recheck-failed', stage.house.log())


if __name__ == '__main__':
    main()
