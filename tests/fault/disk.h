// SPDX-License-Identifier: EUPL-1.2
// A disk that forgets. Everything a house in this process writes, syncs, names and removes below
// the folder of a test is written down in order; of any prefix of that a disk is made as a power
// cut leaves it: what was synced is there, and of what was not each sector is there or not. (Calls
// of libc that the program and the libraries under it make come here first, as in faults.h.)
#ifndef KNP_TESTS_FAULT_DISK_H
#define KNP_TESTS_FAULT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_SECTOR 512

void disk_record(bool on); // until then, and after it, calls just go through
size_t disk_operations(void);

// One disk, walked forward through what was written down.
struct disk;
// `lying`: it says of every sync that it was done, and does nothing.
struct disk *disk_new(bool lying);
void disk_free(struct disk *disk);
// Does the first `count` operations; `count` never goes down.
void disk_advance(struct disk *disk, size_t count);
// A cut while the next operation was under way. Writes the files as they are then below `folder`,
// of which data/ and keys/ are emptied before. `seed` chooses the sectors.
void disk_cut(const struct disk *disk, uint64_t seed, const char *folder);

#endif
