// SPDX-License-Identifier: EUPL-1.2
// Inside decide_door only: what it holds, and the lines that say what a melding is.
#ifndef KNP_TESTS_ORACLE_DOOR_H
#define KNP_TESTS_ORACLE_DOOR_H

#include "convenant/convenant.h"

#define WORDS_MAX 32
#define ARENA_BYTES (UINT64_C(8) << 20)
#define DIMENSIES_MAX 24
#define SOILED_WORDS 8192
#define KLASSEN_MAX 64
#define DIGITS 90
#define ANSWERS_MAX (DIGITS * DIGITS) // for each stand two characters, from '!' on

struct dimensie {
	struct feit *feit, *klassen;
	size_t count, at;
};

struct door {
	struct convenant *convenant;
	struct arena *arena; // of one melding
	struct feiten *feiten;
	struct dimensie dimensies[DIMENSIES_MAX];
	size_t dimensie_count;
	char *words[WORDS_MAX];
	size_t count;
};

// Each of these ends the program, with what is wrong on stderr, when it cannot: what goes in is
// written by door.py. The take_… read door->words, the words of one line.
void refuse(const char *what, const char *detail);
void must(enum result result, const char *what);
// The next word up to `mark`, ended in place; NULL after the last.
char *next_word(char **rest, char mark);
int64_t number(const char *word);
struct oin oin_of(const char *word);
uint32_t rubriek_of(const char *word);
void need(const struct door *door, size_t count);
// Room for one more than `count` in a list on the heap.
void *one_more(void *list, size_t count, size_t size);
// The melding in hand, and what was said of it.
void forget(struct door *door);
void take_melding(struct door *door);
struct feit *feit_named(const struct door *door);
void take_onbekend(struct door *door);
void take_feit(struct door *door);
void take_weging(struct door *door);
void take_toestemming(struct door *door);
void take_nood(struct door *door);
void take_regime(struct door *door);

#endif
