// SPDX-License-Identifier: EUPL-1.2
// Shared by the files of state/ that turn parts into rows.
#ifndef KNP_STATE_APPLY_H
#define KNP_STATE_APPLY_H

#include "state/internal.h"

// apply_owed.c: what this statement leaves owed about a melding.
enum result apply_obligations(struct state *state, uint64_t melding,
			      const struct part_verantwoording *v) KNP_MUST_CHECK;
enum result end_question(struct state *state, uint64_t question) KNP_MUST_CHECK;
enum result end_owed_by(struct state *state, uint64_t melding,
			const struct ontvanger *ontvanger) KNP_MUST_CHECK;
// What an accountability that goes left owed about another entry.
enum result forget_obligations(struct state *state,
			       const struct part_verantwoording *v) KNP_MUST_CHECK;
void delete_obligation(struct state *state, const struct state_obligation *obligation);
// apply.c
void apply_source(struct state *state, struct bytes source, uint32_t number);
// The key of STATE_DEDUPE, in `key`; the id is at most ID_MAX.
struct bytes dedupe_key(uint32_t source, struct bytes id, uint8_t key[SOURCE_NUMBER_LEN + ID_MAX]);
// apply_bron.c
// A sequence number that was used by what was received then; 0: its accountability is gone.
enum result apply_sequence(struct state *state, uint32_t source, uint64_t sequence,
			   uint64_t received) KNP_MUST_CHECK;
// A melding of its source came on its day; or goes with its accountability.
enum result apply_gehoord(struct state *state, const struct part_verantwoording *v) KNP_MUST_CHECK;
enum result forget_gehoord(struct state *state, const struct part_verantwoording *v) KNP_MUST_CHECK;
// apply.c
// The key of STATE_PERSON for the n-th identificatie of a link.
struct person_row {
	uint8_t key[PERSON_KEY_LEN];
};
enum result person_row(struct state *state, uint64_t index, const struct persoon_link *link,
		       size_t n, struct person_row *ret_row) KNP_MUST_CHECK;
struct bytes occurrence_key(uint64_t index, const struct persoon_link *link,
			    uint8_t key[OCCURRENCE_KEY_LEN]);
void ontvanger_of(const struct part_verstrekking *v, struct ontvanger *ret_ontvanger);
// The last delivery number of this ontvanger moves up; its number in keys.
enum result ontvanger_touch(struct state *state, const struct ontvanger *ontvanger,
			    uint64_t delivery, uint64_t *ret_number) KNP_MUST_CHECK;
// An entry used this keystore slot.
void use_slot(struct state *state, uint64_t slot);
// apply_time.c
// Ends what one melding is owed: all of it, or only what waits for a fact and was due by `until`.
enum result end_obligations(struct state *state, uint64_t melding, bool all,
			    uint64_t until) KNP_MUST_CHECK;
// The key in this slot is to be destroyed, by the entry `begonnen`.
void begin_wissing(struct state *state, uint64_t slot, uint64_t melding, uint64_t begonnen);
enum result apply_tick(struct state *state, const struct applied *applied,
		       const struct part_tick *tick) KNP_MUST_CHECK;
enum result apply_wissing(struct state *state, const struct applied *applied,
			  const struct part_wissing *part) KNP_MUST_CHECK;
// apply_ongelezen.c: VELD_ONGELEZEN.
enum result apply_ongelezen(struct state *state,
			    const struct part_verantwoording *v) KNP_MUST_CHECK;
// apply_vernietiging.c
enum result apply_bewaar(struct state *state, uint64_t index,
			 const struct part_verantwoording *v) KNP_MUST_CHECK;
void apply_stop(struct state *state, const struct applied *applied, const struct part_stop *part);
enum result content_gone(struct state *state, uint64_t melding) KNP_MUST_CHECK;
enum result apply_vernietiging(struct state *state, const struct applied *applied,
			       const struct part_vernietiging *part) KNP_MUST_CHECK;

#endif
