// SPDX-License-Identifier: EUPL-1.2
// What the knooppunt gives, as files for a system: fetched, verified, and each written by one
// rename as <house>-<OIN>-<functie>-<number>.json or .csv. Only what lies there durably is handed
// over and acked; until then it lies sealed in the inbox. A kill in between writes a file again
// under the same name, so a name stands for one verstrekking, whenever it comes.
#ifndef KNP_ADAPTER_OUTLET_H
#define KNP_ADAPTER_OUTLET_H

#include "adapter/adapter.h"

#define OUTLET_UNTAKEN_MAX 1000 // files in the folder: more lie sealed until some were taken

// Whether our key holds the functies of `uit`, as far as the register is known here. RESULT_CONFIG
// with the problem, which names those that it holds.
enum result outlet_check(const struct adapter *adapter, struct problem *problem) KNP_MUST_CHECK;

// One turn for each functie. RESULT_OK with `*ret_waiting` functies of which something waits (the
// knooppunt cannot be reached, the folder is full), and the problem of the first; RESULT_CONFIG:
// the folder cannot be used.
enum result outlet_round(struct adapter *adapter, size_t *ret_waiting,
			 struct problem *problem) KNP_MUST_CHECK;

// What a verstrekking answers: a question of this instance, or a melding of it of the last 14 days
// to which the knooppunt adds something (answered.c).
struct outlet_answers {
	bool question;
	char number[REGISTRATIENUMMER_MAX + 1]; // of it, "": it answers nothing of ours
};
// Whether it is worth looking: who sent it is us, or is not told.
bool outlet_may_answer(const struct adapter *adapter, const struct verstrekking *verstrekking);
// By its index. It is a call on the client. RESULT_AGAIN: that shows once each question has its
// outcome. RESULT_IO, RESULT_NO_MEMORY, …
enum result outlet_find_answered(const struct adapter *adapter, uint64_t index,
				 struct outlet_answers *ret_answers) KNP_MUST_CHECK;

// A question of file `file` of the instance that was refused, its n-th: what it is told, as
// <house>-<OIN>-vraag-<file>-<n>.json.
struct outlet_refused {
	uint64_t file;
	unsigned n;
	struct bytes json;
};
enum result outlet_put_refused(const struct adapter *adapter, const struct outlet_refused *refused,
			       struct problem *problem) KNP_MUST_CHECK;

// The numbers that a system (its name "": none) has for the casussen which a verstrekking names by
// the number of any system, each once, parted by commas.
void outlet_casussen(const struct casussen *casussen, const struct casus_system *system,
		     const struct verstrekking *verstrekking, struct buffer *out);

// Tells people by e-mail that something lies there that the system did not take, as `attendering`
// of the settings says; nothing without it. That it does not go keeps nothing else waiting: it is
// told in the log once, and in the status (attendeer.c).
void outlet_attendeer(struct adapter *adapter);

// What lies in the folder that the system did not take, and since when the oldest does (0: none).
struct outlet_untaken {
	uint64_t count;
	int64_t oldest_ms;
};
// RESULT_CONFIG with the problem: the folder cannot be read.
enum result outlet_look(const char *folder, struct outlet_untaken *ret_untaken,
			struct problem *problem) KNP_MUST_CHECK;

#endif
