// SPDX-License-Identifier: EUPL-1.2
// The facts that earlier meldingen give about a betrokkene: how often (eerder.dag, .30 and .365),
// of another source too (samenloop), and who was given something (eerdere.ontvangers; read from the
// log itself, no row holds it, and only where a regel asks for it).
#ifndef KNP_FLOW_EERDER_H
#define KNP_FLOW_EERDER_H

#include "flow/flow.h"

// Of the betrokkene of this link, under the item's convenant and in its words. What cannot be read,
// and what was seen of in part only, is not known then.
enum result eerder_feiten(struct core *core, struct flow_item *item,
			  const struct persoon_link *link) KNP_MUST_CHECK;
void eerder_forget(struct feiten *feiten, uint32_t betrokkene); // they are not known

#endif
