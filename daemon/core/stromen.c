// SPDX-License-Identifier: EUPL-1.2
// `stromen`: what went from whom to whom, a line a verstrekking, newest first, as `refusals` goes
// through the log; the asker counts.
//
//   stroom <time> <oin of the source> <oin> <functie> <status> <thema,…; none: ->
//   naam <oin> <name under which it was enrolled>     with the first answer
//
// The source is that of the melding, also where a later entry about it gave something.
#include "core/command.h"

#include "base/clock.h"
#include "state/bron.h"

#include <stdio.h>

void append_themas(struct buffer *line, const struct part_verantwoording *v)
{
	bool any = false;
	for (size_t i = 0; v && i < v->feit_count; i++)
		for (size_t w = 0;
		     v->feiten[i].attribuut == ATTRIBUUT_THEMA && w < v->feiten[i].waarde_count;
		     w++) {
			buffer_append_text(line, any ? "," : " ");
			buffer_append(line, v->feiten[i].waarden[w]);
			any = true;
		}
	if (!any)
		buffer_append_text(line, " -");
}

static enum result say_one(const struct stretch *stretch, const struct part_verstrekking *v,
			   const struct part_verantwoording *melding)
{
	const char *status = "";
	struct bytes bron = bron_of(melding);
	char moment[21];
	struct buffer line;
	enum result r = core_delivery_status(stretch->core, v, stretch->index, &status);
	if (r)
		return r;
	time_format(moment, (int64_t)stretch->entry.time);
	buffer_init(&line, CONTROL_MESSAGE_MAX / 4);
	buffer_append_text(&line, moment);
	buffer_append_format(&line, " %.*s %.*s %.*s %s", (int)bron.len, (const char *)bron.data,
			     (int)v->oin.len, (const char *)v->oin.data, (int)v->functie.len,
			     (const char *)v->functie.data, status);
	append_themas(&line, melding);
	control_append(stretch->out, "stroom", buffer_view(&line));
	r = line.status;
	buffer_done(&line);
	return r;
}

static enum result say_entry(const struct stretch *stretch)
{
	struct recalled entry, melding;
	struct core *core = stretch->core;
	if (stretch->entry.class != ENTRY_EVENT || (int64_t)stretch->entry.time > stretch->until)
		return RESULT_OK;
	enum result r =
		recall_entry(core, stretch->index, RECALL_PARTS, core->command_arena, &entry);
	const struct part_verantwoording *of = r ? NULL : entry.verantwoording;
	if (of && of->betreft) {
		r = recall_entry(core, of->betreft, RECALL_PARTS, core->command_arena, &melding);
		of = r ? NULL : melding.verantwoording;
	}
	for (size_t i = 0; !r && of && i < entry.part_count; i++)
		if (entry.parts[i].kind == PART_VERSTREKKING &&
		    entry.parts[i].verstrekking.soort == VERSTREKKING_GEGEVEN)
			r = say_one(stretch, &entry.parts[i].verstrekking, of);
	return r;
}

void core_say_namen(const struct core *core, struct buffer *out)
{
	for (size_t i = 0; i < core->registry.party_count; i++) {
		const struct party *party = &core->registry.parties[i];
		char line[160];
		snprintf(line, sizeof line, "%s %s", party->bundle.oin.text, party->bundle.naam);
		if (!party->is_role)
			control_append_text(out, "naam", line);
	}
}

void command_stromen(struct core *core, const struct control_message *ask, struct buffer *out)
{
	walk_stretch(core, ask, out,
		     &(const struct stretch_walk){.each = say_entry, .begin = core_say_namen});
}
