// SPDX-License-Identifier: EUPL-1.2
// Planted faults, linked into knooppuntd-otherwise only (never installed): when the decision is
// taken, a name that should go does not, a role goes under another regel, what should wait goes,
// and a gemeente is said to be of another house than the code tables say. The replay of its log by
// the real daemon must name each of them. Made with -Wl,--wrap.
#include "convenant/berust.h"

enum result __real_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor);
enum result __wrap_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor);

static enum result visit_otherwise(void *context, size_t ontvanger, const struct plaats *plaats,
				   const struct beslissing *beslissing)
{
	const struct beslissing_visitor *real = context;
	struct beslissing other = *beslissing;
	if (plaats->rubriek == RUBRIEK_IDENTIFICATIE && other.oordeel == OORDEEL_VERSTREKT)
		return RESULT_OK;
	if (plaats->rubriek == RUBRIEK_BETROKKENHEID && other.regel_count > 0)
		other.regels[0] = (uint16_t)(other.regels[0] + 1);
	if (plaats->rubriek == RUBRIEK_KENMERKEN)
		other.oordeel = OORDEEL_VERSTREKT;
	return real->visit(real->context, ontvanger, plaats, &other);
}

enum result __wrap_convenant_decide_all(const struct convenant *convenant,
					const struct feiten *feiten, const struct plaats *plaatsen,
					size_t count, const struct beslissing_visitor *visitor)
{
	struct beslissing_visitor real = *visitor;
	struct beslissing_visitor otherwise = {.context = &real, .visit = visit_otherwise};
	return __real_convenant_decide_all(convenant, feiten, plaatsen, count, &otherwise);
}

bool __real_feit_by_codes(const struct feiten *feiten, struct feit_plaats of,
			  const struct codes *codes, struct codes_set *rows, struct feit *ret_feit);
bool __wrap_feit_by_codes(const struct feiten *feiten, struct feit_plaats of,
			  const struct codes *codes, struct codes_set *rows, struct feit *ret_feit);

bool __wrap_feit_by_codes(const struct feiten *feiten, struct feit_plaats of,
			  const struct codes *codes, struct codes_set *rows, struct feit *ret_feit)
{
	bool told = __real_feit_by_codes(feiten, of, codes, rows, ret_feit);
	if (told && of.attribuut == ATTRIBUUT_WOONHUIS)
		feit_set(ret_feit, bytes_of_text("elders"));
	return told;
}
