// SPDX-License-Identifier: EUPL-1.2
// bench-ceiling FOLDER: what the machine can do, beside what the daemon does with it: one Ed25519
// verification, one LMDB commit with the log's own flags, one fdatasync. Medians, in microseconds,
// as one JSON object.
#include "base/clock.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUNS 400
#define VERIFIES 64 // per run
#define RECORD 1200
#define BLOCK 4096
#define MAP ((size_t)256 << 20)

static void must(enum result result, const char *doing)
{
	if (result == RESULT_OK)
		return;
	fprintf(stderr, "bench-ceiling: cannot %s: %s\n", doing, result_name(result));
	exit(1);
}

static double now_us(clockid_t clock)
{
	struct timespec time;
	clock_gettime(clock, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, by_size);
	return values[count / 2];
}

// CPU time: other processes must not count.
static double verify_us(void)
{
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN], signature[SIGN_LEN];
	uint8_t message[120];
	double took[RUNS / 8];
	random_bytes(message, sizeof message);
	sign_keypair(public_key, secret);
	struct bytes view = bytes_make(message, sizeof message);
	sign_detached(signature, view, secret);
	for (size_t i = 0; i < sizeof took / sizeof took[0]; i++) {
		double begin = now_us(CLOCK_THREAD_CPUTIME_ID);
		for (size_t n = 0; n < VERIFIES; n++)
			must(sign_verify(bytes_make(signature, SIGN_LEN), view, public_key),
			     "verify");
		took[i] = (now_us(CLOCK_THREAD_CPUTIME_ID) - begin) / VERIFIES;
	}
	return median(took, sizeof took / sizeof took[0]);
}

// One transaction of `records`, appended as the log's are.
static double commit_us(const char *folder, size_t records, bool *ret_durable)
{
	static const char *const tables[] = {"entry", NULL};
	const struct store_options options = {.map_bytes = MAP, .tables = tables, .durable = true};
	struct store *store;
	struct store_txn *txn;
	uint8_t key[8], value[RECORD];
	uint64_t next = 0;
	double took[RUNS];
	random_bytes(value, sizeof value);
	must(store_open(folder, &options, &store), "open a store");
	for (size_t i = 0; i < RUNS; i++) {
		double begin = now_us(CLOCK_MONOTONIC);
		must(store_begin(store, true, &txn), "begin");
		for (size_t n = 0; n < records; n++) {
			put_u64be(key, next++);
			store_append(txn, 0, bytes_make(key, sizeof key),
				     bytes_make(value, sizeof value));
		}
		must(store_commit(txn), "commit");
		took[i] = now_us(CLOCK_MONOTONIC) - begin;
	}
	struct store_facts facts;
	must(store_facts(store, &facts), "read the flags");
	*ret_durable = facts.durable_flags;
	store_close(store);
	return median(took, RUNS);
}

static double fdatasync_us(const char *folder)
{
	char path[512];
	uint8_t block[BLOCK];
	double took[RUNS];
	snprintf(path, sizeof path, "%s/block", folder);
	random_bytes(block, sizeof block);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || pwrite(fd, block, BLOCK, 0) != BLOCK || fsync(fd) != 0)
		must(RESULT_IO, "write a block");
	for (size_t i = 0; i < RUNS; i++) {
		double begin = now_us(CLOCK_MONOTONIC);
		if (pwrite(fd, block, BLOCK, 0) != BLOCK || fdatasync(fd) != 0)
			must(RESULT_IO, "write a block");
		took[i] = now_us(CLOCK_MONOTONIC) - begin;
	}
	close(fd);
	return median(took, RUNS);
}

int main(int argc, char **argv)
{
	char one[512], many[512];
	if (argc != 2) {
		fprintf(stderr, "usage: bench-ceiling FOLDER\n");
		return 2;
	}
	must(crypto_start(), "start libsodium");
	snprintf(one, sizeof one, "%s/one", argv[1]);
	snprintf(many, sizeof many, "%s/many", argv[1]);
	printf("{\"verify_us\": %.2f, ", verify_us());
	bool durable;
	printf("\"commit_us\": %.1f, ", commit_us(one, 1, &durable));
	printf("\"commit_64_us\": %.1f, ", commit_us(many, 64, &durable));
	printf("\"durable\": %s, ", durable ? "true" : "false");
	printf("\"fdatasync_us\": %.1f}\n", fdatasync_us(argv[1]));
	return 0;
}
