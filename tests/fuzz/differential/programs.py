"""Lua at random: scripts and libraries of functions, and the commands that load and call them."""
import hashlib

import values
from grammar import pick

# What passes a command on: its words come as arguments.
PASS_ON = [
    b"return redis.call(unpack(ARGV))",
    b"return redis.pcall(unpack(ARGV))",
    b"return server.call(unpack(ARGV))",
    b"local r = redis.pcall(unpack(ARGV)) return r",
    b"local r = redis.pcall(unpack(ARGV)) return type(r)",
    b"local r = redis.pcall(unpack(ARGV)) if type(r) == 'table' and r.err then return {r.err} end return r",
    b"local r = redis.pcall(unpack(ARGV)) return tostring(type(r) == 'table' and (r.ok or r.err or #r) or r)",
    b"redis.setresp(3) return redis.call(unpack(ARGV))",
    b"redis.setresp(3) local r = redis.pcall(unpack(ARGV)) return type(r) == 'table' and (r.err or r.double or #r) or r",
    b"redis.pcall(unpack(ARGV)) return redis.call(unpack(ARGV))",
    b"return {redis.pcall(unpack(ARGV)), redis.pcall(unpack(ARGV))}",
    b"local a = {pcall(redis.call, unpack(ARGV))} return {a[1], type(a[2])}",
    b"#!lua\nreturn redis.call(unpack(ARGV))",
    b"#!lua flags=no-writes\nreturn redis.call(unpack(ARGV))",
    b"#!lua flags=no-writes,allow-oom\nreturn redis.pcall(unpack(ARGV))",
    b"#!lua flags=allow-oom,no-cluster\nreturn redis.pcall(unpack(ARGV))",
    b"redis.set_repl(redis.REPL_NONE) return redis.call(unpack(ARGV))",
    b"redis.replicate_commands() return redis.call(unpack(ARGV))",
    b"redis.breakpoint() return redis.call(unpack(ARGV))",
    b"return {redis.acl_check_cmd(unpack(ARGV))}",
    b"local x = redis.call(unpack(ARGV)) return x == false and 'false' or x",
    b"if redis.pcall(unpack(ARGV)).err then return redis.error_reply('MINE it failed') end return 1",
]

# What uses keys and arguments of its own.
OWN_WORK = [
    b"return {KEYS[1], KEYS[2], ARGV[1], ARGV[2], #KEYS, #ARGV}",
    b"return redis.call('set', KEYS[1], ARGV[1])",
    b"return redis.call('get', KEYS[1])",
    b"redis.call('set', KEYS[1], ARGV[1]) return redis.call('strlen', KEYS[1])",
    b"for i = 1, 20 do redis.call('hset', KEYS[1], 'f' .. i, i) end return redis.call('hlen', KEYS[1])",
    b"for i = 1, 30 do redis.pcall('append', KEYS[1], ARGV[1]) end return redis.call('strlen', KEYS[1])",
    b"redis.call('incr', KEYS[1]) redis.call('incr', KEYS[1]) return redis.call('incrbyfloat', KEYS[1], ARGV[1])",
    b"return redis.call('restore', KEYS[2], 0, redis.call('dump', KEYS[1]), 'REPLACE')",
    b"return redis.sha1hex(ARGV[1])",
    b"return redis.status_reply(ARGV[1])",
    b"return redis.error_reply(ARGV[1])",
    b"return {err = ARGV[1]}",
    b"return {ok = ARGV[1]}",
    b"return error(ARGV[1])",
    b"return error({err = ARGV[1] or 'none', code = 1})",
    b"return tonumber(ARGV[1])",
    b"return tostring(tonumber(ARGV[1]))",
    b"return cjson.decode(ARGV[1])",
    b"return cjson.encode(cjson.decode(ARGV[1]))",
    b"return cjson.encode({ARGV[1], KEYS[1]})",
    b"return cmsgpack.unpack(ARGV[1])",
    b"return cmsgpack.pack(ARGV[1])",
    b"return struct.unpack(ARGV[1], ARGV[2])",
    b"return {pcall(struct.unpack, 'I4', ARGV[1])}",
    b"return string.format(ARGV[1], ARGV[2])",
    b"return string.rep(ARGV[1], 3)",
    b"return loadstring(ARGV[1])()",
    b"local f, e = loadstring(ARGV[1]) return e",
    b"return ARGV[1] + 1",
    b"return ARGV[1] .. nil",
    b"x = ARGV[1]",
    b"return x",
    b"local t = {} t[KEYS[1]] = 1 return next(t)",
    b"redis.log(redis.LOG_WARNING, ARGV[1])",
    b"return redis.call()",
    b"return redis.call('nothing')",
    b"return redis.call('get')",
    b"return redis.call('eval', 'return 1', 0)",
    b"return redis.call(KEYS[1], {})",
    b"return redis.call('get', 1.5, nil)",
    b"return redis.call('set', KEYS[1], 1.5) and redis.call('get', KEYS[1])",
    b"return redis.call('set', KEYS[1], 1e20) and redis.call('get', KEYS[1])",
    b"local t = redis.call('hgetall', KEYS[1]) return #t",
    b"redis.setresp(3) local t = redis.call('hgetall', KEYS[1]) return type(t.map)",
    b"redis.setresp(tonumber(ARGV[1])) return 1",
    b"return redis.call('select', ARGV[1])",
    b"redis.call('select', 1) return redis.call('set', KEYS[1], ARGV[1])",
    b"return redis.call('publish', ARGV[1], ARGV[1])",
    b"return {redis.call('ping'), redis.call('echo', ARGV[1])}",
    b"return redis.call('multi')",
    b"return redis.SERVER_VERSION_NUM",
    b"return {redis.REDIS_VERSION, server.SERVER_NAME, redis.LOG_DEBUG, redis.REPL_ALL}",
    b"return redis.pcall('expire', KEYS[1], ARGV[1])",
    b"return redis.pcall('getrange', KEYS[1], ARGV[1], ARGV[2])",
    b"return redis.call('object', 'encoding', KEYS[1])",
    b"return setmetatable({}, {__index = function() return 1 end})",
    b"local function f(n) if n == 0 then return {} end return {f(n - 1)} end return f(tonumber(ARGV[1]) or 5)",
    b"return math.floor(tonumber(ARGV[1]) or 0)",
    b"return bit.tohex(tonumber(ARGV[1]) or 0)",
    b"return {bit.band(tonumber(ARGV[1]) or 0, 255), bit.bnot(tonumber(ARGV[1]) or 0), bit.rshift(-1, 4)}",
    b"return os.clock() >= 0",
    b"return print and 1 or 2",
    b"redis.nothing = 1",
    b"return _G.redis == redis",
    b"", b"return", b"return +", b"error('x')", b"return nil", b"#!lua\n", b"#!lua name=x\nreturn 1", b"#!python\nreturn 1",
    b"#!lua flags=nothing\nreturn 1", b"#!lua flags=no-writes", b"#!lua flags=no-writes\nreturn redis.call('set', KEYS[1], 1)",
]

JSON = [b"{}", b"[]", b"[1,2,3]", b'{"a":1}', b'{"a":[1,{"b":null}]}', b"1", b'"x"', b"null", b"true", b"[1.5,-0,1e3,1e400]",
        b'"\\u00e9\\ud83d\\ude00"', b'"\\ud800"', b"[", b"{", b'{"a"}', b"[1,]", b"nul", b"", b"[" * 60 + b"]" * 60,
        b'["a\\n\\t\\"\\\\\\/"]', b"[12345678901234567890]", b'[0.1,100000000000000000000]', b"[nan]", b"[Infinity]", b"[0x10]",
        b'{"1":1}', b'"\x00"', b'"\x7f\x01"', b"[01]", b"[+1]", b"[.5]", b"[1 2]", b"// x\n1"]
PACKED = [b"\x01", b"\xff", b"\xc0", b"\xc2", b"\xc3", b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", b"\x93\x01\x02\x03", b"\x81\xa1a\x01",
          b"\xa5hello", b"\xa5hel", b"\xcc\xff", b"\xcd\xff\xff", b"\xce\xff\xff\xff\xff", b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
          b"\xd0\x80", b"\xd1\x80\x00", b"\xd2\x80\x00\x00\x00", b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", b"\xd9\x01a", b"\xda\x00\x01a",
          b"\xdc\x00\x01\x01", b"\xdd\x00\x00\x00\x01\x01", b"\xde\x00\x01\x01\x02", b"\xc1", b"\xca\x3f\xc0\x00\x00", b"\xc4\x01a", b""]
FORMATS = [b"%d", b"%5.2f", b"%s", b"%q", b"%x", b"%c", b"%%", b"%", b"%z", b"%g", b"%10s|", b"%-5d|", b"%i", b"%e", b"%s%s", b"%099d",
           b"%o", b"%u", b"%X", b"%.3s", b"%+d", b"%#x", b"% d", b"%.20f", b"%a"]
STRUCTS = [b"I4", b"i2", b">I8", b"<d", b"s", b"c0", b"Bc0", b"b", b"h", b"l", b"f", b"x", b"!4I8", b"i9", b"i0", b"z", b"I33", b"=h",
           b"bB", b">i3", b"c2", b"c99", b"T", b"!3", b"L", b" >H"]
CODE = [b"return 1", b"return {1, 2}", b"return +", b"return redis", b"x = 1", b"\x1bLua", b"return ARGV[1]"]
ARGUMENTS = [JSON, PACKED, FORMATS, STRUCTS, CODE, values.VALUES, values.INTEGERS, values.TEXTS]

# Values of Lua, written as code. Tables have at most one named entry, since their order is chance.
SCALARS = [b"1", b"0", b"-1", b"3.99", b"-3.99", b"1e15", b"2^53", b"2^63", b"-2^63", b"2^64", b"0/0", b"1/0", b"-1/0", b"true", b"false",
           b"nil", b"'x'", b"''", b"'a\\0b'", b"ARGV[1]", b"KEYS[1]", b"0.1", b"1e-5", b"123456789012", b"255", b"256", b"-129", b"65536",
           b"4294967296", b"-2147483649", b"('y'):rep(40)", b"100000000000000000000", b"-0", b"12345.678", b"cjson.null", b"print",
           b"redis.call", b"16777217", b"3.4e38"]
NAMED = [b"{ok=%s}", b"{err=%s}", b"{double=%s}", b"{big_number=%s}", b"{map={%s}}", b"{set={%s}}", b"{map={a=%s}}", b"{set={[%s]=true}}",
         b"{verbatim_string={string=%s,format='txt'}}", b"{verbatim_string=%s}", b"{a=%s}", b"{[1.5]=%s}", b"{[3]=%s}", b"{[0]=%s}",
         b"{{%s}}", b"{%s, n=1}", b"{map=%s}", b"{set=%s}"]
AROUND = [b"return %s", b"redis.setresp(3) return %s", b"return cjson.encode(%s)", b"return cmsgpack.pack(%s)", b"return tostring(%s)",
          b"return cmsgpack.unpack(cmsgpack.pack(%s))", b"return type(%s)", b"return cjson.decode(cjson.encode(%s))",
          b"return redis.call('echo', %s)", b"return redis.pcall('set', KEYS[1], %s)", b"return redis.status_reply(%s)",
          b"return redis.error_reply(%s)", b"return redis.sha1hex(%s)", b"error({err = %s})", b"return {%s, 7}", b"return tonumber(%s)",
          b"return string.format('%%s %%d', 'x', %s)", b"return struct.pack('>I4', %s)", b"return struct.pack('d', %s)",
          b"return struct.pack('s', %s)", b"return struct.pack('i8', %s)", b"return math.floor(%s)", b"return bit.tobit(%s)",
          b"return #%s", b"return {pcall(cjson.encode, %s)}", b"return {pcall(cmsgpack.pack, %s)}", b"return table.concat(%s)",
          b"return bit.bor(1, %s)", b"return string.len(%s)", b"return {cmsgpack.unpack_limit(cmsgpack.pack(1, 2, %s), 2, 0)}"]


def literal(chance, depth=2):
    """A value of Lua as code."""
    turn = chance.random()
    if depth == 0 or turn < 0.55:
        return pick(chance, SCALARS)
    if turn < 0.75:
        return pick(chance, NAMED).replace(b"%s", literal(chance, depth - 1))
    parts = [literal(chance, depth - 1) for _ in range(int(chance.random() * 4))]
    return b"{" + b",".join(parts) + b"}"


# What a script may say went wrong. Valkey 8.1.1 ends itself over an error whose `err` is no text (luaCallFunction prints it
# without a look).
MESSAGES = [b"'x'", b"''", b"'a\\0b'", b"'ERR mine'", b"'-ERR mine'", b"'two\\r\\nlines'", b"3.99", b"0/0", b"ARGV[1] or 'none'", b"('y'):rep(40)"]


def around(chance):
    frame = pick(chance, AROUND)
    inner = pick(chance, MESSAGES) if frame.startswith(b"error(") else literal(chance)
    return frame.replace(b"%s", inner).replace(b"%%", b"%")


def script(chance):
    return pick(chance, OWN_WORK) if chance.random() < 0.6 else around(chance)


def arguments(chance):
    """A number of keys, keys and arguments, mostly as announced."""
    keys = [pick(chance, values.KEYS) for _ in range(int(chance.random() * 3))]
    number = b"%d" % len(keys)
    if chance.random() < 0.05:
        number = pick(chance, [b"-1", b"x", b"", b"100", b"9223372036854775807", b"1.5"])
    return [number, *keys, *(pick(chance, pick(chance, ARGUMENTS)) for _ in range(int(chance.random() * 3)))]


def sha(code):
    return hashlib.sha1(code).hexdigest().encode()


def eval_command(chance, inner):
    """EVAL or EVALSHA; `inner` makes a command for the scripts that pass one on."""
    read_only = b"_RO" if chance.random() < 0.15 else b""
    if chance.random() < 0.6:
        code, rest = pick(chance, PASS_ON), inner()
        rest = [b"1", rest[1], *rest] if len(rest) > 1 and chance.random() < 0.5 else [b"0", *rest]
    else:
        code, rest = script(chance), arguments(chance)
    if chance.random() < 0.15:
        return [b"EVALSHA" + read_only, sha(code), *rest]
    return [b"EVAL" + read_only, code, *rest]


# ---- libraries

FLAGS = [b"'no-writes'", b"'allow-oom'", b"'allow-stale'", b"'no-cluster'", b"'allow-cross-slot-keys'", b"'nothing'", b"1"]
BODIES = [b"return {keys, args}", b"return redis.call(unpack(args))", b"return redis.pcall(unpack(args))", b"return #keys",
          b"return redis.call('set', keys[1], args[1])", b"return redis.call('get', keys[1])", b"return nothing", b"return {err='MINE'}",
          b"return redis.error_reply(args[1])", b"redis.setresp(3) return type(redis.call('hgetall', keys[1]).map)", b"return {1.5, true, {ok='x'}}",
          b"error('x')", b"return ARGV", b"local t = {} for i = 1, 3 do t[i] = i end return t"]
# Of names that differ by case alone in one library, Valkey calls whichever the hash seed puts first.
FUNCTIONS = [b"f1", b"f2", b"f3", b"f_4"]
LIBRARIES = [b"lib1", b"lib2", b"Lib1", b"lib_3"]
HEADS = [b"#!lua name=%s\n"] * 12 + [b"#!LUA name=%s\n", b"#!lua name=%s x=y\n", b"#!lua\n", b"", b"#!python name=%s\n", b"#!lua name=%s",
                                     b"#!lua name=%s name=%s\n", b"#!lua name='%s'\n", b'#!lua name="%s"\n', b"#!lua name=%s-x\n"]
EXTRAS = [b""] * 6 + [b"local n = 0 ", b"x = 1 ", b"redis.call('ping') ", b"redis.log(redis.LOG_NOTICE, 'x') ", b"return 1 ",
                      b"redis.setresp(3) ", b"local function g() return 1 end ", b"error('x') ", b"+ "]


def library(chance):
    parts = [pick(chance, HEADS).replace(b"%s", pick(chance, LIBRARIES)), pick(chance, EXTRAS)]
    for _ in range(int(chance.random() * 3.2)):
        parts.append(registration(chance))
    return b"".join(parts)


def registration(chance):
    name, body = pick(chance, FUNCTIONS), pick(chance, BODIES)
    if chance.random() < 0.5:
        return b"redis.register_function('%s', function(keys, args) %s end) " % (name, body)
    flags = b",".join(pick(chance, FLAGS[:4] if chance.random() < 0.9 else FLAGS) for _ in range(int(chance.random() * 3)))
    described = b", description='what it does'" if chance.random() < 0.2 else b""
    return b"redis.register_function{function_name='%s', callback=function(keys, args) %s end, flags={%s}%s} " % (
        name, body, flags, described)


def load_command(chance):
    return [b"FUNCTION", b"LOAD", *([b"REPLACE"] if chance.random() < 0.5 else []), library(chance)]


def fcall_command(chance, inner):
    name = pick(chance, FUNCTIONS) if chance.random() < 0.97 else b"none"
    rest = inner()
    rest = [b"1", rest[1], *rest] if len(rest) > 1 and chance.random() < 0.5 else [b"0", *rest]
    if chance.random() < 0.3:
        rest = arguments(chance)
    return [b"FCALL_RO" if chance.random() < 0.2 else b"FCALL", name, *rest]
