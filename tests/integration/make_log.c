// SPDX-License-Identifier: EUPL-1.2
// make_log DIR N: writes a log of N entries as tlog-tiles into the empty folder DIR, for others to
// verify: checkpoint, log.vkey, tile/…, tile/entries/…, receipts/<index>.tlog-proof, and
// proofs.txt with lines "inclusion INDEX HEX…" and "consistency OLD_SIZE HEX…". The key comes from
// a fixed seed and the entries from their index, so that every run writes the same bytes.
#include "crypto/secret.h"
#include "tree/note.h"
#include "tree/tiles.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ORIGIN "log.example.nl/integratietest"
#define LEVELS 24
#define SIZE_MAX_HERE (1 << 20)
#define ALL_PROOFS_UP_TO 1000
#define PROOF_STEP 97
#define RECEIPT_STEP 61
#define BUNDLE_CEILING (32 << 20)

struct log {
	const char *folder;
	uint64_t size;
	struct hash *levels[LEVELS];
	struct frontier frontier;
	struct tree_reader reader;
	struct vkey vkey;
	uint8_t secret[SIGN_SECRET_LEN];
	struct buffer note;
};

static _Noreturn void die(const char *what, const char *detail)
{
	fprintf(stderr, "make_log: %s: %s\n", what, detail);
	exit(1);
}

static void must(enum result result, const char *what)
{
	if (result != RESULT_OK)
		die(what, result_name(result));
}

// Opens DIR/name for writing and makes the folders on the way.
static FILE *create(const struct log *log, const char *name)
{
	char path[PATH_MAX];
	if ((size_t)snprintf(path, sizeof path, "%s/%s", log->folder, name) >= sizeof path)
		die(name, "path too long");
	for (char *slash = path + strlen(log->folder); slash != NULL;) {
		*slash = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			die(path, strerror(errno));
		*slash = '/';
		slash = strchr(slash + 1, '/');
	}
	FILE *file = fopen(path, "wb");
	if (file == NULL)
		die(path, strerror(errno));
	return file;
}

static void close_file(FILE *file)
{
	if (ferror(file) || fclose(file) != 0)
		die("write", strerror(errno));
}

static void write_file(const struct log *log, const char *name, struct bytes content)
{
	FILE *file = create(log, name);
	(void)fwrite(content.data, 1, content.len, file);
	close_file(file);
}

static enum result read_node(void *context, unsigned level, uint64_t index, struct hash *ret_hash)
{
	const struct log *log = context;
	if (level >= LEVELS || index >= log->size >> level)
		return RESULT_NOT_FOUND;
	*ret_hash = log->levels[level][index];
	return RESULT_OK;
}

// Entry lengths vary; some are empty and one is the largest a bundle can hold.
static size_t make_entry(uint64_t index, uint8_t entry[BUNDLE_ENTRY_MAX])
{
	if (index % 17 == 3)
		return 0;
	size_t len = index == 5 ? BUNDLE_ENTRY_MAX : 1 + (size_t)(index * 7919 % 300);
	for (size_t i = 0; i < len; i++)
		entry[i] = (uint8_t)(index >> (i % 4 * 8)) ^ (uint8_t)(i * 31);
	return len;
}

static void write_bundle(const struct log *log, const struct buffer *bundle, uint64_t end)
{
	char name[TILE_NAME_MAX];
	unsigned width = (unsigned)((end - 1) % TILE_WIDTH) + 1;
	tile_name(name, -1, (end - 1) / TILE_WIDTH, width);
	write_file(log, name, buffer_view(bundle));
}

static void append_entries(struct log *log)
{
	static uint8_t entry[BUNDLE_ENTRY_MAX];
	struct buffer bundle;
	struct tree_done done[64];
	buffer_init(&bundle, BUNDLE_CEILING);
	for (uint64_t index = 0; index < log->size; index++) {
		struct bytes view = bytes_make(entry, make_entry(index, entry));
		struct hash leaf = tree_leaf(view);
		size_t count = frontier_append(&log->frontier, &leaf, done);
		for (size_t i = 0; i < count; i++)
			log->levels[done[i].level][done[i].index] = done[i].hash;
		must(bundle_append_entry(&bundle, view), "bundle");
		if (index + 1 == log->size || (index + 1) % TILE_WIDTH == 0) {
			write_bundle(log, &bundle, index + 1);
			buffer_clear(&bundle);
		}
	}
	buffer_done(&bundle);
}

static void write_tiles(const struct log *log)
{
	for (int level = 0; level * 8 < LEVELS; level++) {
		unsigned last_width = 0;
		uint64_t count = tile_count(level, log->size, &last_width);
		for (uint64_t tile = 0; tile < count; tile++) {
			char name[TILE_NAME_MAX];
			unsigned width = tile + 1 == count ? last_width : TILE_WIDTH;
			const struct hash *first = &log->levels[level * 8][tile * TILE_WIDTH];
			tile_name(name, level, tile, width);
			write_file(log, name, bytes_make(first, width * sizeof *first));
		}
	}
}

static void write_checkpoint(struct log *log)
{
	struct checkpoint checkpoint = {.size = log->size, .root = frontier_root(&log->frontier)};
	char text[VKEY_MAX];
	memcpy(checkpoint.origin, ORIGIN, sizeof ORIGIN);
	must(checkpoint_sign(&checkpoint, &log->vkey, log->secret, &log->note), "checkpoint");
	write_file(log, "checkpoint", buffer_view(&log->note));
	vkey_format(text, &log->vkey);
	FILE *file = create(log, "log.vkey");
	fprintf(file, "%s\n", text);
	close_file(file);
}

static void write_path(FILE *file, const char *kind, uint64_t position,
		       const struct tree_path *path)
{
	fprintf(file, "%s %" PRIu64, kind, position);
	for (size_t i = 0; i < path->count; i++) {
		char hex[65];
		hex_encode(hex, bytes_of_hash(&path->hashes[i]));
		fprintf(file, " %s", hex);
	}
	fprintf(file, "\n");
}

static bool is_chosen(const struct log *log, uint64_t position)
{
	return log->size <= ALL_PROOFS_UP_TO || position % PROOF_STEP == 0 ||
	       (position & (position - 1)) == 0 || position + 2 >= log->size;
}

static void write_proofs(const struct log *log)
{
	struct tree_path path;
	FILE *file = create(log, "proofs.txt");
	for (uint64_t index = 0; index < log->size; index++) {
		if (!is_chosen(log, index))
			continue;
		must(tree_inclusion(&log->reader, index, log->size, &path), "inclusion");
		write_path(file, "inclusion", index, &path);
	}
	for (uint64_t old = 1; old <= log->size; old++) {
		if (!is_chosen(log, old))
			continue;
		must(tree_consistency(&log->reader, old, log->size, &path), "consistency");
		write_path(file, "consistency", old, &path);
	}
	close_file(file);
}

static void write_receipts(const struct log *log)
{
	struct tree_path path;
	struct buffer proof;
	buffer_init(&proof, TLOG_PROOF_MAX);
	for (uint64_t index = 0; index < log->size && index < 1000; index += RECEIPT_STEP) {
		char name[64];
		buffer_clear(&proof);
		must(tree_inclusion(&log->reader, index, log->size, &path), "inclusion");
		must(tlog_proof_format(index, &path, buffer_view(&log->note), &proof), "receipt");
		snprintf(name, sizeof name, "receipts/%" PRIu64 ".tlog-proof", index);
		write_file(log, name, buffer_view(&proof));
	}
	buffer_done(&proof);
}

static void log_init(struct log *log, const char *folder, uint64_t size)
{
	uint8_t seed[SIGN_SEED_LEN], public_key[SIGN_PUBLIC_LEN];
	memset(log, 0, sizeof *log);
	log->folder = folder;
	log->size = size;
	log->reader = (struct tree_reader){.read = read_node, .context = log};
	frontier_init(&log->frontier);
	buffer_init(&log->note, CHECKPOINT_MAX);
	for (unsigned level = 0; level < LEVELS; level++) {
		log->levels[level] = calloc((size >> level) + 1, sizeof(struct hash));
		if (log->levels[level] == NULL)
			die("levels", "no memory");
	}
	must(crypto_start(), "crypto");
	memset(seed, 'k', sizeof seed);
	sign_keypair_from_seed(public_key, log->secret, seed);
	must(vkey_make(ORIGIN, public_key, &log->vkey), "vkey");
}

static void log_done(struct log *log)
{
	buffer_done(&log->note);
	for (unsigned level = 0; level < LEVELS; level++)
		free(log->levels[level]);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	unsigned long long size = argc == 3 ? strtoull(argv[2], &end, 10) : 0;
	if (argc != 3 || *argv[2] == '\0' || *end != '\0' || size > SIZE_MAX_HERE) {
		fprintf(stderr, "usage: make_log DIR N (N at most %d)\n", SIZE_MAX_HERE);
		return 2;
	}
	struct log log;
	log_init(&log, argv[1], size);
	append_entries(&log);
	write_tiles(&log);
	write_checkpoint(&log);
	write_proofs(&log);
	write_receipts(&log);
	log_done(&log);
	return 0;
}
