// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: `knooppuntd rotate` (rotate.c), what it asks of the daemon that runs and
// what a transport key has of its own (rotate_ask.c).
#ifndef KNP_CORE_ROTATE_H
#define KNP_CORE_ROTATE_H

#include "core/core.h"

struct rotation {
	const char *name, *next; // of the files; of a transport key see rotate_choose_door()
	enum house_use use;
	const char *text, *end; // in the data folder
};

struct rotate {
	const struct rotation *what;
	const char *name, *next_name; // of the key in use and the next
	struct settings settings;
	struct core_paths paths;
	struct problem problem;
	char adres[HOUSE_ADRES_MAX + 1]; // of the next transport key
	char current[300], next[300], retired[300], text[300], end[300];
};

// Says what is wrong, unless somebody did, and gives `result` back.
enum result rotate_fail(struct rotate *rotate, enum result result, enum reason reason,
			const char *file, const char *what) KNP_MUST_CHECK;
// The key of this name and of the kind that is rotated.
enum result rotate_open_key(struct rotate *rotate, const char *name,
			    struct private_key *ret_key) KNP_MUST_CHECK;

// One question to the daemon that runs, as control_ask(); `reader` sees each line of the answer
// (NULL: of no interest).
struct rotate_reader {
	void (*line)(void *context, struct bytes name, struct bytes value);
	void *context;
};
enum result rotate_ask(struct rotate *rotate, const char *command,
		       const struct rotate_reader *reader, struct problem *problem) KNP_MUST_CHECK;
// What the register has of this key, by the word of the daemon that runs: of what is returned
// `key` counts, and whether `until` is REGISTER_NEVER. RESULT_NOT_FOUND: it does not have it.
enum result rotate_look_up(struct rotate *rotate, const uint8_t key[32],
			   struct house_key *ret_said) KNP_MUST_CHECK;

// Which of the two transport keys is the one in use, and which the next: where both are there, the
// one that the register had first is in use.
enum result rotate_choose_door(struct rotate *rotate) KNP_MUST_CHECK;
// Has the gate serve this transport key, and fills in the adres where none was given: that of the
// door. RESULT_CONFIG, RESULT_NOT_FOUND: it has none.
enum result rotate_open_door(struct rotate *rotate, const uint8_t key[32]) KNP_MUST_CHECK;

#endif
