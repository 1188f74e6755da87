// SPDX-License-Identifier: EUPL-1.2
#include "audit/verify.h"
#include "crypto/secret.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/testexport.h"
#include "tree/verified.h"

#define COUNT 258 // a whole tile, a partial one, and a tile above them
#define FILES 7

// A sound export, made once; each input changes one of its files.
struct fixture {
	struct testexport export;
	struct {
		const char *name;
		uint8_t data[32768];
		size_t len;
	} files[FILES];
	uint8_t state[8192]; // of the sound export, wholly verified
	size_t state_len;
};

static struct fixture *fixture;

static void remove_fixture(void)
{
	temporary_free(fixture->export.t);
	testexport_done(&fixture->export);
	free(fixture);
}

static void is_told(void *context, uint64_t done, uint64_t all)
{
	fuzz_check(context == fixture && done <= all);
}

static enum result verify_from_state(struct verify_outcome *ret_outcome)
{
	char state[600];
	snprintf(state, sizeof state, "%s/state", fixture->export.folder);
	const struct verify_options options = {.folder = fixture->export.folder,
					       .state_file = state,
					       .progress = is_told,
					       .progress_context = fixture};
	return verify_log(&options, ret_outcome);
}

static size_t read_whole(const char *name, uint8_t *out, size_t room)
{
	char path[600];
	snprintf(path, sizeof path, "%s/%s", fixture->export.folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = read(fd, out, room);
	fuzz_check(len > 0);
	close(fd);
	return (size_t)len;
}

static void make_fixture(void)
{
	struct verify_outcome outcome;
	static const char *const names[FILES] = {
		"checkpoint",       "tile/0/000",           "tile/0/001.p/2", "tile/1/000.p/1",
		"tile/entries/000", "tile/entries/001.p/2", "log.vkey",
	};
	fuzz_check(crypto_start() == RESULT_OK);
	fixture = calloc(1, sizeof *fixture);
	testexport_init(&fixture->export, temporary_new(), "export", COUNT);
	testexport_put_all(&fixture->export);
	for (size_t i = 0; i < FILES; i++) {
		fixture->files[i].name = names[i];
		fixture->files[i].len =
			read_whole(names[i], fixture->files[i].data, sizeof fixture->files[i].data);
	}
	fuzz_check(verify_from_state(&outcome) == RESULT_OK && outcome.intact);
	fixture->state_len = read_whole("state", fixture->state, sizeof fixture->state);
	atexit(remove_fixture);
}

static void put_file(size_t number, struct bytes content)
{
	testexport_put(fixture->export.folder, fixture->files[number].name, content);
}

static bool is_root(const struct verify_outcome *outcome)
{
	struct hash root = testexport_root(fixture->export.leaves, outcome->size);
	return hash_equal(&outcome->root, &root);
}

// The input as the whole file, or laid over it from a place on; none leaves it as it is.
static size_t change_file(size_t number, bool over, struct bytes input, uint8_t out[65536])
{
	if (input.len == 0) {
		memcpy(out, fixture->files[number].data, fixture->files[number].len);
		return fixture->files[number].len;
	}
	if (!over || input.len < 2) {
		size_t len = input.len < 65536 ? input.len : 65536;
		memcpy(out, input.data, len);
		return len;
	}
	size_t len = fixture->files[number].len, at = get_u16be(input.data) % len;
	memcpy(out, fixture->files[number].data, len);
	for (size_t i = 2; i < input.len && at < len; i++)
		out[at++] = input.data[i];
	return len;
}

// Lays the same bytes over the file after this one: two files that were changed together.
static void change_next(size_t number, struct bytes input)
{
	static uint8_t changed[65536];
	size_t next = (number + 1) % FILES;
	put_file(next, bytes_make(changed, change_file(next, true, input, changed)));
}

// A state that was verified up to that other checkpoint, of one entry, whose root is zero.
static void check_from_other(struct bytes note)
{
	const struct verified other = {.frontier = {.size = 1}, .note = note};
	struct verify_outcome outcome;
	struct buffer text;
	buffer_init(&text, VERIFIED_MAX);
	verified_format(&other, &text);
	testexport_put(fixture->export.folder, "state", buffer_view(&text));
	fuzz_check(verify_from_state(&outcome) == RESULT_OK && !outcome.intact);
	buffer_done(&text);
}

// What was seen before: the sound checkpoint, or one of another history under the same key.
static void put_last(bool other)
{
	struct bytes sound = bytes_make(fixture->files[0].data, fixture->files[0].len);
	struct buffer text, note;
	buffer_init(&text, 1000);
	buffer_init(&note, 2000);
	const uint8_t *end = memchr(sound.data, '\n', sound.len);
	fuzz_check(end != NULL);
	buffer_append(&text, bytes_make(sound.data, (size_t)(end - sound.data)));
	buffer_append_text(&text, "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buffer_append(&note, buffer_view(&text));
	buffer_append_text(&note, "\n");
	fuzz_check(note_append_signature(buffer_view(&text), &fixture->export.log.vkey,
					 fixture->export.log.secret, &note) == RESULT_OK);
	testexport_put(fixture->export.folder, "last", other ? buffer_view(&note) : sound);
	if (other)
		check_from_other(buffer_view(&note));
	buffer_done(&text);
	buffer_done(&note);
}

// Going on from the sound export finds nothing that a whole reading does not, but for a log that
// was cut off since; and what it calls intact has the sound root.
static void check_from_state(const struct verify_outcome *whole)
{
	struct verify_outcome outcome;
	testexport_put(fixture->export.folder, "state",
		       bytes_make(fixture->state, fixture->state_len));
	fuzz_check(verify_from_state(&outcome) == RESULT_OK);
	if (outcome.intact)
		fuzz_check(outcome.size == COUNT && is_root(&outcome));
	else
		fuzz_check(!whole->intact || whole->size < COUNT);
}

static void restore(size_t number)
{
	put_file(number, bytes_make(fixture->files[number].data, fixture->files[number].len));
}

// First byte: the file, and with 0x80 that the rest lies over it, with 0x20 over the next one too
// and the sound checkpoint was seen before; with 0x40 a checkpoint is signed.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t changed[65536];
	struct verify_outcome outcome;
	if (!fixture)
		make_fixture();
	if (size == 0)
		return 0;
	size_t number = (data[0] & 0x1f) % FILES;
	bool two = (data[0] & 0x20) != 0;
	struct bytes original = bytes_make(fixture->files[number].data, fixture->files[number].len);
	size_t len =
		change_file(number, (data[0] & 0x80) != 0, bytes_make(data + 1, size - 1), changed);
	struct buffer content;
	buffer_init(&content, sizeof changed + 1000);
	buffer_append(&content, bytes_make(changed, len));
	if (number == 0 && (data[0] & 0x40) != 0) {
		buffer_append_text(&content, "\n");
		fuzz_check(
			note_append_signature(bytes_make(changed, len), &fixture->export.log.vkey,
					      fixture->export.log.secret, &content) != RESULT_IO);
	}
	put_file(number, buffer_view(&content));
	if (two)
		change_next(number, bytes_make(data + 1, size - 1));
	char last[600];
	snprintf(last, sizeof last, "%s/last", fixture->export.folder);
	bool other = (data[0] & 0x80) == 0;
	if (two)
		put_last(other);
	const struct verify_options options = {.folder = fixture->export.folder,
					       .last_file = two ? last : NULL};
	fuzz_check(verify_log(&options, &outcome) == RESULT_OK);
	// The log's key may sign an earlier size too; its root is that of our entries, or nothing
	// is.
	if (outcome.intact)
		fuzz_check(!(two && other) && outcome.size <= COUNT && is_root(&outcome));
	else
		fuzz_check(strlen(outcome.what) > 0 && strlen(outcome.file) > 0);
	// A key may lack its newline and a note may carry signatures of others; all else is exact.
	if (number >= 1 && number < FILES - 1 && !two)
		fuzz_check(outcome.intact == bytes_equal(buffer_view(&content), original));
	if (!two)
		check_from_state(&outcome);
	restore(number);
	restore((number + 1) % FILES);
	buffer_done(&content);
	return 0;
}
