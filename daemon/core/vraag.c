// SPDX-License-Identifier: EUPL-1.2
// What the privacy officer asks (flow/type_vraag.c), once it is recorded: the velden become the
// lines of a question, and a reader answers it as those of the control socket. None of these is a
// control question: who may open the socket is not told about persons.
#include "core/command.h"

#include <stdlib.h>

static const struct {
	const char *vraag;
	command_fn *run;
} vragen[] = {
	{"inzage", command_inzage},
	{"why", command_why},
	{"sleutel", command_trail},
	{"gezien", command_gezien},
	{"stromen", command_stromen},
	{"datalek", command_datalek},
	{"rapport", command_rapport},
	{"toestemmingen", command_toestemmingen},
	{"noodverstrekkingen", command_noodverstrekkingen},
	{"logboek", command_logboek},
	{"search", command_search},
	{"opvallend", command_opvallend},
	{"automatisch", command_automatisch},
	{"vrije-tekst", command_vrije_tekst},
	{"jaarverslag", command_jaarverslag},
	{"verzoeken", command_verzoeken},
	{"verify", command_tiles},
};

static command_fn *command_of(struct bytes vraag)
{
	for (size_t i = 0; i < sizeof vragen / sizeof vragen[0]; i++)
		if (bytes_equal(vraag, bytes_of_text(vragen[i].vraag)))
			return vragen[i].run;
	return NULL;
}

void vraag_request(const struct statement *statement, struct buffer *out)
{
	const struct type_row *type = type_row(statement->type);
	for (size_t i = 0; i < statement->veld_count; i++) {
		const struct veld *veld = &statement->velden[i];
		const struct veld_row *row = veld_row(type->velden, type->veld_count, veld->veld);
		if (row)
			control_append(out, row->name, veld->waarde);
	}
}

void core_vraag(struct core *core, struct bytes request, struct buffer *out)
{
	struct control_message *ask = calloc(1, sizeof *ask);
	enum result r = ask ? control_parse(request, ask) : RESULT_NO_MEMORY;
	command_fn *run = r ? NULL : command_of(control_value(ask, "vraag"));
	if (run)
		run(core, ask, out);
	else
		say_reason(out, r ? REASON_IO : REASON_UNSUPPORTED,
			   "this knooppunt cannot answer that question");
	if (out->status) // what is cut is no answer
		say_reason(out, REASON_TOO_LONG, "the answer is larger than is told at once");
	if (!r)
		control_message_done(ask);
	free(ask);
	arena_clear(core->command_arena);
}
