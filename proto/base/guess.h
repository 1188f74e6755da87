// SPDX-License-Identifier: EUPL-1.2
// What a person who wrote a name that is not there probably meant, and what there is: for the fix
// of a problem.
#ifndef KNP_BASE_GUESS_H
#define KNP_BASE_GUESS_H

#include "base/bytes.h"

#define GUESS_WORD_MAX 60 // bytes; a longer word is like no other

// The word that is nearest to `word` of those that were offered.
struct guess {
	struct bytes word;
	const char *best; // NULL: none lies within a slip of the pen
	unsigned distance;
};
struct guess guess_of(struct bytes word);
// `name` must outlive the guess. Of equals the first stays.
void guess_offer(struct guess *guess, const char *name);

// A list of names in a text of at most `size` bytes, zero included: as many as fit, then "…".
struct name_list {
	char *out;
	size_t size, used;
	bool full;
};
struct name_list name_list_in(char *out, size_t size); // `out` holds what the list follows
void name_list_add(struct name_list *list, const char *name);

#endif
