// SPDX-License-Identifier: EUPL-1.2
// Inside proto/melding only: what the checks of rubrieken and statements share.
#ifndef KNP_MELDING_VELD_H
#define KNP_MELDING_VELD_H

#include "melding/validate.h"

// Against which rows a list of velden is checked, and what stands before their names in a path.
struct velden_check {
	const struct veld_row *rows;
	size_t row_count;
	const char *prefix; // "" or "rubriek[3].bsn."
	struct civil_date today;
};

// Kinds, unknown and double velden, required ones. Fills the refusal only when it returns false.
bool velden_validate(const struct velden_check *check, const struct veld *velden, size_t count,
		     struct refusal *ret_refusal);

// Always false, so that a check can end with it.
bool refusal_set(struct refusal *refusal, enum reason reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

// Decimal without leading zeros that fits 32 bits.
bool veld_parse_number(struct bytes text, uint32_t *ret_number);

#endif
