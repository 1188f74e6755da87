// SPDX-License-Identifier: EUPL-1.2
// A casus: what dossier systems say about one person, in one log entry after another. Its first
// entry is its number here; what is said later is about that entry, lies under its key and goes
// with it. What counts is the newest statement of each type; that of which something was erased
// counts as if there were no casus.
#ifndef KNP_FLOW_CASUS_H
#define KNP_FLOW_CASUS_H

#include "flow/flow.h"

#define CASUSSEN_MAX 16 // of one person; more, and what they say together is not known
#define CASUS_INBRENGERS_MAX 4
#define CASUS_DEELNEMERS_MAX 16

#define CASUS_ADVIEZEN_MAX 3
#define CASUS_AFSPRAKEN_MAX 8

// What was advised beforehand, for ZSM.
struct casus_advies {
	struct bytes adviezen[CASUS_ADVIEZEN_MAX], afspraken[CASUS_AFSPRAKEN_MAX];
	size_t advies_count, afspraak_count;
	struct bytes tekst, geldig_tot; // empty geldig_tot: nothing was advised
	struct ontvanger door;
	int64_t gegeven; // milliseconds
};

// Views live on the arena it was read on; an empty one was not said.
struct casus {
	uint64_t first, newest; // entries: that opened it, the newest that says something of it
	uint64_t reading;       // the entry in hand while it is read
	uint64_t stood;         // the one that said how it stands: the later of house and who leads
	bool gewist;            // something of it was erased: nothing else of this is filled
	struct bytes nummer;    // "pgax:123", the first that was said
	bool besloten;          // steers nothing and is given to nobody
	struct bytes rol;       // of the person, a code of "rol"
	struct bytes status, sinds, niveau, ave, top_x, pga, wth, levensloop;
	struct bytes bellen, telefoon, casustelefoon, bereikbaar, casusbereikbaar;
	struct casus_advies advies;
	struct ontvanger regie, casusregie; // no OIN: nobody was named
	struct ontvanger inbrengers[CASUS_INBRENGERS_MAX];
	struct ontvanger deelnemers[CASUS_DEELNEMERS_MAX];
	size_t inbrenger_count, deelnemer_count;
};

// "<system>:<number>", by which a casus is known in a dossier system.
bool casus_is_number(struct bytes number);
// Of an entry about a casus: the link of its person (`of_person`), or that of its numbers; NULL.
const struct persoon_link *casus_link(const struct part_verantwoording *v, bool of_person);
// "<OIN>:<functie>"; false when it is something else.
bool casus_who(struct bytes text, struct ontvanger *ret_ontvanger);
// The casus that begins at `first`.
enum result casus_read(struct core *core, uint64_t first, struct arena *arena,
		       struct casus *ret_casus) KNP_MUST_CHECK;
// All that a person stands in, at most CASUSSEN_MAX; RESULT_TOO_LARGE beyond.
struct casussen {
	struct casus *casussen; // NULL when there is none
	size_t count;
};
enum result casussen_of(struct core *core, const uint8_t *handle, struct arena *arena,
			struct casussen **ret_casussen) KNP_MUST_CHECK;
// The same for a question, at the same cost whoever it is about: as many casussen are read as one
// person can stand in, those that are not there from others by `place`, and as many entries. What
// it gives is the person's alone.
enum result casussen_asked(struct core *core, const uint8_t *handle, const uint8_t *place,
			   struct arena *arena, struct casussen **ret_casussen) KNP_MUST_CHECK;
// The entry that opened the casus with this number in a dossier system; RESULT_NOT_FOUND.
enum result casus_named(struct core *core, struct bytes number, uint64_t *ret_first) KNP_MUST_CHECK;
// Whether an advice was given that holds on this day.
bool casus_is_advised(const struct casus *casus, struct civil_date on);
bool casus_is_open(const struct casus *casus);
// Somebody with a part in a casus says something about it, for one of its functies: the statement
// is about that casus then. Else it is refused, in the same words whether there is no such casus or
// it is none of the signer's business.
struct casus_velden {
	uint32_t casus, functie;                 // velden of the statement
	const char *casus_field, *functie_field; // "regie.casus"
};
enum result casus_settle_by(struct core *core, struct flow_item *item,
			    const struct casus_velden *velden, struct casus *ret_casus,
			    struct ontvanger *ret_who) KNP_MUST_CHECK;
// Of the statement in hand: what it names is this casus, so that it is recorded about it.
// RESULT_NOT_FOUND when its accountability is gone.
enum result casus_settle(struct core *core, struct flow_item *item, uint64_t first) KNP_MUST_CHECK;
// Whether this ontvanger may know that the casus exists: it is named in it, or is of the house.
bool casus_known_to(const struct core *core, const struct casus *casus,
		    const struct ontvanger *ontvanger);
// What the casussen of a person say together becomes facts of a betrokkene of the item (attributes
// 31..39, 43 and 44).
struct casus_person {
	uint32_t betrokkene;
	const uint8_t *handle;
	// Only casussen that are about what this person did or may do: of one in which it is
	// victim, child or family nothing is known then.
	bool as_verdachte;
};
enum result casus_feiten(struct core *core, struct flow_item *item,
			 const struct casus_person *person) KNP_MUST_CHECK;
void casus_forget(struct feiten *feiten, uint32_t betrokkene); // they are not known

// Of facts that were just made: when, and whose (enrich.c).
void enrich_begin(struct core *core, struct flow_item *item);
// Who the source is by the convenant (NULL: by none, nothing changes): its name there, and the
// soort that was signed. A bundle is its own word.
void enrich_partij(struct feiten *feiten, const struct convenant *convenant);
// What a birth date says of a betrokkene's age; not known when it is none.
enum result enrich_born(struct flow_item *item, uint32_t betrokkene,
			struct bytes born) KNP_MUST_CHECK;
// A number as the facts write it.
enum result enrich_number(struct flow_item *item, enum attribuut attribuut, uint32_t betrokkene,
			  uint64_t number) KNP_MUST_CHECK;
// The handle of the first number of this link known already; a new one when none is. Numbers that
// lead to different persons are never merged: the link then rests on the first (enrich.c).
enum result person_find(struct core *core, const struct flow_item *item,
			const struct persoon_link *link,
			uint8_t ret_handle[HANDLE_LEN]) KNP_MUST_CHECK;
// A handle that nobody has yet; it begins with the index of the entry in hand.
void handle_mint(const struct core *core, uint8_t ret_handle[HANDLE_LEN]);
// What a question is answered with (context.c); false for a rubriek that answers none.
bool context_is(uint32_t rubriek);
enum result context_make(const struct core *core, const struct flow_item *item,
			 const struct gave *gave, uint32_t part,
			 struct verrijkingen *out) KNP_MUST_CHECK;
// What became of such an answer, to one ontvanger (terugkoppeling.c). RESULT_DAMAGED.
enum result terugkoppeling_make(struct core *core, const struct flow_item *item,
				const struct ontvanger *ontvanger, uint32_t part,
				struct verrijkingen *out) KNP_MUST_CHECK;

#endif
