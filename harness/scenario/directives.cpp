#include "scenario/directives.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "scenario/quantity.hpp"
#include "scenario/slips.hpp"

namespace outlive::harness {
namespace {

class Directives {
 public:
  Directives(std::span<const std::string_view> own, DirectiveBook::When when,
             const DirectiveBook& book, Mistakes& mistakes)
      : own_{own}, when_{when}, book_{book}, mistakes_{mistakes} {}

  std::vector<Directive> among(const toml::table& table) {
    std::vector<Directive> read;
    if (when_ == DirectiveBook::When::starting) {
      read_kind("profile", profile_directive, table, read);
      read_kind("like", like_directive, table, read);
    }
    std::vector<std::pair<Position, Directive>> found;
    for (const auto& [key, node] : table) {
      if (std::ranges::find(own_, key.str()) != own_.end()) continue;
      const std::optional<std::string> value = value_of(Value{key.str(), node, mistakes_});
      if (!value) continue;
      found.emplace_back(place_of(key), Directive{key.str(), *value});
      judge(key, place_of(node), found.back().second);
    }
    std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
    for (auto& [place, directive] : found) read.push_back(std::move(directive));
    return read;
  }

 private:
  static std::optional<std::string> value_of(const Value& value) {
    const toml::node& node = value.node();
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* truth = node.as_boolean()) return truth->get() ? "yes" : "no";
    if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
    if (const auto* number = node.as_floating_point()) return with_point(number->get());
    value.refuse("must be text, a number, true or false, as valkey.conf has it");
    return std::nullopt;
  }

  // A word that says what the instance is; by it the others are judged.
  void read_kind(std::string_view word, std::string_view name, const toml::table& table,
                 std::vector<Directive>& read) {
    const toml::node* node = table.get(word);
    if (!node) return;
    const Directive directive{name, Value{word, *node, mistakes_}.text()};
    if (directive.second.empty()) return;  // told
    if (judge_value(word, place_of(*node), directive)) kind_.push_back(directive);
    read.push_back(directive);
  }

  void judge(const toml::key& key, Position place, const Directive& directive) const {
    const auto& [name, value] = directive;
    std::vector<std::string_view> known = book_.names();
    if (std::ranges::find(known, name) == known.end()) {
      if (when_ == DirectiveBook::When::running && home_of(name) == "in [[event]]") {
        return mistakes_.add(place_of(key),
                             in_quotes(name) + " has no meaning in an event of kind \"config\"");
      }
      known.insert(known.end(), own_.begin(), own_.end());
      return add_unknown_word(key, "valkey.conf", known, mistakes_);
    }
    const bool relative = when_ == DirectiveBook::When::running && name == "maxmemory";
    if (relative && parse_used(value)) return;
    judge_value(name, place, directive);
  }

  bool judge_value(std::string_view word, Position place, const Directive& directive) const {
    const std::string refusal = book_.refusal(directive, when_, kind_);
    if (refusal.empty()) return true;
    mistakes_.add(
        place, std::string{word} + " = " + in_quotes(directive.second) + ": " + reason_in(refusal),
        meant(directive, refusal));
    return false;
  }

  // The server's own words, without those that say of which directive.
  static std::string reason_in(const std::string& refusal) {
    for (const std::string_view before : {"': ", ") - "}) {
      const std::size_t at = refusal.find(before);
      if (at == refusal.npos) continue;
      std::string reason = refusal.substr(at + before.size());
      if (reason.find("immutable") != reason.npos) reason += "; it is set in [[instance]] alone";
      return reason;
    }
    return refusal;
  }

  // Of the words that the server names, or as a size, what it would take; "": none is near.
  std::string meant(const Directive& directive, const std::string& refusal) const {
    std::vector<std::string> words;
    if (auto size = size_meant(directive.second)) words.push_back(std::move(*size));
    const auto in_refusal = split_words(reason_in(refusal));
    for (std::string word : in_refusal.value_or(words)) {
      if (word.ends_with(',')) word.pop_back();
      words.push_back(std::move(word));
    }
    const std::vector<std::string_view> known{words.begin(), words.end()};
    const auto near = nearest_of(directive.second, known);
    const bool fits =
        near && book_.refusal({directive.first, std::string{*near}}, when_, kind_).empty();
    return fits ? std::string{*near} : "";
  }

  std::span<const std::string_view> own_;
  DirectiveBook::When when_;
  std::vector<Directive> kind_;
  const DirectiveBook& book_;
  Mistakes& mistakes_;
};

}  // namespace

std::vector<Directive> read_directives(const toml::table& table,
                                       std::span<const std::string_view> own,
                                       DirectiveBook::When when, const DirectiveBook& book,
                                       Mistakes& mistakes) {
  return Directives{own, when, book, mistakes}.among(table);
}

}  // namespace outlive::harness
