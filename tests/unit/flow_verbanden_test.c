// SPDX-License-Identifier: EUPL-1.2
// Several convenanten in force at once: each samenwerkingsverband decides for itself, on its own
// facts, to its own partijen.
#include "flow_convenanten.h"
#include "flow_world.h"

#include "register/einde.h"

#define FLOW_NCTV "00000099000000007000"
#define AAN_NCTV "{partij: nctv, functie: trends}"

// The house, the politie and one more: the stad, that of the head of the other tests, is no partij.
#define PARTIJEN_RAD                                                                               \
	"partijen:\n"                                                                              \
	"  - {partij: zvh, naam: H, oin: \"00000099000000009000\", soort: veiligheidshuis,\n"      \
	"     functies: [regisseur, coordinator], getekend: nee}\n"                                \
	"  - {partij: nationale-politie, naam: P, oin: \"00000099000000001000\", soort: "          \
	"politie,\n"                                                                               \
	"     functies: [wijk], getekend: nee}\n"                                                  \
	"  - {partij: nctv, naam: N, oin: \"" FLOW_NCTV "\", soort: nctv,\n"                       \
	"     functies: [trends], getekend: nee}\n"                                                \
	"overleggen: []\n"                                                                         \
	"regels:\n"
#define RAD(versie)                                                                                \
	"convenant: rad\n"                                                                         \
	"versie: \"" versie "\"\n"                                                                 \
	"status: \"proef\"\n"                                                                      \
	"huis: zvh\n"                                                                              \
	"doel: proef\n"                                                                            \
	"contactpunt: niemand\n"                                                                   \
	"wpg20: {zwaarwegend_belang: a, samenwerkingsverband: rad, doel: c, gegevens: d,\n"        \
	"  voorwaarden: e, ontvangers: f}\n"                                                       \
	"bewaar: {inhoud: P1Y, verantwoording: P7Y}\n" PARTIJEN_RAD
#define AAN_ZVH "{partij: zvh, functie: regisseur}"

static const char zorg[] = FLOW_HEAD_OF("zorg", "1")
	FLOW_PARTIJEN FLOW_VERSTREK("wmo-leest", "", AAN_WMO, "kenmerken, herkomst")
		FLOW_VERSTREK("huis-leest", "", AAN_REGISSEUR, "kenmerken, herkomst")
			FLOW_VERSTREK("huis-telt", FLOW_ALS("eerder.365: {minstens: 1}"),
				      AAN_REGISSEUR, "verrijking.eerder")
				FLOW_VERBIED("huis-niet", "", AAN_REGISSEUR, "identificatie");
static const char rad[] = RAD("1")
	FLOW_VERSTREK("nctv-leest", FLOW_ALS("bron: nationale-politie"), AAN_NCTV, "kenmerken")
		FLOW_VERSTREK("zvh-leest", "", AAN_ZVH, "identificatie, herkomst")
			FLOW_VERSTREK("zvh-telt", FLOW_ALS("eerder.365: {minstens: 1}"), AAN_ZVH,
				      "verrijking.eerder");
static const char rad_minder[] = RAD("2")
	FLOW_VERSTREK("nctv-leest", FLOW_ALS("bron: nationale-politie"), AAN_NCTV, "kenmerken");
static const char rad_weegt[] = RAD("3") FLOW_VERSTREK(
	"nctv-na-weging", FLOW_WEGING("regisseur", "deel"), AAN_NCTV, "kenmerken")
	FLOW_VERSTREK("zvh-wacht", FLOW_ALS("woongemeente: GM1883"), AAN_ZVH, "identificatie");
static const char zorg_wacht[] = FLOW_HEAD_OF("zorg", "2") FLOW_PARTIJEN FLOW_VERSTREK(
	"wmo-wacht", FLOW_ALS("woongemeente: GM1883"), AAN_WMO, "kenmerken, herkomst");

static const struct flow_case man = {.gemeente = "GM1883",
				     .count = 1,
				     .persons = {{.rol = "slachtoffer",
						  .minderjarig = "nee",
						  .bsn = "999990019",
						  .geslachtsnaam = "E"}}};

static int setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_NCTV, "nctv", "trends");
	flow_convenant(w, zorg);
	*state = w;
	return 0;
}

#define REGISSEUR (&w->parties[2])
#define NCTV (&w->parties[3])

static struct flow_sent *meld(struct flow_world *w, struct flow_party *who, uint64_t *ret_index)
{
	return flow_melded(w, who, &man, ret_index);
}

static const struct part_verstrekking *part_at(struct flow_world *w, struct flow_party *who,
					       const char *functie, uint64_t number)
{
	const struct reply *reply = flow_collect(w, who, functie, number - 1);
	assert_true(reply->delivery_count > 0);
	const struct part_verstrekking *part = flow_part(w, &reply->deliveries[0]);
	assert_true(part->number == number);
	return part;
}

static size_t waiting(struct flow_world *w, struct flow_party *who, const char *functie)
{
	return flow_collect(w, who, functie, 0)->delivery_count;
}

static const char *why(struct flow_world *w, const struct flow_sent *melding, const char *rest)
{
	char request[300];
	snprintf(request, sizeof request, "why\nid %s\n%s", melding->id, rest);
	return flow_control(w, request);
}

// Every decision there is comes out as it was recorded.
static void assert_replays(struct flow_world *w, unsigned decisions)
{
	char expected[40];
	const char *said = flow_control(w, "replay\n");
	assert_null(strstr(said, "differ "));
	assert_null(strstr(said, "unreadable "));
	snprintf(expected, sizeof expected, "decisions %u\n", decisions);
	assert_non_null(strstr(said, expected));
}

static bool same_document(const struct hash *hash, const char *document)
{
	struct hash of = sha256(bytes_of_text(document));
	return hash_equal(hash, &of);
}

static void each_decides_for_itself_in_a_leaf_of_its_own(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, rad);
	uint64_t size = journal_size(w->core->journal);
	struct flow_sent *melding = meld(w, POLITIE, &index);
	assert_int_equal(journal_size(w->core->journal), size + 2);
	// What one forbids the other gives, and says so: the house is given both apart.
	const struct part_verstrekking *part = part_at(w, REGISSEUR, "regisseur", 1);
	assert_true(same_document(&part->convenant_hash, zorg) && part->betreft == 0);
	assert_true(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_false(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	part = part_at(w, REGISSEUR, "regisseur", 2);
	assert_true(same_document(&part->convenant_hash, rad) && part->betreft == index);
	assert_true(flow_gives(part, 1, RUBRIEK_IDENTIFICATIE));
	assert_false(flow_gives(part, 0, RUBRIEK_KENMERKEN));
	assert_int_equal(waiting(w, STAD, "wmo"), 1);
	assert_true(flow_gives(part_at(w, NCTV, "trends", 1), 0, RUBRIEK_KENMERKEN));
	assert_replays(w, 2);
	// Sent again it is the same melding.
	flow_send_one(w, melding);
	assert_int_equal(flow_accepted(w, POLITIE, melding), index);
	assert_int_equal(journal_size(w->core->journal), size + 2);
}

static void the_log_says_under_which_convenant_it_was_decided(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	struct recalled own, further;
	flow_convenant(w, rad);
	struct flow_sent *melding = meld(w, POLITIE, &index);
	assert_int_equal(recall_entry(w->core, index, RECALL_PARTS, w->arena, &own), RESULT_OK);
	assert_int_equal(recall_entry(w->core, index + 1, RECALL_PARTS, w->arena, &further),
			 RESULT_OK);
	const struct part_verantwoording *a = own.verantwoording, *b = further.verantwoording;
	assert_true(bytes_equal(a->convenant, bytes_of_text("zorg")));
	assert_true(bytes_equal(b->convenant, bytes_of_text("rad")) && b->betreft == index);
	assert_true(same_document(&a->convenant_hash, zorg));
	assert_true(same_document(&b->convenant_hash, rad));
	assert_true(bytes_equal(b->wpg20[1], bytes_of_text("rad")));
	// Kept for the longest of both terms, under the one key of the melding.
	assert_true(a->bewaar_inhoud > 0 && a->bewaar_inhoud == b->bewaar_inhoud);
	assert_true(a->slot_inhoud == b->slot_inhoud);
	assert_true(a->feit_count > 0 && a->feit_count == b->feit_count);
	// Asked of an ontvanger of both: one answer for each.
	const char *told = why(w, melding,
			       "ontvanger " FLOW_HOUSE "/regisseur\nbetrokkene 1\n"
			       "rubriek identificatie\n");
	assert_non_null(strstr(told, "convenant zorg\n"));
	assert_non_null(strstr(told, "ook rad\n"));
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
	assert_non_null(strstr(told, "regel huis-niet\n"));
	told = why(w, melding,
		   "convenant rad\nontvanger " FLOW_HOUSE "/regisseur\n"
		   "betrokkene 1\nrubriek identificatie\n");
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	assert_non_null(strstr(told, "regel zvh-leest\n"));
	assert_non_null(strstr(told, "feit bron=nationale-politie\n"));
	assert_null(strstr(told, "ook "));
	told = why(w, melding, "ontvanger nctv/trends\n");
	assert_non_null(strstr(told, "convenant rad\n"));
	assert_non_null(strstr(told, "regel nctv-leest\n"));
}

static void a_melding_is_put_before_those_that_its_sender_is_a_partij_of(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, rad);
	uint64_t size = journal_size(w->core->journal);
	meld(w, STAD, &index); // no partij of the second
	assert_int_equal(journal_size(w->core->journal), size + 1);
	assert_int_equal(waiting(w, NCTV, "trends"), 0);
	assert_int_equal(waiting(w, REGISSEUR, "regisseur"), 1);
	meld(w, NCTV, &index); // of the second only
	assert_int_equal(journal_size(w->core->journal), size + 2);
	assert_int_equal(waiting(w, REGISSEUR, "regisseur"), 2);
	assert_true(same_document(&part_at(w, REGISSEUR, "regisseur", 2)->convenant_hash, rad));
	assert_replays(w, 2);
}

// What was put before one is not known under the other: neither to a regel nor to who is told.
static void facts_are_gathered_for_each_apart(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, rad);
	meld(w, STAD, &index); // the first convenant alone knows of this one
	struct flow_sent *melding = meld(w, POLITIE, &index);
	const char *told = why(w, melding,
			       "convenant zorg\nontvanger huis/regisseur\n"
			       "betrokkene 1\nrubriek verrijking.eerder\n");
	assert_non_null(strstr(told, "feit 1.eerder.365=1\n"));
	assert_non_null(strstr(told, "beslissing verstrekt\n"));
	told = why(w, melding,
		   "convenant rad\nontvanger zvh/regisseur\nbetrokkene 1\n"
		   "rubriek verrijking.eerder\n");
	assert_non_null(strstr(told, "feit 1.eerder.365=0\n"));
	assert_non_null(strstr(told, "feit 1.samenloop=nee\n"));
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
	// A second of the politie: under the second convenant the first of them counts, and only
	// that is told.
	meld(w, POLITIE, &index);
	struct delivery delivery = flow_collect(w, REGISSEUR, "regisseur", 4)->deliveries[0];
	const struct part_verstrekking *part = flow_part(w, &delivery);
	assert_true(same_document(&part->convenant_hash, rad));
	assert_true(flow_gives(part, 1, RUBRIEK_VERRIJKING_EERDER));
	bool found = false;
	for (size_t i = 0; i < delivery.verrijking_count; i++) {
		struct rubriek rubriek;
		assert_int_equal(rubriek_decode(delivery.verrijkingen[i].value, w->arena, &rubriek),
				 RESULT_OK);
		if (rubriek.soort != RUBRIEK_VERRIJKING_EERDER)
			continue;
		found = true;
		assert_true(bytes_equal(veld_get(rubriek.velden, rubriek.veld_count, EERDER_365),
					bytes_of_text("1")));
	}
	assert_true(found);
	assert_replays(w, 5);
}

static void a_weging_opens_what_its_own_convenant_gives(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, zorg_wacht);
	flow_convenant(w, rad_weegt);
	meld(w, POLITIE, &index);
	const char *status = flow_control(w, "status\n");
	assert_non_null(strstr(status, " weging nctv-na-weging "));
	assert_non_null(strstr(status, " feit wmo-wacht "));
	assert_non_null(strstr(status, " feit zvh-wacht "));
	struct flow_sent *weging = flow_weging(
		w, REGISSEUR, &(struct flow_judgement){index, "nctv-na-weging", "deel", 0});
	flow_send_one(w, weging);
	flow_accepted(w, REGISSEUR, weging);
	assert_int_equal(waiting(w, NCTV, "trends"), 1);
	assert_int_equal(waiting(w, STAD, "wmo"), 0);
	// What waits under the other still is owed, and under its own it is named anew.
	status = flow_control(w, "status\n");
	assert_null(strstr(status, " weging nctv-na-weging "));
	assert_non_null(strstr(status, " feit wmo-wacht "));
	assert_non_null(strstr(status, " feit zvh-wacht "));
	assert_replays(w, 3);
}

static void names_stand_once_among_those_in_force(void **state)
{
	struct flow_world *w = *state;
	static const char twice[] = RAD("9") FLOW_VERSTREK("wmo-leest", "", AAN_NCTV, "kenmerken");
	struct part_register part = {
		.soort = REGISTER_CONVENANT,
		.convenant = {.naam = bytes_of_text("rad"), .hash = sha256(bytes_of_text(twice))}};
	uint64_t index, size = journal_size(w->core->journal);
	assert_int_equal(flow_try_register(w, &part, bytes_of_text(twice), &index),
			 RESULT_CONFLICT);
	assert_string_equal(w->problem.field, "regels.wmo-leest");
	assert_true(w->problem.line > 0);
	assert_non_null(strstr(w->problem.message, "zorg"));
	assert_int_equal(journal_size(w->core->journal), size);
	// In its own next version a name may stand again.
	flow_convenant(w, zorg_wacht);
	flow_convenant(w, zorg);
	assert_int_equal(w->core->convenant_count, 1);
}

static void the_next_of_a_name_replaces_it_and_the_others_stay(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, rad);
	meld(w, POLITIE, &index);
	flow_convenant(w, rad_minder);
	assert_int_equal(w->core->convenant_count, 2);
	assert_int_equal(waiting(w, STAD, "wmo"), 0); // held back until it is decided again
	flow_recheck_all(w);
	const struct part_verstrekking *part = part_at(w, REGISSEUR, "regisseur", 1);
	assert_true(part->soort == VERSTREKKING_GEGEVEN &&
		    same_document(&part->convenant_hash, zorg));
	part = part_at(w, REGISSEUR, "regisseur", 2);
	assert_true(part->soort == VERSTREKKING_VERVALLEN &&
		    same_document(&part->convenant_hash, rad_minder));
	part = part_at(w, NCTV, "trends", 1);
	assert_true(part->soort == VERSTREKKING_GEGEVEN &&
		    same_document(&part->convenant_hash, rad_minder));
	assert_int_equal(waiting(w, STAD, "wmo"), 1);
	assert_null(strstr(flow_control(w, "replay\n"), "differ "));
}

static struct part_register end_of(struct flow_world *w, const char *naam, const char *document,
				   struct buffer *text)
{
	struct convenant_einde einde = {.hash = sha256(bytes_of_text(document))};
	snprintf(einde.origin, sizeof einde.origin, "%s", w->core->registry.genesis.origin);
	snprintf(einde.naam, sizeof einde.naam, "%s", naam);
	buffer_init(text, CONVENANT_EINDE_MAX);
	assert_int_equal(convenant_einde_write(&einde, text), RESULT_OK);
	return (struct part_register){.soort = REGISTER_CONVENANT_EINDE,
				      .opdracht = buffer_view(text)};
}

static void two_end_one_and_what_waits_under_it_lapses(void **state)
{
	struct flow_world *w = *state;
	uint64_t index, leaf;
	struct buffer text;
	flow_convenant(w, rad);
	struct flow_sent *melding = meld(w, POLITIE, &index);
	struct part_register part = end_of(w, "rad", rad_minder, &text);
	assert_int_equal(flow_try_register(w, &part, bytes_make(NULL, 0), &leaf), RESULT_NOT_FOUND);
	buffer_done(&text);
	part = end_of(w, "rad", rad, &text);
	struct hash object = register_act_object(&part);
	struct signed_statement acts[] = {
		flow_act(w, &w->beheerder, CONVENANT_EINDE_SOORT, &object),
		flow_act(w, &w->officer, CONVENANT_EINDE_SOORT, &object)};
	part.acts = acts;
	part.act_count = 1;
	assert_int_equal(flow_register(w->core, &part, bytes_make(NULL, 0), &leaf, &w->problem),
			 RESULT_DENIED); // one is not enough
	part.act_count = COUNT_OF(acts);
	assert_int_equal(flow_register(w->core, &part, bytes_make(NULL, 0), &leaf, &w->problem),
			 RESULT_OK);
	assert_int_equal(w->core->convenant_count, 1);
	flow_recheck_all(w);
	assert_int_equal(part_at(w, NCTV, "trends", 1)->soort, VERSTREKKING_VERVALLEN);
	assert_int_equal(part_at(w, REGISSEUR, "regisseur", 1)->soort, VERSTREKKING_GEGEVEN);
	assert_int_equal(part_at(w, REGISSEUR, "regisseur", 2)->soort, VERSTREKKING_VERVALLEN);
	const char *told = why(w, melding, "ontvanger nctv/trends\n");
	assert_non_null(strstr(told, "beslissing geweigerd\n"));
	assert_non_null(strstr(told, "geen convenant van kracht"));
	// A melding from now on is put before the other alone, and it can come again by two.
	uint64_t size = journal_size(w->core->journal);
	meld(w, POLITIE, &index);
	assert_int_equal(journal_size(w->core->journal), size + 1);
	flow_convenant(w, rad);
	assert_int_equal(w->core->convenant_count, 2);
	// The acts that ended it say nothing about the one in force now.
	assert_int_equal(flow_register(w->core, &part, bytes_make(NULL, 0), &leaf, &w->problem),
			 RESULT_DENIED);
	buffer_done(&text);
}

static void a_restart_has_all_of_them(void **state)
{
	struct flow_world *w = *state;
	uint64_t index;
	flow_convenant(w, rad);
	meld(w, POLITIE, &index);
	flow_world_close(w);
	flow_world_open(w);
	assert_int_equal(w->core->convenant_count, 2);
	assert_string_equal(convenant_name(w->core->convenanten[0]), "zorg");
	meld(w, POLITIE, &index);
	assert_int_equal(waiting(w, NCTV, "trends"), 2);
	const char *said = flow_control(w, "status\n");
	assert_non_null(strstr(said, "convenant zorg\nconvenant rad\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, flow_world_end)
		TEST(each_decides_for_itself_in_a_leaf_of_its_own),
		TEST(the_log_says_under_which_convenant_it_was_decided),
		TEST(a_melding_is_put_before_those_that_its_sender_is_a_partij_of),
		TEST(facts_are_gathered_for_each_apart),
		TEST(a_weging_opens_what_its_own_convenant_gives),
		TEST(names_stand_once_among_those_in_force),
		TEST(the_next_of_a_name_replaces_it_and_the_others_stay),
		TEST(two_end_one_and_what_waits_under_it_lapses),
		TEST(a_restart_has_all_of_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
