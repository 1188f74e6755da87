// SPDX-License-Identifier: EUPL-1.2
#include "flow_unread.h"

#include "journal/journal.h"

uint64_t flow_unread;
bool flow_unread_content;

enum result __real_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content);
enum result __wrap_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content);
enum result __wrap_journal_read(struct journal *journal, uint64_t index, uint8_t *entry,
				struct buffer *parts, struct buffer *content)
{
	return flow_unread && index == flow_unread && (content || !flow_unread_content)
		       ? RESULT_DAMAGED
		       : __real_journal_read(journal, index, entry, parts, content);
}
