// SPDX-License-Identifier: EUPL-1.2
#include "lib/shared.h"

enum result client_sign_note(const struct client *client, struct buffer *note)
{
	const struct private_key *identity = &client->keys->identity;
	struct vkey vkey;
	struct buffer line;
	buffer_init(&line, CHECKPOINT_MAX);
	enum result result = vkey_make(client->settings.oin.text, identity->public_key, &vkey);
	if (result == RESULT_OK)
		result = note_append_signature(buffer_view(note), &vkey, identity->secret, &line);
	if (result == RESULT_OK) {
		buffer_append_u8(note, '\n');
		buffer_append(note, buffer_view(&line));
		result = note->status;
	}
	buffer_done(&line);
	return result;
}
