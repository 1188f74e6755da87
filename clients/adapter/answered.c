// SPDX-License-Identifier: EUPL-1.2
// What of ours a verstrekking answers, so that its file names it as the system does.
#include "adapter/outlet.h"

#include <stdio.h>
#include <string.h>

bool outlet_may_answer(const struct adapter *adapter, const struct verstrekking *verstrekking)
{
	const struct adapter_settings *settings = adapter->settings;
	return settings->in[0] && (!settings->type || adapter_asks(settings)) &&
	       (!verstrekking->sender ||
		oin_equal(&verstrekking->sender->bundle.oin, &settings->client.oin));
}

struct search {
	uint64_t index;
	char id[ID_MAX + 1];
};

static bool has_index(void *context, const struct item_status *status)
{
	struct search *search = context;
	const struct type_row *type = type_row(status->type);
	bool found = type && type->has_slots && status->state == ITEM_AANVAARD &&
		     status->index == search->index;
	if (found)
		memcpy(search->id, status->id, sizeof search->id);
	return !found;
}

static enum result find_melding(const struct adapter *adapter, uint64_t index,
				struct outlet_answers *answers)
{
	struct search search = {.index = index};
	struct melding melding;
	enum result result = client_items(adapter->client, has_index, &search);
	// A file of the outbox that is damaged hides what stood in it, and no more.
	if ((result != RESULT_OK && result != RESULT_DAMAGED) || !search.id[0])
		return result == RESULT_DAMAGED ? RESULT_OK : result;
	result = client_pushed(adapter->client, search.id, &melding);
	const struct rubriek *kenmerken =
		result == RESULT_OK ? melding_find(&melding, RUBRIEK_KENMERKEN, 0) : NULL;
	if (kenmerken) {
		struct bytes number = veld_get(kenmerken->velden, kenmerken->veld_count,
					       KENMERK_REGISTRATIENUMMER);
		snprintf(answers->number, sizeof answers->number, "%.*s", (int)number.len,
			 number.len > 0 ? (const char *)number.data : "");
	}
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

// The reply to a question can be lost on its way, and its answer comes all the same.
static enum result find_question(const struct adapter *adapter, uint64_t index,
				 struct outlet_answers *answers)
{
	const struct vraag *vraag;
	enum result result = vragen_find(&adapter->vragen, adapter->client, index, &vraag);
	answers->question = result == RESULT_OK;
	if (result == RESULT_OK)
		memcpy(answers->number, vraag->number, sizeof answers->number);
	return result == RESULT_NOT_FOUND ? RESULT_OK : result;
}

enum result outlet_find_answered(const struct adapter *adapter, uint64_t index,
				 struct outlet_answers *ret_answers)
{
	struct outlet_answers answers = {.question = false};
	enum result result = adapter_asks(adapter->settings)
				     ? find_question(adapter, index, &answers)
				     : find_melding(adapter, index, &answers);
	if (result == RESULT_OK)
		*ret_answers = answers;
	return result;
}
