// SPDX-License-Identifier: EUPL-1.2
// What rests on rows of the code tables that nobody confirmed. In an oefening it is told as
// provisional; outside one no convenant comes into force on it.
#include "core/voorlopig.h"

#include "control/control.h"
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

enum result voorlopig_check(const struct convenant *convenant, const struct codes *codes,
			    struct problem *problem)
{
	struct codes_set set = {{0}};
	const char *first = NULL, *tabel = NULL;
	size_t count = 0;
	convenant_berust(convenant, codes, &set);
	for (size_t n = 0; n < codes_count(codes); n++) {
		struct codes_row row = codes_at(codes, n);
		if (!codes_set_has(&set, n) || row.bevestigd)
			continue;
		first = first ? first : row.code;
		tabel = tabel ? tabel : row.tabel;
		count++;
	}
	if (count == 0)
		return RESULT_OK;
	problem_set(problem, reason_code(REASON_NOT_CONFIRMED), reason_fix(REASON_NOT_CONFIRMED),
		    "outside an oefening a convenant rests on confirmed codes only: %s of the "
		    "table %s is none, of %zu in all; knooppunt-audit convenant check names them",
		    first, tabel, count);
	return RESULT_DENIED;
}
