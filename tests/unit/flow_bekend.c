// SPDX-License-Identifier: EUPL-1.2
#include "flow_bekend.h"

#include "base/clock.h"

int bekend_setup(void **state, const char *document)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur,coordinator");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_enrol(w, VT, "veilig-thuis", "frontoffice,balie");
	flow_convenant(w, document);
	*state = w;
	return 0;
}

struct flow_sent *bekend_ask(struct flow_world *w, const char *bsn)
{
	char lines[400];
	snprintf(lines, sizeof lines,
		 "functie frontoffice\nbsn %s\ngeslachtsnaam Voorbeeld\nvoornamen Kim\n"
		 "geboortedatum 1990-05-17\nwoongemeente GM1883\naanleiding veilig-thuis\n"
		 "medewerker vt-1\n",
		 bsn);
	return dossier_say(w, VRAGER, TYPE_VERRIJKING_VERZOEK, lines);
}

struct flow_sent *bekend_say(struct flow_world *w, struct flow_party *who, uint64_t entry,
			     const char *lines)
{
	char all[400];
	snprintf(all, sizeof all, "entry %llu\n%smedewerker mw-1\n", (unsigned long long)entry,
		 lines);
	return dossier_say(w, who, TYPE_BEKEND_ANTWOORD, all);
}

const struct delivery *bekend_next(struct flow_world *w, struct flow_party *who,
				   const char *functie, uint64_t after)
{
	const struct reply *reply = flow_collect(w, who, functie, after);
	return reply->delivery_count > 0 ? &reply->deliveries[0] : NULL;
}

bool bekend_states(struct flow_world *w, const struct delivery *delivery, uint32_t soort,
		   struct rubriek *ret_rubriek)
{
	for (size_t i = 0; i < delivery->verrijking_count; i++) {
		assert_int_equal(
			rubriek_decode(delivery->verrijkingen[i].value, w->arena, ret_rubriek),
			RESULT_OK);
		if (ret_rubriek->soort == soort)
			return true;
	}
	return false;
}

const char *bekend_open(struct flow_world *w, struct flow_party *who)
{
	struct flow_sent *sent = flow_say(w, who, TYPE_OPEN, NULL, 0);
	flow_send_one(w, sent);
	const struct reply *reply = flow_answer(w, who, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	return arena_text(w->arena, reply->antwoord);
}

void bekend_ack(struct flow_world *w, struct flow_party *who, const char *functie,
		const struct delivery *delivery)
{
	flow_send_one(w, flow_ack(w, who, functie, delivery));
}
