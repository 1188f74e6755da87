// SPDX-License-Identifier: EUPL-1.2
// Inside proto/wire only: what several messages share, from protobuf-c's structs to ours (read) and
// back (write). Reading refuses relations between fields that are wrong; lengths and counts are
// check.c's and hold already. Writing leaves failures in the scratch.
#ifndef KNP_WIRE_CONVERT_H
#define KNP_WIRE_CONVERT_H

#include "wire/codec.h"
#include "wire/message.h"

enum result velden_read(Knooppunt__V1__Veld *const *velden, size_t count, struct arena *arena,
			struct veld **ret_velden) KNP_MUST_CHECK;
Knooppunt__V1__Veld **velden_write(struct scratch *scratch, const struct veld *velden, size_t count,
				   size_t *ret_count);

// No checkpoint is size 0 here and an absent Head there.
struct head head_read(const Knooppunt__V1__Head *message);
Knooppunt__V1__Head *head_write(struct scratch *scratch, const struct head *head);

enum result slots_read(const Knooppunt__V1__Slots *message, struct arena *arena,
		       struct slots *ret_slots) KNP_MUST_CHECK;
void slots_write(struct scratch *scratch, const struct slots *slots, Knooppunt__V1__Slots *message);

enum result signed_statement_read(const Knooppunt__V1__SignedStatement *message,
				  struct signed_statement *ret_statement) KNP_MUST_CHECK;
void signed_statement_write(struct scratch *scratch, const struct signed_statement *statement,
			    Knooppunt__V1__SignedStatement *message);

enum result openings_read(Knooppunt__V1__Opening *const *messages, size_t count,
			  struct arena *arena, struct opening **ret_openings) KNP_MUST_CHECK;
Knooppunt__V1__Opening **openings_write(struct scratch *scratch, const struct opening *openings,
					size_t count, size_t *ret_count);

enum result leaf_read(const Knooppunt__V1__Leaf *message, struct leaf *ret_leaf) KNP_MUST_CHECK;
void leaf_write(struct scratch *scratch, const struct leaf *leaf, Knooppunt__V1__Leaf *message);

#endif
