// SPDX-License-Identifier: EUPL-1.2
#include "melding/validate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define T(test) cmocka_unit_test(test)
#define ROOM 24 // rubrieken of a test melding

static const struct civil_date TODAY = {2026, 11, 22};

// A melding that a test changes in one place. Values are texts with static life.
struct draft {
	struct rubriek rubrieken[ROOM + RUBRIEKEN_MAX];
	struct veld velden[ROOM][12];
	size_t count;
};

static struct rubriek *add(struct draft *draft, uint32_t soort, uint32_t betrokkene,
			   enum regime regime)
{
	assert_true(draft->count < ROOM);
	size_t n = draft->count++;
	draft->rubrieken[n] = (struct rubriek){.soort = soort,
					       .betrokkene = betrokkene,
					       .regime = regime,
					       .velden = draft->velden[n]};
	return &draft->rubrieken[n];
}

static void set(struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	for (size_t i = 0; i < rubriek->veld_count; i++) {
		if (rubriek->velden[i].veld == veld) {
			rubriek->velden[i].waarde = bytes_of_text(waarde);
			return;
		}
	}
	rubriek->velden[rubriek->veld_count++] = (struct veld){veld, bytes_of_text(waarde)};
}

static void append(struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	assert_true(rubriek->veld_count < 12);
	rubriek->velden[rubriek->veld_count++] = (struct veld){veld, bytes_of_text(waarde)};
}

static void drop(struct rubriek *rubriek, uint32_t veld)
{
	for (size_t i = 0; i < rubriek->veld_count; i++) {
		if (rubriek->velden[i].veld == veld)
			rubriek->velden[i--] = rubriek->velden[--rubriek->veld_count];
	}
}

// 0 kenmerken, 1 and 2 betrokkenheid, 3 bsn of 1, 4 identificatie of 2, 5 gezinssysteem of 2.
static void fill(struct draft *draft)
{
	draft->count = 0;
	struct rubriek *kenmerken = add(draft, RUBRIEK_KENMERKEN, 0, REGIME_WPG);
	set(kenmerken, KENMERK_SOORT, "politie");
	set(kenmerken, KENMERK_THEMA, "huiselijk-geweld");
	set(kenmerken, KENMERK_URGENTIE, "gewoon");
	set(kenmerken, KENMERK_GEMEENTE, "GM1883");
	set(kenmerken, KENMERK_BETROKKENEN, "2");
	for (uint32_t b = 1; b <= 2; b++) {
		struct rubriek *wie = add(draft, RUBRIEK_BETROKKENHEID, b, REGIME_WPG);
		set(wie, BETROKKENHEID_ROL, b == 1 ? "vermoedelijke-pleger" : "kind");
	}
	set(add(draft, RUBRIEK_BSN, 1, REGIME_WPG), BSN_WAARDE, "999990342");
	struct rubriek *naam = add(draft, RUBRIEK_IDENTIFICATIE, 2, REGIME_WPG);
	set(naam, IDENTIFICATIE_GESLACHTSNAAM, "Proef");
	set(naam, IDENTIFICATIE_GEBOORTEDATUM, "2019-02-28");
	struct rubriek *gezin = add(draft, RUBRIEK_GEZINSSYSTEEM, 2, REGIME_WPG);
	set(gezin, GEZINSSYSTEEM_RELATIE, "kind");
	set(gezin, GEZINSSYSTEEM_MET, "1");
}

#define DRAFT(name)                                                                                \
	static struct draft name;                                                                  \
	fill(&name)

static void accepted(struct draft *draft)
{
	struct refusal refusal = {REASON_IO, "x"};
	struct melding melding = {draft->rubrieken, draft->count};
	if (!melding_validate(&melding, TODAY, &refusal))
		fail_msg("%s: %s", refusal.field, reason_code(refusal.reason));
	assert_int_equal(refusal.reason, REASON_NONE);
	assert_string_equal(refusal.field, "");
}

static void refused(struct draft *draft, enum reason reason, const char *field)
{
	struct refusal refusal = {0};
	struct melding melding = {draft->rubrieken, draft->count};
	assert_false(melding_validate(&melding, TODAY, &refusal));
	assert_string_equal(refusal.field, field);
	assert_string_equal(reason_code(refusal.reason), reason_code(reason));
}

static void a_whole_melding_passes(void **state)
{
	(void)state;
	DRAFT(draft);
	accepted(&draft);
}

static void a_melding_about_nobody_passes(void **state)
{
	(void)state;
	DRAFT(draft);
	draft.count = 1;
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "0");
	set(&draft.rubrieken[0], KENMERK_KLASSE, "E33");
	set(&draft.rubrieken[0], KENMERK_GEMEENTE, "GM0000");
	accepted(&draft);
}

static void sixteen_betrokkenen_pass_and_a_seventeenth_does_not(void **state)
{
	(void)state;
	DRAFT(draft);
	for (uint32_t b = 3; b <= BETROKKENEN_MAX; b++)
		set(add(&draft, RUBRIEK_BETROKKENHEID, b, REGIME_AVG), BETROKKENHEID_ROL,
		    "getuige");
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "16");
	accepted(&draft);
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "17");
	refused(&draft, REASON_BAD_VALUE, "rubriek[0].kenmerken.betrokkenen");
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "16");
	draft.rubrieken[2].betrokkene = 17;
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[2].betrokkenheid.betrokkene");
	draft.rubrieken[2].betrokkene = UINT32_MAX;
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[2].betrokkenheid.betrokkene");
}

static void exactly_one_kenmerken_is_needed(void **state)
{
	(void)state;
	DRAFT(draft);
	draft.rubrieken[draft.count++] = draft.rubrieken[0];
	refused(&draft, REASON_DUPLICATE, "rubriek[6].kenmerken");
	draft.count = 0;
	refused(&draft, REASON_MISSING_FIELD, "kenmerken");
}

static void every_betrokkene_that_kenmerken_count_needs_a_betrokkenheid(void **state)
{
	(void)state;
	DRAFT(draft);
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "3");
	refused(&draft, REASON_MISSING_FIELD, "betrokkene[3].betrokkenheid");
	set(&draft.rubrieken[0], KENMERK_BETROKKENEN, "1");
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[2].betrokkenheid.betrokkene");
}

static void a_rubriek_stands_where_it_belongs(void **state)
{
	(void)state;
	DRAFT(draft);
	draft.rubrieken[3].betrokkene = 0;
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[3].bsn.betrokkene");
	draft.rubrieken[3].betrokkene = 1;
	draft.rubrieken[0].betrokkene = 1;
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[0].kenmerken.betrokkene");
}

static void unknown_rubrieken_and_velden_are_refused_by_place(void **state)
{
	(void)state;
	DRAFT(draft);
	draft.rubrieken[3].soort = 39;
	refused(&draft, REASON_UNKNOWN_FIELD, "rubriek[3]");
	draft.rubrieken[3].soort = RUBRIEK_BSN;
	append(&draft.rubrieken[3], 2, "x");
	refused(&draft, REASON_UNKNOWN_FIELD, "rubriek[3].bsn.veld[2]");
	draft.rubrieken[3].velden[1].veld = UINT32_MAX;
	refused(&draft, REASON_UNKNOWN_FIELD, "rubriek[3].bsn.veld[4294967295]");
}

static void nobody_but_the_knooppunt_states_verrijking_or_herkomst(void **state)
{
	(void)state;
	DRAFT(draft);
	set(add(&draft, RUBRIEK_VERRIJKING_SAMENLOOP, 1, REGIME_AVG), SAMENLOOP_VELD, "ja");
	refused(&draft, REASON_NOT_FOR_SENDER, "rubriek[6].verrijking.samenloop");
	draft.count--;
	set(add(&draft, RUBRIEK_HERKOMST, 0, REGIME_AVG), HERKOMST_OIN, "00000099000000001000");
	refused(&draft, REASON_NOT_FOR_SENDER, "rubriek[6].herkomst");
}

static void a_regime_must_be_one_that_the_rubriek_allows(void **state)
{
	(void)state;
	DRAFT(draft);
	struct rubriek *zorg = add(&draft, RUBRIEK_GEZONDHEID, 1, REGIME_WGBO);
	set(zorg, 1, "ggz");
	accepted(&draft);
	static const uint32_t bad[] = {0, REGIME_WJSG_STRAFVORDERLIJK, 8, 32, 33, UINT32_MAX};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		zorg->regime = bad[i];
		refused(&draft, REASON_BAD_REGIME, "rubriek[6].gezondheid.regime");
	}
}

static void required_velden_must_be_there_and_filled(void **state)
{
	(void)state;
	DRAFT(draft);
	drop(&draft.rubrieken[0], KENMERK_URGENTIE);
	refused(&draft, REASON_MISSING_FIELD, "rubriek[0].kenmerken.urgentie");
	append(&draft.rubrieken[0], KENMERK_URGENTIE, "");
	refused(&draft, REASON_MISSING_FIELD, "rubriek[0].kenmerken.urgentie");
	set(&draft.rubrieken[0], KENMERK_URGENTIE, "dringend");
	accepted(&draft);
	draft.rubrieken[4].veld_count = 0;
	refused(&draft, REASON_MISSING_FIELD, "rubriek[4].identificatie.velden");
}

static void too_many_and_double_are_refused(void **state)
{
	(void)state;
	DRAFT(draft);
	append(&draft.rubrieken[0], KENMERK_SOORT, "wth");
	refused(&draft, REASON_DUPLICATE, "rubriek[0].kenmerken.soort");
	draft.rubrieken[0].veld_count--;
	append(&draft.rubrieken[0], KENMERK_THEMA, "overlast");
	accepted(&draft);
	append(&draft.rubrieken[0], KENMERK_THEMA, "overlast");
	refused(&draft, REASON_DUPLICATE, "rubriek[0].kenmerken.thema");
	draft.rubrieken[0].veld_count--;
	append(&draft.rubrieken[0], KENMERK_THEMA, "stalking");
	append(&draft.rubrieken[0], KENMERK_THEMA, "jeugd");
	accepted(&draft);
	append(&draft.rubrieken[0], KENMERK_THEMA, "overig");
	refused(&draft, REASON_TOO_MANY, "rubriek[0].kenmerken.thema");
}

static void too_many_rubrieken_of_one_kind_are_refused(void **state)
{
	(void)state;
	DRAFT(draft);
	for (int i = 0; i < 3; i++) {
		struct rubriek *nummer = add(&draft, RUBRIEK_KETENNUMMER, 1, REGIME_WPG);
		set(nummer, KETENNUMMER_SOORT, "skn");
		set(nummer, KETENNUMMER_WAARDE, "99990001");
	}
	refused(&draft, REASON_TOO_MANY, "rubriek[8].ketennummer");
	draft.rubrieken[8].betrokkene = 2;
	accepted(&draft);
	draft.rubrieken[8] = draft.rubrieken[3];
	refused(&draft, REASON_DUPLICATE, "rubriek[8].bsn");
}

static void more_rubrieken_than_slots_are_refused_at_once(void **state)
{
	(void)state;
	DRAFT(draft);
	while (draft.count <= RUBRIEKEN_MAX) {
		draft.rubrieken[draft.count] = draft.rubrieken[5];
		draft.count++;
	}
	refused(&draft, REASON_TOO_MANY, "rubrieken");
}

static void a_relation_points_at_someone_else_in_the_melding(void **state)
{
	(void)state;
	DRAFT(draft);
	set(&draft.rubrieken[5], GEZINSSYSTEEM_MET, "2");
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[5].gezinssysteem.met");
	set(&draft.rubrieken[5], GEZINSSYSTEEM_MET, "3");
	refused(&draft, REASON_UNKNOWN_BETROKKENE, "rubriek[5].gezinssysteem.met");
}

static void an_end_before_its_begin_is_refused(void **state)
{
	(void)state;
	DRAFT(draft);
	struct rubriek *detentie = add(&draft, RUBRIEK_DETENTIE, 1, REGIME_WJSG_TENUITVOERLEGGING);
	set(detentie, 1, "PI Proef");
	set(detentie, DETENTIE_BEGIN, "2026-11-02");
	set(detentie, DETENTIE_EINDE, "2026-11-02");
	accepted(&draft);
	set(detentie, DETENTIE_EINDE, "2026-11-01");
	refused(&draft, REASON_IMPOSSIBLE_DATE, "rubriek[6].detentie.einde");
	draft.count--;
	struct rubriek *incident = add(&draft, RUBRIEK_INCIDENT, 0, REGIME_WPG);
	set(incident, INCIDENT_BEGIN, "2026-11-20T23:30:00+01:00");
	set(incident, INCIDENT_EINDE, "2026-11-20T22:30:00Z");
	accepted(&draft);
	set(incident, INCIDENT_EINDE, "2026-11-20T22:29:59Z");
	refused(&draft, REASON_IMPOSSIBLE_DATE, "rubriek[6].incident.einde");
}

static void a_bron_is_one_clean_short_line(void **state)
{
	(void)state;
	char long_bron[BRON_MAX + 2];
	memset(long_bron, 'x', sizeof long_bron - 1);
	long_bron[BRON_MAX + 1] = '\0';
	DRAFT(draft);
	struct rubriek *rubriek = &draft.rubrieken[3];
	rubriek->bron = bytes_of_text("BVH, eigen waarneming");
	accepted(&draft);
	rubriek->bron = bytes_make(long_bron, BRON_MAX);
	accepted(&draft);
	rubriek->bron = bytes_of_text(long_bron);
	refused(&draft, REASON_TOO_LONG, "rubriek[3].bsn.bron");
	rubriek->bron = bytes_of_text("twee\nregels");
	refused(&draft, REASON_BAD_TEXT, "rubriek[3].bsn.bron");
	rubriek->bron = bytes_make("a\0b", 3);
	refused(&draft, REASON_BAD_TEXT, "rubriek[3].bsn.bron");
}

static void a_refusal_names_places_and_never_values(void **state)
{
	(void)state;
	DRAFT(draft);
	set(&draft.rubrieken[4], IDENTIFICATIE_GESLACHTSNAAM, "geheime\nnaam");
	refused(&draft, REASON_BAD_TEXT, "rubriek[4].identificatie.geslachtsnaam");
	set(&draft.rubrieken[4], IDENTIFICATIE_GESLACHTSNAAM, "Proef");
	set(&draft.rubrieken[3], BSN_WAARDE, "999990343");
	refused(&draft, REASON_BSN_ELFPROEF, "rubriek[3].bsn.waarde");
}

static void velden_and_rubrieken_are_found_by_number(void **state)
{
	(void)state;
	DRAFT(draft);
	struct melding melding = {draft.rubrieken, draft.count};
	const struct rubriek *bsn = melding_find(&melding, RUBRIEK_BSN, 1);
	assert_ptr_equal(bsn, &draft.rubrieken[3]);
	assert_null(melding_find(&melding, RUBRIEK_BSN, 2));
	struct bytes waarde = veld_get(bsn->velden, bsn->veld_count, BSN_WAARDE);
	assert_true(bytes_equal(waarde, bytes_of_text("999990342")));
	assert_int_equal(veld_get(bsn->velden, bsn->veld_count, 9).len, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_whole_melding_passes),
		T(a_melding_about_nobody_passes),
		T(sixteen_betrokkenen_pass_and_a_seventeenth_does_not),
		T(exactly_one_kenmerken_is_needed),
		T(every_betrokkene_that_kenmerken_count_needs_a_betrokkenheid),
		T(a_rubriek_stands_where_it_belongs),
		T(unknown_rubrieken_and_velden_are_refused_by_place),
		T(nobody_but_the_knooppunt_states_verrijking_or_herkomst),
		T(a_regime_must_be_one_that_the_rubriek_allows),
		T(required_velden_must_be_there_and_filled),
		T(too_many_and_double_are_refused),
		T(too_many_rubrieken_of_one_kind_are_refused),
		T(more_rubrieken_than_slots_are_refused_at_once),
		T(a_relation_points_at_someone_else_in_the_melding),
		T(an_end_before_its_begin_is_refused),
		T(a_bron_is_one_clean_short_line),
		T(a_refusal_names_places_and_never_values),
		T(velden_and_rubrieken_are_found_by_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
