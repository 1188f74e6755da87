// SPDX-License-Identifier: EUPL-1.2
// Strict validation of what a partner wrote, driven by the lists. Pure; used by the opener on
// hostile input, and by clients before they sign.
#ifndef KNP_MELDING_VALIDATE_H
#define KNP_MELDING_VALIDATE_H

#include "base/clock.h"
#include "melding/lists.h"
#include "melding/reason.h"
#include "wire/message.h"

#define FIELD_MAX 120

// A refusal: reason and where ("rubriek[3].identificatie.geboortedatum"), REASON_NONE when fine.
// `field` names places, never values.
struct refusal {
	enum reason reason;
	char field[FIELD_MAX];
};

struct melding {
	struct rubriek *rubrieken;
	size_t count;
};

// The 11-proef: nine digits, weights 9..2 and -1, sum divisible by 11, not all zero.
bool bsn_is_valid(struct bytes bsn);
// Does one stand in this text, as a run of just nine digits?
bool bsn_is_in(struct bytes text);

// One veld against its row. `today` bounds dates (birth dates not in the future).
bool veld_validate(const struct veld_row *row, struct bytes waarde, struct civil_date today,
		   struct refusal *ret_refusal) KNP_MUST_CHECK;
// Decoded rubrieken as a whole: exactly one kenmerken; every betrokkene numbered 1..n as kenmerken
// says, each with a betrokkenheid; allowed regimes; required velden; maxima; no duplicates; nothing
// only the knooppunt may state. False with the first refusal found.
bool melding_validate(const struct melding *melding, struct civil_date today,
		      struct refusal *ret_refusal) KNP_MUST_CHECK;
// Header of a statement: id, source, OINs, random present, type known, slots where the type has
// them, velden by the type's row.
bool statement_validate(const struct statement *statement, struct civil_date today,
			struct refusal *ret_refusal) KNP_MUST_CHECK;

// 16..64 of [A-Za-z0-9_-].
bool id_is_valid(struct bytes id);
// Name of a source system: 1..64 of [a-z0-9.-].
bool systeem_is_valid(struct bytes name);

// First veld with this number, or the empty view.
struct bytes veld_get(const struct veld *velden, size_t count, uint32_t veld);
// First rubriek of this soort and betrokkene, or NULL.
const struct rubriek *melding_find(const struct melding *melding, uint32_t soort,
				   uint32_t betrokkene);

#endif
