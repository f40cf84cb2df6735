// ACL, as far as one user goes: "default", who may do everything (acl.c of 8.1). What would make or
// describe others is refused by name.
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "commands/families.hpp"
#include "engine/categories.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

void refuse(Call& call) {
  call.reply.error("ERR ACL " + to_upper(call.command.name) +
                   " is not supported by outlive: there is no user but 'default', who may do "
                   "everything");
}

void whoami(Call& call) {
  call.reply.bulk(call.session.user);
}

void users(Call& call) {
  call.reply.array(1);
  call.reply.bulk("default");
}

void cat_all(Call& call) {
  call.reply.array(categories().size());
  for (const Category& category : categories()) call.reply.bulk(category.name);
}

void cat(Call& call) {
  if (call.args.empty()) return cat_all(call);
  if (call.args.left() > 1) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.words[0]));
  }
  const std::string_view name = call.args.next();
  const std::uint64_t wanted = category_named(name);
  if (!wanted) {
    constexpr std::size_t shown_max = 128;  // acl.c, aclCatCommand
    const std::string shown(c_text(name).substr(0, shown_max));
    return call.reply.error("ERR Unknown category '" + shown + "'");
  }
  std::vector<std::string> names;
  const auto collect = [&](const Command& row) {
    if (row.run && categories_of(row) & wanted) names.push_back(row.full_name());
  };
  for (const Command* row : call.engine.table().rows()) {
    collect(*row);
    for (const Command& subcommand : row->subcommands) collect(subcommand);
  }
  call.reply.array(names.size());
  for (const std::string& each : names) call.reply.bulk(each);
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "CAT [<category>]",
      "    List all commands that belong to <category>, or all command categories",
      "    when no category is specified.",
      "USERS",
      "    List all the registered usernames.",
      "WHOAMI",
      "    Return the current connection username."};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "cat",
     .arity = -2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .run = cat,
     .docs = {.summary = "Lists the ACL categories, or the commands inside a category.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(1) since the categories and commands are a fixed set."},
     .container = "acl"},
    {.name = "deluser",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Deletes ACL users, and terminates their connections.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(1) amortized time considering the typical user.",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "acl",
     .before_8_0 = {.tips = ""}},
    {.name = "dryrun",
     .arity = -4,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary =
                  "Simulates the execution of a command by a user, without executing the command.",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(1)."},
     .container = "acl"},
    {.name = "genpass",
     .arity = -2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs =
         {.summary =
              "Generates a pseudorandom, secure password that can be used to identify ACL users.",
          .since = "6.0.0",
          .group = "server",
          .complexity = "O(1)"},
     .container = "acl"},
    {.name = "getuser",
     .arity = 3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Lists the ACL rules of a user.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of password, command and pattern rules "
                            "that the user has."},
     .container = "acl"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "acl"},
    {.name = "list",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Dumps the effective rules in ACL file format.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of configured users."},
     .container = "acl"},
    {.name = "load",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Reloads the rules from the configured ACL file.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of configured users."},
     .container = "acl"},
    {.name = "log",
     .arity = -2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Lists recent security events generated due to ACL rules.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N) with N being the number of entries shown."},
     .container = "acl"},
    {.name = "save",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Saves the effective ACL rules in the configured ACL file.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of configured users.",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "acl",
     .before_8_0 = {.tips = ""}},
    {.name = "setuser",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = refuse,
     .docs = {.summary = "Creates and modifies an ACL user and its rules.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of rules provided.",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "acl",
     .before_8_0 = {.tips = ""}},
    {.name = "users",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = users,
     .docs = {.summary = "Lists all ACL users.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(N). Where N is the number of configured users."},
     .container = "acl"},
    {.name = "whoami",
     .arity = 2,
     .flags = flag::noscript | flag::loading | flag::stale,
     .run = whoami,
     .docs = {.summary = "Returns the authenticated username of the current connection.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "acl"},
};

constexpr Command rows[] = {
    {.name = "acl",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for Access List Control commands.",
              .since = "6.0.0",
              .group = "server",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows acl_commands() {
  return rows;
}

}  // namespace outlive
