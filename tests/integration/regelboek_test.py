#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""The rule book: which rule of the published sources stands in which regel of the voorbeeld-
convenanten or in which statement, or why it is not the knooppunt's. Makes docs/regelboek.md, and
holds it to the files.

usage: regelboek_test.py SOURCE [--write]
"""

import os
import sys
import unittest

import yaml

SOURCE = sys.argv[1]
FOLDER = os.path.join(SOURCE, 'config', 'convenanten')
PAGE = os.path.join(SOURCE, 'docs', 'regelboek.md')
SPEC = os.path.join(SOURCE, 'proto', 'spec', 'specification.md')
NL, ML, WM, RAD = ('noord-limburg', 'midden-limburg', 'westelijke-mijnstreek', 'radicalisering')
# In the place of a convenant: what is carried by a statement of the protocol, and by a test of the
# knooppunt itself ("FILE: NAME", below tests/).
STATEMENT, TEST = 'statement', 'test'
GOLDEN = os.path.join(SOURCE, 'tests', 'oracle', 'golden')
# What tells where somebody lives who must not be found, and the fact by which it is withheld.
PROTECTED = {'verblijfadres': 'afgeschermd', 'incident': 'incident.afgeschermd'}

# number, what the source asks, {convenant: regels} or {STATEMENT: statements}, what is left to say
RULES = [
    ('R01', 'Een dringende melding slaat de agenda over', {NL: ['dringend'], ML: ['dringend']},
     'Het bericht gaat meteen; de openingstijden en de piket zijn van de meldingen zelf.'),
    ('R02', 'E33 apart gescreend, de andere politiemeldingen niet',
     {ML: ['screening-verward', 'screening-verward-leden', 'routeertafel-politie']}, ''),
    ('R03', 'E33 en E14 zijn ook een I28', {NL: ['screening-i28', 'screening-leden']},
     'Het feit `klassen` draagt de ruimere klasse mee, uit `config/codes/klassen.yaml`.'),
    ('R04', 'Wie ook meldt: zelfde weg', {ML: ['routeertafel-politie', 'routeertafel-veilig-thuis']},
     'Er is geen regel op wie meldt, behalve waar een wet dat vraagt.'),
    ('R05', 'Rechtstreeks naar de triage', {ML: ['rechtstreeks-triage']}, ''),
    ('R06', 'Aan wie aan tafel zit vragen of iemand bekend is',
     {ML: ['bekend-triage', 'bekend-antwoord'], STATEMENT: ['verrijking_verzoek', 'bekend_antwoord']},
     'Wie gevraagd wordt volgt uit de vraag (`als: {vraag: bekend.vraag}`); wie bekend is wordt genoemd, '
     'al het andere is één afsluiting op de termijn (K42 tot en met K45).'),
    ('R07', 'Procesregie of voorliggend veld: een tafel beslist', {NL: ['weegtafel']},
     'De uitkomst is een weging van mensen; de code rekent niet.'),
    ('R08', 'Landelijke criteria', {NL: ['weegtafel']},
     'De criteria weegt de tafel; het knooppunt legt de uitkomst vast.'),
    ('R09', 'Politiemutaties over bekende cliënten', {WM: ['verrijking-procesregisseur']},
     'Samenloop en eerdere meldingen worden geteld; de selectie doet de procesmanager.'),
    ('R10', 'Wie inbrengt blijft verantwoordelijk tot overname',
     {NL: ['afgeschaald-terug'], STATEMENT: ['regie']},
     'Verrijking verandert geen regie; alleen een overname (het statement `regie`) doet dat.'),
    ('R11', 'Eén eigenaar per casus',
     {STATEMENT: ['casus', 'regie'],
      TEST: ['integration/casus_test.py: test_the_regie_changes_by_an_overname_of_who_takes_part']},
     'Het feit `regie` heeft één waarde; meer is niet bekend.'),
    ('R12', 'Kennisvragen krijgen altijd antwoord', {}, 'Gaat niet over personen.'),
    ('R13', 'Melding, casus en persoon apart geteld', {}, 'Een rapport, geen regel.'),
    ('R20', 'Altijd wegen en verrijken, dan regie lokaal, ZVH of PI',
     {NL: ['detentie-nazorg', 'detentie-lokaal', 'detentie-zvh', 'detentie-pi'],
      WM: ['detentie-nazorgcoordinator', 'detentie-pi']}, 'Eén weging met drie uitkomsten.'),
    ('R21', 'Enkelvoudig of niet complex: woongemeente',
     {NL: ['detentie-lokaal'], WM: ['detentie-lokaal'], ML: ['nazorg-gemeente']}, ''),
    ('R22', 'Meer leefgebieden en complex: nazorgcoördinator, ZVH',
     {NL: ['detentie-zvh'], WM: ['detentie-procesregie']}, ''),
    ('R23', 'Niet door ZVH opgepakt: overdracht aan gemeente',
     {NL: ['detentie-lokaal'], ML: ['nazorg-gemeente']},
     'Met `overdracht`: aanvaard binnen de termijn, of terug.'),
    ('R24', 'PI meldt rechtstreeks, zonder de gemeente',
     {NL: ['detentie-nazorg'], ML: ['nazorg-waarneming'], WM: ['detentie-nazorgcoordinator']}, ''),
    ('R25', 'De leefgebieden', {NL: ['detentie-nazorg']}, 'De rubriek `leefgebieden`.'),
    ('R26', 'Lopend traject voortzetten', {NL: ['detentie-nazorg']},
     'Via `verrijking.eerder`; het traject zelf staat in het dossiersysteem.'),
    ('R27', 'Minderjarig: regie bij de RvdK', {NL: ['detentie-jeugd'], WM: ['detentie-jeugd']},
     'Midden-Limburg 2014 doet het anders; dat voorbeeld noemt het niet.'),
    ('R28', '18b: advies op vraag van de gemeente', {NL: ['detentie-18b']},
     'Dat de melding naar de gemeente gaat is een interpretatie.'),
    ('R30', 'Contextinformatie voor ZSM', {NL: ['zsm-context'], STATEMENT: ['zsm_verzoek']},
     'Het antwoord (K19 tot en met K21) geeft wat een regel met `als: {vraag: zsm.context}` '
     'verstrekt; wat relevant is zegt de bron niet.'),
    ('R31', 'Actieve PGA melden', {NL: ['zsm-pga'], STATEMENT: ['zsm_verzoek']},
     'De rubriek `verrijking.pga` van dat antwoord.'),
    ('R32', 'ZSM koppelt terug', {STATEMENT: ['zsm_terugkoppeling']},
     'Verschuldigd na een antwoord waarin iets stond, waar een regel met '
     '`als: {vraag: zsm.terugkoppeling}` de rubriek `verrijking.terugkoppeling` geeft (K26).'),
    ('R33', 'Aanmelding vanuit ZSM', {NL: ['zsm-aanmelding']}, ''),
    ('R34', 'Zes uur',
     {STATEMENT: ['zsm_verzoek'],
      TEST: ['integration/knooppunt_dossier_test.py: '
             'test_what_is_known_is_told_with_the_decision_first']},
     'De termijn van de vrager; het knooppunt toont hem en rekent geen recht.'),
    ('R35', 'ZSM-advies vooraf',
     {NL: ['zsm-context'], STATEMENT: ['zsm_advies', 'zsm_verzoek']},
     'Vooraf gegeven met `zsm_advies`, dan de rubriek `verrijking.advies` van het antwoord; een casus '
     'met PGA zonder advies is een verplichting.'),
    ('R40', 'Veilig Thuis en Top-X', {ML: ['veilig-thuis-top-x']}, ''),
    ('R41', 'Over en weer verrijken voor de routeertafel',
     {ML: ['routeertafel-politie', 'routeertafel-veilig-thuis', 'routeertafel-leden',
           'verrijkingsonderzoek', 'bekend-routeertafel', 'bekend-antwoord'],
      STATEMENT: ['verrijking_verzoek', 'bekend_antwoord']}, ''),
    ('R42', 'Voorbereiding bij wie het binnenkwam', {ML: ['routeertafel-leden']},
     'Wie voorzit is van de tafel, niet van de regel.'),
    ('R43', 'Huisverbod een jaar volgen', {ML: ['huisverbod']},
     'Een jaar inhoud; de herinnering is een verplichting.'),
    ('R44', 'MDA++: dader en slachtoffer in één keten', {},
     'De bron zegt niet wie dan wat krijgt; niet geraden.'),
    ('R50', 'Radicalisering eerst naar de provinciale weegtafel',
     {RAD: ['provinciale-weegtafel', 'weegtafel-leden', 'woon-en-verblijfgemeente']}, ''),
    ('R51', 'OM alleen bij casuïstiek', {RAD: ['casuistiek-om', 'triage']},
     'Noord en Midden; in de Westelijke Mijnstreek (2018) was het OM kernpartner.'),
    ('R52', 'Iedere partner brengt in, uitkomst terug', {RAD: ['uitkomst-terug']}, ''),
    ('R53', 'Mensenhandel: dader en slachtoffer gescheiden',
     {NL: ['mensenhandel-slachtoffer', 'mensenhandel-dader', 'compartiment-slachtoffer',
           'compartiment-dader']}, ''),
    ('R54', 'Gemeente meldt mensenhandel', {NL: ['mensenhandel-tafel']}, 'Iedere melder.'),
    ('R55', 'Alle meldingen ter tafel', {NL: ['mensenhandel-tafel']},
     '`convenant check` noemt meldingen zonder uitkomst.'),
    ('R56', 'Levensloop alleen vanuit een PGA', {NL: ['levensloop', 'levensloop-instemming']}, ''),
    ('R57', 'Ketenregie MO/BW zonder casus', {}, 'Zij zijn geen partij: zij krijgen niets.'),
    ('R58', 'AVE 1 tot en met 4', {NL: ['weegtafel', 'ave-3-lokaal', 'ave-4']},
     'AVE 1 en 2 geen verstrekking; de driehoek is geen partij.'),
    ('R59', 'Beheersbaar: afschalen', {NL: ['afgeschaald-terug']}, ''),
    ('R60', 'Zeventien wordt achttien', {NL: ['detentie-17']}, ''),
    ('R70', 'Mook en Middelaar naar Gelderland',
     {NL: ['mook-onbegrepen', 'mook-huiselijk-geweld', 'mook-mensenhandel', 'mook-levensloop']}, ''),
    ('R71', 'Behalve als strafrecht speelt',
     {NL: ['mook-onbegrepen', 'mook-huiselijk-geweld', 'mook-levensloop', 'mensenhandel-dader']},
     'Voor onbegrepen gedrag en levensloop een interpretatie, zo gemerkt.'),
    ('R72', 'Andere themas blijven in Noord-Limburg',
     {NL: ['arbeidsmigrant', 'detentie-nazorg', 'zsm-aanmelding']}, ''),
    ('R73', 'MDA++ zonder Mook', {}, 'Zie R44.'),
    ('R74', 'Schinnen tot en met 2018', {WM: ['schinnen-opgeheven']},
     'Ook in `config/codes/gemeenten.yaml`, met opvolger.'),
    ('R75', 'Taak bij één huis voor twee regio’s', {ML: ['nazorg-waarneming']}, ''),
    ('R76', 'Waarneming onder de regels van dat huis', {ML: ['nazorg-waarneming']}, ''),
    ('R80', 'GGZ zonder toestemming niets',
     {NL: ['ggz-geheim'], ML: ['ggz-geheim'], WM: ['zorg-van-ggz', 'ggz-procesregisseur'],
      STATEMENT: ['toestemming']},
     'Ook een conflict van plichten of meldrecht heft het op, als de GGZ dat zelf verklaart, en voor '
     'die ene melding (K31). Dat geen toestemming en niet bekend eender lijken is van het antwoord (K20, K43, K44).'),
    ('R81', 'Niet getekend: geen persoonsgegevens', {},
     'Vast in de taal (§4, regel 2 van de tabel); iedere proef met `oefening: nee`.'),
    ('R82', 'RIEC geen personen', {NL: ['riec-geen-personen']}, ''),
    ('R83', 'Bewaartermijnen', {ML: ['huisverbod'], WM: ['herhuisvesting']},
     'Twee termijnen per convenant, en per regel waar het anders is; wat zij niet te buiten mogen gaan '
     'staat in `config/codes/bewaartermijnen.yaml`.'),
    ('R84', 'Privacy officer bewaakt',
     {TEST: ['unit/register_test.c: one_signature_or_one_role_twice_is_not_two_roles',
             'integration/codes_test.py: test_it_counts_until_that_day_and_then_no_more']},
     'Twee handtekeningen op ieder convenant, en op codes die niemand bevestigde.'),
    ('R85', 'Ieder kent een deel', {}, 'Een klacht, geen regel.'),
    ('R86', 'Transparant en navolgbaar',
     {TEST: ['integration/desk_why_test.py: '
             'test_decision_weging_decided_again_and_withdrawn_in_one_story',
             'integration/codes_then_test.py: test_why_and_replay_use_and_name_the_tables_of_then']},
     '`why`, `why-not` en `replay` bij iedere beslissing.'),
]


def convenanten():
    found = {}
    for name in sorted(os.listdir(FOLDER)):
        with open(os.path.join(FOLDER, name), encoding='utf-8') as file:
            document = yaml.safe_load(file)
        found[document['convenant'].removeprefix('voorbeeld-')] = {
            regel['regel']: regel for regel in document['regels']}
    return found


def gives(regel, rubriek):
    return any(rubriek in of.get('rubrieken', [])
               for of in (regel.get('verstrek'), regel.get('nood')) if of)


def withholds(regel, rubriek):
    return (regel.get('als') == {PROTECTED[rubriek]: 'ja'} and not {'van', 'tot'} & set(regel) and
            regel.get('verbied') == {'aan': 'iedereen', 'rubrieken': [rubriek]})


def unprotected(regels):
    """The rubrieken that are given while no regel withholds a protected address."""
    return [rubriek for rubriek in PROTECTED
            if any(gives(regel, rubriek) for regel in regels.values()) and
            not any(withholds(regel, rubriek) for regel in regels.values())]


def named(name, rule, regels):
    if name == TEST:
        return f'`{rule.split(": ")[0]}`'
    proeven = '' if name == STATEMENT else f' ({len(regels[name][rule].get("proeven", []))})'
    return f'`{rule}`{proeven}'


def golden():
    """How many cases written from the sources each rule has under the oracle."""
    counts = {}
    for name in sorted(os.listdir(GOLDEN)):
        with open(os.path.join(GOLDEN, name), encoding='utf-8') as file:
            for rule in yaml.load(file, Loader=yaml.BaseLoader):
                counts[rule['rule']] = counts.get(rule['rule'], 0) + len(rule['cases'])
    return counts


def page():
    regels, cases = convenanten(), golden()
    lines = ['# Het regelboek', '',
             'Wat de openbare stukken van de huizen als regel noemen, en welke regel van welk '
             'voorbeeldconvenant (`config/convenanten/`) dat draagt, met het aantal proeven ernaast, of '
             'welk statement van het protocol (`proto/spec/specification.md`) of welke test van het '
             'knooppunt zelf; en hoeveel gevallen er uit de bron zijn opgeschreven waar het orakel '
             '(`tests/oracle/golden/`) en het knooppunt het over eens zijn. '
             'Gemaakt door `tests/integration/regelboek_test.py`, dat ook bewaakt dat wat hier staat '
             'er is.', '',
             '| | wat de bron vraagt | regels (proeven) | orakel | |', '|---|---|---|---|---|']
    for number, what, where, note in RULES:
        carried = '; '.join(
            f'{name}: ' + ', '.join(named(name, rule, regels) for rule in names)
            for name, names in where.items())
        lines.append(f'| {number} | {what} | {carried or "geen"} | {cases.get(number, "")} | {note} |')
    carriers = {(name, regel) for _, _, where, _ in RULES for name, names in where.items()
                for regel in names}
    rest = [f'{name}: ' + ', '.join(f'`{regel}`' for regel in of if (name, regel) not in carriers)
            for name, of in regels.items() if any((name, regel) not in carriers for regel in of)]
    lines += ['', 'Regels die op geen van deze nummers rusten maar op de casussen in de bron, of die '
              'iets besloten houden: ' + '; '.join(rest) + '.', '']
    return '\n'.join(lines)


class Regelboek(unittest.TestCase):
    def test_every_rule_has_a_regel_or_a_reason(self):
        regels = convenanten()
        with open(SPEC, encoding='utf-8') as file:
            spec = file.read()
        for number, what, where, note in RULES:
            with self.subTest(number):
                self.assertTrue(what and (where or note))
                for statement in where.get(STATEMENT, []):
                    self.assertIn(f'\n| {statement} | ', spec)
                for test in where.get(TEST, []):
                    path, function = test.split(': ')
                    with open(os.path.join(SOURCE, 'tests', path), encoding='utf-8') as file:
                        self.assertRegex(file.read(), rf'(?m)^ *(def|static void) {function}\(')
                for name, names in where.items():
                    for regel in names if name not in (STATEMENT, TEST) else []:
                        self.assertIn(regel, regels[name])
                        self.assertTrue(regels[name][regel].get('proeven'))

    def test_a_protected_address_is_withheld_where_an_address_is_given(self):
        regels = convenanten()
        for name, of in regels.items():
            with self.subTest(name):
                self.assertEqual(unprotected(of), [])
        for name, rubriek in ((NL, 'incident'), (RAD, 'incident'), (WM, 'incident'),
                              (WM, 'verblijfadres')):
            kept = {regel: row for regel, row in regels[name].items()
                    if not withholds(row, rubriek)}
            self.assertEqual(unprotected(kept), [rubriek])
            narrower = {regel: dict(row, als={'soort': 'wth', **row['als']})
                        for regel, row in regels[name].items() if regel not in kept}
            self.assertEqual(unprotected({**kept, **narrower}), [rubriek])

    def test_every_rule_that_has_cases_is_in_the_book(self):
        self.assertEqual(set(golden()) - {rule[0] for rule in RULES}, {'casus'})
        self.assertGreater(sum(golden().values()), 200)

    def test_the_numbers_are_whole(self):
        expected = [*range(1, 14), *range(20, 29), *range(30, 36), *range(40, 45),
                    *range(50, 61), *range(70, 77), *range(80, 87)]
        self.assertEqual([rule[0] for rule in RULES], [f'R{n:02}' for n in expected])

    def test_the_page_is_the_one_that_is_made(self):
        with open(PAGE, encoding='utf-8') as file:
            self.assertEqual(file.read(), page(), 'make it again with --write')


if __name__ == '__main__':
    if sys.argv[2:] == ['--write']:
        with open(PAGE, 'w', encoding='utf-8') as file:
            file.write(page())
    else:
        unittest.main(argv=sys.argv[:1])
