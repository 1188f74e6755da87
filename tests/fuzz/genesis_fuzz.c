// SPDX-License-Identifier: EUPL-1.2
#include "register/register.h"
#include "tests/fuzz/fuzz.h"
#include "wire/entry.h"

#include <string.h>

#define FILE_MAX (2u << 20)

// What is read is the one file of its genesis.
static enum result read_file(struct bytes file)
{
	struct genesis_file genesis;
	struct buffer again;
	enum result result = genesis_file_decode(file, &genesis);
	if (result != RESULT_OK)
		return result;
	buffer_init(&again, FILE_MAX);
	fuzz_check(genesis_file_encode(&genesis, &again) == RESULT_OK);
	fuzz_check(bytes_equal(buffer_view(&again), file));
	buffer_done(&again);
	return RESULT_OK;
}

// No mutation finds the hash of a part, so the input is also taken as a part below a good entry.
// First byte: the class of that entry, as far as it is one.
static void read_part(uint8_t class, struct bytes part)
{
	struct genesis_file genesis = {.part = part};
	struct entry entry = {.class = (enum entry_class) class, .time = 1795000000000};
	struct vector vector;
	struct buffer file;
	if (vector_make(VECTOR_PARTS_LABEL, VECTOR_PARTS, genesis.seed, &part, 1, &vector))
		return;
	entry.parts_root = vector_root(&vector);
	entry_encode(genesis.entry, &entry);
	buffer_init(&file, FILE_MAX);
	fuzz_check(genesis_file_encode(&genesis, &file) == RESULT_OK);
	enum result result = read_file(buffer_view(&file));
	fuzz_check((result == RESULT_OK) == (class == ENTRY_GENESIS && part.len > 0));
	buffer_done(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)!read_file(bytes_make(data, size));
	if (size > 0)
		read_part(data[0], bytes_make(data + 1, size - 1));
	return 0;
}
