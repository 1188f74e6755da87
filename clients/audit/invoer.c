// SPDX-License-Identifier: EUPL-1.2
// For which partijen the house may enter meldingen: what differs between two versions of a
// convenant. It decides about no cell of the matrix, so that shows it nowhere.
#include "audit/convenant.h"

#include <string.h>

static const char *invoer_in(const struct convenant *convenant, const struct oin *oin)
{
	const struct partij *partij = convenant_partij_of(convenant, oin);
	return partij ? partij->invoer : NULL;
}

static void write_difference(struct json_out *out, const struct partij *partij, const char *from,
			     const char *to)
{
	json_out_add_text(out, "partij", partij->partij);
	json_out_add_text(out, "oin", partij->oin.text);
	if (from)
		json_out_add_text(out, "invoer_van", from);
	if (to)
		json_out_add_text(out, "invoer_naar", to);
}

static void tell_difference(struct desk *desk, const struct partij *partij, const char *from,
			    const char *to, struct json_out *out)
{
	struct desk_line line;
	desk_say(desk, "%s (%s): entered for by %s -> %s", partij->partij, partij->oin.text,
		 from ? from : "nobody", to ? to : "nobody");
	if (out) {
		json_out_object_begin(out);
		write_difference(out, partij, from, to);
		json_out_object_end(out);
	} else if (desk->json) {
		desk_line_begin(&line);
		write_difference(&line.out, partij, from, to);
		desk_line_end(desk, &line);
	}
}

size_t invoer_say(struct desk *desk, const struct convenant *from, const struct convenant *to,
		  struct json_out *out)
{
	size_t count = 0;
	for (size_t side = 0; side < 2; side++) {
		const struct convenant *of = side == 0 ? to : from;
		for (size_t i = 0; i < convenant_partij_count(of); i++) {
			const struct partij *partij = convenant_partij(of, i);
			const char *was = invoer_in(from, &partij->oin);
			const char *becomes = invoer_in(to, &partij->oin);
			bool same = was && becomes ? strcmp(was, becomes) == 0 : was == becomes;
			// Who stands in both was told on the first side.
			if (same || (side == 1 && convenant_partij_of(to, &partij->oin)))
				continue;
			tell_difference(desk, partij, was, becomes, out);
			count++;
		}
	}
	return count;
}
