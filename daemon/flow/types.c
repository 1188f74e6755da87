// SPDX-License-Identifier: EUPL-1.2
// From the table of types to what core does with each. How to add one: melding/types.def.
#include "flow/type.h"

static const struct {
	enum statement_type type;
	const struct type_handler *handler;
} handlers[] = {
#define VELD(...)
#define TYPE(NAME, name, ...) {TYPE_##NAME, &type_##name},
#include "melding/types.def"
#undef TYPE
#undef VELD
};

const struct type_handler *type_handler(uint32_t type)
{
	for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
		if ((uint32_t)handlers[i].type == type)
			return handlers[i].handler;
	return NULL;
}

bool type_waits(const struct type_handler *handler)
{
	return !handler || !(handler->asks || handler->alone);
}

state_effect_fn *type_effect(uint32_t type)
{
	const struct type_handler *handler = type_handler(type);
	return handler ? handler->apply : NULL;
}

enum result item_statement(const struct flow_item *item, struct statement *ret_statement)
{
	if (item->opened) {
		*ret_statement = item->opened->statement;
		return RESULT_OK;
	}
	enum result r = statement_decode(item->recalled->content.sender.statement, item->arena,
					 ret_statement);
	return r && r != RESULT_NO_MEMORY ? RESULT_DAMAGED : r;
}

struct bytes said(const struct flow_item *item, uint32_t veld)
{
	const struct statement *s = &item->opened->statement;
	return veld_get(s->velden, s->veld_count, veld);
}

uint64_t statement_number(const struct statement *statement, uint32_t veld, uint64_t standard)
{
	struct bytes text = veld_get(statement->velden, statement->veld_count, veld);
	uint64_t number = 0;
	if (text.len == 0 || text.len > 19)
		return standard;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return standard;
		number = number * 10 + (uint64_t)(text.data[i] - '0');
	}
	return number;
}
