# SPDX-License-Identifier: EUPL-1.2
"""The Python client and ours in C over one knooppuntd: each receives, verified, what the other sent.

Usage: pyclient_test.py PROGRAM… FOLDER-OF-THE-PACKAGE
"""

import datetime
import json
import os
import unittest

import knooppunt_world
from knooppunt_world import HOUSE, OM, POLITIE, VT, Partner, World, example, run, write, zsm_convenant
from pyclient_world import Pair, PythonPartner

BSN = '999990342'


def without_order(line):
    """What a delivery says, as both clients print it."""
    kept = {key: line[key] for key in ('soort', 'functie', 'oefening', 'index', 'bron', 'id')}
    rubrieken = [json.dumps(each, sort_keys=True) for each in line['rubrieken']]
    return {**kept, 'rubrieken': sorted(rubrieken), 'regels': sorted(line['regels'])}


class FromPython(Pair):
    sender, receiver = PythonPartner, Partner

    def test_what_python_pushes_is_received_by_c(self):
        path = self.file('one', example(id='python-pushes-this-1', systeem=None))
        done = self.politie.run('push', path)
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.err)
        self.assertTrue(done.line['oefening'])
        got = self.vt.run('fetch', '--wait', '5')
        self.assertEqual((got.line['id'], got.line['index'], got.line['verified']),
                         ('python-pushes-this-1', done.line['index'], True))
        self.assertEqual(got.line['bron'], f'urn:nld:oin:{POLITIE}:systeem:zaken')
        [person] = [each for each in got.line['rubrieken']
                    if (each['rubriek'], each['betrokkene']) == ('identificatie', 1)]
        self.assertEqual(person['velden'], example()['betrokkenen'][0]['identificatie'])
        self.assertEqual(person['regime'], 'wpg')

    def test_pushed_again_it_is_the_same(self):
        """spec C5, W16: the same bytes, one entry; other content under its id is refused here."""
        path = self.file('twice', example(id='python-pushes-twice-1', systeem=None))
        first = self.politie.run('push', path)
        again = self.politie.run('push', path)
        self.assertEqual((again.code, again.line), (0, first.line))
        other = self.file('other', example(id='python-pushes-twice-1', systeem=None,
                                           toelichting='Iets anders.'))
        done = self.politie.run('push', other)
        self.assertEqual((done.code, done.error['code']), (1, 'conflict'))
        self.assertEqual(len(self.vt.run('fetch', '--wait', '5').lines), 1)

    def test_without_an_id_the_same_file_is_the_same_melding(self):
        melding = example(id=None, systeem=None, medewerker='mw-no-id')
        first = self.politie.run('push', self.file('no-id', melding))
        again = self.politie.run('push', self.file('no-id-again', melding))
        self.assertEqual(again.line, first.line)

    def test_twice_in_one_push_it_is_the_same(self):
        """As pushed one after the other: one entry each, and other content under the id is refused."""
        named = example(id='python-pushes-pair-1', systeem=None)
        nameless = example(id=None, systeem=None, medewerker='mw-pair')
        other = example(id='python-pushes-other-1', systeem=None)
        with self.politie.open() as client:
            made = client.push([named, nameless, named, nameless])
            self.assertEqual((client.outbox.count, made[2:]), (2, made[:2]))
            with self.assertRaises(Exception) as caught:
                client.push([other, {**other, 'toelichting': 'Iets anders.'}])
            self.assertEqual((caught.exception.code, client.outbox.count), ('conflict', 2))
            self.assertEqual([each.status for each in client.flush(20)], ['aanvaard', 'aanvaard'])

    def test_an_id_speaks_once(self):
        """spec C5: what was said under it is not replaced, waiting or done."""
        said = {'entry': '1', 'regel': 'geen-regel', 'betrokkene': '1', 'uitkomst': 'lokaal',
                'medewerker': 'mw-1', 'motivering': 'Proef.'}
        with self.politie.open() as client:
            client.say('weging', said, 'python-says-this-once')
            [waiting] = client.outbox.waiting()
            for flush in (False, True):
                with self.assertRaises(Exception) as caught:
                    client.say('weging', said, 'python-says-this-once')
                self.assertEqual(caught.exception.code, 'conflict')
                self.assertEqual(client.outbox.waiting(), [] if flush else [waiting])
                if not flush:
                    [done] = client.flush(20)
                    self.assertEqual((done.id, done.status), ('python-says-this-once', 'geweigerd'))

    def test_of_a_send_key_that_is_none_no_keys_are_made(self):
        for wrong in ('ab', 'z' * 64):
            done = self.politie.call('keygen', self.politie.path('other-keys'), '--oin', POLITIE,
                                     '--naam', 'Partner', '--soort', 'politie', '--functie',
                                     'basisteam', '--genesis', self.house.genesis, '--send', wrong)
            self.assertEqual((done.code, done.error['code']), (4, 'bad-value'), done.err)
            self.assertFalse(os.path.exists(self.politie.path('other-keys')))

    def test_while_the_knooppunt_is_away_it_stays_in_the_outbox(self):
        self.politie.write_settings(endpoint='tcp://127.0.0.1:9', timeout=1)
        path = self.file('away', example(id='python-pushes-away-1', systeem=None))
        done = self.politie.run('push', path, '--wait', '1')
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assertEqual(self.politie.run('status').line['outbox'], 1)
        self.politie.write_settings()
        done = self.politie.run('push')
        self.assertEqual((done.code, done.line['id'], done.line['status']),
                         (0, 'python-pushes-away-1', 'aanvaard'))
        self.assertEqual(self.politie.run('status').line['outbox'], 0)

    def test_many_go_under_one_signature(self):
        with self.politie.open() as client:
            meldingen = [example(id=f'python-pushes-many-{n:03}', systeem=None)
                         for n in range(300)]
            self.assertEqual({each.status for each in client.push(meldingen)}, {'outbox'})
            signatures = {item.proof.signature for item in client.outbox.waiting()}
            self.assertEqual(len(signatures), 2)
            done = client.flush(60)
            self.assertEqual({each.status for each in done}, {'aanvaard'})
            self.assertEqual(len({each.index for each in done}), 300)
            self.assertEqual({each.status for each in client.push(meldingen[:3])}, {'aanvaard'})
        seen = set()
        while len(seen) < 300:
            lines = self.vt.run('fetch', '--wait', '5').lines
            self.assertTrue(lines)
            seen |= {line['id'] for line in lines}

    def test_a_refusal_is_proven_and_names_its_reason(self):
        done = self.politie.run('say', 'weging', 'entry=1', 'regel=geen-regel', 'betrokkene=1',
                                'uitkomst=lokaal', 'medewerker=mw-1', 'motivering=Proef.')
        self.assertEqual((done.code, done.line['status']), (1, 'geweigerd'), done.out)
        self.assertIn('index', done.line)
        self.assertTrue(done.line['reden']['code'])

    def test_what_is_wrong_is_said_where_and_nothing_is_sent(self):
        wrong = example(systeem=None)
        arabic = ''.join(chr(0x660 + int(digit)) for digit in BSN)
        for bsn, code in (('999990343', 'bsn-elfproef'), (arabic, 'bad-value')):
            wrong['betrokkenen'][0]['bsn'] = bsn
            done = self.politie.run('push', self.file('wrong', wrong))
            self.assertEqual((done.code, done.error['code'], done.error['field']),
                             (1, code, '/betrokkenen/0/bsn'))
        for text, code in (('{', 'syntax'), ('{"a": 1, "a": 2}', 'duplicate-keyword'),
                           ('[]', 'bad-type'), ('{}', 'missing-field')):
            path = write(self.politie.path('wrong.json'), text)
            self.assertEqual(self.politie.run('push', path).error['code'], code)
        self.assertEqual(self.politie.run('status').line['outbox'], 0)

    def test_what_is_entered_for_another_is_held_under_the_law_of_that_one(self):
        """spec K40: and whoever is not the house is refused."""
        from knooppunt_client import wire  # pylint: disable=import-outside-toplevel
        from knooppunt_client.melding import Writer  # pylint: disable=import-outside-toplevel
        namens = {'partner': VT, 'soort': 'ggz', 'medewerker': 'mw-1'}
        said = example(systeem=None, id='python-enters-for-1', incident=None, namens=namens)
        made = [wire.parse(wire.pb.Rubriek, each) for each in Writer('politie', datetime.date.today()).write(said)]
        by_name = {each.soort: each.regime for each in made}
        wpg, wgbo = 2, 5
        self.assertEqual((by_name[1], by_name[22]), (wgbo, wgbo))  # kenmerken, namens
        plain = Writer('politie', datetime.date.today()).write(example(systeem=None))
        self.assertEqual(wire.parse(wire.pb.Rubriek, plain[0]).regime, wpg)
        done = self.politie.run('push', self.file('namens', said))
        self.assertEqual((done.code, done.line['reden']['code']), (1, 'functie-not-held'), done.out)

    def test_odd_numbers_and_deep_json_are_said(self):
        for timeout in (0, True, '[1]'):
            path = self.politie.write_settings()
            with open(path, encoding='utf-8') as file:
                text = file.read().replace('timeout = 5', f'timeout = {timeout}'.replace('True', 'true'))
            write(path, text)
            done = self.politie.run('status')
            self.assertEqual((done.code, done.err), (4, ''), timeout)
            self.assertIn('timeout must be a number of seconds', done.error['message'])
        self.politie.write_settings()
        for words in (('fetch', '--max', '0'), ('push', '--wait', 'nan')):
            done = self.politie.run(*words)
            self.assertEqual((done.code, 'Traceback' in done.err), (2, False))
        for text, code in (('[' * 200000, 'too-many'), ('{"a": ' + '9' * 5000 + '}', 'bad-value')):
            done = self.politie.run('push', write(self.politie.path('deep.json'), text))
            self.assertEqual((done.code, done.err, done.error['code']), (1, '', code))

    def test_outcomes_go_after_a_fortnight_and_their_numbers_are_not_used_again(self):
        def outcomes():
            return sorted(os.listdir(self.politie.path('spool', 'outcomes')))

        self.politie.run('push', self.file('fortnight', example(id='python-fortnight-1', systeem=None)))
        before = outcomes()
        for name in before:
            path = self.politie.path('spool', 'outcomes', name)
            old = os.stat(path).st_mtime - 13.9 * 86400
            os.utime(path, (old, old))
        self.politie.run('status')
        self.assertEqual(outcomes(), before)
        for name in before:
            path = self.politie.path('spool', 'outcomes', name)
            old = os.stat(path).st_mtime - 0.2 * 86400
            os.utime(path, (old, old))
        self.politie.run('status')
        self.assertEqual(outcomes(), [])
        done = self.politie.run('push', self.file('after', example(id='python-fortnight-2', systeem=None)))
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out)
        [name] = outcomes()
        self.assertEqual(int(name[:12]), int(before[-1][:12]) + 1)

    def test_what_was_seen_of_the_log_is_sealed_too(self):
        """What somebody put into the spool is not believed."""
        self.politie.run('sync')
        before = self.politie.run('status').line
        for name in ('register', 'head'):
            path = self.politie.path('spool', name)
            with open(path, 'rb') as file:
                content = file.read()
            for text in (b'test.example', b'index'):
                self.assertNotIn(text, content)
            with open(path, 'wb') as file:
                file.write(content[:-1] + bytes([content[-1] ^ 1]))
            done = self.politie.run('status')
            self.assertEqual((done.code, path in done.error['message']), (4, True), done.out)
            with open(path, 'wb') as file:
                file.write(content)
        self.assertEqual(self.politie.run('status').line, before)

    def test_what_lies_in_the_spool_is_sealed(self):
        self.politie.write_settings(endpoint='tcp://127.0.0.1:9', timeout=1)
        marked = example(id='python-sealed-melding', systeem=None, toelichting='GEHEIMWOORD')
        self.politie.run('push', self.file('sealed', marked), '--wait', '0')
        found = 0
        for folder, _, names in os.walk(self.politie.path('spool')):
            for name in names:
                found += 1
                self.assertNotIn('python-sealed', name)
                with open(os.path.join(folder, name), 'rb') as file:
                    self.assertNotIn(b'GEHEIMWOORD', file.read())
        self.assertGreater(found, 1)
        self.politie.write_settings()
        self.assertEqual(self.politie.run('push').code, 0)

    def test_another_key_under_the_own_oin_is_an_alarm(self):
        """spec C2"""
        self.assertEqual(self.politie.run('sync').line['alarms'], [])
        other = Partner(self.house, 'second', POLITIE, 'politie', 'wijkteam').enrol()
        done = self.politie.run('sync')
        self.assertEqual((done.code, len(done.line['alarms'])), (1, 1))
        self.assertIn('wijkteam', done.line['alarms'][0])
        self.assertEqual(other.oin, POLITIE)


class HouseKeys(Pair):
    """The knooppunt changes its keys (docs/sleutels.md), and the Python client goes on."""

    sender, receiver = PythonPartner, Partner

    def push(self, name):
        path = self.file(name, example(id=f'python-keys-{name}-1', systeem=None))
        done = self.politie.run('push', path, '--wait', '20')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out + done.err)

    def daemon(self, *words):
        done = run('knooppuntd', '-c', self.house.settings, *words)
        self.assertEqual(done.code, 0, done.out + done.err)

    def begin(self, use, suffix):
        self.daemon('rotate', use)
        self.house.approve(['key', 'propose'], self.house.path('data', f'huissleutel{suffix}.txt'))

    def end(self, use, suffix):
        self.house.approve(['key', 'end'], self.house.path('data', f'huissleutel{suffix}-einde.txt'))
        self.daemon('rotate', use, '--finish')

    def test_a_log_key_that_changed_while_it_was_away(self):
        """spec C25"""
        self.push('before-log')
        open_ = PythonPartner(self.house, 'open', POLITIE, 'politie', 'wijkteam').enrol()
        with open_.open() as client:
            client.sync()
            self.begin('log', '-log')
            self.end('log', '-log')
            self.check_goes_on(client)
        self.push('after-log')
        self.assertEqual(len(self.vt.run('fetch', '--wait', '5').lines), 2)
        self.assertFalse(os.path.exists(self.politie.path('spool', 'alarm')))

    def check_goes_on(self, client):
        """The register is asked again when what comes is signed by a key that is not known."""
        with self.assertRaises(Exception) as caught:
            client.fetch('wijkteam')
        self.assertEqual(type(caught.exception).__name__, 'NotReached')
        self.assertEqual(client.fetch('wijkteam').received, [])

    def test_receive_and_send_key_change_while_it_comes_by(self):
        """spec C24, C26"""
        self.push('before')
        got = self.vt.run('fetch', '--wait', '5').lines
        for use, suffix in (('receive', ''), ('send', '-send')):
            self.begin(use, suffix)
            self.push(f'during-{use}')
            got += self.vt.run('fetch', '--wait', '5').lines
            self.end(use, suffix)
            self.push(f'after-{use}')
            got += self.vt.run('fetch', '--wait', '5').lines
        self.assertEqual(len(got), 5)


class ToPython(Pair):
    sender, receiver = Partner, PythonPartner

    def push(self, name):
        path = self.file(name, example(id=name))
        done = self.politie.run('push', path, '--wait')
        self.assertEqual(done.code, 0, done.out)
        return done.line['index']

    def test_what_c_pushes_is_received_by_python(self):
        index = self.push('c-pushes-to-python-1')
        out = self.vt.path('out')
        done = self.vt.run('fetch', '--wait', '5', '--out', out)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual((done.line['id'], done.line['index'], done.line['verified']),
                         ('c-pushes-to-python-1', index, True))
        [name] = os.listdir(out)
        with open(os.path.join(out, name), encoding='utf-8') as file:
            self.assertEqual(json.load(file), done.line)
        self.assertEqual(self.vt.run('fetch').lines, [])

    def test_it_is_told_as_the_c_client_tells_it(self):
        """The same delivery, read by both before either acknowledges."""
        twin = Partner(self.house, 'vt-twin', self.vt.oin, 'veilig-thuis', 'frontoffice').enrol()
        self.push('c-pushes-to-python-2')
        with self.vt.open() as client:
            report = client.fetch('frontoffice', wait=5)
            [received] = report.received
            # The twin's inbox is new: it begins where the house says.
            done = twin.run('fetch', '--functie', 'frontoffice', '--first', str(received.number))
            self.assertEqual(done.code, 0, done.out + done.err)
            self.assertEqual(without_order(received.content), without_order(done.line))
            client.ack('frontoffice', received.number)

    def test_received_and_not_acknowledged_it_waits_in_the_inbox(self):
        """spec C18"""
        self.push('c-pushes-to-python-3')
        with self.vt.open() as client:
            [received] = client.fetch('frontoffice', wait=5).received
        with self.vt.open(endpoint='tcp://127.0.0.1:9', timeout=1) as client:
            self.assertEqual(client.inbox('frontoffice').waiting(), [received])
        with self.vt.open() as client:
            self.assertEqual(client.fetch('frontoffice').received, [received])
            self.assertEqual(client.ack('frontoffice', received.number), 1)
            self.assertEqual(client.fetch('frontoffice').received, [])
            self.assertEqual(client.inbox('frontoffice').acked, received.number)

    def test_after_two_histories_nothing_is_fetched_until_a_person_looked(self):
        """spec C7: what was held and what was shown are kept."""
        self.push('c-pushes-to-python-6')
        with self.vt.open() as client:
            client.sync()
            session = client._connected()
            held = client.memory.heads.held
            session.memory.heads.held = type(held)(held.size, b'\1' * 32)
            with self.assertRaises(Exception) as caught:
                client.sync()
            self.assertEqual(getattr(caught.exception, 'rule', ''), 'C7')
        done = self.vt.run('fetch')
        self.assertEqual((done.code, 'histories' in done.error['message']), (4, True))
        self.assertEqual(self.vt.run('status').code, 1)
        alarm = self.vt.path('spool', 'alarm')
        with open(alarm, encoding='utf-8') as file:
            both = json.load(file)
        self.assertTrue(both['held'].startswith('test.example/log\n'))
        self.assertTrue(both['shown'].startswith('test.example/log\n'))
        os.remove(alarm)
        self.assertEqual(len(self.vt.run('fetch', '--wait', '5').lines), 1)

    def test_an_inbox_that_was_lost_begins_where_a_person_says(self):
        """spec C23: another number than that of the next delivery is not taken."""
        self.push('c-pushes-to-python-4')
        done = self.vt.run('fetch', '--wait', '5')
        self.assertEqual(done.code, 0)
        number = done.line['number']
        self.push('c-pushes-to-python-5')
        os.rename(self.vt.path('spool'), self.vt.path('lost'))
        # Nothing is said against a delivery for a number that a person was told wrong.
        for wrong in (number, number + 2):
            done = self.vt.run('fetch', '--first', str(wrong))
            self.assertEqual((done.code, done.error['code'], done.error['field']),
                             (1, 'conflict', '/first'), done.out)
            self.assertIn(f'is {number + 1}, not {wrong}', done.error['message'])
            self.assertFalse(os.path.exists(self.vt.path('spool', 'aside')))
        done = self.vt.run('fetch')
        self.assertEqual((done.code, done.lines), (1, []), done.err)
        done = self.vt.run('fetch', '--first', str(number + 1))
        self.assertEqual((done.code, done.line['id']), (0, 'c-pushes-to-python-5'), done.err)
        done = self.vt.run('fetch', '--first', str(number + 1))
        self.assertEqual((done.code, done.error['code']), (1, 'conflict'))


class Asking(World):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.huis = Partner(cls.house, 'huis', HOUSE, 'veiligheidshuis', 'procesregisseur').enrol()
        cls.om = PythonPartner(cls.house, 'om', OM, 'om', 'zsm').enrol()
        cls.house.approve(['convenant', 'propose'],
                          write(cls.house.path('zsm.yaml'), zsm_convenant('verrijking.pga')))
        for partner in (cls.huis, cls.om):
            partner.write_settings()

    def test_a_question_and_its_answer(self):
        casus = dict(casus=['pgax:1'], bsn=BSN, rol='verdachte', status='opgepakt',
                     sinds='2026-01-05', pga=True, medewerker='mw-1')
        path = write(self.huis.path('casus.json'), json.dumps(casus))
        self.assertEqual(self.huis.run('casus', path, '--wait').code, 0)
        done = self.om.run('ask', 'functie=zsm', f'bsn={BSN}', 'medewerker=ovj-1')
        self.assertEqual(done.code, 0, done.out + done.err)
        [rubriek] = done.line['rubrieken']
        self.assertEqual((rubriek['rubriek'], rubriek['velden']),
                         ('verrijking.pga', {'sinds': '2026-01-05'}))
        self.assertNotIn('bron', done.line)
        done = self.om.run('ask', 'functie=zsm', 'bsn=999990019', 'medewerker=ovj-1')
        self.assertEqual((done.code, done.line['rubrieken']), (0, []))
        done = self.om.run('ask', 'functie=zsm', 'geslachtsnaam=Jansen', 'medewerker=ovj-1')
        self.assertEqual((done.code, done.error['code']), (1, 'identification-needed'))
        self.assertEqual(self.om.run('fetch').lines, [])


if __name__ == '__main__':
    knooppunt_world.main()
