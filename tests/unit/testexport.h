// SPDX-License-Identifier: EUPL-1.2
// The exported folder of a log, written from the definition of tlog-tiles: each hash of a tile is
// the root of its own leaves, computed by the recursion of RFC 6962 and nothing of ours above it.
#ifndef KNP_TESTS_UNIT_TESTEXPORT_H
#define KNP_TESTS_UNIT_TESTEXPORT_H

#include "unit.h"

#include "temporary.h"
#include "testlog.h"
#include "tree/tiles.h"

#include <fcntl.h>
#include <sys/stat.h>

struct testexport {
	struct temporary *t;
	char *folder;
	size_t count;
	uint8_t (*entries)[ENTRY_LEN];
	struct hash *leaves;
	struct testlog log; // key and origin
};

static inline struct hash testexport_root(const struct hash *leaves, size_t count)
{
	if (count == 0)
		return sha256(bytes_make(NULL, 0));
	if (count == 1)
		return leaves[0];
	size_t split = 1;
	while (split * 2 < count)
		split *= 2;
	struct hash left = testexport_root(leaves, split);
	struct hash right = testexport_root(leaves + split, count - split);
	return tree_node(&left, &right);
}

static inline void testexport_put(const char *folder, const char *name, struct bytes content)
{
	char path[600];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	for (char *p = path + strlen(folder) + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, content.data, content.len) != (ssize_t)content.len)
		abort();
	close(fd);
}

static inline void testexport_put_note(const struct testexport *e, const char *name, size_t size,
				       const uint8_t secret[SIGN_SECRET_LEN])
{
	struct buffer note;
	char head[400], base64[64];
	struct hash root = testexport_root(e->leaves, size);
	uint8_t blob[4 + SIGN_LEN];
	char signature[100];
	base64_encode(base64, bytes_of_hash(&root));
	int len = snprintf(head, sizeof head, "%s\n%zu\n%s\n", TESTLOG_ORIGIN, size, base64);
	memcpy(blob, e->log.vkey.key_hash, 4);
	sign_detached(blob + 4, bytes_make(head, (size_t)len), secret);
	base64_encode(signature, bytes_make(blob, sizeof blob));
	buffer_init(&note, 1000);
	buffer_append_format(&note, "%s\n\xe2\x80\x94 %s %s\n", head, TESTLOG_ORIGIN, signature);
	testexport_put(e->folder, name, buffer_view(&note));
	buffer_done(&note);
}

static inline void testexport_put_tiles(const struct testexport *e, size_t size)
{
	char name[TILE_NAME_MAX];
	struct buffer tile;
	buffer_init(&tile, 100000);
	size_t span = 1;
	for (int level = 0; size / span > 0; level++, span *= 256)
		for (size_t n = 0; n * 256 < size / span; n++) {
			size_t width = size / span - n * 256 < 256 ? size / span - n * 256 : 256;
			buffer_clear(&tile);
			for (size_t i = 0; i < width; i++) {
				struct hash hash =
					testexport_root(e->leaves + (n * 256 + i) * span, span);
				buffer_append(&tile, bytes_of_hash(&hash));
			}
			tile_name(name, level, n, (unsigned)width);
			testexport_put(e->folder, name, buffer_view(&tile));
		}
	buffer_done(&tile);
}

static inline void testexport_put_bundles(const struct testexport *e, size_t size)
{
	char name[TILE_NAME_MAX];
	struct buffer bundle;
	buffer_init(&bundle, 100000);
	for (size_t n = 0; n * 256 < size; n++) {
		size_t width = size - n * 256 < 256 ? size - n * 256 : 256;
		buffer_clear(&bundle);
		for (size_t i = 0; i < width; i++) {
			buffer_append_u8(&bundle, 0);
			buffer_append_u8(&bundle, ENTRY_LEN);
			buffer_append(&bundle, bytes_make(e->entries[n * 256 + i], ENTRY_LEN));
		}
		tile_name(name, -1, n, (unsigned)width);
		testexport_put(e->folder, name, buffer_view(&bundle));
	}
	buffer_done(&bundle);
}

// Leaf hashes of the entries as they are now.
static inline void testexport_hash(struct testexport *e)
{
	for (size_t i = 0; i < e->count; i++) {
		uint8_t leaf[1 + ENTRY_LEN] = {0};
		memcpy(leaf + 1, e->entries[i], ENTRY_LEN);
		e->leaves[i] = sha256(bytes_make(leaf, sizeof leaf));
	}
}

static inline void testexport_put_all(struct testexport *e)
{
	char line[VKEY_MAX + 1];
	testexport_hash(e);
	testexport_put_bundles(e, e->count);
	testexport_put_tiles(e, e->count);
	testexport_put_note(e, "checkpoint", e->count, e->log.secret);
	snprintf(line, sizeof line, "%s\n", e->log.vkey_text);
	testexport_put(e->folder, "log.vkey", bytes_of_text(line));
}

// A log of `count` entries, not yet written.
static inline void testexport_init(struct testexport *e, struct temporary *t, const char *name,
				   size_t count)
{
	e->t = t;
	e->folder = strdup(temporary_path(t, name));
	e->count = count;
	e->entries = calloc(count + 1, ENTRY_LEN);
	e->leaves = calloc(count + 1, sizeof *e->leaves);
	if (mkdir(e->folder, 0700) != 0)
		abort();
	testlog_init(&e->log);
	for (size_t i = 0; i < count; i++)
		testlog_next(&e->log, e->entries[i]);
	testexport_hash(e);
}

static inline void testexport_done(struct testexport *e)
{
	free(e->folder);
	free(e->entries);
	free(e->leaves);
}

#endif
