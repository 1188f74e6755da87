// SPDX-License-Identifier: EUPL-1.2
#include "base/file.h"
#include "journal/internal.h"
#include "tree/note.h"
#include "tree/tiler.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MODE 0644 // entries are harmless in anybody's hands
#define BUNDLE_MAX (TILE_WIDTH * (2 + ENTRY_LEN))
#define LEVEL_ENTRIES (-1)

struct exporter {
	const char *folder;
	const struct log_keys *keys;
	struct checkpoint checkpoint; // what the note says
	uint64_t old_size;            // of the checkpoint the folder has already
	struct buffer bundle;         // entries since the last whole one
	struct tiler tiler;
};

static enum result path_of(const struct exporter *exporter, const char *name, char out[PATH_MAX])
{
	int len = snprintf(out, PATH_MAX, "%s/%s", exporter->folder, name);
	if (len >= 0 && len < PATH_MAX)
		return RESULT_OK;
	errno = ENAMETOOLONG;
	return RESULT_IO;
}

// The folders above a tile; there is nothing to make when they are there.
static enum result make_folders(char *path, size_t root_len)
{
	enum result result = RESULT_OK;
	for (char *p = path + root_len + 1; *p != '\0' && result == RESULT_OK; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		result = folder_ensure(path);
		*p = '/';
	}
	return result;
}

// RESULT_OK: it is there, with this content. RESULT_NOT_FOUND: it is not there.
static enum result compare_file(const char *path, struct bytes content)
{
	struct buffer existing;
	buffer_init(&existing, content.len + 1);
	enum result result = file_read(path, content.len, &existing);
	if (result == RESULT_TOO_LARGE ||
	    (result == RESULT_OK && !bytes_equal(buffer_view(&existing), content)))
		result = RESULT_CONFLICT;
	buffer_done(&existing);
	return result;
}

static enum result put_file(const struct exporter *exporter, const char *name, struct bytes content)
{
	char path[PATH_MAX];
	enum result result = path_of(exporter, name, path);
	if (result == RESULT_OK)
		result = compare_file(path, content);
	if (result != RESULT_NOT_FOUND)
		return result;
	result = make_folders(path, strlen(exporter->folder));
	return result == RESULT_OK ? file_replace(path, content, FILE_MODE) : result;
}

static enum result put_tile(void *context, const struct tile *tile)
{
	struct exporter *exporter = context;
	char name[TILE_NAME_MAX];
	enum result result = RESULT_OK;
	if (tile->level == 0) {
		tile_name(name, LEVEL_ENTRIES, tile->index, tile->width);
		result = put_file(exporter, name, buffer_view(&exporter->bundle));
		buffer_clear(&exporter->bundle);
	}
	tile_name(name, (int)tile->level, tile->index, tile->width);
	return result == RESULT_OK ? put_file(exporter, name, tile->hashes) : result;
}

static enum result take_entry(void *context, struct store_txn *txn, uint64_t index,
			      struct bytes entry)
{
	struct exporter *exporter = context;
	(void)txn;
	(void)index;
	enum result result = bundle_append_entry(&exporter->bundle, entry);
	if (result != RESULT_OK)
		return result;
	struct hash leaf = tree_leaf(entry);
	return tiler_add(&exporter->tiler, &leaf);
}

// The vkey's line, with the newline of a text file.
static void vkey_line(const struct vkey *vkey, char out[VKEY_MAX + 1])
{
	vkey_format(out, vkey);
	size_t len = strlen(out);
	out[len] = '\n';
	out[len + 1] = '\0';
}

static enum result read_request(struct exporter *exporter, struct journal *journal,
				const struct journal_export *export)
{
	struct tree_reader reader = journal_tree(journal);
	struct hash root;
	enum result result = log_keys_verify(export->keys, export->note, &exporter->checkpoint);
	if (result == RESULT_OK)
		result = tree_root_at(&reader, export->size, &root);
	if (result == RESULT_OK && (exporter->checkpoint.size != export->size ||
				    !hash_equal(&exporter->checkpoint.root, &root)))
		result = RESULT_CONFLICT;
	return result;
}

// Before anything is written: the checkpoint of the folder must be an earlier one of this log.
static enum result check_older(struct exporter *exporter, struct journal *journal,
			       struct bytes note)
{
	struct checkpoint old;
	struct hash root;
	struct tree_reader reader = journal_tree(journal);
	if (log_keys_verify(exporter->keys, note, &old) != RESULT_OK ||
	    old.size > exporter->checkpoint.size)
		return RESULT_CONFLICT;
	enum result result = tree_root_at(&reader, old.size, &root);
	if (result != RESULT_OK)
		return result;
	exporter->old_size = old.size;
	return hash_equal(&root, &old.root) ? RESULT_OK : RESULT_CONFLICT;
}

static enum result check_folder(struct exporter *exporter, struct journal *journal)
{
	char path[PATH_MAX];
	struct buffer note;
	enum result result = folder_ensure(exporter->folder);
	if (result == RESULT_OK)
		result = path_of(exporter, "checkpoint", path);
	if (result != RESULT_OK)
		return result;
	buffer_init(&note, CHECKPOINT_MAX + 1);
	result = file_read(path, CHECKPOINT_MAX, &note);
	bool is_new = result == RESULT_NOT_FOUND;
	if (result == RESULT_OK)
		result = check_older(exporter, journal, buffer_view(&note));
	buffer_done(&note);
	return is_new ? RESULT_OK : result;
}

// The note agrees with the stored tree, so entries that lead elsewhere are not what was appended.
static enum result check_root(const struct exporter *exporter)
{
	struct hash got = frontier_root(&exporter->tiler.frontier);
	return hash_equal(&got, &exporter->checkpoint.root) ? RESULT_OK : RESULT_DAMAGED;
}

// The partial tiles of the checkpoint before are of no use once the new one is in place. What
// cannot be removed is only clutter.
static void remove_overtaken(const struct exporter *exporter, int level)
{
	char name[TILE_NAME_MAX], path[PATH_MAX];
	unsigned width, new_width;
	uint64_t count = tile_count(level, exporter->old_size, &width);
	uint64_t new_count = tile_count(level, exporter->checkpoint.size, &new_width);
	if (count == 0 || width == TILE_WIDTH || (count == new_count && width == new_width))
		return;
	tile_name(name, level, count - 1, width);
	if (path_of(exporter, name, path) != RESULT_OK || unlink(path) != 0)
		return;
	*strrchr(path, '/') = '\0';
	(void)rmdir(path); // not empty when the new one is partial too
}

// RESULT_CONFLICT unless the file holds an earlier key of this log, or is not there.
static enum result check_key(const struct exporter *exporter, const char *path)
{
	struct buffer there;
	struct vkey vkey;
	buffer_init(&there, VKEY_MAX + 1);
	enum result result = file_read(path, VKEY_MAX + 1, &there);
	struct bytes text = buffer_view(&there);
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (result == RESULT_TOO_LARGE ||
	    (result == RESULT_OK &&
	     (vkey_parse(text, &vkey) != RESULT_OK || !log_keys_have(exporter->keys, &vkey))))
		result = RESULT_CONFLICT;
	buffer_done(&there);
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result put_key(const struct exporter *exporter)
{
	char line[VKEY_MAX + 1], path[PATH_MAX];
	vkey_line(&log_keys_at(exporter->keys, exporter->checkpoint.size)->vkey, line);
	enum result result = path_of(exporter, "log.vkey", path);
	if (result == RESULT_OK)
		result = compare_file(path, bytes_of_text(line));
	if (result == RESULT_OK)
		return RESULT_OK;
	if (result == RESULT_CONFLICT)
		result = check_key(exporter, path);
	return result == RESULT_OK || result == RESULT_NOT_FOUND
		       ? file_replace(path, bytes_of_text(line), FILE_MODE)
		       : result;
}

static enum result put_head(const struct exporter *exporter, struct bytes note)
{
	char path[PATH_MAX];
	enum result result = put_key(exporter);
	if (result == RESULT_OK)
		result = path_of(exporter, "checkpoint", path);
	if (result == RESULT_OK && compare_file(path, note) != RESULT_OK)
		result = file_replace(path, note, FILE_MODE);
	for (int level = LEVEL_ENTRIES; result == RESULT_OK && level < TILE_LEVELS; level++)
		remove_overtaken(exporter, level);
	return result;
}

enum result journal_export_tiles(struct journal *journal, const struct journal_export *export)
{
	if (export->size > journal_size(journal))
		return RESULT_NOT_FOUND;
	struct exporter *exporter = calloc(1, sizeof *exporter);
	if (!exporter)
		return RESULT_NO_MEMORY;
	struct journal_walk walk = {.take = take_entry, .context = exporter, .step = TILE_WIDTH};
	exporter->folder = export->folder;
	exporter->keys = export->keys;
	buffer_init(&exporter->bundle, BUNDLE_MAX);
	tiler_init(&exporter->tiler, put_tile, exporter);
	enum result result = read_request(exporter, journal, export);
	if (result == RESULT_OK)
		result = check_folder(exporter, journal);
	if (result == RESULT_OK)
		result = journal_walk_entries(journal, &walk, export->size);
	if (result == RESULT_OK)
		result = tiler_finish(&exporter->tiler);
	if (result == RESULT_OK)
		result = check_root(exporter);
	if (result == RESULT_OK)
		result = put_head(exporter, export->note);
	buffer_done(&exporter->bundle);
	free(exporter);
	return result;
}
