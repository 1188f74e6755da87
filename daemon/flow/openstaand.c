// SPDX-License-Identifier: EUPL-1.2
// What is owed climbs as it gets late: whoever owes it is reminded, then it shows to the deputy and
// to the manager of that organisation; the beheerder's alarm stands from the first moment past its
// day (core/alarms.c). Nothing is sent or written for it: where it stands follows from the day it
// is due and the hour at which it is asked, so that no restart or step of a clock loses or repeats
// any.
#include "flow/openstaand.h"
#include "flow/weighing.h"

#include "base/clock.h"
#include "control/control.h"

#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES (64u * 1024) // outcomes of a weging may be many
#define MANAGER "manager"
#define DEPUTY "-plv" // behind the functie

// Of a weging: " uitkomsten=<name>,…", those there are.
static void append_outcomes(const struct core *core, const struct state_obligation *o,
			    struct buffer *line)
{
	struct weighing_outcomes outcomes;
	weighing_outcomes(weighing_under(core, o), bytes_of_text(o->regel), &outcomes);
	for (size_t i = 0; o->soort == VERPLICHTING_WEGING && i < outcomes.count; i++) {
		buffer_append_text(line, i > 0 ? "," : " uitkomsten=");
		buffer_append_text(line, outcomes.names[i]);
	}
}

static const char *soort_name(uint32_t soort)
{
	static const char *const names[] = {[VERPLICHTING_WEGING] = "weging",
					    [VERPLICHTING_FEIT] = "feit",
					    [VERPLICHTING_AGENDA] = "agenda",
					    [VERPLICHTING_OVERDRACHT] = "overdracht",
					    [VERPLICHTING_NOODTOETS] = "noodtoets",
					    [VERPLICHTING_ADVIES] = "advies",
					    [VERPLICHTING_TERUGKOPPELING] = "terugkoppeling",
					    [VERPLICHTING_SCREENING] = "screening",
					    [VERPLICHTING_VERZOEK] = "verzoek",
					    [VERPLICHTING_OPVOLGING] = "opvolging",
					    [VERPLICHTING_OVERNAME] = "overname"};
	bool known = soort < sizeof names / sizeof names[0] && names[soort];
	return known ? names[soort] : "onbekend";
}

void openstaand_line(const struct core *core, const struct state_obligation *o, const char *trap,
		     struct buffer *out)
{
	char text[256], due[21];
	struct buffer line;
	time_format(due, (int64_t)o->due);
	buffer_init(&line, LINE_MAX_BYTES);
	snprintf(text, sizeof text, "%s %s %s %s/%s", due, soort_name(o->soort), o->regel,
		 o->owed_by.oin.text, o->owed_by.functie);
	buffer_append_text(&line, text);
	append_outcomes(core, o, &line);
	snprintf(text, sizeof text, " entry=%llu%s%s", (unsigned long long)o->index,
		 trap ? " trap=" : "", trap ? trap : "");
	buffer_append_text(&line, text);
	control_append(out, "obligation", buffer_view(&line));
	buffer_done(&line);
}

static const char *own_trap(const struct state_obligation *o, int64_t now)
{
	int64_t left = (int64_t)o->due - now;
	return left < 0 ? "te-laat" : left < MS_PER_DAY ? "herinnering" : "open";
}

static bool is_deputy(const struct party *asks, const char *functie)
{
	char deputy[FUNCTIE_MAX + sizeof DEPUTY];
	snprintf(deputy, sizeof deputy, "%s" DEPUTY, functie);
	return party_has_functie(asks, deputy);
}

const char *openstaand_trap(const struct core *core, const struct party *asks,
			    const struct state_obligation *o, int64_t now)
{
	const struct oin *house = &core->registry.genesis.house;
	int64_t late = now - (int64_t)o->due;
	if (!oin_equal(&asks->bundle.oin, &o->owed_by.oin))
		return oin_equal(&asks->bundle.oin, house) ? own_trap(o, now) : NULL;
	if (party_has_functie(asks, o->owed_by.functie))
		return own_trap(o, now);
	if (late >= MS_PER_DAY && is_deputy(asks, o->owed_by.functie))
		return "plaatsvervanger";
	if (late >= 3 * MS_PER_DAY && party_has_functie(asks, MANAGER))
		return MANAGER;
	return NULL;
}

bool openstaand_read_place(struct bytes text, struct state_obligation *ret_place)
{
	uint64_t numbers[3];
	size_t count = 0;
	while (count < 3) {
		const uint8_t *dot = memchr(text.data, '.', text.len);
		size_t len = dot ? (size_t)(dot - text.data) : text.len;
		if (number_parse(bytes_make(text.data, len), &numbers[count++]))
			return false;
		len += dot != NULL;
		text = bytes_make(text.data + len, text.len - len);
		if (!dot)
			break;
	}
	if (count != 3 || text.len > 0 || numbers[2] > UINT16_MAX)
		return false;
	*ret_place = (struct state_obligation){
		.due = numbers[0], .index = numbers[1], .n = (uint32_t)numbers[2]};
	return true;
}

void openstaand_say_place(const struct state_obligation *o, struct buffer *out)
{
	char text[64];
	snprintf(text, sizeof text, "%llu.%llu.%u", (unsigned long long)o->due,
		 (unsigned long long)o->index, o->n);
	control_append_text(out, "na", text);
}
