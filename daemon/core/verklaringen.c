// SPDX-License-Identifier: EUPL-1.2
// `toestemmingen` and `noodverstrekkingen`: what was said that lets something go which would not
// have gone, and what was said of it later, newest first, as `refusals` goes through the log.
//
//   verklaring <time> <entry> <what> <entry of the melding> <oin of who said it>
//   v-veld <name> <value>       of the verklaring before: all that is recorded of it
//   v-open <functie> <time>     of a nood: a review of that regel is owed still, until then
//
// What is content, as a motivering, is not recorded and not told.
#include "core/command.h"

#include "base/clock.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

static bool is_one_of(const char *const *events, const char *event)
{
	for (; event && *events; events++)
		if (strcmp(*events, event) == 0)
			return true;
	return false;
}

static void say_velden(const struct stretch *stretch, const struct part_verantwoording *v)
{
	const struct type_row *type = type_row(v->type);
	for (size_t i = 0; i < v->veld_count; i++) {
		const struct veld *veld = &v->velden[i];
		const struct veld_row *row = veld_row(type->velden, type->veld_count, veld->veld);
		struct buffer line;
		if (!row)
			continue;
		buffer_init(&line, CONTROL_MESSAGE_MAX / 4);
		buffer_append_format(&line, "%s ", row->name);
		buffer_append(&line, veld->waarde);
		control_append(stretch->out, "v-veld", buffer_view(&line));
		if (line.status)
			stretch->out->status = line.status;
		buffer_wipe(&line);
	}
}

static enum result say_open(const struct stretch *stretch, const struct part_verantwoording *v)
{
	struct state_obligation owed;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = owed.n + 1) {
		char line[FUNCTIE_MAX + 32], moment[21];
		r = state_owed(stretch->core->state, v->betreft, n, &owed);
		if (r || owed.soort != VERPLICHTING_NOODTOETS)
			continue;
		time_format(moment, (int64_t)owed.due);
		snprintf(line, sizeof line, "%s %s", owed.owed_by.functie, moment);
		control_append_text(stretch->out, "v-open", line);
	}
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result say_entry(const struct stretch *stretch)
{
	const char *const *events = stretch->context;
	struct recalled entry;
	char line[160], moment[21];
	if (stretch->entry.class != ENTRY_EVENT)
		return RESULT_OK;
	enum result r = recall_entry(stretch->core, stretch->index, RECALL_PARTS,
				     stretch->core->command_arena, &entry);
	const struct part_verantwoording *v = r ? NULL : entry.verantwoording;
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	if (!handler || !is_one_of(events, handler->event) || entry.parts[0].kind != PART_SENDER ||
	    entry.parts[0].sender.outcome != OUTCOME_AANVAARD)
		return r;
	time_format(moment, (int64_t)stretch->entry.time);
	snprintf(line, sizeof line, "%s %llu %s %llu %.*s", moment,
		 (unsigned long long)stretch->index, handler->event, (unsigned long long)v->betreft,
		 (int)v->signer.len, (const char *)v->signer.data);
	control_append_text(stretch->out, "verklaring", line);
	say_velden(stretch, v);
	return strcmp(handler->event, events[0]) == 0 ? say_open(stretch, v) : RESULT_OK;
}

void command_toestemmingen(struct core *core, const struct control_message *ask, struct buffer *out)
{
	static const char *const events[] = {"toestemming", "intrekking", NULL};
	walk_stretch(core, ask, out,
		     &(const struct stretch_walk){.each = say_entry, .context = events});
}

void command_noodverstrekkingen(struct core *core, const struct control_message *ask,
				struct buffer *out)
{
	static const char *const events[] = {"nood", "noodtoets", NULL};
	walk_stretch(core, ask, out,
		     &(const struct stretch_walk){.each = say_entry, .context = events});
}
