# SPDX-License-Identifier: EUPL-1.2
"""Code tables that are edited: what was decided by those of then stays, is told by those of then, and
that they were changed is told."""

import unittest

import knooppunt_world
from codes_test import RESTS, convenant, melding
from knooppunt_world import HOUSE, POLITIE, Partner, World, must, run, write

PERSOON = '999990342'


class TablesOfThen(World):
    """A table that is edited changes what comes, never what was decided or why."""

    def edit(self, table, old, new):
        path = self.house.path('codes', f'{table}.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        self.assertIn(old, text)
        write(path, text.replace(old, new))

    def push(self):
        path = write(self.politie.path('melding.json'), melding('E33', PERSOON))
        done = self.politie.run('push', path, '--wait')
        self.assertEqual(done.code, 0, done.out)
        return done.line['id'], [grond['voorlopig'] for one in self.huis.run('fetch').lines
                                 for grond in one['gronden']]

    def told(self, melding_id):
        *_, told = must('knooppunt-audit', 'why', melding_id, 'huis/procesregisseur', '1', 'betrokkenheid',
                        *self.house.asking, '-c', self.house.settings).lines
        return told

    def changed(self):
        """What is told of tables that were changed: about which entry, or nothing."""
        return [trouble['about'] for trouble in
                run('knooppuntctl', 'status', '--json', '-c', self.house.settings).line['troubles']
                if trouble['code'] == 'codes-changed']

    def inzage(self):
        """Of each verstrekking about the person, whether it says that its grond is provisional."""
        _, *meldingen = must('knooppunt-audit', 'inzage', f'bsn:{PERSOON}', *self.house.asking,
                             '-c', self.house.settings).lines
        return [row['voorlopig'] for one in meldingen
                for verstrekking in one['melding']['verstrekkingen']
                for row in verstrekking['gegevens']]

    def replay(self):
        *_, totals = must('knooppunt-audit', 'convenant', 'replay', '-c', self.house.settings).lines
        return [totals[key] for key in ('beslissingen', 'anders', 'onleesbaar')]

    def test_why_and_replay_use_and_name_the_tables_of_then(self):
        self.politie = Partner(self.house, 'politie', POLITIE, 'politie', 'basisteam').enrol()
        self.huis = Partner(self.house, 'regisseur', HOUSE, 'veiligheidshuis',
                            'procesregisseur').enrol()
        self.house.approve(['convenant', 'propose'],
                           write(self.house.path('convenant.yaml'), convenant(rubrieken='betrokkenheid')))
        for partner in (self.politie, self.huis):
            partner.write_settings()
        first, given = self.push()
        self.assertEqual(given, [True])
        before = self.told(first)
        self.assertEqual((set(before['voorlopig']), before['codes']['nu']), (RESTS, True))
        self.assertEqual(self.inzage(), [True])
        self.house.stop()
        self.house.start()
        self.assertEqual(self.changed(), [])
        self.house.stop()
        self.edit('klassen', '{klasse: E33, ruimer: I28,', '{klasse: E33,')
        self.edit('grondslagen', 'niet-geverifieerd', 'bevestigd')
        self.edit('bewaartermijnen', 'niet-geverifieerd', 'bevestigd')
        self.house.start()
        [about] = self.changed()  # before anything is decided with them
        self.assertRegex(about, r'^decided with others up to entry \d+$')
        for partner in (self.politie, self.huis):
            partner.write_settings()
        second, given = self.push()
        self.assertEqual(given, [])
        self.assertEqual(self.changed(), [about])
        told = self.told(first)
        self.assertEqual((told['beslissing'], set(told['voorlopig'])), ('verstrekt', RESTS))
        self.assertEqual(told['codes'], {'hash': before['codes']['hash'], 'nu': False})
        [event] = told['verloop']
        self.assertEqual((event['codes'], set(event['regels'][0]['voorlopig'])),
                         (told['codes'], RESTS))
        said = run('knooppunt-audit', 'why', first, 'huis/procesregisseur', '1', 'betrokkenheid',
                   *self.house.asking, '-c', self.house.settings).err
        self.assertIn(f'other code tables than those of now: {before["codes"]["hash"]}', said)
        now = self.told(second)
        self.assertEqual((now['beslissing'], now['codes']['nu']), ('geweigerd', True))
        self.assertNotEqual(now['codes']['hash'], before['codes']['hash'])
        self.assertEqual(self.replay(), [2, 0, 0])
        # And by a state that is made anew, with the tables of then in the log alone.
        self.house.stop()
        self.assertTrue(run('knooppuntd', '-c', self.house.settings, 'rebuild',
                            '--compare').line['equal'])
        self.edit('klassen', '{klasse: E33,', '{klasse: E33, ruimer: I28,')
        self.house.start()
        for partner in (self.politie, self.huis):
            partner.write_settings()
        self.assertEqual(self.push()[1], [False])  # somebody confirmed its codes
        self.assertEqual(self.inzage(), [False, True])  # of now, and of then
        self.assertEqual(self.replay(), [3, 0, 0])
        self.assertEqual(self.told(first)['codes'], told['codes'])


if __name__ == '__main__':
    knooppunt_world.main()
