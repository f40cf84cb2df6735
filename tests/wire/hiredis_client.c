/* hiredis, as C programs use it, against the server on 127.0.0.1 at the port given: plain calls, pipelining,
 * and RESP3 with push messages. Says what went wrong and ends with status 1, or ends with 0. */
#include <hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static void expect(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "not so: %s\n", what);
  exit(1);
}

/* Whether the reply has this type and, unless NULL, this text. Frees it. */
static int is(redisReply* reply, int type, const char* text) {
  const int holds = reply && reply->type == type &&
                    (!text || (reply->len == strlen(text) && memcmp(reply->str, text, reply->len) == 0));
  if (!holds && reply) fprintf(stderr, "got type %d: %s\n", reply->type, reply->str ? reply->str : "");
  freeReplyObject(reply);
  return holds;
}

static redisReply* next_reply(redisContext* context) {
  void* reply = NULL;
  if (redisGetReply(context, &reply) != REDIS_OK) fprintf(stderr, "hiredis: %s\n", context->errstr);
  return reply;
}

static redisContext* connect_to(int port) {
  redisOptions options = {0};
  struct timeval limit = {10, 0};
  redisContext* context;
  REDIS_OPTIONS_SET_TCP(&options, "127.0.0.1", port);
  options.connect_timeout = options.command_timeout = &limit;
  options.options |= REDIS_OPT_NO_PUSH_AUTOFREE;
  context = redisConnectWithOptions(&options);
  expect(context && !context->err, "a connection");
  return context;
}

static void plain_calls(redisContext* context) {
  const char binary[] = {0, 1, '\r', '\n', (char)255};
  redisReply* reply;
  expect(is(redisCommand(context, "FLUSHALL"), REDIS_REPLY_STATUS, "OK"), "FLUSHALL");
  expect(is(redisCommand(context, "SET %s %b", "k", binary, sizeof binary), REDIS_REPLY_STATUS, "OK"), "SET");
  reply = redisCommand(context, "GET k");
  expect(reply && reply->len == sizeof binary && memcmp(reply->str, binary, sizeof binary) == 0, "any bytes");
  freeReplyObject(reply);
  expect(is(redisCommand(context, "GET none"), REDIS_REPLY_NIL, NULL), "no key, no value");
  expect(is(redisCommand(context, "HSET k f v"), REDIS_REPLY_ERROR,
            "WRONGTYPE Operation against a key holding the wrong kind of value"), "a hash command on a string");
  reply = redisCommand(context, "EVAL %s 1 h 1 2", "return {redis.call('HSET', KEYS[1], 'f', ARGV[1]), ARGV[2]}");
  expect(reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 2, "an array from Lua");
  expect(reply->element[0]->integer == 1 && strcmp(reply->element[1]->str, "2") == 0, "what Lua said");
  freeReplyObject(reply);
}

static void pipelining(redisContext* context) {
  int i;
  for (i = 0; i < 10000; i++) redisAppendCommand(context, "INCR n");
  for (i = 0; i < 10000; i++) {
    redisReply* reply = next_reply(context);
    expect(reply && reply->type == REDIS_REPLY_INTEGER && reply->integer == i + 1, "replies in order");
    freeReplyObject(reply);
  }
}

static int pushes = 0;

static void on_push(void* data, void* reply) {
  const redisReply* push = reply;
  (void)data;
  if (push->elements == 3 && strcmp(push->element[0]->str, "message") == 0) {
    expect(strcmp(push->element[1]->str, "news") == 0 && strcmp(push->element[2]->str, "hello") == 0, "the message");
    pushes++;
  }
  freeReplyObject(reply);
}

static void maps_and_pushes(redisContext* context, int port) {
  redisContext* publisher = connect_to(port);
  redisReply* reply = redisCommand(context, "HELLO 3");
  expect(reply && reply->type == REDIS_REPLY_MAP, "HELLO 3 answers a map");
  freeReplyObject(reply);
  expect(is(redisCommand(context, "GET none"), REDIS_REPLY_NIL, NULL), "the null of RESP3");
  reply = redisCommand(context, "HGETALL h");
  expect(reply && reply->type == REDIS_REPLY_MAP && reply->elements == 2, "a hash is a map");
  freeReplyObject(reply);

  redisSetPushCallback(context, NULL);
  expect(redisAppendCommand(context, "SUBSCRIBE news") == REDIS_OK, "SUBSCRIBE");
  expect(is(next_reply(context), REDIS_REPLY_PUSH, NULL), "the confirmation is a push");
  redisSetPushCallback(context, on_push);
  expect(is(redisCommand(publisher, "PUBLISH news hello"), REDIS_REPLY_INTEGER, NULL), "PUBLISH");
  expect(is(redisCommand(context, "GET n"), REDIS_REPLY_STRING, "10000"), "commands go on while subscribed");
  expect(pushes == 1, "the message came as a push, before the reply");
  redisFree(publisher);
}

int main(int count, char** words) {
  const int port = count > 1 ? atoi(words[1]) : 6379;
  redisContext* context = connect_to(port);
  plain_calls(context);
  pipelining(context);
  maps_and_pushes(context, port);
  redisFree(context);
  return 0;
}
