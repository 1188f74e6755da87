/* SPDX-License-Identifier: EUPL-1.2
 *
 * The order of durability of a batch: keystore slot, commit of the log, signature, guard, and only
 * then the receipt; a crash between any two of them, a disk that is full at any of them, and a
 * database put back that is older than it was. docs/models.md says which function each step is.
 *
 * What holds of every run:
 *   - a receipt that left names an entry that is in the log for as long as the daemon runs, at the
 *     place and with the melding it said; where that cannot be, the daemon refuses to start;
 *   - an entry in the log can be read: the key it is sealed under outlives the crash;
 *   - a melding sent again is the same entry.
 *
 * Broken twins, each of which must fail: -DSEND_BEFORE_COMMIT, -DSEND_BEFORE_GUARD,
 * -DSLOT_NOT_SYNCED, -DIGNORES_FULL_GUARD, -DNO_DEDUPE.
 */
#define MELDINGEN 2
#define PLACES 3  /* entries the log has room for */
#define CRASHES 3 /* crashes, restores and full disks, together */
#define NONE 255

/* On disk. Slot n is the key of entry n; log[n] is the melding of entry n. */
byte log[PLACES];
byte log_size;
byte slots_filled;
byte guard_size;
/* An older database that somebody may put back. */
byte kept_log[PLACES];
byte kept_size;
bool kept;

/* In memory. */
byte slots_taken; /* filled here, not yet known to be on disk */
byte checkpoint_size;
bool running;

/* In the world: what receipts said. */
byte receipt_of[MELDINGEN];

byte troubles;

/* Each step may be the last one before a crash. */
#define MAY_CRASH                                                                                  \
	if                                                                                         \
	:: troubles < CRASHES -> troubles++; goto crashed                                          \
	:: skip                                                                                    \
	fi

/* A step that needs room on disk, and leaves everything as it was when there is none. */
#define MAY_BE_FULL(otherwise)                                                                     \
	if                                                                                         \
	:: troubles < CRASHES -> troubles++; goto otherwise                                        \
	:: skip                                                                                    \
	fi

inline find(melding, place)
{
	place = NONE;
	i = 0;
	do
	:: i < log_size ->
		if
		:: log[i] == melding && place == NONE -> place = i
		:: else
		fi;
		i++
	:: else -> break
	od
}

/* Of everything that left, while the daemon runs. */
inline check_receipts()
{
	m = 0;
	do
	:: m < MELDINGEN ->
		if
		:: receipt_of[m] != NONE ->
			assert(receipt_of[m] < log_size && log[receipt_of[m]] == m)
		:: else
		fi;
		m++
	:: else -> break
	od
}

inline check_readable()
{
	assert(log_size <= slots_filled)
}

inline send_receipt(melding, place)
{
	/* The same melding, the same entry. */
	assert(receipt_of[melding] == NONE || receipt_of[melding] == place);
	receipt_of[melding] = place
}

active proctype daemon()
{
	byte melding, place, i, m;

	d_step {
		log_size = 0;
		m = 0;
		do
		:: m < MELDINGEN -> receipt_of[m] = NONE; m++
		:: else -> break
		od;
		m = 0
	}

start:
	/* core_open: the log is at least what the guard holds, or nothing starts. */
	atomic {
		if
		:: log_size < guard_size -> running = false; goto refused
		:: else
		fi;
		running = true;
		checkpoint_size = guard_size;
		slots_taken = slots_filled;
		check_receipts();
		check_readable()
	}
	/* flow_sign at start: what a crash left unsigned is signed now. */
	MAY_CRASH;
	guard_size = log_size;
	MAY_CRASH;
	checkpoint_size = guard_size;

accept:
	do
	:: /* somebody copies the database, for later */
	   !kept -> atomic {
		kept = true;
		kept_size = log_size;
		i = 0;
		do
		:: i < log_size -> kept_log[i] = log[i]; i++
		:: else -> break
		od
	   }
	:: /* a melding comes in, for the first time or again */
	   atomic {
		if
		:: melding = 0
		:: melding = 1
		fi;
		place = NONE;
#ifndef NO_DEDUPE
		find(melding, place);
#endif
	   }
	   if
	   :: place != NONE ->
		/* settle_dedupe, then reply_to: no receipt beyond the checkpoint. */
		if
		:: place < checkpoint_size -> send_receipt(melding, place)
		:: else -> goto sign
		fi
	   :: place == NONE && log_size < PLACES ->
		place = log_size;
		goto batch
	   :: else
	   fi
	:: troubles < CRASHES -> troubles++; goto crashed
	od;

batch:
	/* keystore_fill_ahead */
	MAY_BE_FULL(accept);
	slots_taken = place + 1;
	MAY_CRASH;
#ifndef SLOT_NOT_SYNCED
	slots_filled = (slots_taken > slots_filled -> slots_taken : slots_filled);
#endif
	MAY_CRASH;
#ifdef SEND_BEFORE_COMMIT
	send_receipt(melding, place);
	MAY_CRASH;
#endif
	/* journal_append: all of it or nothing */
	MAY_BE_FULL(accept);
	atomic {
		log[log_size] = melding;
		log_size++
	}
	MAY_CRASH;
sign:
#ifdef SEND_BEFORE_GUARD
	send_receipt(melding, place);
	MAY_CRASH;
#endif
	/* flow_sign: a signature in memory is nothing to anybody, the guard's is */
	MAY_BE_FULL(unsigned_yet);
	guard_size = log_size;
	MAY_CRASH;
	checkpoint_size = guard_size;
	goto acknowledge;

unsigned_yet:
#ifdef IGNORES_FULL_GUARD
	checkpoint_size = log_size;
#endif
	skip;

acknowledge:
	/* acknowledge_batch: after the guard, or *again* */
	if
	:: place < checkpoint_size -> send_receipt(melding, place)
	:: else
	fi;
	goto accept;

crashed:
	/* What was in memory is gone; so is what was never synced. Somebody may put the old
	 * database back before the next start. */
	atomic {
		slots_taken = 0;
		checkpoint_size = 0;
		running = false;
		if
		:: kept && kept_size < log_size ->
			/* The rest of the array is what no database says. */
			log_size = kept_size;
			i = 0;
			do
			:: i < PLACES ->
				log[i] = (i < kept_size -> kept_log[i] : 0);
				i++
			:: else -> break
			od
		:: skip
		fi
	}
	goto start;

refused:
	skip
}
