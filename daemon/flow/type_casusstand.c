// SPDX-License-Identifier: EUPL-1.2
// How a casus stands, by who leads it, from a dossier system of its own: a gemeente scales its
// casus up or down where its own people work. It says nothing of who it is about, who takes part or
// who leads it (R10), and what the house says later goes before it. Its own number is one more by
// which the casus is known; under its OIN and the name of its own system, which it chose itself, so
// that nobody takes a number of another.
#include "flow/casus.h"
#include "flow/type.h"

#include <stdio.h>
#include <string.h>

// "00000099000000003000:link2control:7" of a signer with that OIN and a source
// "…:systeem:link2control".
static bool is_own_number(const struct flow_item *item, struct bytes number)
{
	static const char mark[] = ":systeem:";
	struct bytes source = item->opened->statement.source;
	const uint8_t *at = memmem(source.data, source.len, mark, sizeof mark - 1);
	if (!at)
		return false;
	at += sizeof mark - 1;
	char own[OIN_LEN + SOURCE_MAX + 3];
	int len = snprintf(own, sizeof own, "%s:%.*s:", item->signer->bundle.oin.text,
			   (int)(source.data + source.len - at), (const char *)at);
	return number.len > (size_t)len && memcmp(number.data, own, (size_t)len) == 0;
}

// A number that leads to another casus is refused in the words of one that is no number of its own:
// whether there is such a casus is not the signer's to know.
static enum result check_number(struct core *core, struct flow_item *item)
{
	struct bytes number = said(item, CASUSSTAND_NUMMER);
	uint64_t first = 0;
	enum result r = RESULT_NOT_FOUND;
	if (number.len == 0)
		return RESULT_OK;
	bool own = is_own_number(item, number);
	if (own)
		r = casus_named(core, number, &first);
	if (!own || (!r && first != item->betreft))
		refuse_item(item, REASON_BAD_VALUE, "casusstand.nummer");
	return r == RESULT_NOT_FOUND ? RESULT_OK : r;
}

static enum result stand_settle(struct core *core, struct flow_item *item)
{
	static const struct casus_velden velden = {CASUSSTAND_CASUS, CASUSSTAND_FUNCTIE,
						   "casusstand.casus", "casusstand.functie"};
	struct casus casus;
	struct ontvanger who;
	enum result r = casus_settle_by(core, item, &velden, &casus, &who);
	if (r || item->refusal.reason)
		return r;
	if (!ontvanger_equal(&who, &casus.regie) && !ontvanger_equal(&who, &casus.casusregie)) {
		refuse_item(item, REASON_FUNCTIE_NOT_HELD, "casusstand.functie");
		return RESULT_OK;
	}
	return check_number(core, item);
}

static enum result stand_persons(struct core *core, struct flow_item *item)
{
	struct persoon_link *link;
	const struct persoon_link *numbers = casus_link(item->recalled->verantwoording, false);
	struct bytes number = said(item, CASUSSTAND_NUMMER);
	(void)core;
	if (number.len == 0)
		return RESULT_OK;
	link = arena_alloc(item->arena, sizeof *link);
	if (link)
		link->identificaties = arena_alloc(item->arena, sizeof *link->identificaties);
	if (!link || !link->identificaties)
		return RESULT_NO_MEMORY;
	if (!numbers)
		return RESULT_DAMAGED;
	memcpy(link->handle, numbers->handle, HANDLE_LEN);
	link->identificaties[0] = (struct identificatie){ID_CASUS, number};
	link->identificatie_count = 1;
	item->personen = link;
	item->persoon_count = 1;
	return RESULT_OK;
}

static enum result stand_apply(struct state *state, const struct part_verantwoording *v)
{
	if (v->betreft) // accepted
		state_is_newest(state, v);
	return RESULT_OK;
}

static void stand_say(const struct part_verantwoording *v, const struct statement *s,
		      struct casus *casus)
{
	(void)v;
	if (casus->reading < casus->stood)
		return;
	casus->stood = casus->reading;
	casus->status = veld_get(s->velden, s->veld_count, CASUSSTAND_STATUS);
	casus->sinds = veld_get(s->velden, s->veld_count, CASUSSTAND_SINDS);
	struct bytes niveau = veld_get(s->velden, s->veld_count, CASUSSTAND_NIVEAU);
	if (niveau.len > 0)
		casus->niveau = niveau;
}

const struct type_handler type_casusstand = {
	.read = read_signed,
	.settle = stand_settle,
	.enrich = stand_persons,
	.apply = stand_apply,
	.is_content = true,
	.content = ~(VELD_BIT(CASUSSTAND_FUNCTIE) | VELD_BIT(CASUSSTAND_MEDEWERKER)),
	.casus = stand_say,
};
