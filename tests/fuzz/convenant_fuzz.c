// SPDX-License-Identifier: EUPL-1.2
// Any text as a convenant. Whatever loads must decide within what it promises, known facts or not.
#include "convenant/convenant.h"
#include "melding/reason.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_problem(enum result result, const struct problem *problem)
{
	if (result == RESULT_NO_MEMORY)
		return;
	fuzz_check(result == RESULT_CONFIG);
	fuzz_check(problem->code && reason_of_code(bytes_of_text(problem->code)) != REASON_NONE);
	fuzz_check(problem->message[0] && problem->fix[0] && strcmp(problem->file, "fuzz") == 0);
}

static void check_beslissing(const struct convenant *convenant, const struct beslissing *beslissing)
{
	fuzz_check(beslissing->regel_count <= BESLISSING_REGELS_MAX);
	if (beslissing->oordeel != OORDEEL_GEWEIGERD)
		fuzz_check(beslissing->regel_count > 0);
	for (size_t i = 0; i < beslissing->regel_count; i++) {
		const struct regel_text *regel = convenant_regel(convenant, beslissing->regels[i]);
		fuzz_check(regel != NULL);
		if (beslissing->oordeel == OORDEEL_VERSTREKT)
			fuzz_check(!regel_soort_forbids(regel->soort));
		if (beslissing->oordeel == OORDEEL_GEWEIGERD)
			fuzz_check(regel_soort_forbids(regel->soort));
	}
	int weging = beslissing->wacht_op_weging;
	fuzz_check(weging < 0 || beslissing->oordeel == OORDEEL_WACHT);
	fuzz_check(weging < 0 || convenant_weging(convenant, (size_t)weging) != NULL);
}

struct seen {
	const struct convenant *convenant;
	const struct feiten *feiten;
	size_t count;
};

static enum result check_answer(void *context, size_t ontvanger, const struct plaats *plaats,
				const struct beslissing *beslissing)
{
	struct seen *seen = context;
	const struct ontvanger *ontvangers;
	struct beslissing one;
	convenant_ontvangers(seen->convenant, &ontvangers);
	struct vraag vraag = {ontvangers[ontvanger], plaats->betrokkene, plaats->rubriek};
	convenant_decide(seen->convenant, seen->feiten, &vraag, &one);
	fuzz_check(one.oordeel == beslissing->oordeel && one.oordeel != OORDEEL_GEWEIGERD);
	check_beslissing(seen->convenant, beslissing);
	seen->count++;
	return RESULT_OK;
}

static void check_decisions(const struct convenant *convenant, const struct feiten *feiten)
{
	struct plaats plaatsen[2 * 64];
	const struct ontvanger *ontvangers;
	size_t ontvanger_count = convenant_ontvangers(convenant, &ontvangers), count = 0;
	for (uint32_t rubriek = 0; rubriek < 64; rubriek++) {
		plaatsen[count++] = (struct plaats){0, rubriek};
		plaatsen[count++] = (struct plaats){1, rubriek};
	}
	struct seen seen = {convenant, feiten, 0};
	struct beslissing_visitor visitor = {&seen, check_answer};
	fuzz_check(convenant_decide_all(convenant, feiten, plaatsen, count, &visitor) == RESULT_OK);
	size_t answered = 0;
	for (size_t i = 0; i < ontvanger_count; i++) {
		for (size_t j = 0; j < count; j++) {
			struct vraag vraag = {ontvangers[i], plaatsen[j].betrokkene,
					      plaatsen[j].rubriek};
			struct beslissing beslissing;
			struct uitleg uitleg;
			convenant_decide(convenant, feiten, &vraag, &beslissing);
			check_beslissing(convenant, &beslissing);
			answered += beslissing.oordeel != OORDEEL_GEWEIGERD;
			convenant_explain(convenant, feiten, &vraag, &uitleg);
			fuzz_check((uitleg.test[0] == '\0') ==
				   (beslissing.oordeel == OORDEEL_VERSTREKT));
		}
	}
	fuzz_check(answered == seen.count);
}

static enum result check_agenda(void *context, size_t overleg, const struct plaats *plaats,
				const struct beslissing *beslissing)
{
	const struct seen *seen = context;
	struct beslissing one;
	convenant_decide_agenda(seen->convenant, seen->feiten, overleg, plaats->betrokkene, &one);
	fuzz_check(one.oordeel == beslissing->oordeel && one.oordeel != OORDEEL_GEWEIGERD);
	check_beslissing(seen->convenant, beslissing);
	return RESULT_OK;
}

static void check_agendas(const struct convenant *convenant, const struct feiten *feiten)
{
	struct seen seen = {convenant, feiten, 0};
	struct beslissing_visitor visitor = {&seen, check_agenda};
	fuzz_check(convenant_agenda_all(convenant, feiten, &visitor) == RESULT_OK);
}

static void check_convenant(const struct convenant *convenant, struct bytes document)
{
	struct feiten *feiten = calloc(1, sizeof *feiten);
	fuzz_check(feiten != NULL);
	fuzz_check(bytes_equal(convenant_document(convenant), document));
	feiten->betrokkenen = 1;
	feiten->oefening = true;
	check_decisions(convenant, feiten);
	check_agendas(convenant, feiten);
	const struct attribuut_row *row;
	for (size_t i = 0; (row = attribuut_row_at(i)); i++)
		feit_set(feiten_at(feiten, row->attribuut, 1), bytes_of_text("ja"));
	feiten->oefening = false;
	check_decisions(convenant, feiten);
	check_agendas(convenant, feiten);
	char where[160];
	for (size_t n = 0; n < convenant_test_count(convenant) && n < 4; n++)
		(void)convenant_test_is_proven(convenant, n, where);
	free(feiten);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct convenant *convenant = NULL;
	struct problem problem = {0};
	struct bytes document = bytes_make(data, size);
	enum result result = convenant_load(document, "fuzz", &convenant, &problem);
	fuzz_check((result == RESULT_OK) == (convenant != NULL));
	if (convenant)
		check_convenant(convenant, document);
	else
		check_problem(result, &problem);
	convenant_free(convenant);
	return 0;
}
