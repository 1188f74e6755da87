// SPDX-License-Identifier: EUPL-1.2
#include "register/fold.h"

#include <stdlib.h>
#include <string.h>

bool register_text(char *out, size_t size, struct bytes view)
{
	if (view.len >= size)
		return false;
	memcpy(out, view.data, view.len);
	out[view.len] = '\0';
	return true;
}

enum result register_refuse(struct problem *problem, enum result result, enum reason reason,
			    const char *what)
{
	problem_set(problem, reason_code(reason), reason_fix(reason), "%s", what);
	return result;
}

void register_init(struct registry *reg)
{
	memset(reg, 0, sizeof *reg);
}

void register_done(struct registry *reg)
{
	free(reg->parties);
	free(reg->convenanten);
	memset(reg, 0, sizeof *reg);
}

// A copy of `count` rows; NULL of none, or when there is no memory.
static void *rows_copy(const void *rows, size_t count, size_t size)
{
	void *copy = count > 0 ? calloc(count, size) : NULL;
	if (copy)
		memcpy(copy, rows, count * size);
	return copy;
}

enum result register_copy(const struct registry *from, struct registry *ret_reg)
{
	struct party *parties = rows_copy(from->parties, from->party_count, sizeof *from->parties);
	struct register_convenant *convenanten =
		rows_copy(from->convenanten, from->convenant_count, sizeof *from->convenanten);
	if ((from->party_count > 0 && !parties) || (from->convenant_count > 0 && !convenanten)) {
		free(parties);
		free(convenanten);
		return RESULT_NO_MEMORY;
	}
	free(ret_reg->parties);
	free(ret_reg->convenanten);
	*ret_reg = *from;
	ret_reg->parties = parties;
	ret_reg->convenanten = convenanten;
	return RESULT_OK;
}

const struct register_convenant *register_convenant_named(const struct registry *reg,
							  struct bytes naam)
{
	const struct register_convenant *found;
	for (size_t n = 0; (found = register_convenant_at(reg, n)); n++)
		if (bytes_equal(bytes_of_text(found->naam), naam))
			return found;
	return NULL;
}

const struct register_convenant *register_convenant_of(const struct registry *reg,
						       const struct hash *hash)
{
	for (size_t i = reg->convenant_count; i > 0; i--)
		if (hash_equal(&reg->convenanten[i - 1].hash, hash))
			return &reg->convenanten[i - 1];
	return NULL;
}

const struct register_convenant *register_convenant_at(const struct registry *reg, size_t n)
{
	for (size_t i = 0; i < reg->convenant_count; i++)
		if (reg->convenanten[i].until == REGISTER_NEVER && n-- == 0)
			return &reg->convenanten[i];
	return NULL;
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
