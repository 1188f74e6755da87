// SPDX-License-Identifier: EUPL-1.2
// Whether a row stands in other tables as it does here: all it says and where from, but for its
// line and its status.
#include "codes/codes.h"

#include <string.h>

static bool same_day(bool has_a, struct civil_date a, bool has_b, struct civil_date b)
{
	return has_a == has_b && (!has_a || date_to_days(a) == date_to_days(b));
}

static bool same_gemeente(const struct gemeente *a, const struct gemeente *b)
{
	return strcmp(a->code, b->code) == 0 && strcmp(a->naam, b->naam) == 0 &&
	       same_day(a->has_van, a->van, b->has_van, b->van) &&
	       same_day(a->has_tot, a->tot, b->has_tot, b->tot) &&
	       strcmp(a->opvolger, b->opvolger) == 0 && strcmp(a->huis, b->huis) == 0 &&
	       strcmp(a->bron, b->bron) == 0;
}

static bool same_rij(const struct rij *a, const struct rij *b)
{
	bool same = strcmp(a->code, b->code) == 0 && strcmp(a->naam, b->naam) == 0 &&
		    strcmp(a->bron, b->bron) == 0 && strcmp(a->ruimer, b->ruimer) == 0 &&
		    same_day(a->has_van, a->van, b->has_van, b->van) &&
		    same_day(a->has_tot, a->tot, b->has_tot, b->tot) && a->grens == b->grens &&
		    strcmp(a->termijn_text, b->termijn_text) == 0 &&
		    a->grondslag_count == b->grondslag_count;
	for (size_t i = 0; same && i < a->grondslag_count; i++)
		same = strcmp(a->grondslagen[i], b->grondslagen[i]) == 0;
	return same;
}

static bool has_gemeente(const struct gemeente *row, const struct gemeenten *other)
{
	const struct gemeente *one;
	for (size_t n = 0; (one = gemeenten_at(other, n)); n++)
		if (same_gemeente(row, one))
			return true;
	return false;
}

bool codes_same_row(const struct codes *codes, size_t n, const struct codes *other)
{
	const struct gemeente *gemeente = gemeenten_at(codes_gemeenten(codes), n);
	if (gemeente)
		return has_gemeente(gemeente, codes_gemeenten(other));
	n -= gemeenten_count(codes_gemeenten(codes));
	for (unsigned soort = 0; soort < TABEL_COUNT; soort++) {
		const struct tabel *tabel = codes_tabel(codes, soort);
		const struct rij *rij = tabel_at(tabel, n);
		const struct rij *there =
			rij ? tabel_find(codes_tabel(other, soort), bytes_of_text(rij->code))
			    : NULL;
		if (rij)
			return there && same_rij(rij, there);
		n -= tabel_count(tabel);
	}
	return false;
}
