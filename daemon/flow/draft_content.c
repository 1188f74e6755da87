// SPDX-License-Identifier: EUPL-1.2
// The content of an entry: what its sender said, and what the knooppunt states in it.
#include "flow/draft.h"
#include "flow/type.h"

#include <string.h>

// A question is kept without what it asked, and without the random bytes by which its header hash
// could be found out.
static enum result forget_question(const struct draft *draft, struct signed_statement *sender)
{
	struct statement header = draft->item->opened->statement;
	struct buffer wire;
	buffer_init(&wire, STATEMENT_MAX);
	memset(header.random, 0, sizeof header.random);
	header.veld_count = 0;
	enum result r = statement_encode(&header, &wire);
	if (!r)
		sender->statement = arena_copy(draft->item->arena, buffer_view(&wire));
	buffer_wipe(&wire);
	return r || sender->statement.data ? r : RESULT_NO_MEMORY;
}

enum result draft_content(const struct draft *draft, bool whole, struct bytes *ret_content)
{
	const struct type_handler *handler =
		draft->item->opened ? type_handler(draft->item->type->type) : NULL;
	const struct opened *opened = draft->item->opened;
	struct stored_content content = {.sender = opened ? opened->signed_statement
							  : draft->item->recalled->content.sender,
					 .verrijkingen = draft->verrijkingen->openings,
					 .verrijking_count = draft->verrijkingen->count};
	if (whole && opened->has_slots)
		content.slots = opened->slots;
	enum result r =
		handler && handler->asks ? forget_question(draft, &content.sender) : RESULT_OK;
	if (r)
		return r;
	r = stored_content_encode(&content, &draft->core->encoded);
	return keep_encoded(draft->core, r, ret_content);
}
