// SPDX-License-Identifier: EUPL-1.2
// `codes`: the code tables, what nobody confirmed of them, and until when that counts.
//
//   codes-hash <hash>
//   rij <tabel> <code> <bevestigd, aanvaard or open> <yes: a convenant in force rests on it, or no>
//   acceptatie <entry> <last day> <rows>       the newest, if it has not ended
//   acceptatie-grond <text>
#include "core/command.h"

#include "control/control.h"
#include "core/voorlopig.h"
#include "flow/tabellen.h"

#include <stdio.h>

static void say_rij(const struct codes_row *row, bool counts, bool rests, struct buffer *out)
{
	char line[200];
	snprintf(line, sizeof line, "%s %s %s %s", row->tabel, row->code,
		 row->bevestigd ? "bevestigd"
		 : counts       ? "aanvaard"
				: "open",
		 rests ? "yes" : "no");
	control_append_text(out, "rij", line);
}

void acceptatie_tell(struct core *core, struct buffer *out)
{
	const struct aanvaard *aanvaard = &core->tabellen.aanvaard;
	char line[80];
	if (!tabellen_is_accepted(core, time_now(core)))
		return;
	snprintf(line, sizeof line, "%llu %04d-%02d-%02d %zu", (unsigned long long)aanvaard->index,
		 aanvaard->tot.year, aanvaard->tot.month, aanvaard->tot.day, aanvaard->count);
	control_append_text(out, "acceptatie", line);
	control_append_text(out, "acceptatie-grond", aanvaard->grond);
}

void command_codes(struct core *core, const struct control_message *ask, struct buffer *out)
{
	struct codes_set rests = {{0}};
	struct hash hash = codes_hash(core->codes);
	char hex[65];
	const struct codes_set *counting = tabellen_aanvaard(core, time_now(core));
	(void)ask;
	for (size_t i = 0; i < core->convenant_count; i++)
		convenant_berust(core->convenanten[i], core->codes, &rests);
	say_ok(core, out);
	hex_encode(hex, bytes_of_hash(&hash));
	control_append_text(out, "codes-hash", hex);
	for (size_t n = 0; n < codes_count(core->codes); n++) {
		const struct codes_row row = codes_at(core->codes, n);
		say_rij(&row, codes_set_has(counting, n), codes_set_has(&rests, n), out);
	}
	acceptatie_tell(core, out);
}
