// The rows of all managed services, each with the page that it was read from.
#include "engine/services.hpp"

namespace outlive {
namespace {

// ---- Amazon ElastiCache

constexpr std::string_view elasticache_commands =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html";
constexpr std::string_view elasticache_parameters =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html";
constexpr std::string_view elasticache_limits =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/RedisConfiguration.html";
constexpr std::string_view elasticache_memory =
    "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-memory-management.html";
// The page says "unavailable"; a user's report has the words.
constexpr std::string_view elasticache_words =
    "https://github.com/phpredis/phpredis/issues/609";

// The page writes addslot and delslot for Valkey's ADDSLOTS and DELSLOTS.
constexpr std::string_view elasticache_refused =
    "acl|setuser acl|load acl|save acl|deluser bgrewriteaof bgsave cluster|addslots "
    "cluster|addslotsrange cluster|bumpepoch cluster|delslots cluster|delslotsrange "
    "cluster|failover cluster|flushslots cluster|forget cluster|links cluster|meet "
    "cluster|setslot config debug migrate psync replicaof save slaveof shutdown sync";

constexpr std::string_view serverless_refused =
    "acl|setuser acl|load acl|save acl|deluser bgrewriteaof bgsave cluster|addslots "
    "cluster|addslotsrange cluster|bumpepoch cluster|delslots cluster|delslotsrange "
    "cluster|failover cluster|flushslots cluster|forget cluster|links cluster|meet "
    "cluster|setslot config debug migrate psync replicaof save slaveof shutdown sync "
    "acl|log client|caching client|getredir client|id client|info client|kill client|list "
    "client|no-evict client|pause client|tracking client|trackinginfo client|unblock "
    "client|unpause cluster|count-failure-reports commandlog fcall fcall_ro function keys lastsave "
    "latency memory monitor move object pfdebug pfselftest psubscribe pubsub|numpat punsubscribe "
    "script|kill slowlog swapdb wait";

// Node-based clusters of Valkey 8, by the default parameter group. "Modifiable: No" is a row that
// allows its value alone.
constexpr ServiceDirective elasticache_directives[] = {
    {"maxmemory-policy", "volatile-lru", {}, elasticache_parameters},
    {reserved_memory_directive, "25", {}, elasticache_memory},
    {"maxmemory-samples", "3", {}, elasticache_parameters},
    {"latency-tracking", "no", {}, elasticache_parameters},
    {"acl-pubsub-default", "allchannels", {}, elasticache_parameters},
    {"repl-backlog-size", "10485760", {}, elasticache_parameters},
    {"extended-redis-compatibility", "yes", {}, elasticache_parameters},
    // By node type.
    {"maxclients", "65000", "65000 46000 20000", elasticache_parameters},
    {"lua-time-limit", "5000", "5000", elasticache_parameters},
    {"activerehashing", "yes", "yes", elasticache_parameters},
    {"appendonly", "no", "no", elasticache_parameters},
    {"replica-ignore-maxmemory", "yes", "yes", elasticache_parameters},
};

// "All Valkey or Redis OSS configuration is not modifiable": what the page names has its value alone.
constexpr ServiceDirective serverless_directives[] = {
    {"maxmemory-policy", "volatile-lru", "volatile-lru", elasticache_limits},
    {"maxclients", "65000", "65000", elasticache_limits},
    {"lua-time-limit", "5000", "5000", elasticache_limits},
    {"acl-pubsub-default", "allchannels", "allchannels", elasticache_limits},
    {"notify-keyspace-events", "", "-", elasticache_limits},
    {"client-query-buffer-limit", "1073741824", "1073741824", elasticache_limits},
    {"proto-max-bulk-len", "536870912", "536870912", elasticache_limits},
    {"timeout", "0", "0", elasticache_limits},
};

// ---- Google Cloud Memorystore

constexpr std::string_view memorystore_commands =
    "https://docs.cloud.google.com/memorystore/docs/valkey/supported-commands";
constexpr std::string_view memorystore_configurations =
    "https://docs.cloud.google.com/memorystore/docs/valkey/supported-instance-configurations";
constexpr std::string_view memorystore_redis_commands =
    "https://docs.cloud.google.com/memorystore/docs/redis/supported-commands";
constexpr std::string_view memorystore_redis_configurations =
    "https://docs.cloud.google.com/memorystore/docs/redis/supported-redis-configurations";

// "A NOPERM error is returned for commands not listed as supported on this page": Cluster Mode
// Disabled.
constexpr std::string_view memorystore_supported =
    "append auth bitcount bitfield bitfield_ro bitop bitpos blmove blmpop blpop brpop brpoplpush "
    "bzmpop bzpopmax bzpopmin client|caching client|getname client|getredir client|help client|id "
    "client|info client|kill client|list client|reply client|setname client|tracking "
    "client|trackinginfo command|count command|docs command|getkeys command|getkeysandflags "
    "command|help command|info command|list config|help copy dbsize decr decrby del discard dump "
    "echo eval eval_ro evalsha evalsha_ro exec exists expire expireat expiretime fcall fcall_ro "
    "flushall flushdb function|delete function|dump function|flush function|help function|kill "
    "function|list function|load function|restore function|stats geoadd geodist geohash geopos "
    "georadius georadius_ro georadiusbymember georadiusbymember_ro geosearch geosearchstore get "
    "getbit getdel getex getrange getset hdel hello hexists hget hgetall hincrby hincrbyfloat hkeys "
    "hlen hmget hmset hrandfield hscan hset hsetnx hstrlen hvals incr incrby incrbyfloat info keys "
    "latency|doctor latency|graph latency|help latency|histogram latency|history latency|latest "
    "latency|reset lcs lindex linsert llen lmove lmpop lolwut lpop lpos lpush lpushx lrange lrem "
    "lset ltrim memory|doctor memory|help memory|malloc-stats memory|purge memory|stats "
    "memory|usage mget module|help monitor mset msetnx multi object|encoding object|freq "
    "object|help object|idletime object|refcount persist pexpire pexpireat pexpiretime pfadd "
    "pfcount pfmerge ping psetex psubscribe pttl publish pubsub|channels pubsub|help pubsub|numpat "
    "pubsub|numsub pubsub|shardchannels pubsub|shardnumsub punsubscribe quit randomkey rename "
    "renamenx reset restore role rpop rpoplpush rpush rpushx sadd scan scard script|debug "
    "script|exists script|flush script|help script|kill script|load sdiff sdiffstore select set "
    "setbit setex setnx setrange sinter sintercard sinterstore sismember slowlog|help smembers "
    "smismember smove sort sort_ro spop spublish srandmember srem sscan ssubscribe strlen subscribe "
    "substr sunion sunionstore sunsubscribe time touch ttl type unlink unsubscribe unwatch wait "
    "watch xack xadd xautoclaim xclaim xdel xgroup xinfo xlen xpending xrange xread xreadgroup "
    "xrevrange xtrim zadd zcard zcount zdiff zdiffstore zincrby zinter zintercard zinterstore "
    "zlexcount zmpop zmscore zpopmax zpopmin zrandmember zrange zrangebylex zrangebyscore "
    "zrangestore zrank zrem zremrangebylex zremrangebyrank zremrangebyscore zrevrange "
    "zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion zunionstore";

// Valkey's commands that stand in no list of the page and that outlive has none of: so that they,
// too, are answered by NOPERM.
constexpr std::string_view memorystore_refused =
    "bgrewriteaof bgsave cluster failover lastsave migrate psync replconf replicaof save slaveof "
    "sync";

constexpr ServiceDirective memorystore_directives[] = {
    {"maxmemory-policy", "volatile-lru", {}, memorystore_configurations},
};

constexpr std::string_view memorystore_redis_refused =
    "acl|cat acl|deluser acl|genpass acl|getuser acl|help acl|list acl|load acl|log acl|save "
    "acl|setuser acl|users acl|whoami bgrewriteaof bgsave client cluster command config debug "
    "lastsave migrate object replicaof save shutdown";

constexpr ServiceDirective memorystore_redis_directives[] = {
    {"maxmemory-policy", "volatile-lru", {}, memorystore_redis_configurations},
    {"lazyfree-lazy-eviction", "no", {}, memorystore_redis_configurations},
    {"lazyfree-lazy-expire", "no", {}, memorystore_redis_configurations},
    {"lazyfree-lazy-user-del", "no", {}, memorystore_redis_configurations},
    {"lazyfree-lazy-user-flush", "no", {}, memorystore_redis_configurations},
    {"hash-max-listpack-entries", "2048", "2048", memorystore_redis_configurations},
    {"hash-max-listpack-value", "1024", "1024", memorystore_redis_configurations},
    {"list-max-listpack-size", "-2", "-2", memorystore_redis_configurations},
    {"list-compress-depth", "0", "0", memorystore_redis_configurations},
    {"set-max-intset-entries", "512", "512", memorystore_redis_configurations},
    {"zset-max-listpack-entries", "1024", "1024", memorystore_redis_configurations},
    {"zset-max-listpack-value", "1024", "1024", memorystore_redis_configurations},
    {"hll-sparse-max-bytes", "3000", "3000", memorystore_redis_configurations},
    {"lua-time-limit", "5000", "5000", memorystore_redis_configurations},
    {"activerehashing", "yes", "yes", memorystore_redis_configurations},
    {"hz", "10", "10", memorystore_redis_configurations},
    {"maxclients", "65000", "65000", memorystore_redis_configurations},
    {"slowlog-log-slower-than", "10000", "10000", memorystore_redis_configurations},
    {"slowlog-max-len", "128", "128", memorystore_redis_configurations},
    {"repl-diskless-load", "swapdb", "swapdb", memorystore_redis_configurations},
};

constexpr Service rows[] = {
    {.name = "elasticache",
     .product = "Amazon ElastiCache for Valkey 8, node-based, cluster mode disabled",
     .refusal = Service::Refusal::unknown,
     .refusal_source = elasticache_words,
     .refused = elasticache_refused,
     .refused_source = elasticache_commands,
     .directives = elasticache_directives,
     .open = "what INFO hides, and the words for a refused subcommand, are not documented; maxmemory "
             "stands for the memory of the node type"},
    {.name = "elasticache-serverless",
     .product = "Amazon ElastiCache Serverless for Valkey",
     .refusal = Service::Refusal::unknown,
     .refusal_source = elasticache_words,
     .refused = serverless_refused,
     .refused_source = elasticache_commands,
     .directives = serverless_directives,
     .open = "what INFO hides, and the words for a refused subcommand, are not documented; not "
             "imitated: cluster mode, SCRIPT FLUSH as a no-op, the limits of 3,999 arguments, 4 KiB "
             "of a key's name and 4 MiB of a script, whose errors are not documented"},
    {.name = "memorystore",
     .product = "Google Cloud Memorystore for Valkey, cluster mode disabled",
     .refusal = Service::Refusal::no_permission,
     .refusal_source = memorystore_commands,
     .refused = memorystore_refused,
     .refused_source = memorystore_commands,
     .supported = memorystore_supported,
     .supported_source = memorystore_commands,
     .directives = memorystore_directives,
     .open = "what INFO hides is not documented; maxclients and maxmemory-clients hang on the node "
             "type, set them; maxmemory is what the instance may use, by default 80 % of the node"},
    {.name = "memorystore-redis",
     .product = "Google Cloud Memorystore for Redis",
     .refusal = Service::Refusal::no_permission,
     .refusal_source = memorystore_redis_commands,
     .refused = memorystore_redis_refused,
     .refused_source = memorystore_redis_commands,
     .directives = memorystore_redis_directives,
     .open = "what INFO hides is not documented; not imitated: the 10 % of memory that the Standard "
             "tier's replication backlog uses"},
};

}  // namespace

std::span<const Service> services() {
  return rows;
}

}  // namespace outlive
