// SPDX-License-Identifier: EUPL-1.2
// Inside proto/yaml only: how a document and its nodes lie on libyaml's.
#ifndef KNP_YAML_NODE_H
#define KNP_YAML_NODE_H

#include "yaml/yaml.h"

#include <yaml.h>

struct yaml_node {
	const struct yaml *yaml;
	const yaml_node_t *raw;
};

struct yaml {
	yaml_document_t document;
	struct yaml_node *nodes; // nodes[i] is libyaml's node i + 1
	size_t count;
	char file[240];
};

// The node of libyaml's number (1..count).
const struct yaml_node *node_at(const struct yaml *yaml, int number);

#endif
