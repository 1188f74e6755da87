// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of state/ that turn parts into rows.
#ifndef KNP_STATE_APPLY_H
#define KNP_STATE_APPLY_H

#include "state/internal.h"

// apply_owed.c: what this statement leaves owed about a melding.
enum result apply_obligations(struct state *state, uint64_t melding,
			      const struct part_verantwoording *v) KNP_MUST_CHECK;
enum result end_owed_by(struct state *state, uint64_t melding,
			const struct ontvanger *ontvanger) KNP_MUST_CHECK;
void delete_obligation(struct state *state, const struct state_obligation *obligation);
// apply_time.c
enum result apply_tick(struct state *state, const struct applied *applied,
		       const struct part_tick *tick) KNP_MUST_CHECK;
enum result apply_wissing(struct state *state, const struct applied *applied,
			  const struct part_wissing *part) KNP_MUST_CHECK;

#endif
