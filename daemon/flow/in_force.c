// SPDX-License-Identifier: EUPL-1.2
#include "flow/in_force.h"

#include <string.h>

const struct convenant *in_force_named(const struct core *core, struct bytes naam)
{
	for (size_t i = 0; i < core->convenant_count; i++)
		if (bytes_equal(bytes_of_text(convenant_name(core->convenanten[i])), naam))
			return core->convenanten[i];
	return NULL;
}

const struct convenant *in_force_with(const struct core *core, struct bytes regel)
{
	size_t n;
	for (size_t i = 0; i < core->convenant_count; i++)
		if (convenant_regel_named(core->convenanten[i], regel, &n) == RESULT_OK)
			return core->convenanten[i];
	return NULL;
}

const struct convenant *in_force_seating(const struct core *core, struct bytes naam,
					 const struct overleg **ret_overleg)
{
	for (size_t i = 0; i < core->convenant_count; i++) {
		const struct overleg *overleg = convenant_overleg_named(core->convenanten[i], naam);
		if (!overleg)
			continue;
		*ret_overleg = overleg;
		return core->convenanten[i];
	}
	return NULL;
}

const struct convenant *in_force_of(const struct core *core, const struct hash *document)
{
	const struct register_convenant *version = register_convenant_of(&core->registry, document);
	return version ? in_force_named(core, bytes_of_text(version->naam)) : NULL;
}

struct bytes in_force_name(const struct core *core, const struct part_verantwoording *v)
{
	const struct register_convenant *version =
		v->has_convenant ? register_convenant_of(&core->registry, &v->convenant_hash)
				 : NULL;
	return version ? bytes_of_text(version->naam) : bytes_make(NULL, 0);
}

// ---- side by side ----------------------------------------------------------------------------

static enum result refuse(struct problem *problem, const char *what, const char *name,
			  const struct convenant *other)
{
	problem_set(problem, reason_code(REASON_CONFLICT),
		    "give it another name: what is said about a regel or overleg names no "
		    "convenant",
		    "the %s %s stands in the convenant %s too, which is in force", what, name,
		    convenant_name(other));
	return RESULT_CONFLICT;
}

static enum result check_beside(const struct convenant *next, const struct convenant *other,
				struct problem *problem)
{
	size_t n;
	for (size_t i = 0; i < convenant_regel_count(next); i++) {
		const struct regel_text *regel = convenant_regel(next, i);
		if (convenant_regel_named(other, bytes_of_text(regel->regel), &n) != RESULT_OK)
			continue;
		problem->line = regel->line;
		problem_set_field(problem, "regels.%s", regel->regel);
		return refuse(problem, "regel", regel->regel, other);
	}
	for (size_t i = 0; i < convenant_overleg_count(next); i++)
		for (size_t j = 0; j < convenant_overleg_count(other); j++)
			if (strcmp(convenant_overleg(next, i)->overleg,
				   convenant_overleg(other, j)->overleg) == 0)
				return refuse(problem, "overleg",
					      convenant_overleg(next, i)->overleg, other);
	return RESULT_OK;
}

enum result in_force_check(const struct core *core, const struct convenant *next,
			   struct problem *problem)
{
	enum result r = RESULT_OK;
	for (size_t i = 0; !r && i < core->convenant_count; i++)
		if (strcmp(convenant_name(core->convenanten[i]), convenant_name(next)) != 0)
			r = check_beside(next, core->convenanten[i], problem);
	return r;
}

// ---- coming and going ------------------------------------------------------------------------

static void decide_waiting_again(struct core *core)
{
	memset(&core->recheck, 0, sizeof core->recheck);
	core->recheck_done = false;
}

void in_force_end(struct core *core, struct bytes naam)
{
	size_t kept = 0;
	for (size_t i = 0; i < core->convenant_count; i++)
		if (bytes_equal(bytes_of_text(convenant_name(core->convenanten[i])), naam))
			convenant_free(core->convenanten[i]);
		else
			core->convenanten[kept++] = core->convenanten[i];
	core->convenant_count = kept;
	decide_waiting_again(core);
}

void in_force_put(struct core *core, struct convenant *next)
{
	in_force_end(core, bytes_of_text(convenant_name(next)));
	core->convenanten[core->convenant_count++] = next; // the register keeps how many there are
}

void in_force_free(struct core *core)
{
	for (size_t i = 0; i < core->convenant_count; i++)
		convenant_free(core->convenanten[i]);
	core->convenant_count = 0;
}

static enum result load_one(struct core *core, const struct register_convenant *version,
			    struct problem *problem)
{
	struct buffer document;
	struct convenant *convenant;
	buffer_init(&document, CONVENANT_MAX);
	enum result r = journal_document(core->journal, &version->hash, &document);
	if (r && r != RESULT_NO_MEMORY && r != RESULT_IO) { // then nobody knows what it holds
		problem_set_file(problem, core->settings->data);
		problem_set(problem, reason_code(REASON_DAMAGED), reason_fix(REASON_DAMAGED),
			    "the document of the convenant %s, in force, cannot be read",
			    version->naam);
	}
	if (!r)
		r = convenant_load_beside(buffer_view(&document), version->naam, core->codes,
					  &convenant, problem);
	if (!r)
		in_force_put(core, convenant);
	buffer_done(&document);
	return r;
}

enum result in_force_load(struct core *core, struct problem *problem)
{
	const struct register_convenant *version;
	enum result r = RESULT_OK;
	for (size_t n = 0; !r && (version = register_convenant_at(&core->registry, n)); n++)
		r = load_one(core, version, problem);
	return r;
}
