# SPDX-License-Identifier: EUPL-1.2
"""The letter to somebody who asked what is kept about him: gone through line by line, signed, and
without a trace of what is not told."""

import datetime
import json
import os
import re

import knooppunt_world
from knooppunt_world import Exchange, must, run, write
from knp_page import Text
from knp_probe import wait_for

PERSON = 'bsn:999990342'
# Of the example melding: what is of another, of who told it, or free text.
NEVER = ('buurt', 'mw-1042', 'gesust', 'eigen verklaring', 'in-zorg', '999990342', 'BVH')


class Brief(Exchange):
    settings = 'tick_seconds: 1\n'  # what is destroyed is done with a tick

    def setUp(self):
        super().setUp()
        done = self.push(self.melding(), '--wait')
        self.assertEqual(done.code, 0, done.out)
        self.pushed = done.line['id']
        self.vt.run('fetch')
        self.folder = self.house.path(self._testMethodName)
        os.mkdir(self.folder)
        self.officer = ['--key', self.house.role('privacy-officer'), '-c', self.house.settings]

    def path(self, name):
        return os.path.join(self.folder, name)

    def concept(self, name='lijst'):
        must('knooppunt-audit', 'inzage', PERSON, '--out', self.path(name), '--zaak', 'verzoek-7',
             *self.house.asking)
        with open(self.path(name), encoding='utf-8') as file:
            return file.read()

    def regels(self, text):
        """{number: its lines}"""
        found = re.findall(r'^(\d+(?:\.\d+)?) \?\n((?:#.*\n)*)', text, re.M)
        self.assertTrue(found)
        return dict(found)

    def decide(self, text, besluiten, name='besluiten'):
        """All is told but what `besluiten` says of it."""
        return write(self.path(name), re.sub(
            r'^(\S+) \?$', lambda m: f'{m[1]} {besluiten.get(m[1], "verstrekken")}', text,
            flags=re.M))

    def brief(self, besluiten, folder, code=0):
        done = run('knooppunt-audit', 'brief', PERSON, besluiten, self.path(folder), '--json',
                   '--zaak', 'verzoek-7', *self.house.asking, *self.officer)
        self.assertEqual(done.code, code, (done.out, done.err))
        if code:
            return done.error
        with open(os.path.join(self.path(folder), 'brief.html'), encoding='utf-8') as file:
            page = file.read()
        with open(os.path.join(self.path(folder), 'brief.json'), encoding='utf-8') as file:
            return ' '.join(Text(page).words), json.load(file)

    def number(self, regels, what):
        """The first regel of this heading."""
        return next(n for n, text in regels.items() if text.startswith(f'# {what}'))

    def test_what_is_decided_to_be_told_is_told_and_nothing_else(self):
        text = self.concept()
        for secret in NEVER[:5]:
            self.assertNotIn(secret, text)
        self.assertIn('noemt de brief ook niet', text)
        regels = self.regels(text)
        self.assertIn('vermoedelijke pleger', regels['1'])
        masked = [n for n, text in regels.items() if text.startswith('# Verblijfadres')]
        self.assertTrue(masked)
        refused = self.number(regels, 'Strafrechtelijk')
        page, told = self.brief(self.decide(text, {
            **dict.fromkeys(masked, 'maskeren uavg-41'), refused: 'weigeren wpg-27'}), 'uit')
        for secret in NEVER[:5]:
            self.assertNotIn(secret, page)
        self.assertIn('OEFENING', page)
        self.assertIn('Ons kenmerk: verzoek-7', page)
        self.assertIn('Voorbeeld', page)
        self.assertNotIn('Voorbeeldstraat', page)
        self.assertIn('(niet verteld)', page)
        heading = regels[refused].split('\n')[0].lstrip('# ')
        kept = sum(text.split('\n')[0].lstrip('# ') == heading for text in regels.values()) - 1
        self.assertEqual(sum(row['kop'] == heading for row in told['overzicht']), kept)
        self.assertIn('Gedeeld met', page)
        self.assertIn('Waarvoor:', page)
        self.assertIn('Op grond van:', page)
        self.assertEqual(len(told['gronden']), 2)
        # Page and JSON say the same, and no number tells how many were left out.
        for row in told['overzicht']:
            self.assertNotIn('nummer', row)
            self.assertIn(row['kop'], page)
            for line in row['regels']:
                self.assertIn(line, page)
        self.assertEqual(len(told['overzicht']), len(regels) - 1)
        with open(self.path('uit/brief.act'), 'rb') as file:
            self.assertIn(b'brief', file.read())

    def test_it_is_told_in_words_and_each_reason_once(self):
        page, told = self.brief(self.decide(self.concept(), {}), 'woorden')
        self.assertNotRegex(page, r'\d{4}-\d\d-\d\d|GM\d{4}|wpg-20')
        self.assertRegex(page, r'Geboortedatum: \d{1,2} [a-z]+ \d{4}')
        self.assertRegex(page, r'Op dezelfde dag: \d+')
        self.assertRegex(page, r'In de 30 dagen ervoor: \d+')
        self.assertIn('Woongemeente: Sittard-Geleen', page)
        self.assertIn('Op grond van: Wpg art. 20', page)
        self.assertIn('Gedeeld: Kenmerken, Incident, Betrokkenheid', page)
        given = [row for row in told['overzicht'] if row['kop'].startswith('Gedeeld met')]
        self.assertTrue(given)
        for row in given:
            why = [line for line in row['regels'] if line.startswith('Volgens onze afspraken: ')]
            self.assertTrue(why)
            self.assertEqual(len(set(why)), len(why), row)

    def test_what_is_refused_is_not_named_beside_whom_it_went_to_either(self):
        regels = self.regels(self.concept())
        said = [n for n, text in regels.items() if text.startswith('# Betrokkenheid')]
        self.assertTrue(said)
        self.assertTrue(any('Gedeeld: ' in text and 'Betrokkenheid' in text
                            for text in regels.values()))
        for besluit, named in (('verstrekken', True), ('maskeren wpg-27', True),
                               ('weigeren wpg-27', False)):
            page, told = self.brief(self.decide(self.concept(besluit), dict.fromkeys(said, besluit),
                                                f'{besluit}-besluiten'), f'{besluit}-uit')
            self.assertEqual('Betrokkenheid' in page, named, besluit)
            self.assertIn('Kenmerken, Incident', page)
            given = [row for row in told['overzicht'] if row['kop'].startswith('Gedeeld met')]
            self.assertEqual(any('Betrokkenheid' in line for row in given
                                 for line in row['regels']), named)
            # What went for the same reason is still told, with its reason.
            self.assertTrue(all(row['regels'][0].startswith('Gedeeld: ') for row in given))

    def test_what_rests_on_what_nobody_confirmed_says_so(self):
        _, told = self.brief(self.decide(self.concept(), {}), 'voorlopig')
        meldingen = [line['melding'] for line in must('knooppunt-audit', 'inzage', PERSON,
                                                      *self.house.asking).lines
                     if 'melding' in line]
        given = [v['gegevens'] for melding in meldingen for v in melding['verstrekkingen']]
        rows = [row['regels'] for row in told['overzicht'] if row['kop'].startswith('Gedeeld met')]
        self.assertEqual(len(given), len(rows))
        for gegevens, lines in zip(given, rows):
            said = sum(line.startswith('Voorlopig: ') for line in lines)
            reasons = {(g['regel'], g['convenantartikel'], g['doel'], tuple(g['grondslag']))
                       for g in gegevens if g['voorlopig']}
            self.assertEqual(said, len(reasons), (gegevens, lines))
        self.assertTrue(any(g['voorlopig'] for gegevens in given for g in gegevens))

    def test_what_was_asked_is_granted_with_who_asked_it(self):
        self.assertTrue(self.house.asking)
        bureau = self.house.bureau
        came = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1))
        file = write(self.path('verzoek.json'), json.dumps({
            'zaak': 'verzoek-7', 'verzoek': 'inzage', 'wet': 'avg', 'medewerker': 'mw-fg',
            'ontvangen': came.strftime('%Y-%m-%dT%H:%M:%SZ')}))
        asked = bureau.run('verzoek', file, '--wait').line
        self.assertEqual(asked['status'], 'aanvaard')
        words = ['afhandeling', str(asked['index']), '--zaak', 'verzoek-7', '--uitkomst',
                 'toegewezen', '--medewerker', 'mw-fg', '--wait']
        refused = bureau.run(*words)
        self.assertEqual((refused.code, refused.line['reden']['veld']),
                         (1, 'afhandeling.namens'))
        unknown = bureau.run(*words, '--namens', 'buurvrouw')
        self.assertEqual(unknown.code, 2, unknown.out)
        self.assertIn('gemachtigde', unknown.error['message'])
        done = bureau.run(*words, '--namens', 'gezag', '--identiteit', 'document',
                          '--bevoegdheid', 'gezagsregister')
        self.assertEqual((done.code, done.line['status']), (0, 'aanvaard'), done.out)

    # ---- the letters beside it ------------------------------------------------------------------

    def ask(self, zaak, verzoek='inzage', wet='avg', ago=1):
        came = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=ago)
        self.assertTrue(self.house.asking)
        asked = self.house.bureau.run('verzoek', write(self.path(f'{zaak}.json'), json.dumps({
            'zaak': zaak, 'verzoek': verzoek, 'wet': wet, 'medewerker': 'mw-fg',
            'ontvangen': came.strftime('%Y-%m-%dT%H:%M:%SZ')})), '--wait').line
        self.assertEqual(asked['status'], 'aanvaard')
        return asked['index']

    def answer(self, index, zaak, uitkomst, *more):
        done = self.house.bureau.run('afhandeling', str(index), '--zaak', zaak, '--uitkomst', uitkomst,
                                     '--medewerker', 'mw-fg', *more, '--wait')
        self.assertEqual(done.code, 0, done.out)

    def letter(self, *words, code=0):
        """The words of the page, and the JSON, of the folder among the words that is not there yet."""
        done = run('knooppunt-audit', 'brief', *words, '--json', *self.house.asking, *self.officer)
        self.assertEqual(done.code, code, (done.out, done.err))
        if code:
            return done.error
        folder = done.line['brief']
        with open(os.path.join(folder, 'brief.html'), encoding='utf-8') as file:
            page = ' '.join(Text(file.read()).words)
        with open(os.path.join(folder, 'brief.json'), encoding='utf-8') as file:
            told = json.load(file)
        self.assertIn('OEFENING', page)
        self.assertIn('De privacy officer', page)
        self.assertTrue(os.path.exists(os.path.join(folder, 'brief.act')))
        for stuk in told['tekst']:
            for text in stuk.values():
                self.assertIn(text, page)
                # B1: no sentence of more than 30 words.
                for sentence in re.split(r'(?<=[.?!:]) ', text):
                    self.assertLessEqual(len(sentence.split()), 30, sentence)
        self.assertNotIn('999990342', page)
        return page, told

    def test_that_a_request_came_is_told_with_the_day_of_its_answer(self):
        self.ask('o-avg', 'wissing')
        page, told = self.letter('ontvangst', 'o-avg', self.path('ontvangst'), write(
            self.path('aan'), 'aan: Mevrouw V. Oorbeeld\n  Straat 1\n  6131 AA Sittard\n'))
        self.assertIn('gegevens over u te verwijderen', page)
        self.assertRegex(page, r'U krijgt uiterlijk op \d{1,2} [a-z]+ \d{4} antwoord')
        self.assertIn('twee maanden langer', page)
        self.assertIn('Oorbeeld', page)
        self.assertNotIn('Oorbeeld', json.dumps(told))
        self.assertEqual((told['brief'], told['zaak']), ('ontvangst', 'o-avg'))
        self.ask('o-wpg', 'inzage', 'wpg')
        page, _ = self.letter('ontvangst', 'o-wpg', self.path('wpg'))
        self.assertIn('Wet politiegegevens', page)
        self.assertNotIn('twee maanden langer', page)

    def test_that_it_takes_longer_is_told_once_that_is_recorded(self):
        index = self.ask('o-lang')
        reden = write(self.path('reden'), 'reden: Het zijn er veel.\n Wij vragen drie partners om hulp.\n')
        error = self.letter('verlenging', 'o-lang', self.path('lang'), reden, code=1)
        self.assertEqual(error['code'], 'not-found')
        self.assertIn('afhandeling', error['fix'])
        first, _ = self.letter('ontvangst', 'o-lang', self.path('eerst'))
        self.answer(index, 'o-lang', 'verlengd')
        page, told = self.letter('verlenging', 'o-lang', self.path('lang'), reden)
        self.assertIn('Wij vragen drie partners om hulp.', page)
        self.assertIn('Autoriteit Persoonsgegevens', page)
        day = re.compile(r'uiterlijk op (\d+ [a-z]+ \d+)')
        self.assertNotEqual(day.search(page)[1], day.search(first)[1])
        self.assertEqual(told['brief'], 'verlenging')

    def test_a_refusal_has_its_ground_and_contradicts_nothing_that_is_recorded(self):
        index = self.ask('o-nee', 'rectificatie')
        page, _ = self.letter('weigering', 'o-nee', 'avg-16', self.path('nee'),
                              write(self.path('motivering'), 'motivering: De datum klopt.\n'))
        self.assertIn('Volgens ons kloppen zij (artikel 16 AVG).', page)
        self.assertIn('De datum klopt.', page)
        self.assertIn('naar de rechter', page)
        error = self.letter('weigering', 'o-nee', 'avg-99', self.path('fout'), code=2)
        self.assertIn('wpg-27', error['fix'])
        self.answer(index, 'o-nee', 'toegewezen', '--namens', 'zelf', '--identiteit', 'document')
        error = self.letter('weigering', 'o-nee', 'avg-16', self.path('fout'), code=1)
        self.assertEqual(error['code'], 'conflict')
        self.assertFalse(os.path.exists(self.path('fout')))

    def test_of_a_breach_is_told_what_happened_what_it_may_do_and_what_is_done(self):
        self.ask('o-lek', 'datalek')
        texts = ('aard: Een lijst ging naar de verkeerde gemeente.\n'
                 'gevolgen: Daar weten zij nu uw naam.\nmaatregelen: De lijst is weggegooid.\n')
        page, _ = self.letter('datalek', 'o-lek', self.path('lek'), write(self.path('lektekst'), texts))
        for words in ('Een lijst ging naar de verkeerde gemeente.', 'Daar weten zij nu uw naam.',
                      'De lijst is weggegooid.', 'Ons contactpunt is'):
            self.assertIn(words, page)
        self.assertNotIn('Wat kunt u zelf doen?', page)
        for wrong, message, line in (
                (texts.replace('gevolgen', 'gevolg'), 'none of the names', 2),
                (texts + 'aard: Nog eens.\n', 'twice', 4), (' los\n' + texts, 'goes on with nothing', 1),
                ('aard: Iets.\n', 'needs a text for "gevolgen"', None),
                (texts + 'advies: a\x07b\n', 'control character', 4)):
            error = self.letter('datalek', 'o-lek', self.path('fout'),
                                write(self.path('fouttekst'), wrong), code=4)
            self.assertIn(message, error['message'])
            self.assertEqual(error.get('line'), line)
        # Nobody asked for it, and what is none has no such letter.
        self.ask('o-gewoon')
        file = self.path('lektekst')
        for words in (('ontvangst', 'o-lek', self.path('fout')),
                      ('datalek', 'o-gewoon', self.path('fout'), file)):
            self.assertEqual(self.letter(*words, code=1)['code'], 'bad-value')
        self.assertEqual(self.letter('ontvangst', 'o-niets', self.path('fout'), code=1)['code'],
                         'not-found')
        self.assertFalse(os.path.exists(self.path('fout')))

    def newest(self):
        """The entry of the melding that this test pushed."""
        done = must('knooppunt-audit', 'inzage', PERSON, *self.house.asking)
        return next(line['melding']['entry'] for line in done.lines if 'melding' in line)

    def test_who_is_in_a_melding_is_told_what_kind_of_data_and_nothing_of_others(self):
        entry = self.newest()
        page, told = self.letter('informeren', PERSON, str(entry), self.path('info'))
        self.assertEqual(told['brief'], 'informeren')
        for words in ('Van: Partner.', 'Naam en geboortedatum', 'Met wie hebben wij ze gedeeld?',
                      'Op grond van: Wpg art. 20', 'Hoe lang bewaren wij ze?', 'bezwaar maken'):
            self.assertIn(words, page)
        # Kinds of data, and not what they say; never who told it or what is of others.
        for secret in (*NEVER[:5], 'Voorbeeldstraat', 'Melder'):
            self.assertNotIn(secret, page)
        error = self.letter('informeren', PERSON, '1', self.path('fout'), code=1)
        self.assertEqual(error['code'], 'not-found')
        for person in ('bsn:999990007', 'skn:S-0000'):
            self.assertEqual(self.letter('informeren', person, str(entry), self.path('fout'),
                                         code=1)['code'], 'not-found')
        self.assertEqual(self.letter('informeren', 'Voorbeeld', str(entry), self.path('fout'),
                                     code=2)['code'], 'usage')
        self.assertFalse(os.path.exists(self.path('fout')))

    def test_what_was_corrected_is_told_with_who_was_told(self):
        self.ask('o-recht', 'rectificatie')
        entry = self.newest()
        words = ('correctie', PERSON, 'o-recht')
        error = self.letter(*words, self.path('fout'), code=1)
        self.assertIn('knooppunt correctie', error['fix'])
        done = self.politie.run('correctie', str(entry), '--correctie', 'onjuist', '--betrokkene', '1',
                                '--rubriek', 'identificatie', '--medewerker', 'mw-1',
                                '--motivering', 'eigen verklaring', '--wait')
        self.assertEqual(done.code, 0, done.out + done.err)
        waiting, _ = self.letter(*words, self.path('eerst'))
        self.assertIn('nog niet bevestigd', waiting)
        self.vt.run('fetch')
        page, told = self.letter(*words, self.path('recht'))
        self.assertIn('Naam en geboortedatum: dit is niet juist. Het mag niet meer worden gebruikt.', page)
        self.assertRegex(page, r'\(frontoffice\), op \d+ [a-z]+ \d+; ontvangen')
        self.assertNotIn('eigen verklaring', page)
        self.assertEqual(told['zaak'], 'o-recht')

    def test_what_was_destroyed_is_told_and_that_who_got_it_is_still_known(self):
        self.ask('o-weg', 'wissing')
        error = self.letter('wissing', PERSON, 'o-weg', self.path('fout'), code=1)
        self.assertIn('erase', error['fix'])
        line = must('knooppunt-audit', 'erase', self.pushed, 'AVG art. 17', *self.officer).line
        must('knooppunt-audit', 'approve', line['object'], '--key', self.house.role('beheerder'),
             '-c', self.house.settings)
        def gone():
            return [row for row in must('knooppunt-audit', 'bewaartermijnen', '2', '-c',
                                        self.house.settings).lines if row.get('vernietigd')]
        wait_for('what was ordered destroyed is done',
                 lambda: gone() and all(row['klaar'] for row in gone()))
        page, _ = self.letter('wissing', PERSON, 'o-weg', self.path('weg'))
        self.assertIn('De reden: AVG art. 17', page)
        self.assertIn('kunnen het zelf ook niet meer lezen', page)
        self.assertIn('(frontoffice)', page)
        self.assertIn('met wie wij ze deelden en waarom, bewaren wij nog', page)
        # The declaration names nobody, and which entry of the log has it.
        page, told = self.letter('vernietiging', '2', self.path('verklaring'))
        punten = [stuk['punt'] for stuk in told['tekst'] if 'punt' in stuk]
        for row in gone():
            self.assertTrue(any(f"regel {row['entry']} van het log" in punt and row['grond'] in punt
                                and punt.endswith('; klaar') for punt in punten), row)
        count = sum(row['meldingen'] for row in gone() if row['vernietigd'] == 'inhoud')
        self.assertIn(f'Meldingen waarvan de inhoud is vernietigd: {count}.', page)
        self.assertNotIn('nog niet klaar', page)
        self.assertEqual(self.letter('vernietiging', '0', self.path('fout'), code=2)['code'], 'usage')

    def test_the_same_sentences_stand_in_a_letter_in_which_nothing_is_refused(self):
        page, told = self.brief(self.decide(self.concept(), {}), 'alles')
        self.assertEqual(told['gronden'], [])
        self.assertNotIn('Wat wij niet vertellen', page)
        self.assertIn('gegevens over anderen, wie iets heeft verteld, en vrije tekst', page)
        self.assertIn('Autoriteit Persoonsgegevens', page)
        self.assertIn('Wat wij dan antwoorden, staat niet in dit overzicht.', told['mededelingen'][1])

    def test_of_a_melding_that_is_refused_nothing_is_told(self):
        regels = self.regels(self.concept())
        page, told = self.brief(self.decide(self.concept('tweede'), {
            n: 'weigeren wpg-27' for n in regels if '.' not in n}), 'geen')
        self.assertEqual(told['overzicht'], [])
        self.assertIn('Er zijn geen gegevens die wij hierover kunnen verstrekken.', page)
        self.assertNotIn('Voorbeeld', page)

    def test_what_is_not_decided_or_decided_wrongly_makes_no_letter(self):
        text = self.concept()
        first = text.split('inzage ')[1]
        line = text[:text.index('\n1 ?')].count('\n') + 2
        for wrong, message in (
                (text, 'not decided on'),
                (self.half(text), 'before every regel'),
                (text.replace('1 ?', '1 maskeren', 1), 'needs one of the gronden'),
                (text.replace('1 ?', '1 verstrekken wpg-27', 1), 'has no grond'),
                (text.replace('1 ?', '99 verstrekken', 1), 'no regel of this number')):
            error = self.brief(write(self.path('fout'), wrong), 'fout-uit', code=4)
            self.assertIn(message, error['message'])
            if message != 'before every regel':
                self.assertEqual(error['line'], line)
        self.assertTrue(first)
        self.assertFalse(os.path.exists(self.path('fout-uit')))

    @staticmethod
    def half(text):
        return text[:text.index('\n1 ?')] + '\n1 verstrekken\n'

    def test_a_list_of_an_older_answer_makes_no_letter(self):
        besluiten = self.decide(self.concept(), {})
        self.assertEqual(self.push(self.melding(), '--wait').code, 0)
        error = self.brief(besluiten, 'oud', code=1)
        self.assertEqual(error['code'], 'conflict')
        self.assertFalse(os.path.exists(self.path('oud')))

    def test_only_a_role_signs(self):
        besluiten = self.decide(self.concept(), {})
        done = run('knooppunt-audit', 'brief', PERSON, besluiten, self.path('uit'), '--json',
                   *self.house.asking, '--key', self.politie.path('keys'), '-c',
                   self.house.settings)
        self.assertEqual((done.code, done.error['code']), (4, 'functie-not-held'))
        self.assertFalse(os.path.exists(self.path('uit')))

    def test_only_a_role_that_the_register_has_signs(self):
        """A role key of this OIN that nobody enrolled, which its own bundle says nothing of."""
        besluiten = self.decide(self.concept(), {})
        must('knooppunt', 'keygen', self.path('rol'), '--oin', knooppunt_world.HOUSE, '--naam', 'FG',
             '--soort', 'veiligheidshuis', '--functie', 'privacy-officer')
        done = run('knooppunt-audit', 'brief', PERSON, besluiten, self.path('uit'), '--json',
                   *self.house.asking, '--key', self.path('rol'), '-c', self.house.settings)
        self.assertEqual((done.code, done.error['code']), (1, 'bad-signature'), done.error)
        self.assertFalse(os.path.exists(self.path('uit')))

    def test_an_act_of_elsewhere_signs_no_letter(self):
        """The daemon never sees it, so nobody would look whether it is signed at all."""
        besluiten = self.decide(self.concept(), {})
        for more in ([], ['--act', write(self.path('act'), 'of somebody')]):
            done = run('knooppunt-audit', 'brief', PERSON, besluiten, self.path('uit'), '--json',
                       *self.house.asking, '-c', self.house.settings, *more)
            self.assertEqual((done.code, done.error['code']), (2, 'usage'))
        self.assertIn('--act', done.error['message'])
        self.assertFalse(os.path.exists(self.path('uit')))


if __name__ == '__main__':
    knooppunt_world.main()
