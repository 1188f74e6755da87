// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/core only: one `why`, from the question to its lines.
//
// Each convenant decides for itself: an answer is about one of them, and says "ook <convenant>" of
// each other in which this ontvanger takes part.
//
// The answer is the index of the melding's entry, its convenant, the facts ("feit", "feit-uit"),
// then what happened to it for this ontvanger in the order of the log (verloop.c), then for each
// rubriek asked about a block that begins with "vraag": where it stands now, and why.
#ifndef KNP_CORE_WHY_H
#define KNP_CORE_WHY_H

#include "core/core.h"

#define WHY_LATER_MAX 64
#define WHY_ARENA (32u * 1024 * 1024) // of one event: its facts

struct why {
	struct core *core;
	const struct why_request *request;
	struct convenant *loaded;          // when it is not the one in force
	const struct convenant *convenant; // of the decision asked about
	const struct recalled *decision;   // its entry: the melding's own, or a following one
	struct recalled recalled;
	const struct recalled *asked; // of a question, where whoever is asked about was asked: the
				      // entry that passed it on, decided on facts of its own
	struct flow_item item;
	struct ontvanger ontvanger;
	const char *overleg; // instead: its agenda, told to its voorzitter (`ontvanger`); else NULL
	struct recalled *later; // what came about this melding since
	size_t later_count;
	struct arena *arena; // of the event in hand
	struct buffer *out;
	struct problem *problem;
};

// Where one place stands after all that happened.
struct stand {
	struct plaats plaats;
	int gegeven;        // the event that gave what stands, -1: nothing does
	uint64_t vervallen; // entry that took back what was given, 0: none did
	enum oordeel oordeel;
	struct buffer lines; // why, in the lines of a block
};

// why.c
// The convenant with this hash: the one in force, or *ret_loaded, which the caller frees.
enum result why_convenant(struct core *core, const struct hash *hash, struct convenant **ret_loaded,
			  const struct convenant **ret_convenant) KNP_MUST_CHECK;
// A line "<name> <feit>=<waarde>" for each fact. With `origins` also "<name>-uit".
void why_feiten(const struct feiten *feiten, const char *name, bool origins, struct buffer *out);
// "getoetst <attribuut>" for each that the regel tests.
void why_tests(const struct convenant *convenant, size_t n, struct buffer *out);
// Whether an entry was decided under the convenant asked about, in whatever version.
bool why_is_own(const struct why *why, const struct part_verantwoording *v);
// Where this entry gave that place to whom was asked about.
bool why_gave(const struct why *why, const struct part_verantwoording *v,
	      const struct plaats *plaats);
const char *why_rubriek(const struct why *why, const struct plaats *plaats); // its name
// The regel in words, and what is provisional of it by the tables it was decided with.
struct why_rust {
	const struct codes *codes;
	const struct feiten *feiten;
	uint32_t betrokkene;
};
void why_regel(const struct convenant *convenant, const struct why_rust *rust, size_t n,
	       struct buffer *out);
// "<name> <hash> <nu: yes or no>": the code tables of a decision, and whether they are those of
// now.
void why_codes(const struct core *core, const struct part_verantwoording *v, const char *name,
	       struct buffer *out);

// The entry that has the facts of the decision asked about.
const struct recalled *why_facts_of(const struct why *why);
// "g-wpg20-<element> <text>" for each of the six, where it has them.
void why_wpg20(const struct part_verantwoording *v, struct buffer *out);

// verloop.c: tells every event and leaves in `stands` where each of its `count` places stands.
enum result why_verloop(struct why *why, struct stand *stands, size_t count) KNP_MUST_CHECK;

#endif
