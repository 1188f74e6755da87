# SPDX-License-Identifier: EUPL-1.2
"""A disk is lost, and the log goes on from a backup under an origin of its own: what was receipted
since is in it again, and nobody is given anything twice."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'python'))

from knooppunt_world import Done, Exchange, PROGRAMS, Partner, VT, main, must, run  # noqa: E402
from knp_sandbox import USERS, sandbox_settings  # noqa: E402

ORIGIN, NEXT = 'test.example/log', 'test.example/log-2'
REDEN = 'de schijf van de server ging verloren'


class Herstel(Exchange):
    settings = 'backup: backup\nguard: schijf/guard\n'

    @classmethod
    def setUpClass(cls):
        make = os.mkdir

        def folders(path, *more):  # the guard is on another disk, and the backups too
            make(path, *more)
            if os.path.basename(path) == 'rollen':
                for name in ('schijf', 'backup'):
                    make(os.path.join(os.path.dirname(path), name), 0o700)
                    cls.give(os.path.join(os.path.dirname(path), name))
        os.mkdir = folders
        try:
            super().setUpClass()
        finally:
            os.mkdir = make

    @classmethod
    def give(cls, path):
        if 'core_user' in sandbox_settings():
            os.chown(path, USERS['core'], USERS['core'])

    def backup(self):
        done = run('knooppuntctl', '-c', self.house.settings, '--json', 'backup')
        self.assertEqual(done.code, 0, done.out + done.err)
        return done.line

    def given(self):
        """The ids that the recipient's system got by one fetch."""
        done = self.vt.run('fetch')
        self.assertEqual(done.code, 0, done.out + done.err)
        return [line['id'] for line in done.lines]

    def restore(self, *words):
        return run('knooppuntd', '-c', self.house.settings, 'restore', *words)

    def propose(self, backup, *more, origin=NEXT, opdrachten='geen'):
        return self.restore('--propose', '--scratch', self.house.path('scratch'), '--origin', origin,
                            '--opdrachten', opdrachten, '--reden', REDEN, '--out',
                            self.house.path('herstel.txt'), *more, backup['log'])

    def act(self, role, backup):
        out = self.house.path(f'{role}.act')
        must('knooppunt', 'act', self.house.path('herstel.txt'), '--soort', 'herstel', '--keys',
             self.house.role(role), '--genesis', os.path.join(backup['log'], 'genesis'), '--out', out)
        return out

    def order(self, backup, *acts, before=()):
        words = ['-c', self.house.settings, 'restore', '--order', self.house.path('herstel.txt'),
                 *[word for act in acts for word in ('--act', act)], backup['log']]
        made = subprocess.run([*before, PROGRAMS['knooppuntd'], *words], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False)
        return Done(made.returncode, made.stdout.decode(), made.stderr.decode())

    def lose(self):
        """The data, and with them the log; the guard is elsewhere."""
        self.house.stop()
        os.rename(self.house.path('data'), self.house.path('data-lost'))
        os.mkdir(self.house.path('data'), 0o700)
        self.give(self.house.path('data'))

    def find(self):
        """They are there again."""
        os.rmdir(self.house.path('data'))
        os.rename(self.house.path('data-lost'), self.house.path('data'))
        self.start()

    def start(self):
        self.house.start()
        self.politie.write_settings()
        self.vt.write_settings()

    def verify(self, *words):
        folder = self.house.path('uitvoer')
        shutil.rmtree(folder, ignore_errors=True)
        must('knooppunt-audit', 'export', folder, '-c', self.house.settings)
        return run('knooppunt-audit', 'verify', folder, *words, '--json')

    def two_acts(self, backup):
        return [self.act(role, backup) for role in ('beheerder', 'privacy-officer')]

    def go_on(self, backup, **how):
        self.assertEqual(self.propose(backup, **how).code, 0)
        done = self.order(backup, *self.two_acts(backup))
        self.assertEqual(done.code, 0, done.err)
        self.start()
        return done.line

    def alarms(self):
        return ' '.join(run('knooppuntctl', 'status', '-c', self.house.settings,
                            '--json').line['alarms'])

    def kept(self, party, begins, *folder):
        names = os.listdir(party.path('spool', *folder))
        return [name for name in names if name.startswith(begins) or name.endswith(begins)]


class Loss(Herstel):
    ids = [f'melding-voor-herstel-{n:04}' for n in range(6)]

    def once(self, n, *words):
        return self.push(self.melding(id=self.ids[n]), *words, '--wait').line

    def not_when_nothing_is_lost(self, backup):
        self.lose()
        done = self.propose(backup)
        self.assertEqual((done.code, 'nothing is lost' in done.err), (4, True), done.err)
        guard = self.house.path('schijf', 'guard')
        os.rename(guard, guard + '.away')
        self.assertEqual(self.propose(backup).code, 0)  # nobody knows: it may be
        shutil.copyfile(self.house.settings, guard)
        done = self.propose(backup)
        self.assertEqual((done.code, 'behind-guard' in done.err), (1, True), done.err)
        os.rename(guard + '.away', guard)
        self.find()

    def refused(self, older, backup):
        done = self.propose(older)
        self.assertEqual((done.code, 'a newer backup' in done.err), (4, True), done.err)
        for wrong in (dict(origin=ORIGIN), dict(origin='met spatie'), dict(opdrachten='weinig')):
            self.assertIn(self.propose(backup, **wrong).code, (2, 4), wrong)
        done = self.propose(backup)
        self.assertEqual(done.code, 0, done.err)
        acts = self.two_acts(backup)
        for wrong in (acts[:1], acts[:1] * 2, [acts[0], self.house.path('herstel.txt')]):
            self.assertEqual(self.order(backup, *wrong).code, 4)
        self.assertEqual(self.order(older, *acts).code, 4)
        with open(self.house.path('herstel.txt'), 'r+', encoding='utf-8') as file:
            text = file.read()
            file.seek(0)
            file.write(text.replace('verloren te', 'verloren ta').replace('ging', 'raakte'))
            file.truncate()
        self.assertEqual(self.order(backup, *acts).code, 4)  # another text than was signed
        self.assertEqual(os.listdir(self.house.path('data')), [])
        self.assertEqual(self.propose(backup).code, 0)
        return done.out.splitlines(), acts

    def killed_at_each_name_that_is_given(self, backup, acts):
        """Until the log is there, which comes last: no daemon starts before."""
        log, struck = self.house.path('data', 'log'), 0
        while True:
            struck += 1
            done = self.order(backup, *acts, before=(
                'strace', '-f', '-o', '/dev/null', '-e', 'trace=rename', '-e',
                f'inject=rename:signal=KILL:when={struck}'))
            if os.path.exists(log):
                break
            self.assertLess(struck, 40, done.err)
            started = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
            self.assertNotEqual(started.code, 0)
            self.assertEqual(started.out, '', started.err)
        self.assertGreater(struck, 4)

    def test_what_was_receipted_is_there_again_once_and_nobody_is_given_it_twice(self):
        """spec L25, L26, C29"""
        self.assertEqual(self.once(0)['status'], 'aanvaard')
        self.assertEqual(self.given(), self.ids[:1])
        older = self.backup()
        self.once(1)  # in the backup, and not fetched when the disk goes
        backup = self.backup()
        self.not_when_nothing_is_lost(backup)
        lost = [self.once(n)['index'] for n in (2, 3)]
        self.assertEqual(self.given(), self.ids[1:4])
        self.once(4)  # lost, and given to nobody
        said = self.politie.run('correctie', str(lost[0]), '--correctie', 'onjuist', '--medewerker',
                                'mw-3', '--motivering', 'verwisseld', '--wait').line
        self.assertEqual(said['status'], 'aanvaard')
        act_of_before = self.enrol_act('vroeger')
        self.assertEqual(self.verify().code, 0)
        state = self.house.path('verified')
        seen = shutil.copy(self.house.path('uitvoer', 'checkpoint'), self.house.path('lost-head'))
        self.assertEqual(self.verify('--state', state).code, 0)
        self.lose()
        text, acts = self.refused(older, backup)
        self.assertEqual(text[:4], ['herstel uit een kopie', f'log {NEXT}', f'voorganger {ORIGIN}',
                                    f"omvang {backup['size']}"])
        self.assertGreater(int(text[5].split()[1]), max(lost))
        acts = self.two_acts(backup)
        self.killed_at_each_name_that_is_given(backup, acts)
        self.assertEqual(self.order(backup, *acts).code, 4)  # the house has its log
        self.assertTrue(os.path.exists(self.house.path('schijf', 'guard.voorganger')))
        self.start()
        self.pushed_and_given_once(backup)
        self.verified(seen, state, os.path.join(backup['log'], 'checkpoint'))
        self.acts_of_before_count_no_more(act_of_before)
        self.house.stop()
        compared = run('knooppuntd', '-c', self.house.settings, 'rebuild', '--compare')
        self.assertEqual((compared.code, compared.line['equal']), (0, True), compared.out)
        self.house.start()

    def pushed_and_given_once(self, backup):
        # The recipient asks first: what it had of what is lost is pushed again and not given twice.
        self.assertEqual(self.given(), [])
        pushed = {line['id']: line for line in self.politie.run('push', '--wait').lines}
        # The correctie names an entry by a number that another melding may have by now.
        self.assertEqual([pushed.pop(ident)['status'] for ident in self.ids[2:5]], ['aanvaard'] * 3)
        (refused,) = pushed.values()
        self.assertEqual((refused['status'], refused['reden']['code'], refused['reden']['veld']),
                         ('geweigerd', 'not-found', 'correctie.entry'))
        self.assertEqual(self.given() + self.given(), self.ids[4:5])
        for party in (self.politie, self.vt):
            self.assertTrue(self.kept(party, 'verloren-'), party.folder)
        self.assertTrue(self.kept(self.politie, '.verloren', 'outbox'))
        # Pushed once more, each has the outcome that it has in this log.
        again = [self.once(n) for n in range(5)]
        self.assertEqual([line['status'] for line in again], ['aanvaard'] * 5)
        self.assertEqual(len({line['index'] for line in again}), 5)
        self.assertLess(again[1]['index'], backup['size'])
        for line in again[2:]:
            self.assertGreater(line['index'], backup['size'])
        self.assertEqual(self.given(), [])
        self.once(5)
        self.assertEqual(self.given(), self.ids[5:])
        self.assertNotIn('orders-lost', self.alarms())
        # Numbers begin anew, and all of them are acknowledged: 2 to 4 again, then 5.
        status = run('knooppuntctl', 'status', '-c', self.house.settings, '--json').line
        queue, = [row for row in status['queues'] if row['ontvanger'] == f'{VT}/frontoffice']
        self.assertEqual((queue['last'], queue['waiting']), ((1 << 28) + 4, 0))

    def verified(self, lost_head, lost_state, head):
        done = self.verify()
        self.assertEqual((done.code, done.line['intact']), (0, True), done.out + done.err)
        self.assertEqual(self.verify('--last', head, '--genesis', self.house.genesis).code, 0)
        for words in (('--last', lost_head), ('--state', lost_state)):
            done = self.verify(*words)
            self.assertEqual((done.code, done.line['intact']), (1, False), done.out)
            self.assertIn('entries that are lost', done.line['what'])

    def enrol_act(self, name):
        """Of a partner that wants in: its bundle, and acts that say nothing of a herstel."""
        made = Partner(self.house, name, '00000099000000003000', 'ggz', 'behandelaar')
        made.keygen()
        bundle = made.path('keys', 'bundle.knp')
        for role in ('beheerder', 'privacy-officer'):
            must('knooppunt', 'act', bundle, '--soort', 'partner', '--keys', self.house.role(role),
                 '--genesis', self.house.genesis, '--out', made.path(f'{role}.act'))
        return made

    def acts_of_before_count_no_more(self, made):
        bundle = made.path('keys', 'bundle.knp')
        done = run('knooppuntctl', 'partner', 'add', bundle, '--act', made.path('beheerder.act'), '-c',
                   self.house.settings, '--json')
        self.assertEqual((done.code, done.error['code']), (1, 'bad-signature'), done.out)
        self.house.approve(['partner', 'add'], bundle)  # signed anew


class Forgetful(Herstel):
    """The negative control: who does not remember what it was given is given it twice. And a herstel
    of which the orders are not known, of a guard that went with the data."""

    def test_without_its_memory_a_recipient_is_given_it_twice(self):
        backup = self.backup()
        ident = 'melding-die-dubbel-komt'
        self.push(self.melding(id=ident), '--wait')
        self.assertEqual(self.given(), [ident])
        self.lose()
        os.remove(self.house.path('schijf', 'guard'))
        for name in self.kept(self.vt, '.gegeven', 'inbox', 'frontoffice'):
            os.remove(self.vt.path('spool', 'inbox', 'frontoffice', name))
        seen = ('--seen', self.politie.path('spool', 'checkpoint'))
        self.assertEqual(self.propose(backup, *seen, opdrachten='onbekend').code, 0)
        with open(self.house.path('herstel.txt'), encoding='utf-8') as file:
            known = int(file.read().splitlines()[5].split()[1])
        self.assertGreater(known, backup['size'])
        done = self.order(backup, *self.two_acts(backup))
        self.assertEqual((done.code, done.line['opdrachten']), (0, 'onbekend'), done.err)
        self.start()
        self.assertIn('orders-lost', self.alarms())
        self.assertEqual(self.politie.run('push', '--wait').code, 0)
        self.assertEqual(self.given(), [ident])


if __name__ == '__main__':
    main()
