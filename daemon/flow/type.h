// SPDX-License-Identifier: EUPL-1.2
// Types of statement: what the flow, state and `why` do with each.
#ifndef KNP_FLOW_TYPE_H
#define KNP_FLOW_TYPE_H

#include "flow/casus.h"
#include "flow/flow.h"

#define VELD_BIT(veld) (UINT64_C(1) << (veld)) // in a set of velden of one type

// What core does with one type of statement beside what it does with all: every type has a file of
// its own, type_<name>.c, with nothing but a `type_<name>` for others to see. That it exists says
// the table of types (melding/types.def). A hook that a type does not need is NULL. Nothing outside
// such a file asks which type a statement has.
struct confirmed_each {
	enum result (*take)(void *context, struct bytes functie, uint64_t number);
	void *context;
};
struct vraag_record {
	struct bytes vraag, medewerker, zaak; // empty: nothing is recorded
	bool vervolg;                         // it asked for a next piece
	struct bytes over;                    // HANDLE_LEN; empty: of nobody, or nobody known
	struct bytes melding;                 // entry of the statement it was about, in digits
	struct bytes sleutel;                 // KEY_ID_LEN: the identity key that asked
};
struct informed {         // of a betrokkene, as such an entry says
	struct bytes tot; // empty: he was; else it is put off until this day
};
struct type_handler {
	bool decided;    // put before the convenant
	item_fn *read;   // from the bytes that were signed, where core itself verifies (design §3)
	item_fn *settle; // what it refers to
	item_fn *enrich; // its facts
	item_fn *places; // which rubrieken there are, before the convenant is asked
	item_fn *afterwards; // what the decision leaves out again
	item_fn *whole;      // once each convenant has decided: what all of it together leaves
	enum result (*request)(struct core *core, struct flow_item *item, struct arena *arena);
	uint32_t distinct;      // veld in which two requests of one party differ; 0: the newer
				// supersedes
	state_effect_fn *apply; // rows
	// Velden (a bit for each) that are content: they go with the content, of the melding that
	// the statement is about or of the statement alone; the accountability does not have them.
	uint64_t content;
	// A question, answered at once: nothing waits or comes on an agenda, nothing of what was
	// asked is kept, and `item->vrager` alone gets a delivery, whatever is given. A newer
	// convenant lets an answer lapse that was not fetched.
	bool asks;
	// Decided by itself though it is about an earlier entry: on facts of its own, at once, so
	// that nothing waits or comes on an agenda.
	bool alone;
	// It shows what was given before (flow/scherm.h), or lies with the question it answers:
	// that keeps no content longer.
	bool shows;
	// Once it is recorded and durable: the lines of its answer, which go beside the receipt,
	// the first time it comes (`item->answer_due`). On answer_arena.
	enum result (*answer)(struct core *core, const struct flow_item *item, struct buffer *told);
	// Who sends it waits for little: it may share the commit of what comes a moment later.
	bool patient;
	// The statement itself is content, kept under a key of its own though it has no slots.
	bool is_content;
	// Adds what such a statement, the newest of its type, says of a casus (flow/casus.h).
	void (*casus)(const struct part_verantwoording *v, const struct statement *statement,
		      struct casus *casus);
	// What of such a statement is passed on to whom a regel gives this rubriek, as velden of
	// that: at most `max`, and how many there are.
	size_t (*passes)(const struct statement *statement, uint32_t rubriek, struct veld *velden,
			 size_t max);
	// Adds what an entry of this type says to the facts of the melding it is about.
	enum result (*recall)(const struct recall_question *question,
			      const struct part_verantwoording *v, struct arena *arena,
			      struct feiten *feiten);
	// What such an entry lifts about a betrokkene of the melding it is about, or where it is
	// decided by itself about its own; false: nothing.
	bool (*lifts)(const struct part_verantwoording *v, uint32_t betrokkene,
		      struct toestemming_feit *ret_feit);
	// What such an entry says of whether this betrokkene of the melding it is about was
	// informed; false: nothing.
	bool (*informs)(const struct part_verantwoording *v, uint32_t betrokkene,
			struct informed *ret_informed);
	// The entry of what it withdraws; 0: nothing.
	uint64_t (*withdraws)(const struct part_verantwoording *v);
	// What the record of a question tells of it, for `gezien`.
	void (*asked)(const struct part_verantwoording *v, struct vraag_record *ret_record);
	// Adds to the accountability of what was accepted, and may set until when that is kept.
	enum result (*account)(struct core *core, struct flow_item *item,
			       struct part_verantwoording *v);
	// Velden (a bit for each) that the account of a year and the list of requests tell
	// (core/logboek.c): they name nobody.
	uint64_t listed;
	// Whether the term by which its answer is owed may be lengthened.
	bool (*lengthens)(const struct part_verantwoording *v);
	// Whether somebody asked it, whose identity is looked at before it is granted.
	bool (*of_somebody)(const struct part_verantwoording *v);
	item_fn *recorded; // once its entries are applied; what it adds is in the same batch
	// For `why`: what such an entry is called in the story of the melding it is about, and the
	// lines that tell it ("g-…", core/verloop.c).
	// A melding has no name there: what it tells stands with the decision about it.
	const char *event;
	void (*tell)(const struct part_verantwoording *v, struct buffer *out);
	// For `sleutel`: hands each delivery that such an entry confirms to `each`, until that
	// fails. RESULT_DAMAGED: not as it was checked.
	enum result (*confirmed)(const struct part_verantwoording *v,
				 const struct confirmed_each *each);
};
#define VELD(...)
#define TYPE(NAME, name, ...) extern const struct type_handler type_##name;
#include "melding/types.def"
#undef TYPE
#undef VELD
// NULL for a type that is not on the list.
const struct type_handler *type_handler(uint32_t type);
state_effect_of_fn type_effect;
// Whether what cannot be decided yet of such a statement waits, and comes on agendas; else what is
// not given at once is not given.
bool type_waits(const struct type_handler *handler);
// A `recorded`, of a statement that is answered beside its receipt: the same bytes once more are
// told that, and nothing else. What was asked is read once more for the answer, for it lay where
// the next statement is put together.
item_fn owe_answer;
// The statement in hand, or of an entry that is decided again as it was kept. RESULT_DAMAGED.
enum result item_statement(const struct flow_item *item,
			   struct statement *ret_statement) KNP_MUST_CHECK;
// What the statement in hand has in this veld; empty: nothing.
struct bytes said(const struct flow_item *item, uint32_t veld);
// Of a statement's velden: the number in one, `standard` when it is not there or none.
uint64_t statement_number(const struct statement *statement, uint32_t veld, uint64_t standard);

#endif
