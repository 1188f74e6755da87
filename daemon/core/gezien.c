// SPDX-License-Identifier: EUPL-1.2
// `gezien`: who asked what, newest first, as `refusals` goes through the log; of one person when it
// is named by bsn, skn or v-nummer.
//
//   gezien <time> <entry> <vraag> <medewerker> <zaak or -> <key id> <over> <ja or ->
//   geweigerd <time> <entry> <reason code> <oin> <functie,…>
//
// `over` is "persoon:<handle>", "entry:<number>", both with a comma between, or "-": of the person
// there is no more here than the handle, and none at all of somebody who was not known. What went
// on with a question, from the piece before, ends in "ja": it is a look as well, and is told.
#include "core/command.h"

#include "base/clock.h"
#include "flow/type.h"

#include <stdio.h>

// ---- of whom -------------------------------------------------------------------------------

bool person_asked(const struct control_message *ask, struct identificatie *ret_id)
{
	static const struct {
		const char *name;
		enum identificatie_soort soort;
	} rows[] = {{"bsn", ID_BSN}, {"skn", ID_SKN}, {"v-nummer", ID_VNUMMER}};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct bytes waarde = control_value(ask, rows[i].name);
		if (waarde.len == 0)
			continue;
		*ret_id = (struct identificatie){rows[i].soort, waarde};
		return true;
	}
	return false;
}

static enum result is_wanted(const struct stretch *stretch, const struct vraag_record *record,
			     bool *ret_wanted)
{
	struct identificatie id;
	uint8_t handle[HANDLE_LEN];
	*ret_wanted = !person_asked(stretch->ask, &id);
	if (*ret_wanted)
		return RESULT_OK;
	enum result r = state_person(stretch->core->state, &id, handle);
	if (!r)
		*ret_wanted = bytes_equal(record->over, bytes_make(handle, HANDLE_LEN));
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

// ---- one question --------------------------------------------------------------------------

static struct bytes or_none(struct bytes value)
{
	return value.len > 0 ? value : bytes_of_text("-");
}

static void append_over(struct buffer *line, const struct vraag_record *record)
{
	char hex[2 * HANDLE_LEN + 1];
	bool person = record->over.len == HANDLE_LEN;
	if (person) {
		hex_encode(hex, record->over);
		buffer_append_text(line, " persoon:");
		buffer_append_text(line, hex);
	}
	if (record->melding.len > 0) {
		buffer_append_text(line, person ? ",entry:" : " entry:");
		buffer_append(line, record->melding);
	}
	if (!person && record->melding.len == 0)
		buffer_append_text(line, " -");
}

static void append_word(struct buffer *line, struct bytes word)
{
	buffer_append_text(line, " ");
	buffer_append(line, or_none(word));
}

static void say_asked(const struct vraag_record *record, struct buffer *line)
{
	char key[2 * KEY_ID_LEN + 1] = "-";
	if (record->sleutel.len == KEY_ID_LEN)
		hex_encode(key, record->sleutel);
	append_word(line, record->vraag);
	append_word(line, record->medewerker);
	append_word(line, record->zaak);
	append_word(line, bytes_of_text(key));
	append_over(line, record);
	append_word(line, bytes_of_text(record->vervolg ? "ja" : "-"));
}

static void say_refused(const struct part_verantwoording *v, const struct part_sender *sender,
			struct buffer *line)
{
	const char *code = reason_code((enum reason)sender->reason);
	append_word(line, bytes_of_text(code ? code : "unknown"));
	append_word(line, v->signer);
	for (size_t i = 0; i < v->signer_functie_count; i++) {
		buffer_append_text(line, i > 0 ? "," : " ");
		buffer_append(line, v->signer_functies[i]);
	}
}

static enum result say_vraag(const struct stretch *stretch, const struct recalled *entry,
			     const struct vraag_record *record)
{
	const struct part_sender *sender = &entry->parts[0].sender;
	bool wanted = false, asked = sender->outcome == OUTCOME_AANVAARD;
	char moment[21], text[48];
	struct buffer line;
	enum result r = is_wanted(stretch, record, &wanted);
	if (r || !wanted)
		return r;
	time_format(moment, (int64_t)stretch->entry.time);
	snprintf(text, sizeof text, "%s %llu", moment, (unsigned long long)stretch->index);
	buffer_init(&line, CONTROL_MESSAGE_MAX / 4);
	buffer_append_text(&line, text);
	if (asked)
		say_asked(record, &line);
	else
		say_refused(entry->verantwoording, sender, &line);
	control_append(stretch->out, asked ? "gezien" : "geweigerd", buffer_view(&line));
	r = line.status;
	buffer_done(&line);
	return r;
}

static enum result say_entry(const struct stretch *stretch)
{
	struct recalled entry;
	struct vraag_record record;
	if (stretch->entry.class != ENTRY_EVENT)
		return RESULT_OK;
	enum result r = recall_entry(stretch->core, stretch->index, RECALL_PARTS,
				     stretch->core->command_arena, &entry);
	const struct part_verantwoording *v = r ? NULL : entry.verantwoording;
	const struct type_handler *handler = v ? type_handler(v->type) : NULL;
	if (!handler || !handler->asked || entry.parts[0].kind != PART_SENDER)
		return r;
	handler->asked(v, &record);
	return say_vraag(stretch, &entry, &record);
}

void command_gezien(struct core *core, const struct control_message *ask, struct buffer *out)
{
	walk_stretch(core, ask, out, &(const struct stretch_walk){.each = say_entry});
}
