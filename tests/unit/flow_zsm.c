// SPDX-License-Identifier: EUPL-1.2
#include "flow_zsm.h"

#include "base/clock.h"

int zsm_setup(void **state, const char *document)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_enrol(w, OM, "om", "zsm,balie");
	flow_convenant(w, document);
	*state = w;
	return 0;
}

// ---- asking --------------------------------------------------------------------------------

struct flow_sent *zsm_ask_as(struct flow_world *w, struct flow_party *who, const char *functie,
			     const char *lines)
{
	char all[512];
	snprintf(all, sizeof all,
		 "functie %s\n%sparketnummer 10/123456-26\nfeit mishandeling\nuren 6\n"
		 "medewerker ovj-1\n",
		 functie, lines);
	return dossier_say(w, who, TYPE_ZSM_VERZOEK, all);
}

struct flow_sent *zsm_ask(struct flow_world *w, const char *bsn)
{
	char lines[64];
	snprintf(lines, sizeof lines, "bsn %s\n", bsn);
	return zsm_ask_as(w, VRAGER, "zsm", lines);
}

// The newest delivery to the asker's ear.
const struct delivery *zsm_newest(struct flow_world *w, const char *functie)
{
	const struct delivery *newest = NULL;
	const struct reply *reply = flow_collect(w, VRAGER, functie, 0);
	while (reply->delivery_count > 0) { // each answer comes alone
		newest = &reply->deliveries[reply->delivery_count - 1];
		reply = flow_collect(w, VRAGER, functie, flow_part(w, newest)->number);
	}
	assert_non_null(newest);
	return newest;
}

const struct delivery *zsm_answer(struct flow_world *w, const char *bsn)
{
	struct flow_sent *question = zsm_ask(w, bsn);
	uint64_t index = flow_accepted(w, VRAGER, question);
	const struct delivery *delivery = zsm_newest(w, "zsm");
	const struct part_verstrekking *part = flow_part(w, delivery);
	assert_true(delivery->leaf.index == index && part->betreft == 0);
	assert_true(hash_equal(&part->header_hash, &question->about));
	assert_false(delivery->has_sender);
	return delivery;
}

bool zsm_told(struct flow_world *w, const struct delivery *delivery, uint32_t soort, size_t nth,
	      struct rubriek *ret_rubriek)
{
	for (size_t i = 0; i < delivery->verrijking_count; i++) {
		assert_int_equal(
			rubriek_decode(delivery->verrijkingen[i].value, w->arena, ret_rubriek),
			RESULT_OK);
		if (ret_rubriek->soort == soort && nth-- == 0)
			return true;
	}
	return false;
}

void zsm_assert_says(const struct rubriek *rubriek, uint32_t veld, const char *waarde)
{
	struct bytes found = veld_get(rubriek->velden, rubriek->veld_count, veld);
	if (!bytes_equal(found, bytes_of_text(waarde)))
		fail_msg("%u: \"%.*s\", not \"%s\"", veld, (int)found.len, (const char *)found.data,
			 waarde);
}

bool zsm_is_empty(struct flow_world *w, const struct delivery *delivery)
{
	const struct part_verstrekking *part = flow_part(w, delivery);
	return part->soort == VERSTREKKING_GEGEVEN && part->grond_count == 0 &&
	       part->slot_count == 0 && !part->has_verrijking && delivery->verrijking_count == 0;
}

void zsm_casus(struct flow_world *w, const char *bsn, const char *lines)
{
	char all[1024];
	snprintf(all, sizeof all, "medewerker mw-1\nsinds 2026-01-05\ncasus pgax:%s\nbsn %s\n%s",
		 bsn, bsn, lines);
	flow_accepted(w, REGISSEUR, dossier_say(w, REGISSEUR, TYPE_CASUS, all));
}

struct flow_sent *zsm_advise(struct flow_world *w, struct flow_party *who, const char *bsn,
			     const char *functie, const char *until)
{
	char all[512];
	snprintf(all, sizeof all,
		 "casus pgax:%s\nfunctie %s\nadvies pga-volgen\nadvies overleg\n"
		 "tekst Rust en een vaste plek helpen.\nafspraak wonen\ngeldig-tot %s\n"
		 "medewerker mw-2\n",
		 bsn, functie, until);
	return dossier_say(w, who, TYPE_ZSM_ADVIES, all);
}

const char *zsm_day(struct flow_world *w, int days)
{
	char moment[21];
	time_format(moment, clock_amsterdam(time_now(w->core) + days * MS_PER_DAY));
	struct bytes copy = arena_copy(w->arena, bytes_make(moment, 11));
	((char *)(uintptr_t)copy.data)[10] = '\0';
	return (const char *)copy.data;
}

const char *zsm_said(const struct rubriek *rubriek, uint32_t veld, char text[256])
{
	struct bytes found = veld_get(rubriek->velden, rubriek->veld_count, veld);
	snprintf(text, 256, "%.*s", (int)found.len, (const char *)found.data);
	return text;
}
