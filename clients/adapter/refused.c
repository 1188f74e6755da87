// SPDX-License-Identifier: EUPL-1.2
// A question that cannot be asked, or was refused, is answered too: its system waits for a file.
// They are written once all of a file have their outcome, under names that follow from its number,
// so that after a kill the same come again.
#include "adapter/intake.h"

#include "adapter/outlet.h"
#include "json/client_json.h"

#include <string.h>

static const char *status_of(const struct line *line)
{
	const char *code = line->problem.code;
	return code && strcmp(code, reason_code(REASON_IDENTIFICATION)) == 0 ? "identificatie"
									     : "geweigerd";
}

static void write_reden(struct json_out *out, const struct problem *problem)
{
	json_out_key(out, "reden");
	json_out_object_begin(out);
	json_out_add_text(out, "code", problem->code);
	json_out_add_text(out, "veld", problem->field);
	json_out_add_text(out, "uitleg", problem->message);
	json_out_add_text(out, "fix", problem->fix);
	json_out_object_end(out);
}

void answers_add(struct intake *intake, const struct line *line)
{
	struct json_out out;
	const struct adapter *adapter = intake->adapter;
	if (!adapter_asks(adapter->settings))
		return;
	json_out_init(&out, &intake->answers);
	json_out_object_begin(&out);
	json_out_add_text(&out, "status", status_of(line));
	if (registratienummer_is_valid(line->registratienummer))
		json_out_add_bytes(&out, "registratienummer", line->registratienummer);
	json_out_add_text(&out, "bestand", intake->taken->name);
	if (line->number > 0)
		json_out_add_number(&out, "regel", line->number);
	write_reden(&out, &line->problem);
	json_out_add_bool(&out, "oefening", client_register(adapter->client)->genesis.oefening);
	json_out_object_end(&out);
	buffer_append_u8(&intake->answers, '\n');
}

enum result answers_write(struct intake *intake)
{
	struct bytes all = buffer_view(&intake->answers);
	enum result result = intake->answers.status;
	unsigned n = 0;
	if (intake->report.waiting > 0)
		return RESULT_OK;
	for (size_t start = 0, i = 0; result == RESULT_OK && i < all.len; i++) {
		if (all.data[i] != '\n')
			continue;
		const struct outlet_refused refused = {
			.file = intake->taken->number,
			.n = n++,
			.json = bytes_make(all.data + start, i + 1 - start)};
		result = outlet_put_refused(intake->adapter, &refused, intake->problem);
		start = i + 1;
	}
	return result;
}
