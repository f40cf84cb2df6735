/* The front door for C, and for every language that can load a shared library.

     char* error = NULL;
     outlive_options options;
     outlive_options_init(&options, sizeof options);
     const char* directives[] = {"maxmemory", "10mb", "maxmemory-policy", "volatile-ttl"};
     options.directives = directives;
     options.directive_count = 2;
     outlive_emulator* valkey = outlive_create(&options, &error);

     const char* words[] = {"SET", "greeting", "hello", "EX", "60"};
     outlive_reply_free(outlive_run(valkey, 5, words, NULL, &error));
     outlive_advance(valkey, 3600 * 1000000LL, &error);        // an hour: the key has gone
     char* why = outlive_explain(valkey, "greeting", 8);       // "expired: its TTL was over …"
     outlive_free(why);
     outlive_destroy(valkey);

   What outlive/emulator.hpp says of the C++ door holds here too. Text is UTF-8 or any other bytes,
   by pointer and length; what comes back also ends in a zero byte.

   Functions that can fail take `char** error`, which may be NULL. They set it to one line that the
   caller passes to outlive_free(), or to NULL, and return NULL or a number that is not 0. What the
   emulated server answers with an error is not a failure: it is a reply of kind OUTLIVE_ERROR. */
#ifndef OUTLIVE_OUTLIVE_H
#define OUTLIVE_OUTLIVE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define OUTLIVE_API __attribute__((visibility("default")))
#else
#define OUTLIVE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct outlive_emulator outlive_emulator;
typedef struct outlive_connection outlive_connection;
typedef struct outlive_reply outlive_reply;
typedef struct outlive_departures outlive_departures;

/* ---- making one ---- */

#define OUTLIVE_NO_PORT (-1)

typedef struct outlive_options {
  size_t size;                    /* set by outlive_options_init(): the fields the caller knows */
  const char* const* directives;  /* name, value, name, value … as in valkey.conf */
  size_t directive_count;         /* pairs */
  uint64_t seed;                  /* 0: the directive outlive-seed, or drawn afresh */
  int system_clock;               /* 0: the clock stands still until it is moved */
  int port;                       /* on 127.0.0.1; 0: any free one; OUTLIVE_NO_PORT: none */
  const char* unix_socket;        /* a path; NULL: none */
  int64_t start_us;               /* where a clock that stands still begins, Unix microseconds */
  size_t journal_limit;           /* departures kept; 0: none */
  int tls_port;                   /* as port, for TLS by the directives tls-cert-file and so on */
} outlive_options;

/* Fills in the defaults: no socket, a clock that stands still, 100,000 departures. */
OUTLIVE_API void outlive_options_init(outlive_options* options, size_t size);

/* `options` may be NULL. The caller ends it with outlive_destroy(), after all its connections. */
OUTLIVE_API outlive_emulator* outlive_create(const outlive_options* options, char** error);
OUTLIVE_API void outlive_destroy(outlive_emulator* emulator);

/* The TCP port in use, 0 for none; that for TLS; the seed. */
OUTLIVE_API int outlive_port(const outlive_emulator* emulator);
OUTLIVE_API int outlive_tls_port(const outlive_emulator* emulator);
OUTLIVE_API uint64_t outlive_seed(const outlive_emulator* emulator);
/* Modelled bytes, as INFO's used_memory. */
OUTLIVE_API uint64_t outlive_used_memory(const outlive_emulator* emulator);
/* Equal for equal runs: of all keys; of all departures while the journal was on. */
OUTLIVE_API uint64_t outlive_digest(const outlive_emulator* emulator);
OUTLIVE_API uint64_t outlive_journal_digest(const outlive_emulator* emulator);

/* ---- commands ---- */

/* One command. `lengths` may be NULL when every word ends in a zero byte and has none within. The
   caller frees the reply. A command that waits by a clock that stands still answers OUTLIVE_NULL,
   and its reply comes with outlive_take_pushed(). */
OUTLIVE_API outlive_reply* outlive_run(outlive_emulator* emulator, size_t count,
                                       const char* const* words, const size_t* lengths,
                                       char** error);

/* A further connection, with its own database, transaction and subscriptions. */
OUTLIVE_API outlive_connection* outlive_connect(outlive_emulator* emulator, char** error);
OUTLIVE_API void outlive_disconnect(outlive_connection* connection);
OUTLIVE_API outlive_reply* outlive_connection_run(outlive_connection* connection, size_t count,
                                                  const char* const* words, const size_t* lengths,
                                                  char** error);
/* What the server sent unasked or late, oldest first: an array. The caller frees it. */
OUTLIVE_API outlive_reply* outlive_take_pushed(outlive_connection* connection, char** error);

typedef enum outlive_kind {
  OUTLIVE_NULL = 0,
  OUTLIVE_SIMPLE = 1,
  OUTLIVE_ERROR = 2,
  OUTLIVE_INTEGER = 3,
  OUTLIVE_BULK = 4,
  OUTLIVE_ARRAY = 5,
  OUTLIVE_MAP = 6,
  OUTLIVE_SET = 7,
  OUTLIVE_PUSH = 8,
  OUTLIVE_BOOLEAN = 9,
  OUTLIVE_NUMBER = 10,
  OUTLIVE_BIG_NUMBER = 11,
  OUTLIVE_VERBATIM = 12
} outlive_kind;

OUTLIVE_API outlive_kind outlive_reply_kind(const outlive_reply* reply);
/* Of an integer or boolean; of a number (RESP3 double). */
OUTLIVE_API int64_t outlive_reply_integer(const outlive_reply* reply);
OUTLIVE_API double outlive_reply_number(const outlive_reply* reply);
/* Of simple, error (without '-'), bulk, big number, verbatim; valid as long as the reply. `length`
   may be NULL. */
OUTLIVE_API const char* outlive_reply_text(const outlive_reply* reply, size_t* length);
/* Of array, set, push, map (key, value, key, value …). An element belongs to its reply; NULL when
   there is none at that place. */
OUTLIVE_API size_t outlive_reply_count(const outlive_reply* reply);
OUTLIVE_API const outlive_reply* outlive_reply_element(const outlive_reply* reply, size_t index);
/* As a person would read it, in valkey-cli's manner. The caller frees it. */
OUTLIVE_API char* outlive_reply_print(const outlive_reply* reply);
OUTLIVE_API void outlive_reply_free(outlive_reply* reply);

/* ---- the clock: Unix microseconds ---- */

OUTLIVE_API int64_t outlive_now(const outlive_emulator* emulator);
/* The time between is lived through: what falls due on the way happens in order. */
OUTLIVE_API int outlive_advance(outlive_emulator* emulator, int64_t microseconds, char** error);
/* A jump, also back. */
OUTLIVE_API int outlive_set_time(outlive_emulator* emulator, int64_t unix_microseconds,
                                 char** error);
/* Stops the clock where it is; lets it run on from there. */
OUTLIVE_API void outlive_freeze(outlive_emulator* emulator);
OUTLIVE_API void outlive_resume(outlive_emulator* emulator);

/* ---- why keys left ---- */

/* In one sentence, of a key of the database that outlive_run() has selected. The caller frees it;
   NULL when memory is out. */
OUTLIVE_API char* outlive_explain(outlive_emulator* emulator, const char* key, size_t length);

typedef struct outlive_departure {
  size_t size;            /* set by the caller: sizeof(outlive_departure) */
  uint64_t sequence;      /* 1 for the first */
  int64_t when_us;        /* Unix microseconds of the emulated clock */
  const char* reason;     /* "evicted", "expired_lazily", "expired_actively", "deleted",
                             "overwritten", "flushed", "renamed", "moved" */
  int database;
  int frequency;          /* the decayed LFU counter, -1 under other policies */
  const char* key;
  size_t key_length;
  const char* type;       /* "string", "hash" … */
  const char* cause;      /* evicted: the policy; else the command; "" for the clock */
  uint64_t client;        /* whose command it was, 0 for none */
  int64_t ttl_ms;         /* what was left of it, -1 without one */
  int64_t idle_ms;        /* since the last use, -1 under LFU */
  uint64_t bytes;         /* of used_memory that went with it */
  uint64_t score;         /* evicted: see Departure::Candidate in outlive/departure.hpp */
  int stale_score;        /* evicted: the score was no longer true */
  size_t candidate_count; /* keys that lost to it in the eviction pool */
} outlive_departure;

/* The journal as it is now, oldest first; a copy, which the caller frees. */
OUTLIVE_API outlive_departures* outlive_journal(const outlive_emulator* emulator, char** error);
OUTLIVE_API size_t outlive_departures_count(const outlive_departures* departures);
/* Fills in one, whose texts are valid as long as the copy. 0; or 1 when there is none at that place. */
OUTLIVE_API int outlive_departures_get(const outlive_departures* departures, size_t index,
                                       outlive_departure* departure);
/* The key of a candidate that lost to it, and its score; NULL when there is none at that place. */
OUTLIVE_API const char* outlive_departures_candidate(const outlive_departures* departures,
                                                     size_t index, size_t candidate, size_t* length,
                                                     uint64_t* score);
OUTLIVE_API void outlive_departures_free(outlive_departures* departures);

/* Frees texts that belong to the caller. */
OUTLIVE_API void outlive_free(char* text);

#ifdef __cplusplus
}
#endif

#endif
