// SPDX-License-Identifier: EUPL-1.2
// What rests on rows of the code tables that nobody confirmed. In an oefening it is told as
// provisional; outside one no convenant comes into force on it.
#include "core/voorlopig.h"

#include "control/control.h"
#include "flow/tabellen.h"
#include "melding/reason.h"

#include <stdio.h>

void voorlopig_tell(const struct codes *codes, const struct codes_set *set, struct buffer *out)
{
	char line[160];
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (!codes_set_has(set, n) || row.bevestigd)
			continue;
		snprintf(line, sizeof line, "%s %s", row.tabel, row.code);
		control_append_text(out, "voorlopig", line);
	}
}

static size_t count_missing(struct core *core, const struct codes_set *set,
			    struct codes_row *ret_first)
{
	const struct codes_set *counting = tabellen_aanvaard(core, time_now(core));
	size_t count = 0;
	for (size_t n = 0; n < codes_count(core->codes); n++) {
		if (!codes_set_has(set, n) || codes_set_has(counting, n))
			continue;
		if (count++ == 0)
			*ret_first = codes_at(core->codes, n);
	}
	return count;
}

size_t voorlopig_count(struct core *core, struct codes_row *ret_first)
{
	struct codes_set set = {{0}};
	for (size_t i = 0; i < core->convenant_count; i++)
		convenant_berust(core->convenanten[i], core->codes, &set);
	return count_missing(core, &set, ret_first);
}

enum result voorlopig_check(struct core *core, const struct convenant *convenant,
			    struct problem *problem)
{
	struct codes_set set = {{0}};
	struct codes_row first;
	convenant_berust(convenant, core->codes, &set);
	size_t count = count_missing(core, &set, &first);
	if (count == 0)
		return RESULT_OK;
	problem_set(
		problem, reason_code(REASON_NOT_CONFIRMED), reason_fix(REASON_NOT_CONFIRMED),
		"outside an oefening a convenant rests on codes that are confirmed, or accepted "
		"until a day: %s of the table %s is neither, of %zu in all; knooppunt-audit codes "
		"names them",
		first.code, first.tabel, count);
	return RESULT_DENIED;
}
