# SPDX-License-Identifier: EUPL-1.2
"""demo_test.py BIN: the demo as its reader sees it. The story answers the twelve questions of
vragen.md, every line has its source, nothing withheld is in it or in a wrong inbox, and another
convenant makes another story."""

import functools
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from spel import drop_regel  # noqa: E402  # pylint: disable=wrong-import-position
from verhaal import WORDS  # noqa: E402  # pylint: disable=wrong-import-position

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
CONVENANT = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-westelijke-mijnstreek.yaml')
FIXTURES = os.path.join(SOURCE, 'tests', 'fixtures', 'demo')
LISTS = os.path.join(SOURCE, 'proto', 'spec', 'vectors', 'lists.json')
LINES_MAX = 80        # of the first story and the proof
QUESTIONS = 12
# What else than a refusal may be said of the same, before or after a step of this kind.
MAKES = {'push': set(), 'voorstel': set(), 'weging': {'wacht'}, 'toestemming': {'verstrekt'}}
CONTINUED = re.compile(r'^ {3,4}\S')
# How each further story begins.
BEGINS = {'zsm': 'HARRY, OP ZATERDAGNACHT', 'hans': 'CASUS HANS', 'detentie': 'DRIE DETENTIEMELDINGEN',
          'mook': 'TWEE MELDINGEN UIT MOOK'}
NOORD = os.path.join(SOURCE, 'config', 'convenanten', 'voorbeeld-noord-limburg.yaml')
DOORS = ('knooppunt-adapter', 'knooppunt-jzv')
PROGRAMS = ('knooppunt', 'knooppuntctl', 'knooppunt-audit', 'cd', *DOORS)


def run_demo(folder, *options):
    """The printed lines; the demo in a folder of its own."""
    done = subprocess.run([os.path.join(HERE, 'demo.sh'), '--map', folder, *options], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240)
    if done.returncode:
        raise AssertionError(f'the demo failed: {done.stderr.decode()[-3000:]}')
    return done.stdout.decode('utf-8').splitlines()


def unfold(lines):
    """One string for each line of the story, its continuation joined; sources left out."""
    made = []
    for line in lines:
        if line.lstrip().startswith('bron: '):
            continue
        if CONTINUED.match(line) and made:
            made[-1] += ' ' + line.strip()
        else:
            made.append(line)
    return made


def read_questions():
    """[(question, [[words of one line]])]"""
    with open(os.path.join(HERE, 'vragen.md'), encoding='utf-8') as file:
        parts = re.split(r'^\d+\. ', file.read(), flags=re.MULTILINE)[1:]
    return [(part.split('\n', 1)[0],
             [[word.strip() for word in line.split(';')]
              for line in re.findall(r'\*in één regel:\* (.*)', part)]) for part in parts]


def replace(old, new):
    """A change of a text in which the old words stand once."""
    def change(text):
        if text.count(old) != 1:
            raise AssertionError(f'the convenant has {text.count(old)} times {old!r}')
        return text.replace(old, new)
    return change


class Told(unittest.TestCase):
    """What the tests of a story share."""

    def line_with(self, words, story):
        return [line for line in story if all(word in line for word in words)]


@functools.lru_cache(maxsize=None)
def played():
    """The printed lines of each casus, of one run of them all, with sources."""
    made, casus = {'harry': []}, 'harry'
    for line in run_demo(os.path.join(WORK, 'demo'), '--bron'):
        casus = next((name for name, begin in BEGINS.items() if line.startswith(begin)), casus)
        made.setdefault(casus, []).append(line)
    return made


class Verhaald:
    """What holds of each story. A casus has a name, a folder of fixtures, the first names in it, who
    at most may have what the partners sent, and how many refusals at least it tells."""

    convenant = CONVENANT

    @classmethod
    def setUpClass(cls):
        stories = played()
        cls.folder = os.path.join(WORK, 'demo', cls.fixtures)
        cls.printed = stories[cls.casus]
        cls.story = unfold(cls.printed)

    def test_every_line_says_where_it_comes_from(self):
        waiting = None
        for line in self.printed:
            if line.lstrip().startswith('bron: '):
                self.assertIsNotNone(waiting, line)
                for source in line.split('bron: ', 1)[1].split('; '):
                    self.check_source(source)
                waiting = None
            elif not CONTINUED.match(line):
                self.assertIsNone(waiting, f'no source under: {waiting}')
                waiting = line
        self.assertIsNone(waiting, f'no source under: {waiting}')

    def check_source(self, source):
        """A file or folder that is there, or a command."""
        if source.split(' ', 1)[0] in PROGRAMS:
            return
        self.assertTrue(glob.glob(os.path.join(self.folder, source))
                        or glob.glob(os.path.join(SOURCE, source)), source)

    def test_a_source_that_is_a_why_says_the_same_again(self):
        """Any line with an x: the command under it, given to the officer's record."""
        checked = 0
        for line, (source, *_) in self.lines_with_source():
            found = re.fullmatch(r'knooppunt-audit why (\S+) (\S+) (\d+) (\S+)', source)
            if found and line.startswith(' x '):
                asked = [(doet, row) for doet, row in self.why(found[1], found[2])
                         if (str(row['betrokkene']), row['rubriek']) == (found[3], found[4])]
                # A weging may refuse what waited, a toestemming give what was refused; nothing else.
                may = {'geweigerd'}.union(*(MAKES[doet] for doet, _ in asked))
                self.assertLessEqual({row['beslissing'] for _, row in asked}, may, line)
                refused = [row for _, row in asked if row['beslissing'] == 'geweigerd']
                self.assertTrue(refused, line)
                for row in refused:
                    self.assertTrue(self.tells(line, row), f'{line} {row}')
                checked += 1
        self.assertGreater(checked, self.withheld)

    @staticmethod
    def tells(line, row):
        """Whether the line gives the reason that `why` gave."""
        nearest = row.get('nearest') or {'test': 'geen regel', 'regel': None}
        if row['regels']:
            return any(f'[{regel}' in line for regel in row['regels'])
        return (nearest['test'] in line and f'[{nearest["regel"]}]' in line
                if nearest['regel'] else 'geen regel geeft dit' in line)

    def lines_with_source(self):
        """[(line of the story, its sources)]"""
        sources = [line.split('bron: ', 1)[1].split('; ') for line in self.printed
                   if line.lstrip().startswith('bron: ')]
        self.assertEqual(len(sources), len(self.story))
        return list(zip(self.story, sources))

    def test_names_in_a_heading_stand_in_its_sources(self):
        headings = [pair for pair in self.lines_with_source() if re.match(r'\d\. ', pair[0])]
        self.assertEqual(len(headings), list(self.doet().values()).count('push'))
        for line, sources in headings:
            text = ''.join(read(os.path.join(self.folder, source)) for source in sources
                           if source.split(' ')[0] not in DOORS)
            for name in self.names:
                self.assertEqual(name in line, f'"{name}"' in text, line)

    def test_who_got_what_is_what_stands_in_that_inbox(self):
        """Every rubriek of the file is named in the line, and no other."""
        with open(LISTS, encoding='utf-8') as file:
            words = {row['name']: WORDS.get(row['name'], row['caption'].lower())
                     for row in json.load(file)['rubrieken']}
        checked = 0
        for line, (source, *_) in self.lines_with_source():
            if not line.startswith(' -> '):
                continue
            there = {row['rubriek']
                     for row in json.loads(read(os.path.join(self.folder, source)))['rubrieken']}
            told = re.split(r'[;,:] | kreeg | rol\b', line.rpartition(' [')[0].replace('ook ', ''))
            for name, word in words.items():
                if not name.startswith('verrijking.') and word != 'rol':
                    self.assertEqual(any(part.endswith(word) for part in told), name in there,
                                     f'{name}: {line}')
            checked += 1
        self.assertEqual(checked, len(glob.glob(f'{self.folder}/partners/*/ontvangen/*.json')))

    def doet(self):
        """What each step of the draaiboek does, by its name."""
        return {stap['stap']: stap['doe'] for stap in
                json.loads(read(os.path.join(FIXTURES, self.fixtures, 'draaiboek.json')))}

    def why(self, melding, ontvanger):
        """[(what the step does after which it was asked, answer)]"""
        found, doet = [], self.doet()
        for path in glob.glob(os.path.join(self.folder, 'waarom', '*', '*.json')):
            kept = json.loads(read(path))
            if kept['opdracht'] == f'knooppunt-audit why {melding} {ontvanger}':
                stap = os.path.basename(os.path.dirname(path))
                found += [(doet[stap], row) for row in kept['regels']]
        return found

    def test_partners_send_by_their_own_doors(self):
        """What came by a door says so, as often as the draaiboek has it; files were taken away."""
        used = [source for _, sources in self.lines_with_source() for source in sources
                if source.split(' ')[0] in DOORS]
        with open(os.path.join(FIXTURES, self.fixtures, 'draaiboek.json'), encoding='utf-8') as file:
            wanted = [stap['deur'] for stap in json.load(file) if 'deur' in stap]
        self.assertEqual(sorted(used), sorted(
            'knooppunt-jzv POST meldingen' if deur == 'jzv' else 'knooppunt-adapter --once'
            for deur in wanted))
        self.assertTrue(wanted)
        for deur in set(wanted) - {'jzv'}:
            folder, = re.findall(r'^in: (.*)$', read(os.path.join(FIXTURES, 'deuren', f'{deur}.yaml')),
                                 re.MULTILINE)
            found = glob.glob(f'{self.folder}/partners/*/{folder}')
            self.assertTrue(found, folder)
            self.assertEqual([os.listdir(each) for each in found], [[]] * len(found))

    def test_nothing_withheld_is_in_the_story(self):
        for secret in self.secrets:
            self.assertFalse([line for line in self.printed if secret in line], secret)

    def test_nothing_withheld_is_in_a_wrong_inbox(self):
        for secret, allowed in self.secrets.items():
            self.assertTrue(self.was_sent(secret), f'{secret} was never sent')
            self.assertEqual(self.who_has(secret) - set(allowed), set(), secret)

    def was_sent(self, secret):
        return any(secret in read(path)
                   for path in glob.glob(f'{self.folder}/partners/*/verstuurd/*'))

    def who_has(self, secret):
        return {path.split('/partners/')[1].split('/')[0]
                for path in glob.glob(f'{self.folder}/partners/*/ontvangen/*')
                if secret in read(path)}

    def test_every_name_in_the_story_was_received(self):
        for name in self.names:
            self.assertTrue(self.line_with([name], self.story), name)
            self.assertTrue(self.who_has(name), name)

    def test_all_of_it_was_decided_under_the_same_convenant(self):
        used = {json.loads(read(path))['convenant']
                for path in glob.glob(f'{self.folder}/partners/*/ontvangen/*.json')}
        with open(self.convenant, 'rb') as file:
            self.assertEqual(used, {hashlib.sha256(file.read()).hexdigest()})


class Demo(Verhaald, Told):
    casus, fixtures, withheld = 'harry', '', 3
    names = ('Harry', 'Susan', 'Janneke')
    secrets = {
        'Buurvrouw Van Overkant': (), '0600000101': (), '0600000201': (),  # melders
        'mw-4711': (), 'oov-17': (),                                       # medewerkers
        '999911107': (), '999918813': (), '999926500': (),                 # BSN's
        'Moederspad': (),                                                  # where Janneke lives
        'Behandelhuis Verzonnen': ('procesregisseur',),                    # Susan's treatment
        'zwanger': ('procesregisseur',),
        'angst aanjagen': (),                                              # free text of the WSG
        'Verzonnenstraat': ('veilig-thuis', 'procesregisseur', 'politie'),
        '0600000102': ('veilig-thuis', 'procesregisseur', 'corporatie'),   # Susan's telephone
    }

    def test_it_is_short(self):
        lines = [line for line in self.printed if not line.lstrip().startswith('bron: ')]
        self.assertLessEqual(len(lines), LINES_MAX)

    def test_its_first_line_says_it_is_an_oefening_and_where_the_dossier_is(self):
        self.assertTrue(self.story[0].startswith('OEFENING'))
        self.assertIn('PGAx', self.story[0])

    def test_it_answers_the_twelve_questions(self):
        questions = read_questions()
        self.assertEqual(len(questions), QUESTIONS)
        for question, answers in questions:
            self.assertTrue(answers, question)
            for words in answers:
                self.assertTrue(self.line_with(words, self.story), f'{question} {words}')

    def test_the_export_is_left_behind(self):
        export = os.path.join(self.folder, 'export')
        for name in ('checkpoint', 'log.vkey', 'tile/0', 'tile/entries'):
            self.assertTrue(os.path.exists(os.path.join(export, name)), name)

    def test_every_casus_is_told(self):
        self.assertEqual(list(played()), ['harry', *BEGINS])


class Zsm(Verhaald, Told):
    casus, fixtures, withheld = 'zsm', 'zsm', -1
    names = ()
    secrets = {'999911107': (), '999926500': (), 'pr-1': (), 'ovj-7': (), '03.000001.18': ()}

    @property
    def convenant(self):
        """The example with the regels of the casus before it."""
        return os.path.join(self.folder, 'huis', 'convenant.yaml')

    def test_zsm_sees_what_runs_and_whom_to_call_from_when_decides_and_feeds_back(self):
        self.assertIn('(verzonnen vervolg)', self.story[0])
        for words in (['ZSM vraagt naar de verdachte: bekend', '[zsm-context]'],
                      ['actieve PGA sinds', 'AVE 2'], ['te bellen', 'procesregisseur', '046-0000001',
                                                       'dus vanaf 20', 'bel vóór heenzending'],
                      ['Openbaar Ministerie is een terugkoppeling verschuldigd', '[zsm-terug]'],
                      ['-> Procesregisseur kreeg terug bij pgax:2018-114: gebruikt, voorwaardelijk sepot',
                       '[zsm-terug]']):
            self.assertEqual(len(self.line_with(words, self.story)), 1, words)
        answered = self.story.index(self.line_with(['koppelt terug'], self.story)[0])
        self.assertFalse(self.line_with(['verschuldigd'], self.story[answered:]))

    def test_who_stands_in_no_file_gives_the_empty_answer(self):
        self.assertEqual(len(self.line_with(['in geen dossier staat: niets. «Er zijn geen gegevens die wij '
                                             'hierover kunnen verstrekken»'], self.story)), 1)


class Hans(Verhaald, Told):
    casus, fixtures, withheld = 'hans', 'hans', 3
    names = ('Hans',)
    secrets = {
        'Bovenbuur Zonder Aangifte': (), '0600000301': (), 'mw-5120': (), 'wonen-21': (),
        '999930011': (), 'eigen rechter': (), 'uitzetten': (),
        'Behandelhuis Bedacht': ('procesregisseur',),
        '0600000302': ('procesregisseur', 'ggz', 'schuldhulp'),
        'Bedachtestraat': ('procesregisseur',),
    }

    def test_ggz_without_toestemming_says_nothing_and_with_it_to_the_procesregisseur_alone(self):
        sent, = [n for n, line in enumerate(self.story) if line.startswith('3. GGZ meldt')]
        lifted, = [n for n, line in enumerate(self.story) if line.startswith('*  GGZ legt')]
        without, after = self.story[sent + 1:lifted], self.story[lifted + 1:]
        self.assertFalse([line for line in without if line.startswith(' -> ')])
        self.assertTrue(self.line_with(
            ['gezondheid over Hans', 'toestemming: niet gegeven', '[zorg-van-ggz]'], without))
        self.assertTrue(self.line_with(
            ['-> Procesregisseur kreeg', 'gezondheid', '[ggz-procesregisseur]'], after))
        self.assertTrue(self.line_with(['Corporatie kreeg niet: gezondheid'], after))

    def test_the_plan_waits_for_a_weging_and_the_signed_one_reaches_all_four(self):
        self.assertTrue(self.line_with(['Politie, GGZ en Schuldhulp wachten', '[plan-ggz]'],
                                       self.story))
        for who in ('Politie', 'Corporatie', 'GGZ', 'Schuldhulp'):
            self.assertTrue(self.line_with([f'-> {who} kreeg', 'regie', '[plan-getekend]'],
                                           self.story), who)


class Detentie(Verhaald, Told):
    casus, fixtures, withheld = 'detentie', 'detentie', 3
    names = ('Bram', 'Cor', 'Dirk')
    secrets = {'999930023': (), '999930035': (), '999930047': (), 'casemanager-4': (),
               'hoog': ('nazorgcoordinator', 'procesregisseur')}

    def test_a_line_that_a_list_repeats_goes_once(self):
        lists = [read(path).splitlines()[1:]
                 for path in sorted(glob.glob(f'{self.folder}/partners/pi/verstuurd/*.csv'))]
        self.assertEqual([len(lines) for lines in lists], [1, 2, 3])
        self.assertEqual(len(glob.glob(f'{self.folder}/partners/pi/spool/outbox/*.tlog-proof')), 3)

    def test_the_same_melding_goes_three_ways_by_its_weging_alone(self):
        for name, outcome, who, regel in (
                ('Bram', 'lokaal', 'Gemeente (nazorg)', 'detentie-lokaal'),
                ('Cor', 'procesregie', 'Procesregisseur', 'detentie-procesregie'),
                ('Dirk', 'pi', 'Reclassering', 'detentie-pi')):
            weighed, = [n for n, line in enumerate(self.story) if f'«{outcome}»' in line]
            given = self.story[weighed + 1]
            self.assertTrue(given.startswith(f' -> {who} kreeg') and name in given, given)
            self.assertIn(f'[{regel}]', given)
            self.assertTrue(self.story[weighed + 2].startswith(' x '))
        self.assertEqual(len(self.line_with(['gevraagd procesregie, lokaal of pi'], self.story)), 3)


class Mook(Verhaald, Told):
    casus, fixtures, withheld, convenant = 'mook', 'mook', 2, NOORD
    names = ('Mia', 'Noor')
    secrets = {'999930059': (), '999930060': (), 'mw-6230': ()}

    def test_strafrecht_alone_decides_which_region_hears(self):
        second, = [n for n, line in enumerate(self.story) if line.startswith('2. ')]
        first, then = self.story[:second], self.story[second:]
        self.assertEqual(self.who_has('Mia'), {'gelderland'})
        self.assertEqual(self.who_has('Noor'), {'procesregisseur', 'ggz'})
        self.assertTrue(self.line_with(['-> Gelderland-Zuid kreeg', '[mook-onbegrepen]'], first))
        self.assertTrue(self.line_with(['Procesregisseur kreeg niet', 'mook-onbegrepen gaat voor'],
                                       first))
        self.assertTrue(self.line_with(['-> Procesregisseur kreeg', 'screening-leden'], then))
        self.assertTrue(self.line_with(['Gelderland-Zuid kreeg niet', 'strafrecht: ja, gevraagd nee'],
                                       then))


class OtherConvenant(Told):
    """One regel changed, and the story changes where that regel speaks."""

    def story_with(self, name, change, casus='harry'):
        folder = os.path.join(WORK, name)
        os.makedirs(folder)
        path = os.path.join(folder, 'convenant.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(change(read(NOORD if casus == 'mook' else CONVENANT)))
        lines = run_demo(os.path.join(folder, 'demo'), '--zonder-bewijs', '--casus', casus,
                            '--convenant', path)
        return unfold(lines)

    def test_a_regel_that_gives_the_corporatie_less_shows(self):
        story = self.story_with('minder', replace(
            "      aan: {partij: woningcorporatie, functie: wonen}\n"
            "      rubrieken: [identificatie, contact]\n",
            "      aan: {partij: woningcorporatie, functie: wonen}\n"
            "      rubrieken: [identificatie]\n"))
        line, = [line for line in story if 'Corporatie kreeg over' in line]
        self.assertIn('Susan naam en geboortedatum [herhuisvesting]', line)

    def test_a_regel_that_gives_the_wmo_more_shows(self):
        story = self.story_with('meer', replace(
            "      rubrieken: [kenmerken, betrokkenheid, identificatie, contact, leefgebieden]\n",
            "      rubrieken: [kenmerken, betrokkenheid, identificatie, contact, leefgebieden,\n"
            "                  verblijfadres]\n"))
        line, = [line for line in story if '(Wmo) kreeg' in line]
        self.assertIn('naam en geboortedatum, adres, leefgebieden [tafel-wmo]', line)

    def test_a_ban_taken_out_shows(self):
        story = self.story_with('zonder', lambda text: drop_regel(text, 'adres-afgeschermd'))
        self.assertFalse([line for line in story if 'adres-afgeschermd' in line])
        self.assertFalse([line for line in story if 'Veilig Thuis kreeg niet: adres' in line])
        found = self.line_with(['Veilig Thuis kreeg kenmerken', '[politie-veilig-thuis]',
                                'over Harry en Susan rol, naam en geboortedatum, adres'], story)
        self.assertEqual(len(found), 2)

    def test_the_secrecy_of_the_ggz_taken_out_shows(self):
        story = self.story_with('ggz', lambda text: drop_regel(text, 'zorg-van-ggz'), 'hans')
        sent, = [n for n, line in enumerate(story) if line.startswith('3. GGZ meldt')]
        self.assertIn('gezondheid [ggz-procesregisseur]', story[sent + 1])
        self.assertFalse(self.line_with(['toestemming: niet gegeven'], story))

    def test_the_exception_of_mook_taken_out_shows(self):
        story = self.story_with('mook', lambda text: drop_regel(text, 'mook-onbegrepen'), 'mook')
        self.assertTrue(self.line_with(['-> Procesregisseur kreeg', 'over Mia'], story))
        self.assertTrue(self.line_with(['Niets kregen:', 'Gelderland-Zuid'], story))

    def test_an_outcome_that_no_regel_knows_is_refused(self):
        with self.assertRaises(AssertionError) as raised:
            self.story_with('pi', lambda text: drop_regel(text, 'detentie-pi'), 'detentie')
        self.assertIn('weging.uitkomst (lokaal, procesregie, nee)', str(raised.exception))


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


if __name__ == '__main__':
    os.environ['KNP_BIN'] = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix='knp-demo-') as WORK:
        unittest.main(argv=sys.argv[:1], verbosity=2)
