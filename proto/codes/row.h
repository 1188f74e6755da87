// SPDX-License-Identifier: EUPL-1.2
// Inside proto/codes only: the values of one row of a code table. Each reader fails with
// RESULT_CONFIG and the line, field, reason and fix of what is wrong.
#ifndef KNP_CODES_ROW_H
#define KNP_CODES_ROW_H

#include "base/clock.h"
#include "melding/reason.h"
#include "yaml/yaml.h"

// What every reader needs to point at a line.
struct row_reading {
	const struct yaml *yaml;
	const struct yaml_node *row;
	struct problem *problem;
};

// `node` NULL: the row itself.
enum result row_refuse(const struct row_reading *reading, const struct yaml_node *node,
		       enum reason reason, const char *field, const char *message);
// A scalar of 1..max bytes on one line, into `out` with a zero behind it. An optional one that is
// not there leaves out[0] zero.
enum result row_text(const struct row_reading *reading, const char *key, bool required, size_t max,
		     char *out) KNP_MUST_CHECK;
// The same of [a-z0-9.-].
enum result row_name(const struct row_reading *reading, const char *key, bool required, size_t max,
		     char *out) KNP_MUST_CHECK;
// First and last day, `van` and `tot`, both optional.
struct row_period {
	bool has_van, has_tot;
	struct civil_date van, tot; // both inclusive
};
enum result row_period(const struct row_reading *reading,
		       struct row_period *ret_period) KNP_MUST_CHECK;
// `status`: bevestigd or niet-geverifieerd.
enum result row_status(const struct row_reading *reading, bool *ret_bevestigd) KNP_MUST_CHECK;
// A sequence under `key`.
enum result row_list(const struct row_reading *reading, const char *key,
		     const struct yaml_node **ret_list) KNP_MUST_CHECK;

#endif
