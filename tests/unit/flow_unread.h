// SPDX-License-Identifier: EUPL-1.2
// A log of which one entry cannot be read.
#ifndef KNP_TESTS_UNIT_FLOW_UNREAD_H
#define KNP_TESTS_UNIT_FLOW_UNREAD_H

#include <stdbool.h>
#include <stdint.h>

extern uint64_t flow_unread;     // this entry; 0: all can be read
extern bool flow_unread_content; // only its content cannot

#endif
