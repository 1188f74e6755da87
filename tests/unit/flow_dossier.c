// SPDX-License-Identifier: EUPL-1.2
#include "flow_dossier.h"

#include <stdio.h>

#define SAID_MAX 48

struct flow_sent *dossier_say(struct flow_world *w, struct flow_party *who, uint32_t type,
			      const char *lines)
{
	const struct type_row *row = type_row(type);
	struct veld velden[SAID_MAX];
	size_t count = 0;
	for (const char *at = lines; *at; at = strchr(at, '\n') + 1) {
		size_t name = strcspn(at, " "), all = strcspn(at, "\n");
		const struct veld_row *veld = veld_row_named(
			row->velden, row->veld_count, bytes_make((void *)(uintptr_t)at, name));
		assert_true(veld && count < SAID_MAX && name < all);
		velden[count++] = (struct veld){
			veld->veld, bytes_make((void *)(uintptr_t)(at + name + 1), all - name - 1)};
	}
	struct flow_sent *sent = flow_say(w, who, type, velden, count);
	flow_send_one(w, sent);
	return sent;
}

struct flow_sent *dossier_casus(struct flow_world *w, struct flow_party *who, const char *lines)
{
	char all[2048];
	int n = snprintf(all, sizeof all, "medewerker mw-1\nrol betrokkene\nsinds 2026-01-05\n%s",
			 lines);
	assert_true(n > 0 && (size_t)n < sizeof all);
	return dossier_say(w, who, TYPE_CASUS, all);
}

struct flow_sent *dossier_melding(struct flow_world *w, struct flow_party *who, const char *bsn)
{
	const struct flow_case c = {
		.count = 1, .persons = {{.rol = "verdachte", .minderjarig = "nee", .bsn = bsn}}};
	return flow_melded(w, who, &c, NULL);
}

void dossier_tells(struct flow_world *w, const struct flow_sent *melding, const char *line)
{
	char request[200];
	snprintf(request, sizeof request,
		 "why\nid %s\nontvanger stad/wmo\nbetrokkene 0\nrubriek kenmerken\n", melding->id);
	const char *told = flow_control(w, request);
	if (!strstr(told, line))
		fail_msg("no \"%s\" in:\n%s", line, told);
}
