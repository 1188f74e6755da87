// SPDX-License-Identifier: EUPL-1.2
// What every question about a person begins with, whoever asks it (vrager.c): may it be asked, and
// the facts that casussen give. What is refused depends on the question alone.
#ifndef KNP_FLOW_VRAGER_H
#define KNP_FLOW_VRAGER_H

#include "flow/casus.h"

// What is asked, as whom casussen count the person (NULL: nobody said), the velden of the type, and
// the names of two in a refusal.
struct vrager_velden {
	const char *vraag, *rol;
	uint32_t functie, bsn, skn, vnummer, geboortedatum;
	const char *functie_field, *number_field;
};
// To whom the answer goes, and under which convenant it is asked: the first in force that has that
// ontvanger, else the first. Refused are a functie that the signer does not hold, a log without
// convenant, and a question without a number.
void vrager_settle(struct core *core, struct flow_item *item, const struct vrager_velden *velden);
// Facts of the question before anybody is looked up. It is no melding,
// so it has no soort; what nobody said of an incident stays not known, so that what forbids because
// of it stops the answer.
enum result vrager_feiten(struct core *core, struct flow_item *item,
			  const struct vrager_velden *velden) KNP_MUST_CHECK;
// What casussen say of whom the numbers lead to; of nobody when to none, or to more than one.
enum result vrager_enrich(struct core *core, struct flow_item *item,
			  const struct vrager_velden *velden) KNP_MUST_CHECK;

#endif
