// SPDX-License-Identifier: EUPL-1.2
#include "base/guess.h"

#include <stdio.h>
#include <string.h>

#define SLIP_MAX 2 // letters: what lies further off was meant to be something else
#define MORE ", …"

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;
	return ab < c ? ab : c;
}

// Levenshtein distance of two short words; a long one is as far away as it is long.
static unsigned distance(struct bytes a, struct bytes b)
{
	if (a.len > GUESS_WORD_MAX || b.len > GUESS_WORD_MAX)
		return GUESS_WORD_MAX;
	unsigned row[GUESS_WORD_MAX + 1];
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 0; i < a.len; i++) {
		unsigned diagonal = row[0];
		row[0] = i + 1;
		for (unsigned j = 0; j < b.len; j++) {
			unsigned change = diagonal + (a.data[i] != b.data[j]);
			diagonal = row[j + 1];
			row[j + 1] = least(row[j] + 1, row[j + 1] + 1, change);
		}
	}
	return row[b.len];
}

struct guess guess_of(struct bytes word)
{
	return (struct guess){.word = word, .distance = SLIP_MAX + 1};
}

void guess_offer(struct guess *guess, const char *name)
{
	unsigned d = distance(guess->word, bytes_of_text(name));
	if (d >= guess->distance)
		return;
	guess->distance = d;
	guess->best = name;
}

struct name_list name_list_in(char *out, size_t size)
{
	return (struct name_list){.out = out, .size = size, .used = strlen(out)};
}

void name_list_add(struct name_list *list, const char *name)
{
	const char *before = list->used == 0 || list->out[list->used - 1] == ' ' ? "" : ", ";
	if (list->full)
		return;
	list->full = list->used + strlen(before) + strlen(name) + sizeof MORE > list->size;
	list->used += (size_t)snprintf(list->out + list->used, list->size - list->used, "%s%s",
				       list->full ? MORE : before, list->full ? "" : name);
}
