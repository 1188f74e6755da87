// SPDX-License-Identifier: EUPL-1.2
// What the privacy officer asked, from its record on until its answer is sealed.
// Core authorises a vraag and records it (flow/type_vraag.c); once that is durable a reader of its
// own computes the answer (reader.c), and core, which alone has the key, seals it beside the
// receipt (flow_answer_vraag()). The path goes on meanwhile.
//
// Question and answer go over a channel between the two, so that no other process sees them. One
// question is with the reader at a time, the others wait in order. Its reader ends before the
// answer, or takes longer than VRAAG_MS (parent/process.h): then who asked is told so beside the
// receipt, and asks again; no other question is lost by it.
#ifndef KNP_CORE_ASKED_H
#define KNP_CORE_ASKED_H

#include "core/core.h"

#include <poll.h>

#define ASKED_MAX 8 // at once; who asks one more is told to come again

struct asked; // opaque

// `fd`: the channel to the reader, which is closed with it. RESULT_NO_MEMORY, RESULT_IO.
enum result asked_new(struct core *core, int fd, struct asked **ret_asked) KNP_MUST_CHECK;
void asked_free(struct asked *asked); // NULL allowed; who waits is told nothing
// For core->ask (flow/flow.h), with this as its context.
bool asked_take(void *asked, const struct asker *asker, const struct statement *statement,
		struct buffer *told);
// For poll(2).
struct pollfd asked_poll(const struct asked *asked);
// At every turn of the loop, with nothing in the batch: what the reader says, what it is given, and
// who waited too long. `memory` has CHANNEL_MESSAGE_MAX bytes.
void asked_turn(struct asked *asked, uint8_t *memory, int64_t monotonic_ms);
// Core ends: whoever still waits is told so.
void asked_stop(struct asked *asked);

#endif
