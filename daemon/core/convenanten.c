// SPDX-License-Identifier: EUPL-1.2
// `convenanten`: every version there ever was, in order of its leaf.
//
//   origin <of the log>
//   convenant <naam> <hash> <from entry> <until entry, 0 in force> <ja or nee: signed on paper>
//
// `document`: one of them, by its hash, so that the officer reads what is in force.
//
//   document <the convenant>
#include "core/command.h"

#include <stdio.h>

void command_convenanten(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	say_ok(core, out);
	control_append_text(out, "origin", register_origin(&core->registry));
	for (size_t i = 0; i < core->registry.convenant_count; i++) {
		const struct register_convenant *c = &core->registry.convenanten[i];
		char hex[65], line[256];
		hex_encode(hex, bytes_of_hash(&c->hash));
		snprintf(line, sizeof line, "%s %s %llu %llu %s", c->naam, hex,
			 (unsigned long long)c->from,
			 c->until == REGISTER_NEVER ? 0ull : (unsigned long long)c->until,
			 c->ondertekend ? "ja" : "nee");
		control_append_text(out, "convenant", line);
	}
}

void command_document(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct bytes hex = control_value(ask, "hash");
	struct buffer document;
	struct hash hash;
	bool known = hex.len == 64 && hex_decode(hash.b, 32, hex) == RESULT_OK &&
		     register_convenant_of(&core->registry, &hash);
	if (!known) {
		say_reason(out, REASON_NOT_FOUND, "no convenant of this log has this hash");
		return;
	}
	buffer_init(&document, CONVENANT_MAX);
	enum result r = journal_document(core->journal, &hash, &document);
	if (r) {
		say_reason(out, REASON_DAMAGED, "the document of this convenant cannot be read");
	} else {
		say_ok(core, out);
		control_append(out, "document", buffer_view(&document));
	}
	buffer_done(&document);
}
