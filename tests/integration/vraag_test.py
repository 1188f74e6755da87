# SPDX-License-Identifier: EUPL-1.2
"""The privacy officer asks through the gate: who may, what is recorded before it is answered, who
can read the answer, and who looked."""

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

import knp_convenant as kc  # noqa: E402
from knp_bureau import FUNCTIE, Bureau  # noqa: E402
from knp_convenant import Betrokkene  # noqa: E402
from knp_daemon import Answer, parse_lines  # noqa: E402
from knp_lists import bsn  # noqa: E402
from knp_party import Party  # noqa: E402
from knp_probe import wait_for  # noqa: E402
from knp_program import Program  # noqa: E402
from knp_stage import Stage, StageTest, main  # noqa: E402
from path_test import e33  # noqa: E402

AUDIT = os.environ.get('KNOOPPUNT_AUDIT', '')
PERSON, NOBODY = bsn(70), bsn(71)
ASKED_MAX = 8  # daemon/core/asked.h


class Vraag(StageTest):
    ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bureau = Bureau(cls.stage)
        cls.stage.bureau = cls.bureau
        cls.melding = cls.stage.melding('politie', e33([Betrokkene(bsn=PERSON, minderjarig='nee')]))
        cls.entry = cls.stage.push('politie', cls.melding)[0].index

    def gezien(self, *lines):
        """Every question on record, newest first: words of its line."""
        found, before = [], ()
        while True:
            told = self.bureau.must('gezien', *lines, *before)
            found += [(name, *line.split()) for name, line in told.lines
                      if name in ('gezien', 'geweigerd')]
            if 'before' not in told:
                return found
            before = (('before', told['before']),)

    def refused(self, who, item):
        receipt, = self.stage.push(who, item)
        return receipt.outcome, receipt.reason, receipt.field

    # ---- it is recorded before it is answered ---------------------------------------------------

    def test_a_question_is_an_entry_and_its_answer_comes_with_it(self):
        """spec K27"""
        size = self.stage.size()
        told = self.bureau.must('inzage', ('bsn', PERSON))
        self.assertEqual(told['melding'].split()[0], str(self.entry))
        self.assertGreaterEqual(told.receipt.index, size)
        name, _, index, vraag, medewerker, zaak, key, over, _ = self.gezien()[1]
        self.assertEqual((name, int(index), vraag, medewerker, zaak),
                         ('gezien', told.receipt.index, 'inzage', 'mw-fg', '-'))
        self.assertEqual(key, self.bureau.party.keys.identity_id.hex())
        self.assertTrue(over.startswith('persoon:'))
        self.assertNotIn(PERSON, over)

    def test_the_same_bytes_once_more_are_told_no_more_than_that_they_came(self):
        """spec K27"""
        item = self.bureau.item('inzage', ('bsn', PERSON))
        first, told = self.bureau.send(item)
        again, nothing = self.bureau.send(item)
        self.assertEqual((first.index, again.outcome), (again.index, 'aanvaard'))
        self.assertIn(b'melding ', told)
        self.assertEqual(nothing, b'')

    def test_what_is_asked_without_what_it_needs_is_refused(self):
        for vraag, lines, reason in (('inzage', (), 'identification-needed'),
                                     ('why', (), 'missing-field'), ('sleutel', (), 'missing-field'),
                                     ('inzage', (('bsn', PERSON), ('skn', 'S-1234')), 'too-many')):
            receipt, told = self.bureau.send(self.bureau.item(vraag, *lines))
            self.assertEqual((receipt.outcome, receipt.reason, told), ('geweigerd', reason, b''))

    # ---- who may ask ----------------------------------------------------------------------------

    def question(self, party):
        return party.velden_item(self.stage.genesis, 'vraag',
                                 dict(vraag='inzage', medewerker='mw-x', bsn=PERSON))

    def test_nobody_else_is_answered_and_that_is_on_record(self):
        """spec K28"""
        elsewhere = Bureau(self.stage, oin=kc.SITTARD, soort='gemeente')
        cases = [(self.stage.links[name].party, self.stage.links[name])
                 for name in ('huis', 'politie')] + [(elsewhere.party, elsewhere.connected())]
        for party, link in cases:
            item = self.question(party)
            reply, checkpoint = link.answer(item)
            link.learn(reply.receipt)
            self.assertEqual((reply.outcome, reply.antwoord), (2, b''))
            link.verifier.receipt(reply, item, checkpoint)
            newest = next(row for row in self.gezien() if row[0] == 'geweigerd')
            self.assertEqual(newest[3:5], ('functie-not-held', party.oin))
            self.assertIn(party.functies[0], newest[5])

    def test_it_is_sealed_for_the_key_that_signed_it(self):
        """spec K28: another key of the house, even a second one for the same functie, gets none."""
        other = Party(kc.HUIS, 'Plaatsvervanger', 'veiligheidshuis', [FUNCTIE])
        self.stage.house.enrol(other)
        self.stage.parties['plaatsvervanger'] = other
        self.stage.connect('plaatsvervanger')
        link = self.stage.links.pop('plaatsvervanger')
        del self.stage.parties['plaatsvervanger']
        mixed = Party(kc.HUIS, 'Gemengd', 'veiligheidshuis', [FUNCTIE])
        mixed.keys = other.keys
        item = self.question(self.bureau.party)
        # Signed by the one, in an envelope of the other.
        link.party, signer = mixed, self.bureau.party
        mixed.request = signer.request
        found = link.exchange([item], held=None)
        reply, _ = found[item.hash]
        self.assertEqual((reply.outcome, reply.antwoord), (2, b''))

    # ---- what is kept of it ---------------------------------------------------------------------

    def test_about_whom_is_found_again_by_who_asks_for_that_person(self):
        self.bureau.must('inzage', ('bsn', PERSON))
        self.bureau.must('inzage', ('bsn', NOBODY))
        self.bureau.must('why', ('id', self.melding.id), ('ontvanger', f'{kc.SITTARD}/wmo'))
        self.assertEqual([row[7] for row in self.gezien()[1:4]],
                         [f'entry:{self.entry}', '-', self.gezien(('bsn', PERSON))[0][7]])
        about = self.gezien(('bsn', PERSON))
        self.assertTrue(all(row[3] in ('inzage', 'gezien') for row in about))
        self.assertEqual(self.gezien(('bsn', NOBODY)), [])

    def test_what_was_asked_lies_nowhere(self):
        """spec K29: neither the number nor what it was named by, in the daemon's whole folder."""
        mark = 'merk-zaak-17'
        self.bureau.must('inzage', ('bsn', NOBODY), ('zaak', mark))
        self.assertEqual(self.gezien()[1][5], mark)
        self.stage.house.stop()
        found = subprocess.run(['grep', '-rlaF', '-e', NOBODY, '-e', mark, self.stage.house.path('data')],
                               capture_output=True, text=True, check=False)
        again = self.stage.house.rebuild()
        self.stage.house.start()
        self.stage.reconnect()
        self.assertEqual(found.stdout, '')
        self.assertTrue(again['equal'])

    def test_the_socket_of_the_beheerder_answers_none_of_them(self):
        for vraag, line in (('inzage', ('bsn', PERSON)), ('why', ('id', self.melding.id)),
                            ('trail', ('key', kc.POLITIE)), ('sleutel', ('key', kc.POLITIE)),
                            ('gezien', ('since', '2020-01-01T00:00:00Z'))):
            self.assertEqual(self.stage.house.ask(vraag, line)['result'], 'usage')

    # ---- more than one answer -------------------------------------------------------------------

    def test_what_does_not_fit_one_answer_comes_whole_in_several(self):
        many = [self.stage.melding('politie', e33([Betrokkene(bsn=bsn(72), minderjarig='nee')]))
                for _ in range(90)]
        sent = [receipt.index for at in range(0, len(many), 30)
                for receipt in self.stage.push('politie', *many[at:at + 30])]
        found, before, answers = [], (), 0
        while True:
            told = self.bureau.must('inzage', ('bsn', bsn(72)), *before)
            found += [int(line.split()[0]) for line in told.all('melding')]
            answers += 1
            if 'before' not in told:
                break
            before = (('before', told['before']),)
        self.assertEqual(found, sorted(sent, reverse=True))
        self.assertGreater(answers, 1)
        rows = [row for row in self.gezien(('bsn', bsn(72))) if row[3] == 'inzage']
        self.assertEqual([row[8] for row in rows], ['ja'] * (answers - 1) + ['-'])


def process(house, role):
    """(pid, restarts) of one process."""
    row = next(row for row in house.must('status').all('process') if row.split()[0] == role)
    return tuple(int(word.split('=')[1]) for word in (row.split()[1], row.split()[3]))


def still(house):
    """The reader of the officer stands still until the test lets it go on."""
    pid = wait_for('its reader', lambda: process(house, 'officer-reader')[0])
    os.kill(pid, signal.SIGSTOP)
    return pid


class Beside(StageTest):
    """A reader answers, and core and partners do not wait for it. KNP_ONE_LOOP has core answer
    itself: there an answer comes while the reader stands still."""
    ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bureau = Bureau(cls.stage)
        cls.stage.bureau = cls.bureau
        cls.push()
        cls.pool = concurrent.futures.ThreadPoolExecutor(1)
        cls.addClassCleanup(cls.pool.shutdown)

    @classmethod
    def push(cls):
        item = cls.stage.melding('politie', e33([Betrokkene(bsn=PERSON, minderjarig='nee')]))
        receipt, = cls.stage.push('politie', item)
        assert receipt.outcome == 'aanvaard'

    def asked(self, *lines, count=1):
        """Questions in one envelope, recorded by now: the future of what each is told."""
        items = [self.bureau.item('inzage', ('bsn', PERSON), *lines) for _ in range(count)]
        size, link = self.stage.size(), self.bureau.connected()
        future = self.pool.submit(link.exchange, items, timeout=60.0, every=60.0)
        wait_for('the record', lambda: self.stage.size() >= size + count)
        return items, future

    def told(self, items, future):
        return [Answer(list(parse_lines(reply.antwoord)))
                for reply, _ in (future.result(60)[item.hash] for item in items)]

    def test_partners_have_their_receipts_while_an_answer_takes_for_ever(self):
        """spec K27"""
        reader, core = still(self.stage.house), process(self.stage.house, 'core')
        items, future = self.asked()
        for _ in range(10):
            self.push()
        self.assertFalse(future.done())
        os.kill(reader, signal.SIGCONT)
        answer, = self.told(items, future)
        self.assertEqual(answer['result'], 'ok')
        self.assertIn('melding', answer)
        self.assertEqual(process(self.stage.house, 'core'), core)

    def test_a_reader_that_is_killed_costs_that_question_and_who_asked_is_told(self):
        """spec K27"""
        reader, core = still(self.stage.house), process(self.stage.house, 'core')
        items, future = self.asked()
        os.kill(reader, signal.SIGKILL)
        answer, = self.told(items, future)
        self.assertEqual(answer['result'], 'io')
        self.assertIn('as a new question', answer['fix'])
        self.push()
        self.assertEqual(self.bureau.must('inzage', ('bsn', PERSON))['result'], 'ok')
        self.assertEqual(process(self.stage.house, 'core'), core)

    def test_more_than_can_wait_are_told_to_come_again(self):
        reader = still(self.stage.house)
        items, future = self.asked(count=ASKED_MAX + 2)
        os.kill(reader, signal.SIGCONT)
        results = [answer['result'] for answer in self.told(items, future)]
        self.assertEqual(sorted(results), ['busy'] * 2 + ['ok'] * ASKED_MAX)

    def test_there_is_a_reader_that_answers_after_core_began_anew(self):
        def another(role, than=0):
            return wait_for(role, lambda: next(
                (pid for pid in process(self.stage.house, role)[:1] if pid not in (0, than)), 0))

        reader, core = another('officer-reader'), another('core')
        restarts = process(self.stage.house, 'officer-reader')[1]
        os.kill(core, signal.SIGKILL)
        another('core', core)
        reader = another('officer-reader', reader)
        self.assertEqual(self.bureau.must('inzage', ('bsn', PERSON))['result'], 'ok')
        another('officer-reader', reader)
        self.assertEqual(process(self.stage.house, 'officer-reader')[1], restarts)


class Control(unittest.TestCase):
    def test_a_core_that_answers_itself_is_caught(self):
        stage = Stage(('politie', 'huis'), binary=os.environ['KNP_ONE_LOOP'])
        self.addCleanup(stage.close)
        bureau = Bureau(stage)
        stage.bureau = bureau
        pid = still(stage.house)
        self.assertEqual(bureau.must('gezien')['result'], 'ok')
        os.kill(pid, signal.SIGCONT)


class Desk(StageTest):
    """The product's own program."""
    ONLY = ('politie', 'huis', 'sittard', 'sittard-oov')

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk = Program(cls.stage, kc.HUIS, 'veiligheidshuis', FUNCTIE)
        item = cls.stage.melding('politie', e33([Betrokkene(bsn=PERSON, minderjarig='nee')]))
        cls.entry = cls.stage.push('politie', item)[0].index

    def call(self, *words, code=0, medewerker='mw-fg', stdin=None, desk=None):
        who = ['--medewerker', medewerker] if medewerker else []
        done = subprocess.run([AUDIT, '--json', *words, '--bureau',
                               (desk or self.desk).path('client.yaml'), *who], input=stdin, capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.returncode, code, (done.stdout, done.stderr))
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_it_asks_and_says_who_looked(self):
        _, one = self.call('inzage', '-', '--zaak', 'verzoek-12', stdin=f'bsn:{PERSON}\n')
        self.assertEqual(one['melding']['entry'], self.entry)
        own, newest, *_ = self.call('gezien', '1', f'bsn:{PERSON}', medewerker='mw-plv')
        self.assertEqual((own['vraag'], own['medewerker']), ('gezien', 'mw-plv'))
        self.assertEqual((newest['vraag'], newest['medewerker'], newest['zaak']),
                         ('inzage', 'mw-fg', 'verzoek-12'))
        asked = self.call('gezien')
        self.assertEqual([(row['vraag'], row['medewerker']) for row in asked[:2]],
                         [('gezien', 'mw-fg'), ('gezien', 'mw-plv')])

    def test_a_question_of_which_the_connection_was_cut_is_asked_anew_and_answered(self):
        """Any key that is revoked cuts every connection: whose answer was on its way asks again, by
        itself and long before its time is over."""
        house = self.stage.house
        revoked = Party('00000099000000009000', 'Gemeente Weg', 'gemeente', ['wmo'])
        house.enrol(revoked)
        reader, gate = still(house), process(house, 'gate')[0]
        size = self.stage.size()
        asking = subprocess.Popen(
            [AUDIT, '--json', 'inzage', '-', '--zaak', 'doorgesneden', '--bureau',
             self.desk.path('client.yaml'), '--medewerker', 'mw-fg'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.addCleanup(asking.kill)
        asking.stdin.write(f'bsn:{PERSON}\n')
        asking.stdin.close()
        wait_for('the record', lambda: self.stage.size() > size)
        started = time.monotonic()
        house.register('intrekking', revoked.keys.identity_id)
        wait_for('another gate', lambda: process(house, 'gate')[0] not in (0, gate))
        os.kill(reader, signal.SIGCONT)
        _, line = asking.stdout.read().splitlines()
        asking.stdout.close()
        self.assertEqual(asking.wait(60), 0)
        self.assertEqual(json.loads(line)['melding']['entry'], self.entry)
        self.assertLess(time.monotonic() - started, 40)  # of the minute that an answer may take
        rows = [row for row in self.call('gezien') if row.get('zaak') == 'doorgesneden']
        self.assertEqual([row['vraag'] for row in rows], ['inzage'] * 2)
        for name in self.stage.parties:
            self.stage.connect(name)

    def test_who_asked_is_told_to_people_with_the_name_of_each_word(self):
        self.call('inzage', '-', '--zaak', 'verzoek-12', stdin=f'bsn:{PERSON}\n')
        done = subprocess.run([AUDIT, 'gezien', '1', '--bureau', self.desk.path('client.yaml'),
                               '--medewerker', 'mw-fg'], capture_output=True, text=True, timeout=60,
                              check=True)
        line = next(line for line in done.stderr.splitlines() if 'verzoek-12' in line)
        self.assertRegex(line, r'Z  entry \d+  vraag inzage  medewerker mw-fg  zaak verzoek-12  '
                               r'sleutel [0-9a-f]+  over persoon:')
        self.assertNotIn(' - ', line)

    def test_a_melding_nobody_sent_is_not_found(self):
        error, = self.call('why', 'no-such-melding-0', f'{kc.SITTARD}/wmo', code=1)
        self.assertEqual(error['error']['message'], 'no melding has this id')

    def test_who_asks_must_be_said_and_be_well_formed(self):
        error, = self.call('inzage', f'bsn:{PERSON}', medewerker=None, code=2)
        self.assertIn('--medewerker', error['error']['message'])
        error, = self.call('inzage', 'bsn:999990012', code=2)
        self.assertEqual((error['error']['code'], error['error']['field']), ('bsn-elfproef', 'bsn'))
        error, = self.call('inzage', f'bsn:{PERSON}', medewerker='jan jansen', code=2)
        self.assertEqual(error['error']['field'], 'medewerker')

    def test_keys_for_another_functie_are_refused_by_the_house(self):
        other = Program(self.stage, kc.HUIS, 'veiligheidshuis', 'coordinator')
        error, = self.call('inzage', f'bsn:{PERSON}', code=1, desk=other)
        self.assertEqual(error['error']['code'], 'functie-not-held')
        self.assertIn('functie privacybureau', error['error']['message'])
        self.assertIn('--bureau', error['error']['fix'])
        refused = next(row for row in self.call('gezien') if 'geweigerd' in row)
        self.assertEqual((refused['geweigerd'], refused['oin'], refused['functies']),
                         ('functie-not-held', kc.HUIS, 'coordinator'))


if __name__ == '__main__':
    main()
