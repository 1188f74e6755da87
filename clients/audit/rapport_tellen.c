// SPDX-License-Identifier: EUPL-1.2
#include "audit/rapport.h"

#include <stdlib.h>
#include <string.h>

struct geteld {
	uint8_t onderwerp;
	char gemeente[GEMEENTE_LEN + 1];
	uint8_t what[2 + GETELD_MAX]; // enum telling, length, id
};

void tabel_done(struct tabel *tabel)
{
	for (size_t i = 0; i < tabel->onderwerp_count; i++)
		free((void *)(uintptr_t)tabel->onderwerpen[i].data);
	free(tabel->geteld);
	free(tabel->cellen);
	*tabel = (struct tabel){.count = 0};
}

// ---- putting in ----------------------------------------------------------------------------

static enum result add_onderwerp(struct tabel *tabel, struct bytes naam)
{
	uint8_t *copy = malloc(naam.len + 1);
	if (!copy)
		return RESULT_NO_MEMORY;
	memcpy(copy, naam.data, naam.len);
	tabel->onderwerpen[tabel->onderwerp_count++] = bytes_make(copy, naam.len);
	return RESULT_OK;
}

enum result tabel_onderwerp(struct tabel *tabel, struct bytes naam, uint8_t *ret_onderwerp)
{
	size_t n = 0;
	enum result result = RESULT_OK;
	if (tabel->onderwerp_count == 0)
		result = add_onderwerp(tabel, bytes_of_text("alles"));
	while (n < tabel->onderwerp_count && !bytes_equal(tabel->onderwerpen[n], naam))
		n++;
	if (result == RESULT_OK && n == ONDERWERPEN_MAX)
		result = RESULT_TOO_LARGE;
	if (result == RESULT_OK && n == tabel->onderwerp_count)
		result = add_onderwerp(tabel, naam);
	if (result == RESULT_OK)
		*ret_onderwerp = (uint8_t)n;
	return result;
}

static enum result make_room(struct tabel *tabel)
{
	size_t room = tabel->room ? 2 * tabel->room : 1024;
	if (tabel->count + 1 < tabel->room)
		return RESULT_OK;
	struct geteld *more = realloc(tabel->geteld, room * sizeof *more);
	if (!more)
		return RESULT_NO_MEMORY;
	tabel->geteld = more;
	tabel->room = room;
	return RESULT_OK;
}

enum result tabel_tel(struct tabel *tabel, const struct waar *waar, enum telling wat,
		      struct bytes id)
{
	struct geteld one = {.onderwerp = waar->onderwerp};
	if (id.len > GETELD_MAX || waar->gemeente.len > GEMEENTE_LEN || waar->gemeente.len == 0)
		return RESULT_MALFORMED;
	enum result result = make_room(tabel);
	if (result != RESULT_OK)
		return result;
	one.what[0] = (uint8_t)wat;
	one.what[1] = (uint8_t)id.len;
	memcpy(one.what + 2, id.data, id.len);
	tabel->geteld[tabel->count++] = one; // of the total
	memcpy(one.gemeente, waar->gemeente.data, waar->gemeente.len);
	tabel->geteld[tabel->count++] = one;
	return RESULT_OK;
}

// ---- counting ------------------------------------------------------------------------------

static int by_cel(const void *a, const void *b)
{
	const struct geteld *x = a, *y = b;
	if (x->onderwerp != y->onderwerp)
		return x->onderwerp < y->onderwerp ? -1 : 1;
	int order = strcmp(x->gemeente, y->gemeente);
	return order ? order : memcmp(x->what, y->what, sizeof x->what);
}

static struct cel *add_cel(struct tabel *tabel, uint8_t onderwerp, const char *gemeente)
{
	struct cel *cel = &tabel->cellen[tabel->cel_count++];
	*cel = (struct cel){.onderwerp = onderwerp};
	memcpy(cel->gemeente, gemeente, strlen(gemeente) + 1);
	return cel;
}

// A total, and a gemeente that is not known: whether anything was put in or not.
static void begin_onderwerp(struct tabel *tabel, uint8_t onderwerp)
{
	add_cel(tabel, onderwerp, GEMEENTE_TOTAAL);
	add_cel(tabel, onderwerp, GEMEENTE_ONBEKEND);
}

static struct cel *cel_of(struct tabel *tabel, const struct geteld *one)
{
	size_t n = tabel->cel_count; // it is among the last two or comes next: they are in order
	while (n > 0 && tabel->cellen[n - 1].onderwerp == one->onderwerp)
		if (strcmp(tabel->cellen[--n].gemeente, one->gemeente) == 0)
			return &tabel->cellen[n];
	return add_cel(tabel, one->onderwerp, one->gemeente);
}

enum result tabel_maak(struct tabel *tabel)
{
	uint8_t next = 0;
	uint8_t any;
	enum result result = tabel_onderwerp(tabel, bytes_of_text("alles"), &any);
	if (result != RESULT_OK)
		return result;
	if (tabel->count > 0)
		qsort(tabel->geteld, tabel->count, sizeof *tabel->geteld, by_cel);
	tabel->cellen = calloc(tabel->count + 2 * tabel->onderwerp_count, sizeof *tabel->cellen);
	if (!tabel->cellen)
		return RESULT_NO_MEMORY;
	for (size_t i = 0; i < tabel->count; i++) {
		const struct geteld *one = &tabel->geteld[i];
		while (next <= one->onderwerp)
			begin_onderwerp(tabel, next++);
		if (i == 0 || by_cel(one, one - 1) != 0)
			cel_of(tabel, one)->aantal[one->what[0]]++;
	}
	while (next < tabel->onderwerp_count)
		begin_onderwerp(tabel, next++);
	return RESULT_OK;
}

// ---- what is small -------------------------------------------------------------------------

static bool is_small(uint64_t aantal)
{
	return aantal > 0 && aantal < KLEIN;
}

// What the numbers that are left out come to together, and how many they are.
struct left_out {
	uint64_t count, sum;
};

static struct left_out left_out_of(const struct cel *cellen, size_t count, enum telling wat)
{
	struct left_out left = {0, 0};
	for (size_t i = 1; i < count; i++)
		if (cellen[i].onderdrukt[wat]) {
			left.count++;
			left.sum += cellen[i].aantal[wat];
		}
	return left;
}

// From the total and what is told follows what the others come to together: of one that is itself,
// and of several all when they can only be the smallest or the largest they may be.
static bool follows(const struct left_out *left)
{
	return left->count == 1 || (left->count > 0 && (left->sum == left->count ||
							left->sum == left->count * (KLEIN - 1)));
}

// The smallest that is told, beside the total; NULL when the others are all nothing.
static struct cel *smallest_told(struct cel *cellen, size_t count, enum telling wat)
{
	struct cel *found = NULL;
	for (size_t i = 1; i < count; i++)
		if (!cellen[i].onderdrukt[wat] && cellen[i].aantal[wat] > 0 &&
		    (!found || cellen[i].aantal[wat] < found->aantal[wat]))
			found = &cellen[i];
	return found;
}

// Leaves out what is small, of one onderwerp: the total is the first.
static void onderdruk(struct cel *cellen, size_t count, enum telling wat)
{
	struct left_out left;
	for (size_t i = 0; i < count; i++)
		cellen[i].onderdrukt[wat] = is_small(cellen[i].aantal[wat]);
	left = left_out_of(cellen, count, wat);
	if (!follows(&left) || cellen[0].onderdrukt[wat])
		return;
	struct cel *more = smallest_told(cellen, count, wat);
	(more ? more : cellen)->onderdrukt[wat] = true;
}

void tabel_onderdruk(struct tabel *tabel)
{
	for (size_t begin = 0, end; begin < tabel->cel_count; begin = end) {
		for (end = begin; end < tabel->cel_count &&
				  tabel->cellen[end].onderwerp == tabel->cellen[begin].onderwerp;)
			end++;
		for (int wat = 0; wat < TELLING_COUNT; wat++)
			onderdruk(&tabel->cellen[begin], end - begin, (enum telling)wat);
	}
}
