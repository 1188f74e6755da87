// SPDX-License-Identifier: EUPL-1.2
// A question about a person (verrijking_verzoek): answered at once from what casussen say, like
// that of ZSM, and passed on to those whom regels name, who say whether they know the person
// (specification K42 to K45). Three rounds of decisions, each a value of the fact `vraag`:
//
//   verrijking.verzoek  what who asks is told at once; the first entry of the question
//   bekend.vraag        who is asked and how the person is named to each; the second entry. It
//   rests
//                       on the question alone: nobody was looked up for these facts
//   bekend.antwoord     what of one answer goes to who asked; an entry of its own, about the first
//
// What is not given is never told apart: the tick closes the question at the last term of those who
// were asked, by a delivery that says nothing else, whoever answered what.
#ifndef KNP_FLOW_BEKEND_H
#define KNP_FLOW_BEKEND_H

#include "flow/flow.h"

#define VRAAG_ZSM "zsm.context"
#define VRAAG_VERRIJKING "verrijking.verzoek"
#define VRAAG_BEKEND "bekend.vraag"
#define VRAAG_ANTWOORD "bekend.antwoord"

bool vraag_is(const struct feiten *feiten, const char *vraag);
// What may be given of a question or an answer: all of it is put before the convenant, whatever is
// there, so that it costs the same. NULL: what is decided is no such round.
struct vraag_round {
	const char *vraag;
	const struct plaats *plaatsen;
	size_t count;
};
const struct vraag_round *vraag_round(const struct feiten *feiten);
// Whether what is decided in this round may reach an ontvanger at all: what is answered goes
// to who asked alone.
bool vraag_reaches(const struct convenant *convenant, const struct feiten *feiten,
		   const struct ontvanger *ontvanger);
// Whether a rubriek alone makes a delivery of this round; herkomst says nothing alone, and who is
// not asked is told nothing of a question.
bool vraag_says_alone(const struct feiten *feiten, uint32_t rubriek);
// The fact `vrager`; without a value where that is no partij of the convenant.
enum result vrager_feit(struct flow_item *item, const struct ontvanger *vrager) KNP_MUST_CHECK;

// Once it was decided who is asked: what each owes, and when the question closes.
enum result bekend_owe(struct flow_item *item) KNP_MUST_CHECK;

// What the knooppunt states in these rounds; false for a rubriek that is none of them.
bool bekend_is(uint32_t rubriek);
enum result bekend_make(const struct flow_item *item, const struct toedeling *toedeling,
			const struct gave *gave, uint32_t part,
			struct verrijkingen *out) KNP_MUST_CHECK;

// The delivery that closes a question, by the obligation that stands for it: into *ret_part, with
// the number after `given` that this ontvanger gets before it in the same entry. *ret_due false
// where the question cannot be accounted for any more.
enum result bekend_close(struct core *core, const struct state_obligation *owed, uint64_t given,
			 struct part *ret_part, bool *ret_due) KNP_MUST_CHECK;

#endif
