// SPDX-License-Identifier: EUPL-1.2
// Files of a caller, sealed as those of the spool are.
#include "lib/shared.h"

#include <stdio.h>

static bool place(const struct kept *kept, struct spool_file *ret_file)
{
	struct spool_file file = {.kind = SPOOL_KEPT, .number = kept->number, .scope = kept->scope};
	int made = snprintf(file.path, sizeof file.path, "%s", kept->path);
	*ret_file = file;
	return made > 0 && (size_t)made < sizeof file.path;
}

enum result client_keep(struct client *client, const struct kept *kept, struct bytes content)
{
	struct spool_file file;
	return place(kept, &file) ? spool_replace(&client->spool, &file, content)
				  : RESULT_TOO_LARGE;
}

enum result client_kept(struct client *client, const struct kept *kept, struct buffer *ret_content)
{
	struct spool_file file;
	return place(kept, &file) ? spool_read(&client->spool, &file, ret_content)
				  : RESULT_TOO_LARGE;
}
