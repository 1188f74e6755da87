// SPDX-License-Identifier: EUPL-1.2
#include "witness/settings.h"

#include <string.h>

#define PORT_STANDARD 7478
#define PORT_MAX 65535

static enum result read_all(const struct reading *reading, const struct yaml_node *root, void *out)
{
	struct witness_settings *settings = out;
	const struct yaml_node *address = yaml_find(root, "address");
	static const char *const names[] = {"folder", "unlock_file", "address", "port", NULL};
	enum result result = yaml_only_keys(reading->yaml, root, names, reading->problem);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "folder", settings->folder);
	if (result == RESULT_OK)
		result = reading_path(reading, root, "unlock_file", settings->unlock_file);
	if (result == RESULT_OK && address)
		result = reading_text(reading, address, "address", settings->address,
				      sizeof settings->address);
	return result == RESULT_OK
		       ? reading_number(reading, root, "port", PORT_MAX, &settings->port)
		       : result;
}

enum result witness_settings_read(const char *path, struct witness_settings *ret_settings,
				  struct problem *problem)
{
	*ret_settings = (struct witness_settings){.address = "127.0.0.1", .port = PORT_STANDARD};
	return reading_file(path, read_all, ret_settings, problem);
}
