// SPDX-License-Identifier: EUPL-1.2
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define OPERATIONS_MAX 65536
#define FILES_MAX 256
#define NAME_MAX_LEN 96

enum kind { WRITE, TRUNCATE, SYNC, SYNC_NAMES, SYNC_ALL, NAME, REMOVE };
struct operation {
	enum kind kind;
	ino_t file;
	bool direct; // through a descriptor that syncs each write
	size_t at, len;
	uint8_t *data;
	char name[NAME_MAX_LEN]; // below the folder of the test
	char old[NAME_MAX_LEN];  // of a rename, which is one operation: the name it had
};
static struct operation operations[OPERATIONS_MAX];
static size_t operation_count;
static bool recording;

void disk_record(bool on)
{
	recording = on;
}

size_t disk_operations(void)
{
	return operation_count;
}

// ---- writing down --------------------------------------------------------------------------

// The name below the test's folder of what belongs to the house and is primary: state is thrown
// away after a power cut.
static const char *name_of(const char *path)
{
	const char *folder = strstr(path, "/knp-test-");
	const char *name = folder ? strchr(folder + 1, '/') : NULL;
	if (!name || strlen(name) >= NAME_MAX_LEN || strstr(name, "/state") ||
	    strstr(name, "lock.mdb"))
		return NULL;
	name++;
	return strncmp(name, "data", 4) == 0 || strncmp(name, "keys", 4) == 0 ? name : NULL;
}

static const char *name_of_fd(int fd, char path[512])
{
	char link[64];
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t len = readlink(link, path, 511);
	if (len < 0)
		return NULL;
	path[len] = '\0';
	return name_of(path);
}

static struct operation *note(enum kind kind, ino_t file, const char *name)
{
	if (operation_count == OPERATIONS_MAX)
		abort();
	struct operation *o = &operations[operation_count++];
	*o = (struct operation){.kind = kind, .file = file};
	snprintf(o->name, sizeof o->name, "%s", name ? name : "");
	return o;
}

static void note_fd(int fd, enum kind kind, size_t at, const void *data, size_t len)
{
	char path[512];
	struct stat st;
	int saved = errno;
	const char *name = recording ? name_of_fd(fd, path) : NULL;
	if (name && fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode) && kind == SYNC)
			kind = SYNC_NAMES;
		struct operation *o = note(kind, st.st_ino, name);
		o->direct = (fcntl(fd, F_GETFL) & O_DSYNC) != 0;
		o->at = at;
		o->len = len;
		o->data = len && data ? malloc(len) : NULL;
		if (o->data)
			memcpy(o->data, data, len);
	}
	errno = saved;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	note_fd(fd, WRITE, (size_t)offset, data, len);
	return syscall(SYS_pwrite64, fd, data, len, offset);
}

ssize_t write(int fd, const void *data, size_t len)
{
	if (recording)
		note_fd(fd, WRITE, (size_t)lseek(fd, 0, SEEK_CUR), data, len);
	return syscall(SYS_write, fd, data, len);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	size_t at = recording ? (size_t)lseek(fd, 0, SEEK_CUR) : 0;
	for (int i = 0; i < count; i++) {
		note_fd(fd, WRITE, at, parts[i].iov_base, parts[i].iov_len);
		at += parts[i].iov_len;
	}
	return syscall(SYS_writev, fd, parts, count);
}

int ftruncate(int fd, off_t len)
{
	note_fd(fd, TRUNCATE, (size_t)len, NULL, 0);
	return (int)syscall(SYS_ftruncate, fd, len);
}

int fdatasync(int fd)
{
	note_fd(fd, SYNC, 0, NULL, 0);
	return (int)syscall(SYS_fdatasync, fd);
}

int fsync(int fd)
{
	note_fd(fd, SYNC, 0, NULL, 0);
	return (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
	note_fd(fd, SYNC_ALL, 0, NULL, 0);
	return (int)syscall(SYS_syncfs, fd);
}

int renameat2(int old_fd, const char *from, int new_fd, const char *to, unsigned flags)
{
	struct stat st;
	const char *name = recording ? name_of(to) : NULL;
	bool there = name && stat(from, &st) == 0;
	int rc = (int)syscall(SYS_renameat2, old_fd, from, new_fd, to, flags);
	if (rc == 0 && there)
		note(NAME, st.st_ino, name);
	return rc;
}

int rename(const char *from, const char *to)
{
	struct stat st;
	const char *old = recording ? name_of(from) : NULL, *name = recording ? name_of(to) : NULL;
	bool there = name && stat(from, &st) == 0;
	int rc = (int)syscall(SYS_rename, from, to);
	if (rc == 0 && there) {
		struct operation *o = note(NAME, st.st_ino, name);
		snprintf(o->old, sizeof o->old, "%s", old ? old : "");
	}
	return rc;
}

int unlink(const char *path)
{
	const char *name = recording ? name_of(path) : NULL;
	int rc = (int)syscall(SYS_unlink, path);
	if (rc == 0 && name)
		note(REMOVE, 0, name);
	return rc;
}

// ---- the disk ------------------------------------------------------------------------------

struct content {
	ino_t file;
	uint8_t *data;
	size_t len;
};
struct entry {
	char name[NAME_MAX_LEN];
	ino_t file;
};
struct disk {
	bool lying;
	bool names_lost; // after a name that did not reach the disk no later one does
	size_t done;
	struct content contents[FILES_MAX];
	struct entry entries[FILES_MAX];
	size_t content_count, entry_count;
	size_t pending[OPERATIONS_MAX];
	size_t pending_count;
};

struct disk *disk_new(bool lying)
{
	struct disk *disk = calloc(1, sizeof *disk);
	if (!disk)
		abort();
	disk->lying = lying;
	return disk;
}

void disk_free(struct disk *disk)
{
	for (size_t i = 0; disk && i < disk->content_count; i++)
		free(disk->contents[i].data);
	free(disk);
}

static struct content *content_of(struct disk *disk, ino_t file)
{
	for (size_t i = 0; i < disk->content_count; i++)
		if (disk->contents[i].file == file)
			return &disk->contents[i];
	if (disk->content_count == FILES_MAX)
		abort();
	struct content *content = &disk->contents[disk->content_count++];
	*content = (struct content){.file = file};
	return content;
}

static void resize(struct content *content, size_t len)
{
	uint8_t *data = realloc(content->data, len + 1);
	if (!data)
		abort();
	if (len > content->len)
		memset(data + content->len, 0, len - content->len);
	content->data = data;
	content->len = len;
}

static size_t find_entry(const struct disk *disk, const char *name)
{
	size_t i = 0;
	while (i < disk->entry_count && strcmp(disk->entries[i].name, name) != 0)
		i++;
	return i;
}

static void remove_entry(struct disk *disk, const char *name)
{
	size_t i = find_entry(disk, name);
	if (i < disk->entry_count)
		disk->entries[i] = disk->entries[--disk->entry_count];
}

static void set_entry(struct disk *disk, const struct operation *o)
{
	remove_entry(disk, o->kind == REMOVE ? o->name : o->old);
	if (o->kind == REMOVE)
		return;
	size_t i = find_entry(disk, o->name);
	if (i == FILES_MAX)
		abort();
	snprintf(disk->entries[i].name, NAME_MAX_LEN, "%s", o->name);
	disk->entries[i].file = o->file;
	disk->entry_count += i == disk->entry_count;
}

static bool drawn(uint64_t *seed, unsigned chance)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (*seed >> 40) % 256 < chance;
}

// A sector of a file is written whole or not at all; `chance` of 256.
static void put(struct disk *disk, const struct operation *o, uint64_t *seed, unsigned chance)
{
	if (o->kind == NAME || o->kind == REMOVE) {
		disk->names_lost = disk->names_lost || !drawn(seed, chance);
		if (!disk->names_lost)
			set_entry(disk, o);
		return;
	}
	struct content *content = content_of(disk, o->file);
	if (o->kind == TRUNCATE)
		resize(content, o->at);
	for (size_t at = o->at; o->kind == WRITE && at < o->at + o->len;) {
		size_t end = (at / DISK_SECTOR + 1) * DISK_SECTOR;
		end = end < o->at + o->len ? end : o->at + o->len;
		if (drawn(seed, chance)) {
			if (content->len < end)
				resize(content, end);
			memcpy(content->data + at, o->data + (at - o->at), end - at);
		}
		at = end;
	}
}

static bool covers(const struct operation *sync, const struct operation *o)
{
	bool of_name = o->kind == NAME || o->kind == REMOVE;
	return sync->kind == SYNC_ALL ||
	       (sync->kind == SYNC_NAMES ? of_name : !of_name && o->file == sync->file);
}

static void sync_those(struct disk *disk, const struct operation *sync)
{
	size_t kept = 0;
	uint64_t seed = 0;
	for (size_t i = 0; i < disk->pending_count; i++) {
		const struct operation *o = &operations[disk->pending[i]];
		if (covers(sync, o) && !disk->lying)
			put(disk, o, &seed, 256);
		else
			disk->pending[kept++] = disk->pending[i];
	}
	disk->pending_count = kept;
}

void disk_advance(struct disk *disk, size_t count)
{
	for (; disk->done < count; disk->done++) {
		const struct operation *o = &operations[disk->done];
		if (o->kind == SYNC || o->kind == SYNC_NAMES || o->kind == SYNC_ALL) {
			sync_those(disk, o);
			continue;
		}
		disk->pending[disk->pending_count++] = disk->done;
		if (o->direct && o->kind == WRITE)
			sync_those(disk, &(struct operation){.kind = SYNC, .file = o->file});
	}
}

// ---- the cut -------------------------------------------------------------------------------

static int remove_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	return type == FTW_F ? remove(path) : 0;
}

static void empty(const char *folder)
{
	static const char *const below[] = {"data", "keys"};
	char path[512];
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, below[i]);
		if (nftw(path, remove_file, 16, FTW_PHYS) && errno != ENOENT)
			abort();
	}
}

static void write_entry(struct disk *disk, const struct entry *entry, const char *folder)
{
	char path[512];
	const struct content *content = content_of(disk, entry->file);
	snprintf(path, sizeof path, "%s/%s", folder, entry->name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, content->data, content->len) != (ssize_t)content->len)
		abort();
	close(fd);
}

static struct disk *copy_of(const struct disk *disk)
{
	struct disk *copy = malloc(sizeof *copy);
	if (!copy)
		abort();
	*copy = *disk;
	for (size_t i = 0; i < copy->content_count; i++) {
		struct content *content = &copy->contents[i];
		content->data = malloc(content->len + 1);
		if (!content->data)
			abort();
		if (content->len > 0)
			memcpy(content->data, disk->contents[i].data, content->len);
	}
	return copy;
}

void disk_cut(const struct disk *disk, uint64_t seed, const char *folder)
{
	static const unsigned chances[] = {0, 128, 230, 256};
	struct disk *after = copy_of(disk);
	unsigned chance = chances[seed % 4];
	bool was_recording = recording;
	recording = false;
	seed = seed * 2654435761u + 1;
	for (size_t i = 0; i < after->pending_count; i++)
		put(after, &operations[after->pending[i]], &seed, chance);
	if (after->done < operation_count && operations[after->done].kind == WRITE)
		put(after, &operations[after->done], &seed, 128);
	empty(folder);
	for (size_t i = 0; i < after->entry_count; i++)
		write_entry(after, &after->entries[i], folder);
	disk_free(after);
	recording = was_recording;
}
