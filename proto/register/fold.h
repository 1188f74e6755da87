// SPDX-License-Identifier: EUPL-1.2
// Inside proto/register only: between the files that fold leaves.
#ifndef KNP_REGISTER_FOLD_H
#define KNP_REGISTER_FOLD_H

#include "melding/reason.h"
#include "register/register.h"

// Copies a text with its end; false when it does not fit.
bool register_text(char *out, size_t size, struct bytes view);
// Fills `problem` and gives `result` back.
enum result register_refuse(struct problem *problem, enum result result, enum reason reason,
			    const char *what) KNP_MUST_CHECK;

// fold_convenant.c: a version of a convenant comes, or the one of a name ends.
enum result register_fold_convenant(struct registry *reg, uint64_t index,
				    const struct convenantversie *convenant,
				    struct problem *problem) KNP_MUST_CHECK;
enum result register_fold_einde(struct registry *reg, uint64_t index, struct bytes text,
				struct problem *problem) KNP_MUST_CHECK;
// herstel.c: the log goes on from a copy.
enum result register_fold_herstel(struct registry *reg, const struct register_leaf *leaf,
				  struct problem *problem) KNP_MUST_CHECK;
// How large a log an act must have seen: past the newest leaf about a convenant of the same name,
// so that what was signed once does not count again. 0: a leaf about no convenant.
uint64_t register_seen(const struct registry *reg, const struct part_register *part);

#endif
