// SPDX-License-Identifier: EUPL-1.2
// Statements that answer for something owed: verified by core itself, and only by who owes it.
#include "flow/given.h"
#include "flow/namens.h"
#include "flow/type.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define OWED_NAMED_MAX 8

enum result read_signed(struct core *core, struct flow_item *item)
{
	const struct signed_statement *proof = &item->opened->signed_statement;
	struct statement *s = &item->opened->statement;
	struct refusal refusal;
	struct hash hash;
	if (!bytes_equal(proof->signer, bytes_of_text(item->signer->bundle.oin.text)) ||
	    batch_verify_one(proof, item->signer->bundle.identity, NULL, &hash) ||
	    !hash_equal(&hash, &item->opened->header_hash))
		return RESULT_MALFORMED;
	enum result r = statement_decode(proof->statement, item->arena, s);
	if (r || s->type != (uint32_t)item->type->type)
		return r == RESULT_NO_MEMORY ? r : RESULT_MALFORMED;
	if (!statement_validate(s, date_amsterdam(item->now), &refusal))
		refuse_item(item, refusal.reason, refusal.field);
	if (!bytes_equal(s->audience_oin, bytes_of_text(core->registry.genesis.house.text)))
		refuse_item(item, REASON_WRONG_AUDIENCE, "audience_oin");
	if (!register_has_origin(&core->registry, s->audience_log))
		refuse_item(item, REASON_WRONG_AUDIENCE, "audience_log");
	return RESULT_OK;
}

enum result owe_answer(struct core *core, struct flow_item *item)
{
	struct opened *opened = item->opened;
	enum result r = statement_decode(opened->signed_statement.statement, core->arena,
					 &opened->statement);
	item->answer_due = !r;
	return r;
}

void refuse_naming(struct flow_item *item, enum reason reason, const char *field,
		   const struct instead *instead)
{
	char text[FIELD_MAX];
	size_t used = (size_t)snprintf(text, sizeof text, "%s (", field);
	for (size_t i = 0; i < instead->count; i++) {
		const char *name = instead->names[i], *comma = i > 0 ? ", " : "";
		if (used + strlen(name) + sizeof ", , …)" > sizeof text) {
			used += (size_t)snprintf(text + used, sizeof text - used, "%s…", comma);
			break;
		}
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", comma, name);
	}
	snprintf(text + used, sizeof text - used, ")");
	refuse_item(item, reason, text);
}

static bool owes(const struct flow_item *item, const struct owed_velden *velden,
		 const struct state_obligation *o)
{
	return o->soort == (uint32_t)velden->soort && namens_owes(item, velden->namens, o);
}

static bool is_owed(const struct flow_item *item, const struct owed_velden *velden,
		    const struct state_obligation *o)
{
	const struct statement *s = &item->opened->statement;
	struct bytes naam = veld_get(s->velden, s->veld_count, velden->naam);
	bool named = !velden->naam || bytes_equal(bytes_of_text(o->regel), naam);
	bool about =
		!velden->betrokkene || o->betrokkene == statement_number(s, velden->betrokkene, 0);
	return named && about && owes(item, velden, o);
}

// What of it this signer does owe about that melding is its own to know.
static enum result refuse_not_owed(struct core *core, struct flow_item *item,
				   const struct owed_velden *velden, uint64_t melding)
{
	struct state_obligation owed[OWED_NAMED_MAX], next;
	const char *names[OWED_NAMED_MAX];
	size_t count = 0;
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r && count < OWED_NAMED_MAX; n = next.n + 1) {
		r = state_owed(core->state, melding, n, &next);
		if (r || !owes(item, velden, &next))
			continue;
		owed[count] = next;
		names[count] = owed[count].regel;
		count++;
	}
	if (r && r != RESULT_NOT_FOUND)
		return r;
	if (count > 0)
		refuse_naming(item, REASON_NOT_OWED, velden->naam_field,
			      &(struct instead){names, count});
	else
		refuse_item(item, REASON_NOT_OWED, velden->entry_field);
	return RESULT_OK;
}

enum result owed_of_signer(struct core *core, const struct flow_item *item,
			   const struct owed_velden *velden, struct state_obligation *ret_owed)
{
	uint64_t melding = statement_number(&item->opened->statement, velden->entry, UINT64_MAX);
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = ret_owed->n + 1) {
		r = state_owed(core->state, melding, n, ret_owed);
		if (!r && is_owed(item, velden, ret_owed))
			break;
	}
	return r;
}

enum result owe_again(struct flow_item *item, const struct state_obligation *owed,
		      uint64_t uiterlijk)
{
	struct state_obligation *copy = arena_alloc(item->arena, sizeof *copy);
	struct verplichting *again = arena_alloc(item->arena, sizeof *again);
	if (!copy || !again)
		return RESULT_NO_MEMORY;
	*copy = *owed;
	*again = (struct verplichting){.soort = copy->soort,
				       .oin = bytes_of_text(copy->owed_by.oin.text),
				       .functie = bytes_of_text(copy->owed_by.functie),
				       .regel = bytes_of_text(copy->regel),
				       .uiterlijk = uiterlijk,
				       .betrokkene = copy->betrokkene,
				       .convenant = bytes_of_text(copy->convenant)};
	item->besluit.verplichtingen = again;
	item->besluit.verplichting_count = 1;
	return RESULT_OK;
}

enum result settle_owed(struct core *core, struct flow_item *item, const struct owed_velden *velden)
{
	uint64_t melding = statement_number(&item->opened->statement, velden->entry, UINT64_MAX);
	struct recalled *recalled = arena_alloc(item->arena, sizeof *recalled);
	struct state_obligation owed;
	struct oin speaker;
	if (velden->namens &&
	    !namens_speaks(core, item, velden->namens, velden->namens_field, &speaker))
		return RESULT_OK;
	enum result r = recalled ? owed_of_signer(core, item, velden, &owed) : RESULT_NO_MEMORY;
	if (r == RESULT_NOT_FOUND)
		return refuse_not_owed(core, item, velden, melding);
	if (!r)
		r = recall_entry(core, melding, RECALL_PARTS, item->arena, recalled);
	if (!r && !recalled->verantwoording)
		r = RESULT_DAMAGED;
	if (r)
		return r;
	item->betreft = melding;
	item->recalled = recalled; // it lies under that melding's slot
	return RESULT_OK;
}

// ---- a melding decided again ------------------------------------------------------------------

// Herkomst is not taken away: each verstrekking says anew whether it names its source.
static void subtract(struct flow_item *item, const struct gegeven *gegeven)
{
	for (size_t i = 0; i < item->besluit.count; i++) {
		struct toedeling *t = &item->besluit.toedelingen[i];
		size_t kept = 0;
		for (size_t g = 0; g < t->count; g++) {
			const struct gave *gave = &t->gaves[g];
			const struct plaats plaats = {gave->betrokkene, gave->rubriek};
			if (gave->rubriek == RUBRIEK_HERKOMST ||
			    !gegeven_has(gegeven, &t->ontvanger, &plaats, overleg_of(gave)))
				t->gaves[kept++] = *gave;
		}
		t->count = kept;
	}
}

enum result owed_same(struct core *core, const struct flow_item *item,
		      const struct verplichting *wanted, struct state_obligation *ret_owed)
{
	enum result r = RESULT_OK;
	for (uint32_t n = 0; !r; n = ret_owed->n + 1) {
		r = state_owed(core->state, item->betreft, n, ret_owed);
		if (!r && ret_owed->soort == wanted->soort &&
		    ret_owed->betrokkene == wanted->betrokkene &&
		    bytes_equal(bytes_of_text(ret_owed->regel), wanted->regel) &&
		    (ret_owed->convenant[0] == '\0' ||
		     bytes_equal(bytes_of_text(ret_owed->convenant), wanted->convenant)))
			return RESULT_OK;
	}
	return r;
}

// Obligations that stand are not opened twice. Those this statement settles, of the regel weighed
// and what waited for a fact, are named anew when they still wait, by the same day.
static enum result subtract_owed(struct core *core, struct flow_item *item, struct bytes weighed)
{
	struct besluit_set *set = &item->besluit;
	size_t kept = 0;
	for (size_t i = 0; i < set->verplichting_count; i++) {
		struct verplichting *v = &set->verplichtingen[i];
		struct state_obligation owed;
		enum result r = owed_same(core, item, v, &owed);
		if (r && r != RESULT_NOT_FOUND)
			return r;
		bool settled = v->soort == VERPLICHTING_FEIT || bytes_equal(v->regel, weighed);
		if (!r && settled)
			v->uiterlijk = owed.due;
		if (r || settled)
			set->verplichtingen[kept++] = *v;
	}
	set->verplichting_count = kept;
	return RESULT_OK;
}

enum result subtract_given(struct core *core, struct flow_item *item, struct bytes weighed)
{
	// What another convenant gave was given on other grounds, and for another doel.
	const struct gegeven_welke welke = {item->betreft, UINT64_MAX,
					    bytes_of_text(convenant_name(item->convenant)),
					    item->arena};
	struct gegeven gegeven;
	enum result r = gegeven_read(core, &welke, &gegeven);
	if (r)
		return r;
	subtract(item, &gegeven);
	return subtract_owed(core, item, weighed);
}
