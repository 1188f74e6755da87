// SPDX-License-Identifier: EUPL-1.2
#include "register/register.h"

#include <stdlib.h>
#include <string.h>

void register_init(struct registry *reg)
{
	memset(reg, 0, sizeof *reg);
}

void register_done(struct registry *reg)
{
	free(reg->parties);
	memset(reg, 0, sizeof *reg);
}

enum result register_copy(const struct registry *from, struct registry *ret_reg)
{
	struct party *parties = NULL;
	if (from->party_count > 0) {
		parties = calloc(from->party_count, sizeof *parties);
		if (!parties)
			return RESULT_NO_MEMORY;
		memcpy(parties, from->parties, from->party_count * sizeof *parties);
	}
	free(ret_reg->parties);
	*ret_reg = *from;
	ret_reg->parties = parties;
	return RESULT_OK;
}

const struct party *register_by_identity(const struct registry *reg, const struct key_id *id)
{
	for (size_t i = 0; i < reg->party_count; i++)
		if (key_id_equal(&reg->parties[i].identity_id, id))
			return &reg->parties[i];
	return NULL;
}

const struct party *register_by_sealing(const struct registry *reg, const struct key_id *id)
{
	for (size_t i = 0; i < reg->party_count; i++)
		if (!reg->parties[i].is_role && key_id_equal(&reg->parties[i].sealing_id, id))
			return &reg->parties[i];
	return NULL;
}

const struct house_key *register_receive(const struct registry *reg)
{
	size_t n = reg->receive_count;
	while (n > 1 && reg->receive[n - 1].until != REGISTER_NEVER)
		n--;
	return &reg->receive[n > 0 ? n - 1 : 0];
}

bool party_valid_at(const struct party *party, uint64_t index)
{
	return party->from < index && index <= party->until;
}

bool party_has_functie(const struct party *party, const char *functie)
{
	for (size_t i = 0; i < party->bundle.functie_count; i++)
		if (strcmp(party->bundle.functies[i], functie) == 0)
			return true;
	return false;
}

const struct party *register_holder(const struct registry *reg, const struct oin *oin,
				    const char *functie, uint64_t index)
{
	for (size_t i = 0; i < reg->party_count; i++) {
		const struct party *party = &reg->parties[i];
		if (oin_equal(&party->bundle.oin, oin) && party_valid_at(party, index) &&
		    party_has_functie(party, functie))
			return party;
	}
	return NULL;
}
