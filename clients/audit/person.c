// SPDX-License-Identifier: EUPL-1.2
#include "audit/person.h"

#include "crypto/secret.h"

#include <stdio.h>
#include <string.h>

static int misnamed(struct desk *desk)
{
	return desk_misused(desk, "PERSON is bsn:NUMBER, skn:NUMBER or v-nummer:NUMBER; or - to "
				  "read that from standard input");
}

int person_read(struct desk *desk, const char *argument, struct person *ret_person)
{
	static const char *const soorten[] = {"bsn", "skn", "v-nummer"};
	char text[PERSON_MAX] = "";
	if (strcmp(argument, "-") != 0)
		snprintf(text, sizeof text, "%s", argument);
	else if (!fgets(text, sizeof text, stdin))
		return misnamed(desk);
	text[strcspn(text, "\r\n")] = '\0';
	char *colon = strchr(text, ':');
	size_t n = 0;
	while (colon && n < 3 &&
	       (strlen(soorten[n]) != (size_t)(colon - text) ||
		memcmp(text, soorten[n], (size_t)(colon - text)) != 0))
		n++;
	if (!colon || n == 3 || colon[1] == '\0')
		return misnamed(desk);
	snprintf(ret_person->soort, sizeof ret_person->soort, "%s", soorten[n]);
	snprintf(ret_person->waarde, sizeof ret_person->waarde, "%s", colon + 1);
	secret_wipe(text, sizeof text);
	return DESK_DONE;
}
