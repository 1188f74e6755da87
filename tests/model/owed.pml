/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is asked and what is owed: a question that is answered at once and opens an obligation, the
 * statement that settles it and gives something, a consent that is withdrawn, and ticks that end
 * what is past its day. Core crashes between any two steps and begins from a state that was flushed
 * before; the clock steps ahead and is set right; a receipt is lost. docs/models.md says which
 * function each step is.
 *
 * What holds of every run:
 *   - what the log opened and did not end stands open in state, and nothing else does;
 *   - it is opened once, and ended once: by the statement or by a tick, never both;
 *   - no tick ends anything before its day, whatever the clock shows;
 *   - once the withdrawal is in the log nothing that rests on the consent leaves;
 *   - a question that was recorded is fetched and confirmed, or closes (LTL below).
 *
 * Broken twins, each of which must fail: -DNO_CATCH_UP, -DFLUSH_BEFORE_COMMIT, -DNO_DEDUPE,
 * -DENDS_IN_DOUBT, -DWITHDRAWS_LATER, -DGIVES_ON_OLD_FACTS, -DANSWER_WITHOUT_TERM.
 */
#define CRASHES 1
#define STEPS 1  /* of the clock */
#define DAY 1    /* on which the obligation is due, and until which the answer may be fetched */
#define LAST 2   /* day */
#define LOG 8

mtype = { NIETS, ASK, SETTLE, CONFIRM, WITHDRAW, LAPSE, TICK_ENDS, TICK_CLOSES };

/* The log, durable, and what a commit of the batch in hand will add. */
mtype log[LOG];
byte size;
mtype batch[2];
byte pending;

/* State: rows as applied, and as they were flushed. */
byte at;           /* position: entries applied */
bool known;        /* dedupe: the question has an outcome */
bool open;         /* the obligation */
bool answer;       /* waits to be fetched */
mtype gift = NIETS; /* what the settling gave: SETTLE while it waits, LAPSE when it is vervallen */
bool withdrawn;
byte f_at;
bool f_known, f_open, f_answer, f_withdrawn;
mtype f_gift = NIETS;

/* What the log says, for the assertions: no part of the system. */
byte opened, ended;
bool l_withdrawn, l_done;

byte day;
bool stepped; /* the wall clock is ahead, and timekeeper.c doubts it */
bool receipt; /* the asker has it */
byte crashes, steps;
bool fetched; /* the answer is durable with the asker */
bool away;    /* the asker never fetches */

#define TRUTH_OPEN (opened > 0 && ended == 0)
#define PAST (stepped || day > DAY) /* by what the clock shows */

/* What a settling gives is decided on the facts of that moment: decide_item(). */
#ifdef GIVES_ON_OLD_FACTS
#define GIVES true
#else
#define GIVES (!withdrawn)
#endif

/* state_apply: one entry becomes rows. */
inline apply(what)
{
	if
	:: what == ASK -> known = true; open = true; answer = true
	:: what == SETTLE -> open = false; gift = (GIVES -> SETTLE : NIETS)
	:: what == CONFIRM || what == TICK_CLOSES -> answer = false
	:: what == WITHDRAW -> withdrawn = true
	:: what == LAPSE -> gift = (gift == SETTLE -> LAPSE : gift)
	:: what == TICK_ENDS -> open = false
	:: else
	fi;
	at++
}
/* An item goes through its steps: rows at once, in the open transaction; the entry in the batch. */
inline record(what)
{
	batch[pending] = what;
	pending++;
	apply(what)
}

/* journal_append(): the whole batch or nothing. */
inline commit()
{
	atomic {
		n = 0;
		do
		:: n < pending ->
			log[size] = batch[n];
			size++;
			if
			:: batch[n] == ASK -> opened++
			:: batch[n] == SETTLE || batch[n] == TICK_ENDS -> ended++
			:: batch[n] == WITHDRAW -> l_withdrawn = true
			:: batch[n] == CONFIRM || batch[n] == TICK_CLOSES -> l_done = true
			:: else
			fi;
			n++
		:: else -> break
		od;
		n = 0;
		pending = 0;
		assert(opened <= 1 && ended <= 1);
		assert(open == TRUTH_OPEN)
	}
}

inline flush()
{
	f_at = at;
	f_known = known;
	f_open = open;
	f_answer = answer;
	f_withdrawn = withdrawn;
	f_gift = gift
}

/* Everything that was not durable is gone; flow_catch_up() applies what the log has and the flushed
 * state has not. */
inline crash()
{
	atomic {
		crashes++;
		pending = 0;
		batch[0] = NIETS;
		batch[1] = NIETS;
		at = f_at;
		known = f_known;
		open = f_open;
		answer = f_answer;
		withdrawn = f_withdrawn;
		gift = f_gift;
#ifdef NO_CATCH_UP
		at = size;
#endif
		do
		:: at < size -> apply(log[at])
		:: else -> break
		od;
		assert(open == TRUTH_OPEN)
	}
}

#ifdef NO_DEDUPE
#define NEW true
#else
#define NEW (!known)
#endif
#ifdef ENDS_IN_DOUBT
#define SURE true
#else
#define SURE (!stepped)
#endif
#define ROOM (size + 2 <= LOG)

/* One turn of the loop: something comes in or a tick is due, then the commit, then what leaves. */
active proctype core()
{
	byte n;
end:	do
	:: atomic { !receipt && NEW && opened < 2 && ROOM -> record(ASK) }; goto committing
	/* settle_dedupe: the same question again gets the same outcome. A receipt that is lost is one
	 * that did not come yet. */
	:: atomic { !receipt && known -> receipt = true }
	/* settle_owed: only what stands open is settled. */
	:: atomic { open && ROOM -> record(SETTLE) }; goto committing
	/* ack_settle: the asker has the answer in its inbox. */
	:: atomic { answer && fetched && ROOM -> record(CONFIRM) }; goto committing
	/* toestemming: what waits lapses in the same batch, recheck_melding(). */
	:: atomic {
		known && !withdrawn && ROOM ->
		record(WITHDRAW);
#ifndef WITHDRAWS_LATER
		if
		:: gift == SETTLE -> record(LAPSE)
		:: else
		fi
#endif
	   };
	   goto committing
#ifdef WITHDRAWS_LATER
	:: atomic { withdrawn && gift == SETTLE && ROOM -> record(LAPSE) }; goto committing
#endif
	/* flow_tick: collect_ended() and collect_lapsed(). */
	:: atomic {
		SURE && PAST && open && ROOM ->
		assert(day > DAY);
		record(TICK_ENDS)
	   };
	   goto committing
#ifndef ANSWER_WITHOUT_TERM
	:: atomic {
		SURE && PAST && answer && ROOM ->
		assert(day > DAY);
		record(TICK_CLOSES)
	   };
	   goto committing
#endif
	/* deliver_waiting: from what was committed. */
	:: gift == SETTLE && l_withdrawn -> assert(false)
	:: atomic { answer && !away && !fetched -> fetched = true }
	:: crashes < CRASHES -> crash()
	/* state_flush: every 50 ms, or when nothing waits; never what the log has not. */
	:: atomic { f_at != at -> flush() }
	od;

committing:
	if
	:: crashes < CRASHES -> crash(); goto end
	:: skip
	fi;
#ifdef FLUSH_BEFORE_COMMIT
	atomic { flush() };
	if
	:: crashes < CRASHES -> crash(); goto end
	:: skip
	fi;
#endif
	commit();
	goto end
}

active proctype days()
{
	if
	:: away = true
	:: skip
	fi;
	do
	:: day < LAST -> day++
	:: else -> break
	od
}

active proctype clock()
{
	if
	:: steps < STEPS -> steps++; stepped = true; stepped = false
	:: skip
	fi
}

#define asked (opened > 0)
#define closed (l_done)
ltl closes { [] (asked -> <> closed) }
