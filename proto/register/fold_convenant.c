// SPDX-License-Identifier: EUPL-1.2
// Convenanten in the register: of each name one is in force, until the next of that name or its
// end.
#include "register/einde.h"
#include "register/fold.h"

#include <stdlib.h>
#include <string.h>

static struct register_convenant *in_force(struct registry *reg, struct bytes naam)
{
	// Of rows that are ours to change.
	return (struct register_convenant *)(uintptr_t)register_convenant_named(reg, naam);
}

static enum result add_convenant(struct registry *reg, const struct register_convenant *next)
{
	struct register_convenant *grown =
		realloc(reg->convenanten, (reg->convenant_count + 1) * sizeof *grown);
	if (!grown)
		return RESULT_NO_MEMORY;
	reg->convenanten = grown;
	grown[reg->convenant_count++] = *next;
	return RESULT_OK;
}

enum result register_fold_convenant(struct registry *reg, uint64_t index,
				    const struct convenantversie *convenant,
				    struct problem *problem)
{
	struct register_convenant next = {.hash = convenant->hash,
					  .ondertekend = convenant->ondertekend,
					  .from = index,
					  .until = REGISTER_NEVER};
	if (!convenant->ondertekend && !reg->genesis.oefening)
		return register_refuse(
			problem, RESULT_DENIED, REASON_NOT_SIGNED,
			"an unsigned convenant counts only in a log whose genesis says oefening");
	if (!register_text(next.naam, sizeof next.naam, convenant->naam))
		return register_refuse(problem, RESULT_MALFORMED, REASON_TOO_LONG,
				       "the name of the convenant is too long");
	struct register_convenant *replaced = in_force(reg, convenant->naam);
	if (replaced)
		replaced->until = index;
	else if (register_convenant_at(reg, REGISTER_CONVENANTEN_MAX - 1))
		return register_refuse(
			problem, RESULT_TOO_LARGE, REASON_TOO_MANY,
			"as many convenanten are in force as there may be: end one first");
	return add_convenant(reg, &next);
}

enum result register_fold_einde(struct registry *reg, uint64_t index, struct bytes text,
				struct problem *problem)
{
	struct convenant_einde einde;
	enum result r = convenant_einde_read(text, &einde);
	if (r)
		return register_refuse(problem, r, REASON_MALFORMED,
				       "the text about the end of a convenant has not its form");
	if (strcmp(einde.origin, register_origin(reg)) != 0)
		return register_refuse(problem, RESULT_DENIED, REASON_WRONG_AUDIENCE,
				       "the text is about a convenant of another log");
	struct register_convenant *ends = in_force(reg, bytes_of_text(einde.naam));
	if (!ends || !hash_equal(&ends->hash, &einde.hash))
		return register_refuse(
			problem, RESULT_NOT_FOUND, REASON_NOT_FOUND,
			"no convenant in force has the name and hash of the one to end");
	ends->until = index;
	return RESULT_OK;
}

// Whose name a leaf is about; empty when it is about no convenant.
static struct bytes convenant_of(const struct part_register *part, struct convenant_einde *einde)
{
	if (part->soort == REGISTER_CONVENANT)
		return part->convenant.naam;
	return part->soort == REGISTER_CONVENANT_EINDE &&
			       convenant_einde_read(part->opdracht, einde) == RESULT_OK
		       ? bytes_of_text(einde->naam)
		       : bytes_make(NULL, 0);
}

uint64_t register_seen(const struct registry *reg, const struct part_register *part)
{
	struct convenant_einde einde;
	struct bytes naam = convenant_of(part, &einde);
	uint64_t seen = 0;
	for (size_t i = 0; naam.len > 0 && i < reg->convenant_count; i++) {
		const struct register_convenant *c = &reg->convenanten[i];
		uint64_t newest = c->until == REGISTER_NEVER ? c->from : c->until;
		if (bytes_equal(bytes_of_text(c->naam), naam) && newest + 1 > seen)
			seen = newest + 1;
	}
	return seen;
}
