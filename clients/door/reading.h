// SPDX-License-Identifier: EUPL-1.2
// Settings of the programs at a partner's side (knooppunt-jzv, knooppunt-adapter): values of a YAML
// file. Each function that fails gives RESULT_CONFIG and says file, line, field and what to do.
#ifndef KNP_DOOR_READING_H
#define KNP_DOOR_READING_H

#include "melding/reason.h"
#include "yaml/yaml.h"

#define READING_PATH_MAX 240

struct reading {
	const struct yaml *yaml;
	const char *path; // of the file
	struct problem *problem;
};

// Reads the file at `path` by `read`, which gets its root and `out`: its result, or that of
// yaml_read.
enum result reading_file(const char *path,
			 enum result (*read)(const struct reading *reading,
					     const struct yaml_node *root, void *out),
			 void *out, struct problem *problem) KNP_MUST_CHECK;
// The value of `name` cannot be used; `expected` says what can.
enum result reading_refuse(const struct reading *reading, const struct yaml_node *node,
			   const char *name, const char *expected);
// There must be a value of this name.
enum result reading_lack(const struct reading *reading, const struct yaml_node *node,
			 const char *name);
// A path that must be there, from the folder of the settings, not from where one happens to be.
enum result reading_path(const struct reading *reading, const struct yaml_node *root,
			 const char *name, char out[READING_PATH_MAX]) KNP_MUST_CHECK;
// A number of 0..max; `out` stays where there is none.
enum result reading_number(const struct reading *reading, const struct yaml_node *root,
			   const char *name, unsigned max, unsigned *out) KNP_MUST_CHECK;
// A text of 1 to size - 1 bytes of a scalar, ended by NUL.
enum result reading_text(const struct reading *reading, const struct yaml_node *node,
			 const char *name, char *out, size_t size) KNP_MUST_CHECK;

#endif
