// SPDX-License-Identifier: EUPL-1.2
// A folder of its own for one test: made under TMPDIR, removed with all that is in it.
#ifndef KNP_TESTS_UNIT_TEMPORARY_H
#define KNP_TESTS_UNIT_TEMPORARY_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct temporary {
	char folder[200];
	char *joined[16]; // the last paths handed out by temporary_path
	unsigned next;
};

static inline struct temporary *temporary_new(void)
{
	struct temporary *t = calloc(1, sizeof *t);
	const char *base = getenv("TMPDIR");
	if (!t)
		abort();
	snprintf(t->folder, sizeof t->folder, "%s/knp-test-XXXXXX", base ? base : "/tmp");
	if (!mkdtemp(t->folder))
		abort();
	return t;
}

// A path inside the folder; valid until the sixteenth call after this one.
static inline const char *temporary_path(struct temporary *t, const char *name)
{
	char **slot = &t->joined[t->next++ % 16];
	free(*slot);
	if (asprintf(slot, "%s/%s", t->folder, name) < 0)
		abort();
	return *slot;
}

static inline int temporary_remove_one(const char *path, const struct stat *st, int type,
				       struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void temporary_free(struct temporary *t)
{
	nftw(t->folder, temporary_remove_one, 16, FTW_DEPTH | FTW_PHYS);
	for (size_t i = 0; i < 16; i++)
		free(t->joined[i]);
	free(t);
}

#endif
