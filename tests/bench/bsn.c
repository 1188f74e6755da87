// SPDX-License-Identifier: EUPL-1.2
#include "bsn.h"

// The check digit of eight digits; 10 when there is none.
static uint32_t remainder_of(uint32_t eight)
{
	uint32_t sum = 0;
	for (uint32_t weight = 2; weight <= 9; weight++, eight /= 10)
		sum += weight * (eight % 10);
	return sum % 11;
}

void bsn_of(uint32_t person, char ret_bsn[10])
{
	// Within ten numbers in a row the remainders differ, so nine at least have a check digit.
	uint32_t eight = 90000000 + person / 9 * 10, usable = 0;
	for (uint32_t digit = 0; digit < 10; digit++) {
		if (remainder_of(eight + digit) == 10)
			continue;
		if (usable++ == person % 9) {
			eight += digit;
			break;
		}
	}
	uint32_t whole = eight * 10 + remainder_of(eight);
	for (int i = 8; i >= 0; i--, whole /= 10)
		ret_bsn[i] = (char)('0' + whole % 10);
	ret_bsn[9] = '\0';
}
