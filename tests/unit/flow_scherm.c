// SPDX-License-Identifier: EUPL-1.2
#include "flow_scherm.h"

#include "base/clock.h"
#include "control/control.h"

const struct flow_case scherm_one = {
	.count = 1,
	.registratienummer = "PL2300-1",
	.persons = {{.rol = "slachtoffer", .bsn = "999990019", .geslachtsnaam = "Een"}}};
const struct flow_case scherm_two_laws = {
	.count = 1,
	.persons = {{.rol = "slachtoffer", .skn = "AB1234567", .vnummer = "1234567890"}}};

int scherm_setup(void **state)
{
	struct flow_world *w = flow_town();
	flow_enrol(w, FLOW_HOUSE, "veiligheidshuis", "regisseur");
	flow_enrol(w, FLOW_ZORG, "ggz", "behandeling");
	flow_convenant(w, TAFEL);
	*state = w;
	return 0;
}

struct flow_sent *showing(struct flow_world *w, const struct showing *showing)
{
	char entry[24], today[16];
	struct civil_date date = date_amsterdam(time_now(w->core));
	struct veld velden[64];
	size_t count = 0;
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)showing->entry);
	snprintf(today, sizeof today, "%04d-%02d-%02d", date.year % 10000, date.month % 100,
		 date.day % 100);
	velden[count++] = (struct veld){SCHERM_ENTRY, bytes_of_text(entry)};
	velden[count++] = (struct veld){
		SCHERM_OVERLEG, bytes_of_text(showing->overleg ? showing->overleg : "weegtafel")};
	velden[count++] = (struct veld){SCHERM_ZITTING,
					bytes_of_text(showing->zitting ? showing->zitting : today)};
	velden[count++] = (struct veld){SCHERM_MEDEWERKER, bytes_of_text("mw-1")};
	for (size_t i = 0; showing->aanwezig[i]; i++)
		velden[count++] =
			(struct veld){SCHERM_AANWEZIG, bytes_of_text(showing->aanwezig[i])};
	return flow_say(w, showing->by ? showing->by : REGISSEUR, TYPE_SCHERM, velden, count);
}

const char *scherm_answer_of(struct flow_world *w, const struct flow_sent *sent)
{
	const struct reply *reply = flow_answer(w, REGISSEUR, sent);
	assert_non_null(reply);
	assert_int_equal(reply->outcome, OUTCOME_AANVAARD);
	assert_true(reply->has_receipt);
	char *lines = arena_alloc(w->arena, reply->antwoord.len + 1);
	if (reply->antwoord.len > 0)
		memcpy(lines, reply->antwoord.data, reply->antwoord.len);
	lines[reply->antwoord.len] = '\0';
	return lines;
}

const char *show(struct flow_world *w, const struct showing *what)
{
	struct flow_sent *sent = showing(w, what);
	flow_forget_frames(w);
	flow_send_one(w, sent);
	return scherm_answer_of(w, sent);
}

struct seen seen_in(struct flow_world *w, const char *lines)
{
	struct control_message *message = test_malloc(sizeof *message);
	struct seen seen = {.places = ""};
	assert_int_equal(control_parse(bytes_of_text(lines), message), RESULT_OK);
	for (size_t i = 0; i < message->count; i++) {
		const struct control_line *line = &message->lines[i];
		struct rubriek rubriek;
		if (!bytes_equal(line->name, bytes_of_text("rubriek")) &&
		    !bytes_equal(line->name, bytes_of_text("toegevoegd")))
			continue;
		assert_int_equal(rubriek_decode(line->value, w->arena, &rubriek), RESULT_OK);
		size_t used = strlen(seen.places);
		snprintf(seen.places + used, sizeof seen.places - used, "%u/%s ",
			 rubriek.betrokkene, rubriek_row(rubriek.soort)->name);
		seen.bron |= rubriek.bron.len > 0;
	}
	control_message_done(message);
	test_free(message);
	return seen;
}

bool has(const struct seen *seen, const char *place)
{
	return strstr(seen->places, place) != NULL;
}

size_t count_of(const char *lines, const char *what)
{
	size_t found = 0;
	for (const char *at = lines; (at = strstr(at, what)); at += strlen(what))
		found++;
	return found;
}

const struct part_verstrekking *newest(struct flow_world *w, struct flow_party *who,
				       const char *functie)
{
	const struct reply *reply = flow_collect(w, who, functie, 0);
	assert_true(reply->delivery_count > 0);
	return flow_part(w, &reply->deliveries[reply->delivery_count - 1]);
}
