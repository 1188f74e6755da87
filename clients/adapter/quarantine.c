// SPDX-License-Identifier: EUPL-1.2
// What could not be sent, and what lies where.
#include "adapter/state.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void store_quarantine_path(const struct store *store, uint64_t number, unsigned part,
			   char out[STORE_PATH_MAX])
{
	snprintf(out, STORE_PATH_MAX, "%.400s/quarantine/%012llu.%u", store->root,
		 (unsigned long long)number, part);
}

enum result store_write_reason(const struct store *store, uint64_t number, struct bytes text)
{
	char path[STORE_PATH_MAX];
	snprintf(path, sizeof path, "%.400s/quarantine/%012llu.reden", store->root,
		 (unsigned long long)number);
	return file_replace(path, text, 0600);
}

// The last one first: what a kill leaves is found from the first on.
static enum result remove_parts(const struct store *store, uint64_t number)
{
	char path[STORE_PATH_MAX];
	enum result result = RESULT_OK;
	unsigned count = 0;
	for (;; count++) {
		store_quarantine_path(store, number, count, path);
		if (access(path, F_OK) != 0)
			break;
	}
	while (result == RESULT_OK && count > 0) {
		store_quarantine_path(store, number, --count, path);
		result = file_remove(path);
	}
	return result;
}

enum result store_quarantine_done(const struct store *store, uint64_t number)
{
	char reason[STORE_PATH_MAX];
	snprintf(reason, sizeof reason, "%.400s/quarantine/%012llu.reden", store->root,
		 (unsigned long long)number);
	if (access(reason, F_OK) != 0)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO;
	enum result result = remove_parts(store, number);
	return result == RESULT_OK ? file_remove(reason) : result;
}

enum result store_purge(const struct store *store, int64_t now_ms)
{
	char folder[STORE_PATH_MAX], path[2 * STORE_PATH_MAX];
	struct stat stat;
	struct dirent *row;
	enum result result = RESULT_OK;
	snprintf(folder, sizeof folder, "%.440s/quarantine", store->root);
	DIR *open = opendir(folder);
	if (!open)
		return RESULT_IO;
	while (result == RESULT_OK && (row = readdir(open))) {
		snprintf(path, sizeof path, "%s/%s", folder, row->d_name);
		if (row->d_name[0] == '.' || lstat(path, &stat) != 0)
			continue;
		if (now_ms - (int64_t)stat.st_mtim.tv_sec * MS_PER_SECOND > QUARANTINE_KEEP_MS)
			result = file_remove(path);
	}
	closedir(open);
	return result;
}

// ---- counting ----------------------------------------------------------------------------------

// Files of a folder that end so; "" those that do not begin with a dot.
static uint64_t count_files(const char *root, const char *name, const char *suffix)
{
	char path[STORE_PATH_MAX + 16];
	uint64_t count = 0;
	struct dirent *row;
	snprintf(path, sizeof path, "%s%s", root, name);
	DIR *open = opendir(path);
	while (open && (row = readdir(open))) {
		size_t len = strlen(row->d_name), end = strlen(suffix);
		count += row->d_name[0] != '.' && len >= end &&
			 strcmp(row->d_name + len - end, suffix) == 0;
	}
	if (open)
		closedir(open);
	return count;
}

static enum result count_uit(const char *root, struct store_counts *counts)
{
	char path[STORE_PATH_MAX + 16], folder[READING_PATH_MAX + 1];
	struct buffer text;
	snprintf(path, sizeof path, "%s/uit", root);
	buffer_init(&text, READING_PATH_MAX);
	enum result result = file_read_private(path, READING_PATH_MAX, &text);
	counts->hands_out = result == RESULT_OK;
	if (counts->hands_out) {
		snprintf(folder, sizeof folder, "%.*s", (int)text.len, (const char *)text.data);
		counts->uit = count_files(folder, "", "");
	}
	buffer_done(&text);
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

static enum result count_one(const char *root, struct store_counts *ret_counts)
{
	char path[STORE_PATH_MAX + 16];
	char in[READING_PATH_MAX];
	struct store_state state;
	snprintf(path, sizeof path, "%s/state", root);
	enum result result = state_read(path, &state, in);
	if (result == RESULT_OK)
		*ret_counts = (struct store_counts){
			.in = count_files(in, "", ""),
			.taken = count_files(root, "/taken", ""),
			.quarantine = count_files(root, "/quarantine", ".reden"),
			.missing = store_missing(&state)};
	snprintf(path, sizeof path, "%s/attendering", root);
	if (result == RESULT_OK)
		attendering_trouble(path, ret_counts->attendering);
	return result == RESULT_OK ? count_uit(root, ret_counts) : result;
}

enum result store_count(const char *spool,
			void (*each)(void *context, const char *name,
				     const struct store_counts *counts),
			void *context)
{
	char folder[STORE_PATH_MAX], root[STORE_PATH_MAX];
	struct store_counts counts;
	struct dirent *row;
	enum result result = RESULT_OK;
	snprintf(folder, sizeof folder, "%.300s/adapter", spool);
	DIR *open = opendir(folder);
	if (!open)
		return errno == ENOENT ? RESULT_OK : RESULT_IO;
	while (result == RESULT_OK && (row = readdir(open))) {
		if (row->d_name[0] == '.')
			continue;
		snprintf(root, sizeof root, "%.320s/%.100s", folder, row->d_name);
		result = count_one(root, &counts);
		if (result == RESULT_OK)
			each(context, row->d_name, &counts);
	}
	closedir(open);
	return result;
}
