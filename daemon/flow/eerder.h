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
// Whether those of this person before the item can all be read now. What was known when a melding
// came may be damaged when it is decided again.
enum result eerder_is_readable(struct core *core, const struct flow_item *item,
			       const uint8_t *handle, bool *ret_readable) KNP_MUST_CHECK;
void eerder_forget(struct feiten *feiten, uint32_t betrokkene); // they are not known

#endif
