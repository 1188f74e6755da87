// SPDX-License-Identifier: EUPL-1.2
// YAML for settings, convenanten and code tables through libyaml's document API. Every node knows
// its line. Refused, each with file and line: syntax errors, a second document, aliases and
// anchors, duplicate keys, NUL, tags, non-scalar keys, and in comments too every character that is
// not seen (utf8_find_hidden; a byte order mark may come first). Booleans are only ja, nee, true,
// false; numbers only decimal.
#ifndef KNP_YAML_YAML_H
#define KNP_YAML_YAML_H

#include "base/problem.h"

struct yaml;      // a parsed document; opaque
struct yaml_node; // a node of it; lives as long as the document

// `file` is what problems name. RESULT_CONFIG with `problem` filled.
enum result yaml_parse(struct bytes text, const char *file, struct yaml **ret_yaml,
		       struct problem *problem) KNP_MUST_CHECK;
// Reads and parses (at most 4 MiB). A missing or too large file is RESULT_CONFIG too; RESULT_IO.
enum result yaml_read(const char *path, struct yaml **ret_yaml,
		      struct problem *problem) KNP_MUST_CHECK;
// Only reads it, with the same results: for who keeps the text too.
enum result yaml_read_text(const char *path, struct buffer *ret_text,
			   struct problem *problem) KNP_MUST_CHECK;
// NULL allowed. Not named yaml_free: libyaml exports a function of that name and calls it through
// the dynamic linker, so ours would be called with its pointers.
void yaml_close(struct yaml *yaml);
const struct yaml_node *yaml_root(const struct yaml *yaml); // NULL for an empty document

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum yaml_kind yaml_kind(const struct yaml_node *node);
unsigned yaml_line(const struct yaml_node *node); // 1-based

struct bytes yaml_scalar(const struct yaml_node *node); // empty unless a scalar
size_t yaml_count(const struct yaml_node *node);        // items of a sequence or mapping
const struct yaml_node *yaml_item(const struct yaml_node *node, size_t n); // value in a mapping
struct bytes yaml_key(const struct yaml_node *node, size_t n);
const struct yaml_node *yaml_find(const struct yaml_node *mapping, const char *key); // or NULL

// Points the problem at a node: file and line set, then code, message, fix.
void yaml_problem(const struct yaml *yaml, const struct yaml_node *node, struct problem *problem,
		  const char *code, const char *fix, const char *format, ...)
	__attribute__((format(printf, 6, 7)));
// RESULT_CONFIG naming the first key that is not in `allowed` (NULL-terminated list), with the
// allowed key as the fix when one lies near, else all that fit; also when `node` is not a mapping.
enum result yaml_only_keys(const struct yaml *yaml, const struct yaml_node *node,
			   const char *const *allowed, struct problem *problem) KNP_MUST_CHECK;
enum result yaml_bool(const struct yaml *yaml, const struct yaml_node *node, bool *ret_value,
		      struct problem *problem) KNP_MUST_CHECK;
enum result yaml_int(const struct yaml *yaml, const struct yaml_node *node, int64_t *ret_value,
		     struct problem *problem) KNP_MUST_CHECK;

#endif
