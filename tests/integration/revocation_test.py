# SPDX-License-Identifier: EUPL-1.2
"""A key that is revoked, or was never enrolled: what its holder hears from `knooppunt`, and what the
house sees in `knooppuntctl` and `knooppunt-audit`."""

import json
import os
import subprocess
import sys
import time
import unittest

from knooppunt_cli_test import example
from knooppunt_world import CONVENANT, PROGRAMS, TIMEOUT, Partner, World, must, run, write

POLITIE, VT, GGZ = '00000099000000001000', '00000099000000002000', '00000099000000007000'
OTHER, MANY = '00000099000000008000', '00000099000000008001'
NOBODY = '0' * 20


class Revoked(World):
    settings = 'tick_seconds: 1\n'

    def setUp(self):
        if not os.path.exists(self.house.path('convenant')):
            self.house.approve(['convenant', 'propose'], CONVENANT)
            os.mkdir(self.house.path('convenant'))

    def partner(self, name, oin, soort, functie):
        return Partner(self.house, f'{name}-{self.id().rsplit(".", 1)[1]}', oin, soort, functie)

    def enrolled(self, oin):
        partner = self.partner('politie', oin, 'politie', 'basisteam')
        partner.key = partner.keygen().line['key']
        self.house.approve(['partner', 'add'], partner.path('keys', 'bundle.knp'))
        return partner

    def revoke(self, partner):
        must('knooppuntctl', 'partner', 'revoke', partner.key, '--key',
             self.house.role('beheerder'), '-c', self.house.settings)

    def melding(self, partner):
        return write(partner.path('melding.json'), json.dumps(example(id=None)))

    def ctl(self, *words):
        return run('knooppuntctl', *words, '-c', self.house.settings)

    def status(self):
        return json.loads(self.ctl('status', '--json').out)

    def until(self, what, condition):
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if found := condition():
                return found
            time.sleep(0.05)
        raise AssertionError(f'waited in vain: {what}')

    def refused(self, oin, reason):
        return sum(row['total'] for row in self.status()['refused']
                   if (row['oin'], row['reden']) == (oin, reason))

    def recorded(self, oin, reason):
        lines = must('knooppunt-audit', 'weigeringen', '-c', self.house.settings).lines
        return sum(line['aantal'] for line in lines
                   if (line.get('oin'), line.get('reden')) == (oin, reason))

    def assert_not_admitted(self, problem, text):
        self.assertEqual(problem['code'], 'not-admitted', problem)
        for part in (self.house.endpoint, 'not enrolled or was revoked'):
            self.assertIn(part, text)
        self.assertNotIn('cannot be reached', text)

    def test_who_is_revoked_hears_so_and_the_house_sees_it(self):
        politie = self.enrolled(POLITIE)
        sent = politie.run('push', self.melding(politie), '--wait')
        self.assertEqual((sent.code, sent.line['status']), (0, 'aanvaard'), sent.err)
        self.assertEqual(self.refused(POLITIE, 'revoked-key'), 0)
        self.revoke(politie)
        done = politie.run('push', self.melding(politie))
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assert_not_admitted(done.line['reden'], done.line['reden']['uitleg'])
        done = politie.run('push', '--wait=2')
        self.assertEqual(done.code, 3)
        self.assert_not_admitted(done.error, done.error['message'])
        for part in ('beheerder', 'revoked', 'enrolled', 'Nothing is lost'):
            self.assertIn(part, done.error['fix'])
        fetched = politie.run('fetch')
        self.assertEqual(fetched.code, 3)
        self.assert_not_admitted(fetched.error, fetched.error['message'])
        self.assertIn('not-admitted', politie.run('status').line['alarms'])
        text = run('knooppunt', 'fetch', '-c', politie.settings)
        self.assertIn('does not admit us', text.err)
        self.assertNotIn('the ack waits', text.err)  # there is none
        self.assertIn('to do: Nothing is lost: ask the beheerder', text.err)

        self.until('the count', lambda: self.refused(POLITIE, 'revoked-key') >= 4)
        status = self.status()
        trouble, = [t for t in status['troubles']
                    if (t['code'], t['about']) == ('revoked-key-in-use', POLITIE)]
        self.assertLess(abs(trouble['since'] / 1000 - time.time()), 300)
        self.assertIn('ask the partner by telephone', trouble['fix'])
        told = self.ctl('status').err
        self.assertIn(POLITIE, told)
        self.assertIn(f'knooppunt_refused_total{{partner="{POLITIE}",reason="revoked-key"}} ',
                      self.ctl('metrics').out)
        self.until('the tick', lambda: self.recorded(POLITIE, 'revoked-key') >= 4)

    def test_who_was_never_enrolled_hears_so_and_is_counted_with_all_strangers(self):
        stranger = self.partner('ggz', GGZ, 'ggz', 'crisisdienst')
        stranger.keygen()
        before = self.refused(NOBODY, 'unknown-key')
        done = stranger.run('push', self.melding(stranger))
        self.assertEqual((done.code, done.line['status']), (3, 'outbox'))
        self.assert_not_admitted(done.line['reden'], done.line['reden']['uitleg'])
        self.assertEqual(stranger.run('status').line['alarms'], ['not-enrolled', 'not-admitted'])
        self.until('the count', lambda: self.refused(NOBODY, 'unknown-key') > before)
        self.assertFalse([t for t in self.status()['troubles']
                          if t['code'] == 'revoked-key-in-use' and t['about'] not in (POLITIE, OTHER)])
        self.until('the tick', lambda: self.recorded(NOBODY, 'unknown-key') > 0)
        told = run('knooppunt-audit', 'weigeringen', '-c', self.house.settings)
        self.assertIn('  never enrolled  ', told.err + told.out)

    def test_who_waits_gets_in_once_it_is_enrolled(self):
        late = self.partner('vt', VT, 'veilig-thuis', 'frontoffice')
        late.keygen()
        with subprocess.Popen([PROGRAMS['knooppunt'], 'push', self.melding(late), '--wait=60',
                               '--json', '-c', late.settings], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as waiting:
            self.until('the refusal', lambda: self.refused(NOBODY, 'unknown-key') > 0)
            self.house.approve(['partner', 'add'], late.path('keys', 'bundle.knp'))
            out, err = waiting.communicate(timeout=TIMEOUT)
        self.assertEqual(waiting.returncode, 0, out + err)
        self.assertIn(b'"aanvaard"', out)

    def trail(self, key, *words):
        lines = must('knooppunt-audit', 'sleutel', key, *words, *self.house.asking).lines
        for line in lines:
            line.pop('oefening', None)
        return lines

    def moment(self):
        time.sleep(0.01)
        now = time.time()
        time.sleep(0.01)
        return time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now)) + f'.{int(now * 1000) % 1000:03}Z'

    def test_all_that_a_key_sent_and_could_receive_since_a_moment(self):
        politie = self.enrolled(POLITIE)
        # Whose functie the voorbeeld-convenant gives meldingen of the politie.
        vt = self.partner('vt', VT, 'veilig-thuis', 'frontoffice')
        vt.key = vt.keygen().line['key']
        self.house.approve(['partner', 'add'], vt.path('keys', 'bundle.knp'))

        def push():
            line = politie.run('push', self.melding(politie), '--wait').line
            self.assertEqual(line['status'], 'aanvaard')
            return line

        acked_before, waiting = push(), push()
        self.assertEqual(vt.run('fetch', '--max', '1').line['index'], acked_before['index'])
        self.until('the ack', lambda: any(
            line['gebeurtenis'] == 'bevestigd' for line in self.trail(vt.key)))
        since = self.moment()
        after = push()
        fetched = [line['index'] for line in vt.run('fetch', '--max', '1').lines]
        self.assertEqual(fetched, [waiting['index']])

        def given(*words):
            return [(line['melding'], line['bevestigd']) for line in self.trail(vt.key, *words)
                    if line['gebeurtenis'] == 'verstrekt']

        self.until('the ack', lambda: given() == [
            (after['index'], False), (waiting['index'], True), (acked_before['index'], True)])
        self.assertEqual(given(since), [(after['index'], False)])
        # What it acknowledged since is told by the ack, with the entry of the verstrekking.
        confirmed = [line['verstrekking'] for line in self.trail(vt.key, since)
                     if line['gebeurtenis'] == 'bevestigd']
        self.assertEqual(confirmed, [waiting['index']])
        sent = [line for line in self.trail(politie.key, since)]
        self.assertEqual([(line['gebeurtenis'], line['id'], line['index'], line['uitkomst'],
                           line['zeker']) for line in sent],
                         [('ingestuurd', after['id'], after['index'], 'aanvaard', True)])

        # What comes after the revocation is not this key's; a new key has a trail of its own.
        self.revoke(vt)
        self.assertEqual(given(since), [(after['index'], False)])
        other = self.partner('vt-nieuw', VT, 'veilig-thuis', 'frontoffice')
        other.key = other.keygen().line['key']
        self.house.approve(['partner', 'add'], other.path('keys', 'bundle.knp'))
        late = push()
        self.assertEqual(given(since), [(after['index'], False)])
        self.assertIn(late['index'], [line.get('melding') for line in self.trail(other.key)])
        # What waits now could be fetched until it was revoked, whatever moment is asked for.
        self.assertEqual(given(self.moment()), [(after['index'], False)])
        done = run('knooppunt-audit', 'sleutel', VT, '--json', *self.house.asking)
        self.assertEqual((done.code, done.error['code']), (2, 'usage'))
        self.assertIn('partner show', done.error['message'])
        done = run('knooppunt-audit', 'sleutel', '0' * 16, '--json', *self.house.asking)
        self.assertEqual((done.code, done.error['code']), (1, 'not-found'))
        self.assertEqual(run('knooppunt-audit', 'sleutel', vt.key, 'gisteren', '--json',
                             *self.house.asking).code, 2)

        # Both roles signed for each of them.
        for role in ('beheerder', 'privacy-officer'):
            self.assertIn('getekend', {one['gebeurtenis'] for one in
                                       self.trail(self.house.role_keys[role])})

    def test_the_trail_of_hundreds_is_read_a_stretch_at_a_time(self):
        partner = self.enrolled(MANY)
        files = [write(partner.path(f'{n}.json'), json.dumps(example(id=f'melding-van-de-reeks-{n:04}')))
                 for n in range(300)]
        done = partner.run('push', *files, '--wait=50')
        ids = [line['id'] for line in self.trail(partner.key)]
        self.assertEqual(len(ids), 300, done.out[-500:])
        self.assertEqual(len(set(ids)), 300)

    def test_a_live_connection_is_cut_within_seconds_and_its_holder_hears_why(self):
        partner = self.enrolled(OTHER)
        self.assertEqual(partner.run('fetch').code, 0)
        with subprocess.Popen([PROGRAMS['knooppunt'], 'fetch', '--wait', '55', '--json', '-c',
                               partner.settings], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as live:
            time.sleep(1)  # by now it waits for an answer; if not, it is refused a little earlier
            self.assertIsNone(live.poll())
            self.revoke(partner)
            began = time.monotonic()
            out, err = live.communicate(timeout=TIMEOUT)
        self.assertLess(time.monotonic() - began, 5)  # a second is promised
        problem = json.loads(out.splitlines()[-1])['error']
        self.assertEqual(live.returncode, 3, out + err)
        self.assert_not_admitted(problem, problem['message'])


if __name__ == '__main__':
    for path in sys.argv[1:]:
        PROGRAMS[os.path.basename(path)] = path
    unittest.main(argv=sys.argv[:1], verbosity=2)
