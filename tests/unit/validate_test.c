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

static void a_bsn_must_pass_the_elfproef(void **state)
{
	(void)state;
	static const char *const good[] = {"111222333", "123456782", "999990342"};
	static const char *const bad[] = {"000000000", "999990343",  "123456789", "12345678",
					  "",          "1112223330", "11122233a", "11122233 "};
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_true(bsn_is_valid(bytes_of_text(good[i])));
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(bsn_is_valid(bytes_of_text(bad[i])));
	size_t passing = 0;
	for (unsigned n = 0; n < 100000; n++) {
		char text[10];
		snprintf(text, sizeof text, "9999%05u", n);
		passing += bsn_is_valid(bytes_of_text(text));
	}
	assert_int_equal(passing, 9091); // counted apart from this code
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

struct veld_case {
	enum veld_kind kind;
	uint32_t min, max;
	const char *waarde;
	enum reason reason;
};

static void check_case(const struct veld_case *c)
{
	struct veld_row row = {.veld = 1,
			       .name = "proef",
			       .kind = c->kind,
			       .min = c->min,
			       .max = c->max,
			       .at_most = 1};
	struct refusal refusal = {REASON_IO, "x"};
	if (c->kind == VELD_CODE)
		row.list = code_list_named(bytes_of_text("klasse"));
	bool good = veld_validate(&row, bytes_of_text(c->waarde), TODAY, &refusal);
	if (good != (c->reason == REASON_NONE) || refusal.reason != c->reason)
		fail_msg("kind %d \"%s\": %s", (int)c->kind, c->waarde,
			 refusal.reason ? reason_code(refusal.reason) : "accepted");
	assert_string_equal(refusal.field, good ? "" : "proef");
}

static void each_kind_of_veld_takes_its_own_form_only(void **state)
{
	(void)state;
	static const struct veld_case cases[] = {
		{VELD_TEXT, 1, 5, "a\nb", REASON_NONE},
		{VELD_TEXT, 1, 5, "", REASON_MISSING_FIELD},
		{VELD_TEXT, 1, 5, "abcdef", REASON_TOO_LONG},
		{VELD_TEXT, 3, 5, "ab", REASON_BAD_VALUE},
		{VELD_TEXT, 1, 5, "\x01", REASON_BAD_TEXT},
		{VELD_TEXT, 1, 5, "\xc3\x28", REASON_BAD_TEXT},
		{VELD_LINE, 1, 5, "\xc3\xa9\xc3\xa9n", REASON_NONE},
		{VELD_LINE, 1, 5, "a\nb", REASON_BAD_TEXT},
		{VELD_LINE, 1, 5, "a\tb", REASON_BAD_TEXT},
		{VELD_CODE, 0, 0, "E33", REASON_NONE},
		{VELD_CODE, 0, 0, "e33", REASON_UNKNOWN_CODE},
		{VELD_CODE, 0, 0, "E3", REASON_UNKNOWN_CODE},
		{VELD_DATE, 0, 0, "2026-11-22", REASON_NONE},
		{VELD_DATE, 0, 0, "2026-11-23", REASON_IMPOSSIBLE_DATE},
		{VELD_DATE, 0, 1, "2026-11-23", REASON_NONE},
		{VELD_DATE, 0, 0, "2025-02-29", REASON_IMPOSSIBLE_DATE},
		{VELD_DATE, 0, 0, "2024-02-29", REASON_NONE},
		{VELD_DATE, 0, 0, "22-11-2026", REASON_IMPOSSIBLE_DATE},
		{VELD_DATE, 0, 0, "1849-12-31", REASON_IMPOSSIBLE_DATE},
		{VELD_TIME, 0, 0, "2026-11-22T23:59:59+01:00", REASON_NONE},
		{VELD_TIME, 0, 0, "2026-11-22T23:00:00Z", REASON_IMPOSSIBLE_DATE}, // the 23rd here
		{VELD_TIME, 0, 1, "2026-11-22T23:00:00Z", REASON_NONE},
		{VELD_TIME, 0, 0, "2026-11-22T23:59:59", REASON_IMPOSSIBLE_DATE},
		{VELD_TIME, 0, 0, "2026-11-22", REASON_IMPOSSIBLE_DATE},
		{VELD_JANEE, 0, 0, "ja", REASON_NONE},
		{VELD_JANEE, 0, 0, "nee", REASON_NONE},
		{VELD_JANEE, 0, 0, "Ja", REASON_BAD_VALUE},
		{VELD_JANEE, 0, 0, "true", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, 16, "0", REASON_NONE},
		{VELD_NUMBER, 0, 16, "16", REASON_NONE},
		{VELD_NUMBER, 0, 16, "17", REASON_BAD_VALUE},
		{VELD_NUMBER, 1, 16, "0", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, 16, "01", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, 16, "-1", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, 16, "1.0", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, UINT32_MAX, "4294967295", REASON_NONE},
		{VELD_NUMBER, 0, UINT32_MAX, "4294967296", REASON_BAD_VALUE},
		{VELD_NUMBER, 0, UINT32_MAX, "18446744073709551616", REASON_BAD_VALUE},
		{VELD_GEMEENTE, 0, 0, "GM1883", REASON_NONE},
		{VELD_GEMEENTE, 0, 0, "1883", REASON_UNKNOWN_CODE},
		{VELD_GEMEENTE, 0, 0, "GM188", REASON_UNKNOWN_CODE},
		{VELD_GEMEENTE, 0, 0, "gm1883", REASON_UNKNOWN_CODE},
		{VELD_GEMEENTE, 0, 0, "GM18a3", REASON_UNKNOWN_CODE},
		{VELD_BSN, 0, 0, "999990342", REASON_NONE},
		{VELD_BSN, 0, 0, "999990343", REASON_BSN_ELFPROEF},
		{VELD_BSN, 0, 0, "99999034", REASON_BAD_VALUE},
		{VELD_BSN, 0, 0, "9999-0342", REASON_BAD_VALUE},
		{VELD_POSTCODE, 0, 0, "6131AB", REASON_NONE},
		{VELD_POSTCODE, 0, 0, "6131 AB", REASON_BAD_VALUE},
		{VELD_POSTCODE, 0, 0, "6131ab", REASON_BAD_VALUE},
		{VELD_POSTCODE, 0, 0, "0131AB", REASON_BAD_VALUE},
		{VELD_POSTCODE, 0, 0, "6131SS", REASON_BAD_VALUE},
		{VELD_OIN, 0, 0, "00000099000000001000", REASON_NONE},
		{VELD_OIN, 0, 0, "0000009900000000100", REASON_BAD_VALUE},
		{VELD_NAME, 1, 8, "oov", REASON_NONE},
		{VELD_NAME, 1, 8, "wmo.a-1", REASON_NONE},
		{VELD_NAME, 1, 8, "OOV", REASON_BAD_VALUE},
		{VELD_NAME, 1, 8, "abcdefghi", REASON_TOO_LONG},
		{VELD_NAME, 1, 8, "a b", REASON_BAD_VALUE},
		{VELD_REFERENCE, 1, 20, "PL2300-2026:1_a.B", REASON_NONE},
		{VELD_REFERENCE, 1, 20, "a/b", REASON_BAD_VALUE},
		{VELD_REFERENCE, 4, 20, "abc", REASON_BAD_VALUE},
		{VELD_BINARY, 4, 4, "abcd", REASON_NONE},
		{VELD_BINARY, 4, 4, "abcde", REASON_BAD_VALUE},
		{VELD_BINARY, 4, 4, "abc", REASON_BAD_VALUE},
		{VELD_NOTE, 1, 9, "a\nb\n", REASON_NONE},
		{VELD_NOTE, 1, 9, "a\nb", REASON_BAD_VALUE},
		{VELD_NOTE, 1, 9, "a\r\n", REASON_BAD_TEXT},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check_case(&cases[i]);
}

static void a_nul_inside_a_value_is_refused_whatever_its_kind(void **state)
{
	(void)state;
	for (int kind = VELD_TEXT; kind <= VELD_NOTE; kind++) {
		struct veld_row row = {.veld = 1,
				       .name = "proef",
				       .kind = (enum veld_kind)kind,
				       .max = 20,
				       .at_most = 1};
		struct refusal refusal;
		if (kind == VELD_BINARY)
			continue;
		row.list = code_list_named(bytes_of_text("klasse"));
		assert_false(veld_validate(&row, bytes_make("E33\0x", 5), TODAY, &refusal));
		assert_int_not_equal(refusal.reason, REASON_NONE);
	}
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

static struct statement statement(uint32_t type)
{
	return (struct statement){
		.type = type,
		.audience_oin = bytes_of_text("00000099000000001000"),
		.audience_log = bytes_of_text("knooppunt.voorbeeld.nl/oefening"),
		.source = bytes_of_text("urn:nld:oin:00000099000000002000:systeem:bvh-1.0"),
		.id = bytes_of_text("019a0c5e-7c1b-7000-8000-000000000001"),
		.time = 1795341600000,
		.sequence = 1,
		.random = {1},
		.has_slots = type == TYPE_MELDING,
	};
}

static void header_refused(const struct statement *s, enum reason reason, const char *field)
{
	struct refusal refusal = {0};
	assert_false(statement_validate(s, TODAY, &refusal));
	assert_string_equal(refusal.field, field);
	assert_string_equal(reason_code(refusal.reason), reason_code(reason));
}

static void header_accepted(const struct statement *s)
{
	struct refusal refusal = {REASON_IO, "x"};
	if (!statement_validate(s, TODAY, &refusal))
		fail_msg("%s: %s", refusal.field, reason_code(refusal.reason));
	assert_int_equal(refusal.reason, REASON_NONE);
}

static void the_header_of_a_melding_has_slots_and_no_velden(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	header_accepted(&s);
	struct veld veld = {1, bytes_of_text("x")};
	s.velden = &veld;
	s.veld_count = 1;
	header_refused(&s, REASON_UNKNOWN_FIELD, "veld[1]");
	s = statement(TYPE_MELDING);
	s.has_slots = false;
	header_refused(&s, REASON_MISSING_FIELD, "slots_root");
	s = statement(TYPE_HELLO);
	header_accepted(&s);
	s.has_slots = true;
	header_refused(&s, REASON_UNKNOWN_FIELD, "slots_root");
	s = statement(99);
	header_refused(&s, REASON_UNKNOWN_TYPE, "type");
}

static void names_in_a_header_must_have_their_form(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	s.audience_oin = bytes_of_text("");
	header_refused(&s, REASON_MISSING_FIELD, "audience_oin");
	s.audience_oin = bytes_of_text("0000009900000000100x");
	header_refused(&s, REASON_BAD_VALUE, "audience_oin");
	s = statement(TYPE_MELDING);
	s.audience_log = bytes_of_text("met spatie");
	header_refused(&s, REASON_BAD_VALUE, "audience_log");
	s.audience_log = bytes_make("a\0b", 3);
	header_refused(&s, REASON_BAD_VALUE, "audience_log");
	s = statement(TYPE_MELDING);
	static const char *const sources[] = {
		"urn:nld:oin:00000099000000002000",
		"urn:nld:oin:00000099000000002000:systeem:",
		"urn:nld:oin:00000099000000002000:systeem:BVH",
		"urn:nld:oin:0000009900000000200:systeem:bvh",
		"urn:nld:oin:00000099000000002000:system:bvh",
		"urn:nld:oin:",
		"x",
	};
	for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
		s.source = bytes_of_text(sources[i]);
		header_refused(&s, REASON_BAD_VALUE, "source");
	}
}

static void an_id_has_sixteen_to_sixty_four_plain_characters(void **state)
{
	(void)state;
	char text[66];
	memset(text, 'a', sizeof text);
	struct statement s = statement(TYPE_MELDING);
	s.id = bytes_make(text, 16);
	header_accepted(&s);
	s.id = bytes_make(text, 64);
	header_accepted(&s);
	s.id = bytes_make(text, 15);
	header_refused(&s, REASON_BAD_VALUE, "id");
	s.id = bytes_make(text, 65);
	header_refused(&s, REASON_BAD_VALUE, "id");
	text[3] = '.';
	s.id = bytes_make(text, 16);
	header_refused(&s, REASON_BAD_VALUE, "id");
	s = statement(TYPE_MELDING);
	s.antwoord_op = bytes_of_text("kort");
	header_refused(&s, REASON_BAD_VALUE, "antwoord_op");
	s = statement(TYPE_MELDING);
	s.vervangt = bytes_of_text("kort");
	header_refused(&s, REASON_BAD_VALUE, "vervangt");
}

static void time_sequence_random_and_head_must_be_sound(void **state)
{
	(void)state;
	struct statement s = statement(TYPE_MELDING);
	s.time = 0;
	header_refused(&s, REASON_MISSING_FIELD, "time");
	s.time = UINT64_MAX;
	header_refused(&s, REASON_BAD_VALUE, "time");
	s = statement(TYPE_MELDING);
	s.sequence = 0;
	header_refused(&s, REASON_MISSING_FIELD, "sequence");
	s = statement(TYPE_HELLO);
	s.sequence = 0;
	header_accepted(&s);
	memset(s.random, 0, sizeof s.random);
	header_refused(&s, REASON_MISSING_FIELD, "random");
	s = statement(TYPE_MELDING);
	s.head.size = 1;
	header_refused(&s, REASON_BAD_VALUE, "head");
	s.head.root.b[5] = 1;
	header_accepted(&s);
	s.head.size = 0;
	header_refused(&s, REASON_BAD_VALUE, "head");
}

static void a_weging_needs_all_that_makes_it_a_judgement(void **state)
{
	(void)state;
	struct veld velden[] = {
		{WEGING_ENTRY, bytes_of_text("12")},
		{WEGING_REGEL, bytes_of_text("detentie-lokaal")},
		{WEGING_BETROKKENE, bytes_of_text("1")},
		{WEGING_UITKOMST, bytes_of_text("lokaal")},
		{WEGING_MEDEWERKER, bytes_of_text("mw-17")},
		{WEGING_MOTIVERING, bytes_of_text("Enkelvoudige vraag.")},
	};
	struct statement s = statement(TYPE_WEGING);
	s.velden = velden;
	s.veld_count = 6;
	header_accepted(&s);
	s.veld_count = 5;
	header_refused(&s, REASON_MISSING_FIELD, "motivering");
	s.veld_count = 6;
	velden[3].waarde = bytes_of_text("Lokaal!");
	header_refused(&s, REASON_BAD_VALUE, "uitkomst");
}

static void an_ack_names_up_to_512_deliveries(void **state)
{
	(void)state;
	static struct veld velden[VELDEN_MAX + 1];
	static uint8_t item[40];
	velden[0] = (struct veld){ACK_FUNCTIE, bytes_of_text("oov")};
	for (size_t i = 1; i <= VELDEN_MAX; i++)
		velden[i] = (struct veld){ACK_ITEM, bytes_make(item, sizeof item)};
	struct statement s = statement(TYPE_ACK);
	s.velden = velden;
	s.veld_count = 513;
	header_accepted(&s);
	s.veld_count = 514;
	header_refused(&s, REASON_TOO_MANY, "item");
	s.veld_count = VELDEN_MAX + 1;
	header_refused(&s, REASON_TOO_MANY, "velden");
	s.veld_count = 1;
	header_refused(&s, REASON_MISSING_FIELD, "item");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(a_bsn_must_pass_the_elfproef),
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
		T(each_kind_of_veld_takes_its_own_form_only),
		T(a_nul_inside_a_value_is_refused_whatever_its_kind),
		T(a_refusal_names_places_and_never_values),
		T(velden_and_rubrieken_are_found_by_number),
		T(the_header_of_a_melding_has_slots_and_no_velden),
		T(names_in_a_header_must_have_their_form),
		T(an_id_has_sixteen_to_sixty_four_plain_characters),
		T(time_sequence_random_and_head_must_be_sound),
		T(a_weging_needs_all_that_makes_it_a_judgement),
		T(an_ack_names_up_to_512_deliveries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
