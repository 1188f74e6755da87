# SPDX-License-Identifier: EUPL-1.2
"""Mutants of the decision that can change no answer, each with the reason."""

_FILTER = 'a filter that only spares work: what it lets through besides comes to the same'
_MASKED = 'these bits are masked where they are used'
_CACHE = 'judged again instead of remembered: the same'
# Whether it shows depends on what happens to lie there.
BEYOND = 'reads one item past the last, in memory of the convenant or the facts'
_SAME = 'at the bound both say the same'
_PROOF = 'only a proof that proeven are enough leaves a condition out; a decision never does'
_ROW = 'return ronde->drop.soort == soort && ronde->drop.regel == regel && ronde->drop.n == n;'
_OVERLEG = 'if (overleg >= ronde->convenant->overleg_count || betrokkene > BETROKKENEN_MAX)'
_RUBRIEKEN = 'rubrieken &= ronde->convenant->ontvanger_rows[ontvanger].rubrieken;'

EQUAL = {
    ('note_weging', 'strcmp(convenant->regels[van].text.regel, convenant->regels[now].text.regel) < 0)',
     'strcmp(convenant->regels[van].text.regel, convenant->regels[now].text.regel) <= 0)'):
        'names are unique: equal is the same regel',
    ('ronde_decide', 'if (!(open & 1u << vraag->betrokkene))', 'if (!(open | 1u << vraag->betrokkene))'):
        BEYOND,  # of a rubriek that is none; of others masked
    ('judge_ontvanger', 'ret->any = false;', ''): _FILTER,
    ('judge_ontvanger', _RUBRIEKEN, _RUBRIEKEN.replace('&=', '|=')): _FILTER,
    ('judge_ontvanger', _RUBRIEKEN, ''): _FILTER,
    ('find_gevers', 'memset(gevers, 0, REGELS_MAX / 64 * sizeof *gevers);', ''): _FILTER,
    ('find_gevers', 'if (!regel_soort_forbids(convenant->regels[i].text.soort) &&',
     'if (!regel_soort_forbids(convenant->regels[i].text.soort) ||'): _FILTER,
    ('is_named', 'any |= row->gevers[i] & gevers[i];', 'any |= row->gevers[i] | gevers[i];'): _FILTER,
    ('convenant_decide_all', 'for (size_t n = 0; n < convenant->ontvanger_count; n++) {',
     'for (size_t n = 0; n <= convenant->ontvanger_count; n++) {'): BEYOND,
    ('ronde_decide_agenda', _OVERLEG, _OVERLEG.replace('>=', '>')): BEYOND,
    ('convenant_decide_all', 'if (plaatsen[i].rubriek < RUBRIEK_BOUND)',
     'if (plaatsen[i].rubriek <= RUBRIEK_BOUND)'): _FILTER,
    ('ronde_init', 'feiten->betrokkenen < BETROKKENEN_MAX ? feiten->betrokkenen : BETROKKENEN_MAX;',
     'feiten->betrokkenen <= BETROKKENEN_MAX ? feiten->betrokkenen : BETROKKENEN_MAX;'): _SAME,
    ('ronde_drops', _ROW, _ROW.replace('regel == regel', 'regel != regel')): _PROOF,
    ('ronde_drops', _ROW, _ROW.replace('n == n', 'n != n')): _PROOF,
    ('judge_toetsen', 'continue;', 'break;'): _PROOF,
    ('mark_done', 'done[n / 64] |= bit;', 'done[n / 64] &= bit;'): _CACHE,
    ('ronde_judge_regel', 'mark_done(ronde->regel_done, n);', ''): _CACHE,
    ('has_waarde', 'for (size_t i = 0; i < feit->waarde_count; i++) {',
     'for (size_t i = 0; i <= feit->waarde_count; i++) {'): BEYOND,
    ('is_sender', 'for (size_t i = 0; i < feiten->bron_functie_count; i++) {',
     'for (size_t i = 0; i <= feiten->bron_functie_count; i++) {'): BEYOND,
    ('judge_toetsen', 'stand.ja |= INCIDENT;', 'stand.kan |= INCIDENT;'): _MASKED,
    ('judge_toetsen', 'stand.ja |= INCIDENT;', ''): _MASKED,
    ('judge_toetsen', 'stand.kan |= INCIDENT;', 'stand.ja |= INCIDENT;'): _MASKED,
    ('judge_toetsen', 'stand.kan |= INCIDENT;', ''): _MASKED,
    ('ronde_ingang', 'if (of->is_rare && ret.stand.kan) {', 'if (of->is_rare || ret.stand.kan) {'):
        _FILTER,
    ('ronde_open', 'if (rubriek >= RUBRIEK_BOUND || !ronde->convenant->rubrieken[rubriek].known)',
     'if (rubriek > RUBRIEK_BOUND || !ronde->convenant->rubrieken[rubriek].known)'): BEYOND,
    ('ronde_toestemming', 'lifted &= ronde->alle;', ''): _MASKED,
    ('ronde_nood', 'active &= ronde->alle;', ''): _MASKED,
    ('add_ingangen', 'for (unsigned band = 0; band < BAND_COUNT; band++) {',
     'for (unsigned band = 0; band <= BAND_COUNT; band++) {'): 'no groep has that band',
    ('fill_ontvanger', 'for (size_t i = 0; i < RUBRIEK_BOUND; i++)',
     'for (size_t i = 0; i <= RUBRIEK_BOUND; i++)'): 'empties the first cell of the next, still empty',
    ('fill_ontvanger', 'if (bands && !regel_soort_forbids(regel->text.soort))',
     'if (bands || !regel_soort_forbids(regel->text.soort))'): _FILTER,
    ('overleg_seats', 'for (size_t i = 0; i < overleg->lid_count; i++)',
     'for (size_t i = 0; i <= overleg->lid_count; i++)'): BEYOND,
}
