// SPDX-License-Identifier: EUPL-1.2
// Telling people that files lie there: by functie, up to which number, as their names say.
#include "adapter/outlet.h"

#include "base/log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// "<house>-<OIN>-<functie>-<number>.<suffix>": its number, 0: it is none of this functie.
static uint64_t number_of(const char *name, const char *begin)
{
	char *end;
	size_t len = strlen(begin);
	if (strncmp(name, begin, len) != 0 || name[len] < '0' || name[len] > '9')
		return 0;
	unsigned long long number = strtoull(name + len, &end, 10);
	return *end == '.' ? number : 0;
}

static void note(struct attendering_place *place, uint64_t number)
{
	if (number == 0)
		return;
	if (place->oldest == 0 || number < place->oldest)
		place->oldest = number;
	if (number > place->newest)
		place->newest = number;
}

static bool find_places(const struct adapter *adapter, struct attendering_place *places)
{
	const struct outlet_settings *outlet = &adapter->settings->outlet;
	char begin[2 * OIN_LEN + FUNCTIE_MAX + 8];
	struct dirent *row;
	DIR *folder = opendir(outlet->folder);
	if (!folder)
		return false; // the round before this said so
	for (size_t i = 0; i < outlet->functie_count; i++)
		snprintf(places[i].name, sizeof places[i].name, "%s", outlet->functies[i]);
	while ((row = readdir(folder))) {
		for (size_t i = 0; i < outlet->functie_count; i++) {
			snprintf(begin, sizeof begin, "%s-%s-%s-",
				 client_register(adapter->client)->genesis.house.text,
				 adapter->settings->client.oin.text, outlet->functies[i]);
			note(&places[i], number_of(row->d_name, begin));
		}
	}
	closedir(folder);
	return true;
}

static void tell(struct adapter *adapter, const struct problem *problem)
{
	const char *before = adapter->unsent;
	adapter->unsent = problem->code;
	if (!problem->code && before)
		log_line(LOG_LEVEL_NOTICE, "event=attendering.again naam=%s after=%s",
			 adapter->settings->name, before);
	else if (problem->code && (!before || strcmp(before, problem->code) != 0))
		log_line(LOG_LEVEL_WARNING, "event=attendering.failed naam=%s code=%s",
			 adapter->settings->name, problem->code);
}

void outlet_attendeer(struct adapter *adapter)
{
	const struct outlet_settings *outlet = &adapter->settings->outlet;
	struct attendering_place places[FUNCTIES_MAX] = {{.oldest = 0}};
	struct problem problem = {.code = NULL};
	char path[STORE_PATH_MAX + 16];
	bool sent;
	snprintf(path, sizeof path, "%s/attendering", adapter->store.root);
	if (!outlet->attendeers)
		(void)unlink(path); // what was wrong with them is no alarm any more
	if (!outlet->attendeers || !find_places(adapter, places))
		return;
	const struct attendering attendering = {
		.settings = &outlet->attendering,
		.path = path,
		.oefening = client_register(adapter->client)->genesis.oefening};
	enum result result =
		attendering_round(&attendering, places, outlet->functie_count, &sent, &problem);
	if (result == RESULT_OK)
		problem.code = NULL;
	tell(adapter, &problem);
	if (sent)
		log_line(LOG_LEVEL_NOTICE, "event=attendering.sent naam=%s",
			 adapter->settings->name);
}
