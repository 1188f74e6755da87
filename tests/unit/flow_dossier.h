// SPDX-License-Identifier: EUPL-1.2
// What tests of casussen say and look at: a casus as a list of names and values, facts as `why`
// tells them.
#ifndef KNP_TESTS_UNIT_FLOW_DOSSIER_H
#define KNP_TESTS_UNIT_FLOW_DOSSIER_H

#include "flow_world.h"

// "naam waarde" a line, by the names of the type's velden; `common` first.
struct flow_sent *dossier_say(struct flow_world *w, struct flow_party *who, uint32_t type,
			      const char *lines);
// "medewerker mw-1\nrol betrokkene\nsinds 2026-01-05\n" before the lines.
struct flow_sent *dossier_casus(struct flow_world *w, struct flow_party *who, const char *lines);
// Sends a melding of one person with this BSN and gives it back, accepted.
struct flow_sent *dossier_melding(struct flow_world *w, struct flow_party *who, const char *bsn);
// Asserts that this line is among what `why` tells of wmo and the kenmerken of a melding.
void dossier_tells(struct flow_world *w, const struct flow_sent *melding, const char *line);

#endif
