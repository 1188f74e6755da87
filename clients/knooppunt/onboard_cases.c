// SPDX-License-Identifier: EUPL-1.2
// The cases of the rehearsal: what must go, and what must not.
#include "knooppunt/onboard.h"

#include <stdio.h>
#include <string.h>

#define AT_ONCE 256
#define NOBODYS_FUNCTIE "onboard-van-niemand"
#define NOBODYS_REGEL "onboard-geen-regel"
#define WRONG_BSN "999990343" // it fails the 11-proef
#define WRONG_CODE "onboard-geen-code"

static struct onboard_case *add(struct onboarding *o, const char *name, bool ok, const char *got)
{
	struct onboard_case *one = &o->cases[o->count++];
	snprintf(one->name, sizeof one->name, "%s", name);
	snprintf(one->got, sizeof one->got, "%s", got ? got : "");
	one->ok = ok;
	return one;
}

static const char *code_of(const struct onboarding *o, enum result result)
{
	const char *code = client_problem(o->client)->code;
	return code ? code : result_name(result);
}

// ---- what must go ------------------------------------------------------------------------------

struct sent {
	struct onboarding *onboarding;
	const char *id;
};

static bool is_settled(void *context)
{
	const struct sent *sent = context;
	struct item_status status;
	return client_item(sent->onboarding->client, sent->id, &status) == RESULT_OK &&
	       status.state != ITEM_OUTBOX;
}

// Sends it and waits for its outcome. RESULT_AGAIN: there is none yet.
static enum result settle(struct onboarding *o, const char *id, struct item_status *ret_status)
{
	struct sent sent = {o, id};
	(void)cli_send(o->cli, o->client, is_settled, &sent);
	enum result result = client_item(o->client, id, ret_status);
	if (result == RESULT_OK && ret_status->index > o->last)
		o->last = ret_status->index;
	return result == RESULT_OK && ret_status->state == ITEM_OUTBOX ? RESULT_AGAIN : result;
}

static const char *came_of(const struct item_status *status)
{
	return status->state == ITEM_AANVAARD ? "aanvaard" : reason_code(status->refusal.reason);
}

static const char *id_of(const struct onboard_file *file, char id[ID_MAX + 1])
{
	snprintf(id, ID_MAX + 1, "%.*s", (int)file->file.id.len,
		 file->file.id.len > 0 ? (const char *)file->file.id.data : "");
	return id[0] ? id : NULL;
}

static void push_one(struct onboarding *o, size_t n, struct item_status *ret_status)
{
	char name[32], id[ID_MAX + 1];
	struct push_result pushed = {.id = ""};
	snprintf(name, sizeof name, "melding-%zu", n + 1);
	enum result result =
		client_push(o->client, &o->files[n].file.melding, id_of(&o->files[n], id), &pushed);
	if (result == RESULT_OK)
		result = settle(o, pushed.id, ret_status);
	bool ok = result == RESULT_OK && ret_status->state == ITEM_AANVAARD &&
		  ret_status->proof[0] != '\0';
	struct onboard_case *one =
		add(o, name, ok, result == RESULT_OK ? came_of(ret_status) : code_of(o, result));
	one->index = ok ? ret_status->index : 0;
}

// Who does not know how an attempt ended pushes again, and finds the first.
static void push_again(struct onboarding *o, const struct item_status *first)
{
	struct push_result pushed = {.id = ""};
	struct item_status status = {.index = 0};
	enum result result = client_push(o->client, &o->files[0].file.melding, first->id, &pushed);
	if (result == RESULT_OK)
		result = settle(o, pushed.id, &status);
	bool ok = result == RESULT_OK && status.index == first->index;
	add(o, "same-again", ok, ok ? "the same entry" : code_of(o, result));
}

// ---- what must not -----------------------------------------------------------------------------

// The melding with one value of one rubriek changed. False: it does not have that.
static bool change(const struct onboard_file *file, const struct veld *to, uint32_t soort,
		   struct melding *ret_melding)
{
	const struct melding *from = &file->file.melding;
	ret_melding->count = from->count;
	ret_melding->rubrieken =
		arena_alloc(file->arena, from->count * sizeof *ret_melding->rubrieken);
	if (!ret_melding->rubrieken)
		return false;
	memcpy(ret_melding->rubrieken, from->rubrieken,
	       from->count * sizeof *ret_melding->rubrieken);
	for (size_t i = 0; i < from->count; i++) {
		struct rubriek *rubriek = &ret_melding->rubrieken[i];
		if (rubriek->soort != soort)
			continue;
		struct veld *velden =
			arena_alloc(file->arena, rubriek->veld_count * sizeof *velden);
		if (!velden)
			return false;
		memcpy(velden, rubriek->velden, rubriek->veld_count * sizeof *velden);
		rubriek->velden = velden;
		for (size_t k = 0; k < rubriek->veld_count; k++) {
			if (velden[k].veld != to->veld)
				continue;
			velden[k].waarde = to->waarde;
			return true;
		}
	}
	return false;
}

struct wrong {
	const char *name;
	uint32_t soort;
	struct veld to;
	enum reason reason;
	bool same_id; // under the id of the first
};

static void push_wrong(struct onboarding *o, const struct wrong *wrong, const char *first)
{
	struct melding melding;
	struct push_result pushed = {.id = ""};
	if (!change(&o->files[0], &wrong->to, wrong->soort, &melding))
		return;
	enum result result =
		client_push(o->client, &melding, wrong->same_id ? first : NULL, &pushed);
	const char *got = result == RESULT_OK ? "in the outbox" : code_of(o, result);
	add(o, wrong->name, strcmp(got, reason_code(wrong->reason)) == 0, got);
}

static void push_wrongs(struct onboarding *o, const char *first)
{
	const struct rubriek *kenmerken =
		melding_find(&o->files[0].file.melding, RUBRIEK_KENMERKEN, 0);
	bool gewoon = kenmerken && bytes_equal(veld_get(kenmerken->velden, kenmerken->veld_count,
							KENMERK_URGENTIE),
					       bytes_of_text("gewoon"));
	const struct wrong wrongs[] = {
		{"same-id-other-content",
		 RUBRIEK_KENMERKEN,
		 {KENMERK_URGENTIE, bytes_of_text(gewoon ? "dringend" : "gewoon")},
		 REASON_CONFLICT,
		 true},
		{"unknown-code",
		 RUBRIEK_KENMERKEN,
		 {KENMERK_URGENTIE, bytes_of_text(WRONG_CODE)},
		 REASON_UNKNOWN_CODE,
		 false},
		{"bsn-elfproef",
		 RUBRIEK_BSN,
		 {BSN_WAARDE, bytes_of_text(WRONG_BSN)},
		 REASON_BSN_ELFPROEF,
		 false},
	};
	for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++)
		push_wrong(o, &wrongs[i], first);
}

// The knooppunt itself says no, and its log shows it.
static void say_unasked(struct onboarding *o, uint64_t index)
{
	char entry[24];
	struct push_result pushed = {.id = ""};
	struct item_status status = {.index = 0};
	snprintf(entry, sizeof entry, "%llu", (unsigned long long)index);
	const struct veld velden[] = {{OVERDRACHT_ENTRY, bytes_of_text(entry)},
				      {OVERDRACHT_REGEL, bytes_of_text(NOBODYS_REGEL)},
				      {OVERDRACHT_ANTWOORD, bytes_of_text("aanvaard")},
				      {OVERDRACHT_MEDEWERKER, bytes_of_text("onboard")}};
	enum result result = client_push_velden(o->client, TYPE_OVERDRACHT, velden,
						sizeof velden / sizeof velden[0], &pushed);
	if (result == RESULT_OK)
		result = settle(o, pushed.id, &status);
	bool ok = result == RESULT_OK && status.state == ITEM_GEWEIGERD && status.proof[0];
	struct onboard_case *one = add(o, "nobody-asked", ok,
				       result == RESULT_OK ? came_of(&status) : code_of(o, result));
	one->index = ok ? status.index : 0;
}

// ---- receiving ---------------------------------------------------------------------------------

static void fetch_own(struct onboarding *o, const char *functie)
{
	char name[FUNCTIE_MAX + 16], got[64];
	size_t count = 0;
	enum result result = client_fetch(o->client, functie, AT_ONCE, 0, &count);
	snprintf(name, sizeof name, "fetch-%.*s", FUNCTIE_MAX, functie);
	snprintf(got, sizeof got, "%zu verified", count);
	add(o, name, result == RESULT_OK, result == RESULT_OK ? got : code_of(o, result));
}

static void fetch_all(struct onboarding *o)
{
	char functies[FUNCTIES_MAX][FUNCTIE_MAX + 1];
	const struct party *party = client_party(o->client);
	size_t count = party->bundle.functie_count;
	memcpy(functies, party->bundle.functies, sizeof functies);
	for (size_t i = 0; i < count; i++)
		fetch_own(o, functies[i]);
	size_t none = 0;
	enum result result = client_fetch(o->client, NOBODYS_FUNCTIE, 1, 0, &none);
	add(o, "fetch-of-nobody", result == RESULT_DENIED,
	    result == RESULT_OK ? "given" : code_of(o, result));
}

static void look_at_the_end(struct onboarding *o)
{
	uint32_t pause_ms;
	enum result result = client_flush(o->client, &pause_ms);
	add(o, "outbox-empty", result == RESULT_OK, result == RESULT_OK ? "" : code_of(o, result));
	uint64_t size = client_checkpoint(o->client)->size;
	char got[64];
	snprintf(got, sizeof got, "%llu entries", (unsigned long long)size);
	add(o, "checkpoint", size > o->last, got);
}

void onboard_rehearse(struct onboarding *o)
{
	struct item_status first = {.state = ITEM_OUTBOX}, other;
	for (size_t i = 0; i < o->file_count; i++)
		push_one(o, i, i == 0 ? &first : &other);
	if (o->file_count > 0 && first.state == ITEM_AANVAARD) {
		push_again(o, &first);
		push_wrongs(o, first.id);
		say_unasked(o, first.index);
	}
	fetch_all(o);
	look_at_the_end(o);
}
