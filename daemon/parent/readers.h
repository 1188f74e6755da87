// SPDX-License-Identifier: EUPL-1.2
// The parent's side of readers: questions that they answer (control/control.h). Each reader waits
// for one question, answers it and ends, and another takes its place; a question that finds none
// free waits its turn, and one that comes before core is ready waits for that. What ends a reader
// costs the question it had, and no other.
#ifndef KNP_PARENT_READERS_H
#define KNP_PARENT_READERS_H

#include "parent/parent.h"

#include <poll.h>

enum result readers_start(struct parent *parent) KNP_MUST_CHECK;
void readers_done(struct parent *parent);
// A question came in. RESULT_NO_MEMORY.
enum result readers_ask(struct parent *parent, uint64_t client,
			struct bytes request) KNP_MUST_CHECK;
// This client has waited long: it is told that a reader is at work. False when none is.
bool readers_tell(struct parent *parent, uint64_t client);
// Fills READERS rows for poll(2).
void readers_poll(const struct parent *parent, struct pollfd fds[READERS]);
// At every turn of the parent's loop: takes answers, gives questions out, and ends readers whose
// asker has gone.
void readers_turn(struct parent *parent);

// A reader is about to start: its end of a new channel is in *ret_fd, to be closed once it runs.
enum result readers_begin(struct parent *parent, int number, int *ret_fd) KNP_MUST_CHECK;
// One ended: true when it should, after its answer or because nobody waited for that any more.
bool readers_ended(struct parent *parent, int number);

#endif
