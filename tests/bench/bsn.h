// SPDX-License-Identifier: EUPL-1.2
// Numbers of persons that do not exist: BSNs from 9xxxxxxxx, made when they are needed and kept
// nowhere.
#ifndef KNP_TESTS_BENCH_BSN_H
#define KNP_TESTS_BENCH_BSN_H

#include <stdint.h>

#define BSN_PERSONS 9000000

// The person's number: different for each of the first BSN_PERSONS, passing the 11-proef.
void bsn_of(uint32_t person, char ret_bsn[10]);

#endif
