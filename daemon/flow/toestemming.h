// SPDX-License-Identifier: EUPL-1.2
// What lifts a professional secrecy about the persons of a melding, wherever it was said.
#ifndef KNP_FLOW_TOESTEMMING_H
#define KNP_FLOW_TOESTEMMING_H

#include "flow/flow.h"

// Toestemmingen (toestemming.c) about the persons of a melding, of every melding they occur in,
// given in entries below `before` and not withdrawn there.
struct toestemming_vraag {
	uint64_t melding; // UINT64_MAX: one on its way
	const struct persoon_link *personen;
	size_t persoon_count;
	uint64_t before;
	struct arena *arena;
};
enum result toestemmingen_find(struct core *core, const struct toestemming_vraag *vraag,
			       struct feiten *feiten) KNP_MUST_CHECK;
// How often `signer` said something about that betrokkene, of any melding, and about anybody of
// vraag->melding; withdrawn or not.
struct toestemming_telling {
	struct bytes signer;
	uint32_t betrokkene;
	size_t about, here;
};
enum result toestemmingen_count(struct core *core, const struct toestemming_vraag *vraag,
				struct toestemming_telling *telling) KNP_MUST_CHECK;
// Whether two meldingen speak of one person: by a number in common, and none that contradicts.
bool persoon_same(const struct persoon_link *a, const struct persoon_link *b);
// Whether its numbers lead to different persons here. Such persons are never merged, and nobody can
// tell which of them it is: what is known of one alone is not known of the betrokkene.
enum result persoon_is_split(struct core *core, const struct persoon_link *link,
			     bool *ret_split) KNP_MUST_CHECK;
// The link of this betrokkene; NULL when no number says who it is.
const struct persoon_link *persoon_of(const struct persoon_link *links, size_t count,
				      uint32_t betrokkene);
// Whether a person gave it: it then holds wherever that person occurs. Any other grond the source
// weighed for one situation, and it holds in that melding alone.
bool toestemming_is_given(struct bytes grond);
enum result toestemming_add(struct feiten *feiten, const struct toestemming_feit *feit,
			    struct arena *arena) KNP_MUST_CHECK;

#endif
