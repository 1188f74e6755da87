// SPDX-License-Identifier: EUPL-1.2
// A whole core inside a test: data folder, keys, register, convenant, partners. Statements go in as
// an opener hands them over, answers are caught and opened with the partner's key. Both clocks
// are the real ones plus `flow_clock_ahead`; the wall clock alone moves by `flow_clock_step`. They
// can be made to stand still, for what depends on a millisecond.
#ifndef KNP_TESTS_UNIT_FLOW_WORLD_H
#define KNP_TESTS_UNIT_FLOW_WORLD_H

#include "unit.h"

#include "core/core.h"
#include "crypto/secret.h"
#include "temporary.h"

#include <string.h>

#define FLOW_HOUSE "00000099000000009000"
#define FLOW_ORIGIN "zvh.example/oefening"
#define FLOW_PARTIES_MAX 48
#define FLOW_FRAMES_MAX 4096

extern int64_t flow_clock_ahead, flow_clock_step; // milliseconds
void flow_clock_stand(bool still);

struct flow_party {
	struct bundle bundle;
	struct private_key identity, sealing, transport;
	char source[SOURCE_MAX + 1];
	uint64_t sequence, connection;
};

struct flow_world {
	struct temporary *folder;
	char settings_file[240];
	struct settings settings;
	struct core *core;
	struct arena *arena; // of the test
	struct private_key beheerder, officer, deputy;
	struct flow_party parties[FLOW_PARTIES_MAX];
	size_t party_count;
	struct {
		struct route route;
		struct buffer bytes;
	} frames[FLOW_FRAMES_MAX];
	size_t frame_count;
	struct problem problem;
};

// A subcommand of knooppuntd, in this process and without what it prints; its exit code.
int flow_run(struct flow_world *w, int (*run)(const char *, int, char **), int argc, char **argv);
// A log that is an oefening, opened, with its three roles. Everything that fails in the fixture
// fails the test.
struct flow_world *flow_world_new(void);
void flow_world_free(struct flow_world *w);
void flow_world_close(struct flow_world *w); // core only
void flow_world_open(struct flow_world *w);
// As a parent opens it after crashes, or not; what core says, with the problem filled.
enum result flow_world_try_open(struct flow_world *w, bool after_crashes) KNP_MUST_CHECK;
// One in which a politie and a stad (oov, wmo) take part.
struct flow_world *flow_town(void);
#define POLITIE (&w->parties[0])
#define STAD (&w->parties[1])
// A teardown: a rebuild of state gives the rows there are, then the world goes.
int flow_world_end(void **state);
// `functies` with commas between. Its connection is its own.
struct flow_party *flow_enrol(struct flow_world *w, const char *oin, const char *soort,
			      const char *functies);
void flow_revoke(struct flow_world *w, const struct flow_party *party);
// Both roles propose and approve the document; the index of its leaf.
uint64_t flow_convenant(struct flow_world *w, const char *document);
// The act of a role about an object.
struct signed_statement flow_act(struct flow_world *w, const struct private_key *key,
				 const char *soort, const struct hash *object);
enum result flow_try_register(struct flow_world *w, struct part_register *part,
			      struct bytes document, uint64_t *ret_index) KNP_MUST_CHECK;

// ---- what goes in --------------------------------------------------------------------------

struct flow_person { // NULL: left out
	const char *rol, *woongemeente, *minderjarig, *bsn, *skn, *geslachtsnaam;
	const char *vnummer; // held under the Wpg
	const char *verblijfgemeente;
};
struct flow_case {
	const char *soort, *thema, *gemeente, *urgentie;
	struct flow_person persons[BETROKKENEN_MAX];
	size_t count;
	const char *toelichting, *registratienummer, *overleg;
	bool turned; // its rubrieken in the opposite order
};

extern const struct flow_case flow_one_person; // a slachtoffer, by BSN and name

// A statement as an opener would hand it over. A test changes `opened` to be a taken-over one.
struct flow_sent {
	struct opened opened;
	struct hash about; // header hash
	char id[ID_MAX + 1];
	uint8_t signature[SIGNATURE_LEN];
};
struct flow_sent *flow_melding(struct flow_world *w, struct flow_party *party,
			       const struct flow_case *c);
// Any other statement; `velden` are copied.
struct flow_sent *flow_say(struct flow_world *w, struct flow_party *party, uint32_t type,
			   const struct veld *velden, size_t count);
struct flow_judgement {
	uint64_t melding;
	const char *regel, *uitkomst;
	uint32_t betrokkene;
};
struct flow_sent *flow_weging(struct flow_world *w, struct flow_party *party,
			      const struct flow_judgement *judgement);
struct flow_sent *flow_fetch(struct flow_world *w, struct flow_party *party, const char *functie,
			     uint64_t after);
// Confirms one delivery.
struct flow_sent *flow_ack(struct flow_world *w, struct flow_party *party, const char *functie,
			   const struct delivery *delivery);
// Signs the header of `sent` anew after a test changed it; opened.statement stays.
void flow_sign_again(struct flow_world *w, struct flow_party *party, struct flow_sent *sent);

// What the loop of core does with one message of an opener.
void flow_hand(struct flow_world *w, const struct flow_sent *sent);
void flow_end_batch(struct flow_world *w);
// Both, one statement alone.
void flow_send_one(struct flow_world *w, const struct flow_sent *sent);
// A melding that goes in so and is accepted; the index of its entry, unless NULL.
struct flow_sent *flow_melded(struct flow_world *w, struct flow_party *party,
			      const struct flow_case *c, uint64_t *ret_index);
// Decides all that waits again, after a change of the register.
void flow_recheck_all(struct flow_world *w);

// ---- time that passes ----------------------------------------------------------------------

// The machine was off for so long, and the beheerder looked at its clock.
void flow_days_later(struct flow_world *w, int64_t days);
// A tick after a whole walk over all terms; what it begins is left to be done.
void flow_tick_now(struct flow_world *w);
// So many, each with what it begins. What lapses does so in one tick, what it was of goes in the
// next, and one more says it is done.
void flow_ticks(struct flow_world *w, int count);

// ---- what comes out ------------------------------------------------------------------------

void flow_forget_frames(struct flow_world *w);
// The newest answer about this statement, opened by the party; NULL when there is none.
const struct reply *flow_answer(struct flow_world *w, struct flow_party *party,
				const struct flow_sent *sent);
// The n-th of several, from 0; NULL: there are not so many.
const struct reply *flow_answer_at(struct flow_world *w, struct flow_party *party,
				   const struct flow_sent *sent, size_t n);
size_t flow_answers(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent);
// Sends a fetch and gives its answer.
const struct reply *flow_collect(struct flow_world *w, struct flow_party *party,
				 const char *functie, uint64_t after);
const struct part_verstrekking *flow_part(struct flow_world *w, const struct delivery *delivery);
// Index of the entry of an accepted statement; fails the test when it was not accepted.
uint64_t flow_accepted(struct flow_world *w, struct flow_party *party,
		       const struct flow_sent *sent);
void flow_refused(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent,
		  enum reason reason);
void flow_told_again(struct flow_world *w, struct flow_party *party, const struct flow_sent *sent,
		     enum reason reason);
bool flow_gives(const struct part_verstrekking *part, uint32_t betrokkene, uint32_t rubriek);
// Asserts that a rebuild of state gives the rows there are.
void flow_assert_rebuild_equal(struct flow_world *w);
// The order to erase one statement's content, and carrying it out with the acts of so many roles:
// the beheerder's, then the officer's.
#define FLOW_GROND "AVG art. 17, verzoek van 1 november 2026"
struct bytes flow_order(struct flow_world *w, uint64_t index, const struct hash *header);
enum result flow_erase(struct flow_world *w, struct bytes opdracht, size_t roles,
		       uint64_t *ret_index) KNP_MUST_CHECK;
// What a control command, or a vraag of the officer, answers: lines "name value", on the arena.
const char *flow_control(struct flow_world *w, const char *request);

#endif
