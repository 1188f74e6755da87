# SPDX-License-Identifier: EUPL-1.2
"""knooppunt-jzv while things fail around it: no knooppunt, a lost spool, a full disk, a clock that is
off, and killed again and again."""

import http.client
import os
import signal
import threading
import time

import knooppunt_world
from jzv_world import Checked, Door, jzv
from knooppunt_world import POLITIE, PROGRAMS, Partner
from knp_stage import FAKETIME, preload

AWAY = '"tcp://127.0.0.1:9"'


class Alone(Door):
    """What the gateway does when something fails around it."""

    def setUp(self):
        super().setUp()
        self.partner = Partner(self.house, self._testMethodName, POLITIE, 'politie', 'wijkteam')
        self.partner.enrol()

    @property
    def systeem(self):
        return self._testMethodName.replace('_', '-')[:39]

    def door(self, endpoint=None, prefix=(), program='knooppunt-jzv'):
        self.partner.write_settings(timeout_ms='300', systeem=self.systeem,
                                    **({'endpoint': endpoint} if endpoint else {}))
        door = Checked(self.partner, self.authority, program=program)
        self.addCleanup(door.stop)
        return door.start(prefix)

    def test_the_knooppunt_away(self):
        door = self.door(AWAY)
        number = self.number()
        answer = self.post(jzv(registratienummer=number), door)
        self.assertEqual((answer.status, answer.json['toestand']), (201, 'outbox'))
        deadline = time.monotonic() + 60
        while 'wacht' not in answer.json and time.monotonic() < deadline:
            answer = door.call('GET', f'/meldingen/{number}')
        self.assertEqual((answer.json['toestand'], answer.json['wacht']), ('outbox', 'unreachable'))
        status = door.call('GET', '/status').json
        self.assertEqual((status['ok'], status['outbox'], status['wacht']), (False, 1, 'unreachable'))
        door.stop()
        self.partner.write_settings(systeem=self.systeem)
        door.start()
        self.assertEqual(self.settled(number, door)['toestand'], 'aanvaard')

    def test_a_lost_spool_makes_no_second_melding(self):
        """The knooppunt remembers what the partner forgot: same id, other content."""
        door = self.door()
        number = self.number()
        self.post(jzv(registratienummer=number), door)
        self.assertEqual(self.settled(number, door)['toestand'], 'aanvaard')
        door.stop()
        os.rename(self.partner.path('spool'), self.partner.path('lost'))
        door.start()
        self.assertEqual(door.call('GET', f'/meldingen/{number}').status, 404)
        self.assertEqual(self.post(jzv(registratienummer=number, verzoek='Anders.'), door).status, 201)
        stands = self.settled(number, door)
        self.assertEqual((stands['toestand'], stands['reden']['code']), ('geweigerd', 'conflict'))

    def test_standard_files_that_are_closed_are_held(self):
        """What it opens gets no number of theirs: a log line would go into a spool or a socket."""
        door = self.door(prefix=['sh', '-c', 'exec "$@" <&- 2>&-', 'sh'])
        for fd in (0, 2):
            self.assertEqual(os.readlink(f'/proc/{door.running.process.pid}/fd/{fd}'), '/dev/null')

    def test_a_full_disk(self):
        os.mkdir(self.partner.path('spool'), 0o700)
        mount = f'mount -t tmpfs -o size=160k,mode=700 none {self.partner.path("spool")} && exec "$@"'
        door = self.door(AWAY, ('unshare', '-m' if os.geteuid() == 0 else '-rm', 'sh', '-c', mount, 'sh'))
        taken, refused = [], []
        while len(refused) < 3 and len(taken) < 100:
            number = self.number()
            answer = self.post(jzv(registratienummer=number), door)
            (taken if answer.status == 201 else refused).append(number)
            if answer.status != 201:
                self.assertEqual((answer.status, answer.json['code']), (503, 'full'))
                self.assertTrue(answer.headers['Retry-After'])
        self.assertEqual((len(refused), len(taken) > 3), (3, True))
        listed = [item['registratienummer'] for item in door.call('GET', '/meldingen').json]
        self.assertEqual(listed, taken)

    def age(self, days):
        """What lies in the outbox has its outcome since so many days."""
        for folder, _, names in os.walk(self.partner.path('spool', 'outbox')):
            for name in names:
                path = os.path.join(folder, name)
                then = os.stat(path).st_mtime - days * 86400
                os.utime(path, (then, then))

    def test_a_clock_that_is_hours_off(self):
        # Not by the program faketime: it is a process of its own, which a signal ends instead.
        clock = f'LD_PRELOAD={preload(PROGRAMS["knooppunt-jzv"], FAKETIME)}'
        door = self.door(prefix=('env', clock, 'FAKETIME=+3h'))
        number = self.number()
        self.assertEqual(self.post(jzv(registratienummer=number), door).status, 201)
        deadline = time.monotonic() + 60
        while True:
            stands = door.call('GET', f'/meldingen/{number}').json
            if 'wacht' in stands or stands['toestand'] != 'outbox' or time.monotonic() > deadline:
                break
        told = stands.get('wacht') or stands['reden']['code']
        self.assertEqual(told, 'from-future', stands)
        # With the right one it is refused for its date, which lasts: posted again it is another.
        door.stop()
        door = self.door()
        refused = self.settled(number, door)
        self.assertEqual(refused['reden']['code'], 'from-future')
        proof = door.call('GET', f'/meldingen/{number}/bewijs')
        # The outbox lets it go after 14 days; what became of it is known all the same.
        door.stop()
        self.age(15)
        door.start()
        self.assertEqual(os.listdir(self.partner.path('spool', 'outbox')), [])
        gone = door.call('GET', f'/meldingen/{number}').json
        self.assertEqual((gone['toestand'], gone['id'], gone['reden']['code']),
                         ('geweigerd', refused['id'], 'from-future'))
        answer = self.post(jzv(registratienummer=number), door)
        self.assertEqual((answer.status, answer.json['id'] == refused['id']), (201, False))
        taken = self.settled(number, door)
        self.assertEqual((taken['toestand'], taken['id']), ('aanvaard', answer.json['id']))
        self.assertNotEqual(door.call('GET', f'/meldingen/{number}/bewijs').body, proof.body)
        self.assertEqual(self.post(jzv(registratienummer=number), door).json['id'], taken['id'])
        other = self.post(jzv(registratienummer=number, verzoek='Anders.'), door)
        self.assertEqual(other.status, 409)

    def kill_and_start(self, door, stop, killed):
        while not stop.is_set():
            time.sleep(0.15)
            door.running.process.send_signal(signal.SIGKILL)
            door.running.process.wait(60)
            door.start()
            killed.append(True)

    def post_until_taken(self, door, number):
        while True:
            try:
                answer = self.post(jzv(registratienummer=number), door)
                self.assertEqual(answer.status, 201)
                return answer.json['id']
            except (OSError, http.client.HTTPException):
                pass  # nobody knows how it ended: the partner sends it again

    def play(self, door, cycles):
        """Posts while the gateway is killed; what was taken must be in the log, once."""
        taken, stop, killed = {}, threading.Event(), []
        killer = threading.Thread(target=self.kill_and_start, args=(door, stop, killed))
        killer.start()
        try:
            while len(killed) < cycles:
                number = self.number()
                taken[number] = self.post_until_taken(door, number)
        finally:
            stop.set()
            killer.join()
        self.assertGreater(len(taken), cycles)
        stands = [self.settled(number, door) for number in taken]
        self.assertEqual({item.get('toestand') for item in stands}, {'aanvaard'})
        self.assertEqual([item['id'] for item in stands], list(taken.values()))
        self.assertEqual(len({item['index'] for item in stands}), len(taken))
        # Nothing else of this system is in the log.
        source = f'urn:nld:oin:{POLITIE}:systeem:{self.systeem}'
        got = [line['id'] for line in self.vt.run('fetch').lines if line['bron'] == source]
        self.assertEqual(sorted(got), sorted(taken.values()))

    def test_killed_again_and_again_nothing_is_lost_and_nothing_comes_twice(self):
        self.play(self.door(), 200 if os.environ.get('KNP_LONG') else 12)

    def test_one_that_forgets_at_each_start_is_caught(self):
        with self.assertRaises((AssertionError, KeyError)):
            self.play(self.door(program='knooppunt-jzv-forgetful'), 4)


if __name__ == '__main__':
    knooppunt_world.main()
