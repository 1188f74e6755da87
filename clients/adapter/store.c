// SPDX-License-Identifier: EUPL-1.2
#include "adapter/state.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define FOLDERS 5
#define DONE ".done-" // of a file that is done with, until it is gone
#define STATE_FILE_MAX 8192

static bool join(char *out, size_t size, const char *folder, const char *name)
{
	int made = snprintf(out, size, "%s/%s", folder, name);
	return made > 0 && (size_t)made < size;
}

// ---- opening -----------------------------------------------------------------------------------

static enum result tell(struct problem *problem, enum result result, const char *path)
{
	if (result != RESULT_OK) {
		problem_set(problem, reason_code(REASON_IO), reason_fix(REASON_IO),
			    "a folder or file of the adapter cannot be used: %s",
			    result_name(result));
		problem_set_file(problem, path);
	}
	return result;
}

static enum result make_folders(const struct adapter_settings *settings, struct store *store,
				struct problem *problem)
{
	char spool[STORE_PATH_MAX];
	const char *const names[FOLDERS] = {"", "/adapter", "", "/taken", "/quarantine"};
	int made = snprintf(store->root, sizeof store->root, "%s/adapter/%s",
			    settings->client.spool, settings->name);
	if (made <= 0 || (size_t)made > sizeof store->root - 64)
		return tell(problem, RESULT_TOO_LARGE, settings->client.spool);
	for (size_t i = 0; i < FOLDERS; i++) {
		const char *base = i < 2 ? settings->client.spool : store->root;
		snprintf(spool, sizeof spool, "%.400s%s", base, names[i]);
		enum result result = tell(problem, folder_ensure(spool), spool);
		if (result != RESULT_OK)
			return result;
	}
	return RESULT_OK;
}

// For those who count without the settings.
static enum result note_uit(const struct store *store, const char *folder)
{
	char path[STORE_PATH_MAX];
	struct buffer before;
	snprintf(path, sizeof path, "%.440s/uit", store->root);
	buffer_init(&before, READING_PATH_MAX);
	enum result result = file_read_private(path, READING_PATH_MAX, &before);
	bool same = result == RESULT_OK ? bytes_equal(buffer_view(&before), bytes_of_text(folder))
					: result == RESULT_NOT_FOUND && !folder[0];
	buffer_done(&before);
	if (same)
		return RESULT_OK;
	return folder[0] ? file_replace(path, bytes_of_text(folder), 0600) : file_remove(path);
}

enum result store_open(const struct adapter_settings *settings, struct store *ret_store,
		       struct problem *problem)
{
	struct store store = {.state = {.next = 1, .lines = LINES_NONE}};
	char path[STORE_PATH_MAX], before[READING_PATH_MAX];
	memcpy(store.in, settings->in, sizeof store.in);
	enum result result = make_folders(settings, &store, problem);
	if (result != RESULT_OK)
		return result;
	snprintf(path, sizeof path, "%.440s/state", store.root);
	result = state_read(path, &store.state, before);
	if (result == RESULT_NOT_FOUND) {
		store.state.last_ms = (uint64_t)clock_wall_ms(); // silence begins here
		result = store_save(&store);
	}
	if (result == RESULT_OK)
		result = note_uit(&store, settings->outlet.folder);
	tell(problem, result, path);
	if (result == RESULT_OK)
		*ret_store = store;
	return result;
}

enum result store_save(const struct store *store)
{
	char path[STORE_PATH_MAX];
	struct buffer data;
	buffer_init(&data, STATE_FILE_MAX);
	state_encode(&store->state, store->in, &data);
	snprintf(path, sizeof path, "%.440s/state", store->root);
	enum result result = data.status;
	if (result == RESULT_OK)
		result = file_replace(path, buffer_view(&data), 0600);
	buffer_done(&data);
	return result;
}

// ---- taking ------------------------------------------------------------------------------------

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);
	return len > end && strcasecmp(name + len - end, suffix) == 0;
}

// Hidden files are those that somebody still writes. A clock that was put back must not keep a
// file waiting for ever.
static bool is_ready(const char *path, const char *name, const char *suffix, int64_t rest_ms)
{
	struct stat stat;
	if (name[0] == '.' || !ends_in(name, suffix) || lstat(path, &stat) != 0 ||
	    !S_ISREG(stat.st_mode))
		return false;
	int64_t age = clock_wall_ms() - ((int64_t)stat.st_mtim.tv_sec * MS_PER_SECOND +
					 stat.st_mtim.tv_nsec / 1000000);
	return age >= rest_ms || age < -rest_ms;
}

static void plain_name(const char *name, char out[STORE_NAME_MAX + 1])
{
	size_t len = strlen(name), from = len > STORE_NAME_MAX ? len - STORE_NAME_MAX : 0;
	size_t used = 0;
	for (; name[from]; from++) {
		char c = name[from];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
		out[used++] = plain ? c : '_';
	}
	out[used] = '\0';
}

static enum result take_one(struct store *store, const char *from, const char *name)
{
	char to[STORE_PATH_MAX + 120], plain[STORE_NAME_MAX + 1];
	plain_name(name, plain);
	snprintf(to, sizeof to, "%s/taken/%012llu.%s", store->root,
		 (unsigned long long)store->state.next, plain);
	// The number is used up before the file has it: it never stands for two.
	store->state.next++;
	enum result result = store_save(store);
	if (result != RESULT_OK)
		return result;
	if (rename(from, to) != 0)
		return errno == EXDEV ? RESULT_CONFIG : errno == ENOENT ? RESULT_OK : RESULT_IO;
	// Where it is ours it is destroyed in the end, not only removed.
	(void)chmod(to, 0600);
	return RESULT_OK;
}

static enum result sync_both(const struct store *store)
{
	char folder[STORE_PATH_MAX];
	snprintf(folder, sizeof folder, "%.440s/taken", store->root);
	enum result result = file_sync_folder(folder);
	return result == RESULT_OK ? file_sync_folder(store->in) : result;
}

enum result store_take(struct store *store, const char *suffix, int64_t rest_ms, size_t *ret_count)
{
	char path[READING_PATH_MAX + NAME_MAX + 1]; // any name: one left out would lie for ever
	size_t count = 0;
	struct dirent *row;
	enum result result = RESULT_OK;
	DIR *folder = opendir(store->in);
	if (!folder)
		return errno == ENOENT ? RESULT_NOT_FOUND : RESULT_IO;
	while (result == RESULT_OK && (row = readdir(folder))) {
		if (!join(path, sizeof path, store->in, row->d_name) ||
		    !is_ready(path, row->d_name, suffix, rest_ms))
			continue;
		result = take_one(store, path, row->d_name);
		count++;
	}
	closedir(folder);
	if (result == RESULT_OK && count > 0)
		result = sync_both(store);
	if (result == RESULT_OK)
		*ret_count = count;
	return result;
}

// ---- what was taken ----------------------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
	uint64_t one = ((const struct taken *)a)->number, other = ((const struct taken *)b)->number;
	return one < other ? -1 : one > other;
}

static bool read_taken(const char *folder, const char *name, struct taken *ret_taken)
{
	char *end;
	unsigned long long number = strtoull(name, &end, 10);
	if (name[0] < '0' || name[0] > '9' || *end != '.' || strlen(end + 1) > STORE_NAME_MAX)
		return false;
	ret_taken->number = number;
	snprintf(ret_taken->name, sizeof ret_taken->name, "%s", end + 1);
	return join(ret_taken->path, sizeof ret_taken->path, folder, name);
}

// One that is another user's cannot be overwritten; then it is removed.
static enum result destroy(const char *path)
{
	enum result result = file_destroy(path);
	return result == RESULT_DENIED ? file_remove(path) : result;
}

// What a kill left of one that was done with. A failure shows in that it stays.
static void end_done(const char *folder, const char *name)
{
	char path[STORE_PATH_MAX + 264];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	(void)!destroy(path);
}

enum result store_list(const struct store *store, struct taken **ret_list, size_t *ret_count)
{
	char path[STORE_PATH_MAX];
	struct taken *list = NULL;
	size_t count = 0, room = 0;
	struct dirent *row;
	snprintf(path, sizeof path, "%.440s/taken", store->root);
	DIR *folder = opendir(path);
	if (!folder)
		return RESULT_IO;
	while ((row = readdir(folder))) {
		if (strncmp(row->d_name, DONE, sizeof DONE - 1) == 0)
			end_done(path, row->d_name);
		if (count == room) {
			room = room ? 2 * room : 16;
			struct taken *more = reallocarray(list, room, sizeof *list);
			if (!more) {
				free(list);
				closedir(folder);
				return RESULT_NO_MEMORY;
			}
			list = more;
		}
		count += read_taken(path, row->d_name, &list[count]);
	}
	closedir(folder);
	if (count > 0)
		qsort(list, count, sizeof *list, by_number);
	*ret_list = list;
	*ret_count = count;
	return RESULT_OK;
}

// It is overwritten under a name of its own: what a kill leaves of it is never read again.
enum result store_finish(const struct store *store, const struct taken *taken)
{
	char folder[STORE_PATH_MAX], done[STORE_PATH_MAX + 40];
	snprintf(folder, sizeof folder, "%.440s/taken", store->root);
	snprintf(done, sizeof done, "%s/" DONE "%012llu", folder,
		 (unsigned long long)taken->number);
	if (rename(taken->path, done) != 0)
		return RESULT_IO;
	enum result result = file_sync_folder(folder);
	return result == RESULT_OK ? destroy(done) : result;
}
