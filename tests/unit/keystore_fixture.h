// SPDX-License-Identifier: EUPL-1.2
// A keystore in a temporary folder, and its file past all memory of ours.
#ifndef KNP_TESTS_UNIT_KEYSTORE_FIXTURE_H
#define KNP_TESTS_UNIT_KEYSTORE_FIXTURE_H

#include "unit.h"

#include "crypto/secret.h"
#include "keystore/keystore.h"
#include "temporary.h"

#include <fcntl.h>

#define SLOTS_AT 4096
#define SOME_SLOT 100

struct fixture {
	struct temporary *t;
	const char *path;
	struct keystore *keystore;
};

static inline struct keystore *open_at(const char *path)
{
	struct keystore *keystore = NULL;
	assert_int_equal(keystore_open(path, &keystore), RESULT_OK);
	return keystore;
}

static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->t = temporary_new();
	f->path = strdup(temporary_path(f->t, "keystore"));
	if (crypto_start() != RESULT_OK || keystore_create(f->path) != RESULT_OK)
		return -1;
	f->keystore = open_at(f->path);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	keystore_close(f->keystore);
	temporary_free(f->t);
	free((void *)(uintptr_t)f->path);
	free(f);
	return 0;
}

static inline void reopen(struct fixture *f)
{
	keystore_close(f->keystore);
	f->keystore = open_at(f->path);
}

// The slot as it is in the file, past all memory of ours.
static inline void slot_in_file(const struct fixture *f, uint64_t slot, uint8_t out[32])
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, out, 32, (off_t)(SLOTS_AT + slot * 32)), 32);
	close(fd);
}

static inline void write_in_file(const struct fixture *f, off_t at, const void *data, size_t len)
{
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, data, len, at), len);
	close(fd);
}

#endif
