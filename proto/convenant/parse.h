// SPDX-License-Identifier: EUPL-1.2
// Inside proto/convenant only: the stages of loading, in this order. Each reads its part of the
// document into the convenant; the first failure stays in the reader.
#ifndef KNP_CONVENANT_PARSE_H
#define KNP_CONVENANT_PARSE_H

#include "convenant/reader.h"

// Partijen and their functies; then the overleggen that name them.
void partijen_parse(struct reader *reader, const struct yaml_node *node);
void partijen_parse_invoer(struct reader *reader, const struct yaml_node *node);
void overleggen_parse(struct reader *reader, const struct yaml_node *node);
// That a regel puts before an overleg only what that is for: themas and gemeenten.
void overleggen_check(struct reader *reader, const struct yaml_node *node,
		      const struct regel *regel);

// All regels, with their wegingen tied together.
void regels_parse(struct reader *reader, const struct yaml_node *node);
// `als` of one regel: its tests, each shared with the regels that ask the same.
void toetsen_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel);
// `aan` or `behalve`: whom a regel gives to or is about.
void doelgroepen_parse(struct reader *reader, const struct yaml_node *node, const char *key,
		       struct doelgroep **ret_groepen, size_t *ret_count);
// Of which kind a regel is, with the body of it (NULL after a failure); then what the body says.
const struct yaml_node *soort_parse(struct reader *reader, const struct yaml_node *mapping,
				    struct regel *regel);
void soort_body_parse(struct reader *reader, const struct yaml_node *body, struct regel *regel);
// What it requires: beside its kind, or as its kind.
void vereis_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel);
// Of it: what is owed to a person after what it gives (plichten.c).
void plichten_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel);
// That free text leaves the house only after a weging.
void toelichting_check(struct reader *reader, const struct yaml_node *node,
		       const struct regel *regel);
// That who is asked follows from the question, and what is answered goes to who asked (vragen.c).
void vragen_check(struct reader *reader, const struct yaml_node *node, const struct regel *regel);
// The proeven beside one regel.
void proeven_parse(struct reader *reader, const struct yaml_node *node, struct regel *regel);

// Which regels rest on a row that nobody confirmed (berust.c); nothing without tables.
void regels_weigh_codes(struct convenant *convenant, const struct codes *codes);
// Which regels concern which ontvanger and rubriek.
void index_build(struct reader *reader);

// That what there may be to say of grounds leaves room for what is given (GRONDEN_MAX).
void gronden_check(struct reader *reader);

// Runs every proef; the first that comes out otherwise is the problem.
void proeven_run(struct reader *reader);

#endif
