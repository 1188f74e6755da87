// SPDX-License-Identifier: EUPL-1.2
// Inside daemon/opener only: the parties core told us, found by key id, each with the envelope key
// agreed with it.
#ifndef KNP_OPENER_PARTIES_H
#define KNP_OPENER_PARTIES_H

#include "ipc/frames.h"
#include "opener/opener.h"

struct parties; // opaque; one list, replaced as a whole

// RESULT_MALFORMED, RESULT_NO_MEMORY (also when key memory cannot be locked).
enum result parties_make(struct bytes frame, struct parties **ret_parties) KNP_MUST_CHECK;
void parties_free(struct parties *parties); // NULL allowed

// May a statement be to the log of this origin?
bool parties_is_log(const struct parties *parties, struct bytes origin);
const struct oin *parties_house(const struct parties *parties);

// By the id of its sealing key, or of an identity key of this OIN; NULL when there is none.
const struct party_row *parties_by_sealing(const struct parties *parties,
					   const struct key_id *sealing_id);
const struct party_row *parties_by_identity(const struct parties *parties, const struct oin *oin,
					    struct bytes identity_id);
// The key of envelopes from this party to the knooppunt; agreed at first use and kept.
// RESULT_BAD_SIGNATURE for a key that nothing can be agreed with.
enum result parties_pair_key(struct parties *parties, const struct party_row *row,
			     const struct receive_keys *keys, size_t which,
			     const struct pair_key **ret_key) KNP_MUST_CHECK;
// The receive keys in force.
bool parties_has_receive(const struct parties *parties, const struct key_id *id);
size_t parties_receive_count(const struct parties *parties);
const struct key_id *parties_receive(const struct parties *parties, size_t n);

#endif
