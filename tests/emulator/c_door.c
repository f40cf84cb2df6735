/* The front door for C, used from C11. */
#include <outlive/outlive.h>
#include <stdio.h>
#include <string.h>

static int mistakes = 0;

static void check(int holds, int line, const char* what) {
  if (holds) return;
  fprintf(stderr, "c_door.c:%d: not so: %s\n", line, what);
  ++mistakes;
}
#define CHECK(what) check((what), __LINE__, #what)

static outlive_emulator* start(const char* const* directives, size_t count, uint64_t seed) {
  char* error = NULL;
  outlive_options options;
  outlive_options_init(&options, sizeof options);
  options.directives = directives;
  options.directive_count = count;
  options.seed = seed;
  outlive_emulator* emulator = outlive_create(&options, &error);
  CHECK(emulator != NULL);
  CHECK(error == NULL);
  return emulator;
}

/* One command of up to five words; whether its reply reads so. */
static int answers(outlive_emulator* emulator, const char* expected, const char* a, const char* b,
                   const char* c, const char* d, const char* e) {
  const char* words[] = {a, b, c, d, e};
  size_t count = 0;
  while (count < 5 && words[count]) ++count;
  outlive_reply* reply = outlive_run(emulator, count, words, NULL, NULL);
  char* text = outlive_reply_print(reply);
  const int same = strcmp(text, expected) == 0;
  if (!same) fprintf(stderr, "%s %s: %s\n", a, b ? b : "", text);
  outlive_free(text);
  outlive_reply_free(reply);
  return same;
}

static void a_key_expires_when_the_clock_is_moved(void) {
  outlive_emulator* emulator = start(NULL, 0, 7);
  CHECK(outlive_seed(emulator) == 7);
  CHECK(outlive_port(emulator) == 0);
  CHECK(outlive_tls_port(emulator) == 0);
  CHECK(outlive_now(emulator) == 1750000000LL * 1000000);
  CHECK(answers(emulator, "OK", "SETEX", "greeting", "60", "hello", NULL));
  CHECK(answers(emulator, "\"hello\"", "GET", "greeting", NULL, NULL, NULL));
  CHECK(outlive_advance(emulator, 61 * 1000000LL, NULL) == 0);
  CHECK(answers(emulator, "(nil)", "GET", "greeting", NULL, NULL, NULL));
  char* why = outlive_explain(emulator, "greeting", strlen("greeting"));
  CHECK(strcmp(why, "expired: its TTL was over when the cron came by") == 0);
  outlive_free(why);
  CHECK(outlive_set_time(emulator, 5000000, NULL) == 0);
  CHECK(outlive_now(emulator) == 5000000);
  outlive_destroy(emulator);
}

static void words_and_replies_may_hold_any_bytes(void) {
  outlive_emulator* emulator = start(NULL, 0, 1);
  const char* words[] = {"SET", "k\0y", "a\0b\r\n"};
  const size_t lengths[] = {3, 3, 5};
  outlive_reply_free(outlive_run(emulator, 3, words, lengths, NULL));
  words[0] = "MGET";
  words[2] = "none";
  outlive_reply* reply = outlive_run(emulator, 3, words, (const size_t[]){4, 3, 4}, NULL);
  CHECK(outlive_reply_kind(reply) == OUTLIVE_ARRAY);
  CHECK(outlive_reply_count(reply) == 2);
  size_t length = 0;
  const char* text = outlive_reply_text(outlive_reply_element(reply, 0), &length);
  CHECK(length == 5 && memcmp(text, "a\0b\r\n", 6) == 0);
  CHECK(outlive_reply_kind(outlive_reply_element(reply, 1)) == OUTLIVE_NULL);
  CHECK(outlive_reply_element(reply, 2) == NULL);
  outlive_reply_free(reply);
  outlive_destroy(emulator);
}

static void an_error_of_the_server_is_a_reply_and_a_mistake_in_the_call_is_a_text(void) {
  outlive_emulator* emulator = start(NULL, 0, 1);
  CHECK(answers(emulator, "(error) ERR wrong number of arguments for 'get' command", "GET", NULL,
                NULL, NULL, NULL));
  CHECK(answers(emulator, "(error) ERR a command has at least one word", NULL, NULL, NULL, NULL,
                NULL));
  outlive_resume(emulator);
  char* error = NULL;
  CHECK(outlive_advance(emulator, 1, &error) != 0);
  CHECK(error != NULL && strstr(error, "runs by itself") != NULL);
  outlive_free(error);
  outlive_destroy(emulator);

  const char* directives[] = {"maxmemory", "lots"};
  outlive_options options;
  outlive_options_init(&options, sizeof options);
  options.directives = directives;
  options.directive_count = 1;
  CHECK(outlive_create(&options, &error) == NULL);
  CHECK(error != NULL && strstr(error, "maxmemory lots") != NULL);
  outlive_free(error);
  CHECK(outlive_create(&options, NULL) == NULL);
}

static uint64_t overfill(outlive_emulator* emulator) {
  char key[32];
  char value[400];
  memset(value, 'v', sizeof value - 1);
  value[sizeof value - 1] = 0;
  for (int i = 0; i < 4000; ++i) {
    snprintf(key, sizeof key, "key:%d", i);
    const char* words[] = {"SETEX", key, "1000", value};
    outlive_reply_free(outlive_run(emulator, 4, words, NULL, NULL));
  }
  return outlive_journal_digest(emulator);
}

static void the_journal_says_which_keys_left_and_whom_they_were_preferred_to(void) {
  const char* directives[] = {"maxmemory", "2mb", "maxmemory-policy", "volatile-ttl"};
  outlive_emulator* emulator = start(directives, 2, 7);
  outlive_emulator* same = start(directives, 2, 7);
  CHECK(overfill(emulator) == overfill(same));
  CHECK(outlive_digest(emulator) == outlive_digest(same));
  CHECK(outlive_used_memory(emulator) == outlive_used_memory(same));
  outlive_destroy(same);

  outlive_departures* journal = outlive_journal(emulator, NULL);
  CHECK(outlive_departures_count(journal) > 0);
  outlive_departure first = {.size = sizeof first};
  CHECK(outlive_departures_get(journal, 0, &first) == 0);
  CHECK(first.sequence == 1);
  CHECK(strcmp(first.reason, "evicted") == 0);
  CHECK(strcmp(first.cause, "volatile-ttl") == 0);
  CHECK(strcmp(first.type, "string") == 0);
  CHECK(strncmp(first.key, "key:", 4) == 0 && strlen(first.key) == first.key_length);
  CHECK(first.ttl_ms == 1000000);
  CHECK(first.bytes > 400);
  CHECK(first.candidate_count > 0);
  uint64_t score = 0;
  const char* loser =
      outlive_departures_candidate(journal, 0, first.candidate_count - 1, NULL, &score);
  CHECK(loser != NULL && score <= first.score);
  CHECK(outlive_departures_candidate(journal, 0, first.candidate_count, NULL, NULL) == NULL);
  CHECK(outlive_departures_get(journal, outlive_departures_count(journal), &first) != 0);
  /* A caller of an older version knows fewer fields: the rest of its memory is left alone. */
  outlive_departure old = {.size = offsetof(outlive_departure, score), .score = 99};
  CHECK(outlive_departures_get(journal, 0, &old) == 0);
  CHECK(old.sequence == 1 && old.score == 99);
  outlive_departures_free(journal);
  outlive_destroy(emulator);
}

static void a_second_connection_hears_what_is_published(void) {
  outlive_emulator* emulator = start(NULL, 0, 1);
  outlive_connection* listener = outlive_connect(emulator, NULL);
  const char* words[] = {"SUBSCRIBE", "news"};
  outlive_reply_free(outlive_connection_run(listener, 2, words, NULL, NULL));
  CHECK(answers(emulator, "(integer) 1", "PUBLISH", "news", "hello", NULL, NULL));
  outlive_reply* pushed = outlive_take_pushed(listener, NULL);
  CHECK(outlive_reply_count(pushed) == 1);
  const outlive_reply* message = outlive_reply_element(pushed, 0);
  CHECK(strcmp(outlive_reply_text(outlive_reply_element(message, 2), NULL), "hello") == 0);
  outlive_reply_free(pushed);
  outlive_disconnect(listener);
  outlive_destroy(emulator);
}

static void a_port_of_its_own_is_told(void) {
  outlive_options options;
  outlive_options_init(&options, sizeof options);
  options.port = 0;
  outlive_emulator* emulator = outlive_create(&options, NULL);
  CHECK(outlive_port(emulator) > 0);
  outlive_destroy(emulator);

  options.tls_port = 0; /* and no certificate */
  char* error = NULL;
  CHECK(outlive_create(&options, &error) == NULL);
  CHECK(strcmp(error, "No tls-cert-file configured!") == 0);
  outlive_free(error);
}

int main(void) {
  a_key_expires_when_the_clock_is_moved();
  words_and_replies_may_hold_any_bytes();
  an_error_of_the_server_is_a_reply_and_a_mistake_in_the_call_is_a_text();
  the_journal_says_which_keys_left_and_whom_they_were_preferred_to();
  a_second_connection_hears_what_is_published();
  a_port_of_its_own_is_told();
  if (mistakes == 0) puts("c_door: all is as it should be");
  return mistakes == 0 ? 0 : 1;
}
