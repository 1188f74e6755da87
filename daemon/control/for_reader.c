// SPDX-License-Identifier: EUPL-1.2
#include "control/control.h"

#include <string.h>

static const char *const names[] = {"melding",      "replay",   "impact",       "export",
				    "terms",        "erasures", "stops",        "refusals",
				    "completeness", "backup",   "backup-newest"};

bool control_is_for_reader(struct bytes request)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		size_t len = strlen(names[i]);
		if (request.len > len && memcmp(request.data, names[i], len) == 0 &&
		    (request.data[len] == '\n' || request.data[len] == ' '))
			return true;
	}
	return false;
}
