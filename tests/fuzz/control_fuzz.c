// SPDX-License-Identifier: EUPL-1.2
#include "control/control.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

// What reads as a number is one: digits that give it back, but for zeros in front.
static void check_number(struct bytes digits)
{
	uint64_t number;
	char text[24];
	if (number_parse(digits, &number) != RESULT_OK)
		return;
	size_t len = (size_t)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	while (digits.len > len && digits.data[0] == '0')
		digits = bytes_make(digits.data + 1, digits.len - 1);
	fuzz_check(bytes_equal(digits, bytes_make(text, len)));
}

// Lines that parse can be written again, and then say the same.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_message *message = calloc(2, sizeof *message);
	struct control_message *again = message ? message + 1 : NULL;
	struct buffer out;
	buffer_init(&out, 4 * CONTROL_MESSAGE_MAX);
	if (message && control_parse(bytes_make(data, size), message) == RESULT_OK) {
		fuzz_check(message->count > 0 && message->count <= CONTROL_LINES_MAX);
		for (size_t i = 0; i < message->count; i++) {
			char name[CONTROL_NAME_MAX + 1] = "";
			struct control_line line = message->lines[i];
			fuzz_check(line.name.len <= CONTROL_NAME_MAX);
			for (size_t j = 0; j < line.name.len; j++)
				name[j] = (char)line.name.data[j];
			control_append(&out, name, line.value);
			check_number(line.value);
			// The first of a name is what asking for it gives.
			fuzz_check(i > 0 || bytes_equal(control_value(message, name), line.value));
		}
		fuzz_check(control_value(message, "Geen-Naam").data == NULL);
		fuzz_check(out.status == RESULT_OK);
		if (out.len <= CONTROL_MESSAGE_MAX) {
			fuzz_check(control_parse(buffer_view(&out), again) == RESULT_OK);
			fuzz_check(again->count == message->count);
			for (size_t i = 0; i < message->count; i++)
				fuzz_check(bytes_equal(again->lines[i].value,
						       message->lines[i].value));
			control_message_done(again);
		}
		control_message_done(message);
	}
	buffer_done(&out);
	free(message);
	return 0;
}
