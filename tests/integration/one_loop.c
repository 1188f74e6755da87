// SPDX-License-Identifier: EUPL-1.2
// A parent that gives every question to core, and a core that answers what the officer asks itself,
// as if there were no readers: linked into a daemon that is never installed.
#include "control/control.h"
#include "core/core.h"

bool __wrap_control_is_for_reader(struct bytes request);
bool __wrap_asked_take(void *asked, const struct asker *asker, const struct statement *statement,
		       struct buffer *told);

bool __wrap_control_is_for_reader(struct bytes request)
{
	(void)request;
	return false;
}

// `asked` begins with core.
bool __wrap_asked_take(void *asked, const struct asker *asker, const struct statement *statement,
		       struct buffer *told)
{
	struct buffer request;
	(void)asker;
	buffer_init(&request, STATEMENT_MAX);
	vraag_request(statement, &request);
	core_vraag(*(struct core **)asked, buffer_view(&request), told);
	buffer_wipe(&request);
	return false;
}
