// SPDX-License-Identifier: EUPL-1.2
// `convenanten`: every version there ever was, in order of its leaf.
//
//   origin <of the log>
//   convenant <naam> <hash> <from entry> <until entry, 0 in force> <ja or nee: signed on paper>
#include "core/command.h"

#include <stdio.h>

void command_convenanten(struct core *core, const struct control_message *ask, struct buffer *out)
{
	(void)ask;
	say_ok(core, out);
	control_append_text(out, "origin", core->registry.genesis.origin);
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
