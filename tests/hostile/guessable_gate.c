// SPDX-License-Identifier: EUPL-1.2
// A planted fault, linked into knooppuntd-guessable only (never installed): a gate that leaves the
// numbers libzmq takes routing ids from as anybody can compute them.
#include <stdlib.h>

void __real_srand(unsigned seed);
void __wrap_srand(unsigned seed);

void __wrap_srand(unsigned seed)
{
	(void)seed;
	__real_srand(1);
}
