#include "memory/radix_tree.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace outlive {
namespace {

constexpr std::size_t tree_head = 32;  // rax.h, sizeof(rax)
constexpr std::size_t node_head = 4;   // rax.h, sizeof(raxNode)
constexpr std::size_t pointer = 8;

}  // namespace

// A leaf without letters; a node with a letter for each child, sorted; or a chain of letters that
// leads to one child ("compressed"). A chain of one letter is a node with one child.
struct RadixTree::Node {
  std::string letters;
  std::vector<std::unique_ptr<Node>> children;
  bool chain = false;
  bool is_key = false;
  std::size_t bytes = 0;  // of its block: a node that is no key any more keeps the room it had

  bool passage() const { return !is_key && (chain || letters.size() == 1); }
};

// rax.c, raxNodeCurrentLength and raxPadding.
std::size_t RadixTree::weight_of(const Node& node) const {
  const std::size_t size = node.letters.size();
  const std::size_t padding = (pointer - (node_head + size) % pointer) % pointer;
  std::size_t bytes = node_head + size + padding + (node.chain ? 1 : size) * pointer;
  if (node.is_key && values_ == Values::pointers) bytes += pointer;
  return allocation_->size(bytes);
}

void RadixTree::weigh(Node& node) {
  bytes_ -= node.bytes;
  node.bytes = weight_of(node);
  bytes_ += node.bytes;
}

void RadixTree::drop(std::unique_ptr<Node>& node) {
  bytes_ -= node->bytes;
  node.reset();
}

std::unique_ptr<RadixTree::Node> RadixTree::make_leaf() {
  auto leaf = std::make_unique<Node>();
  weigh(*leaf);
  return leaf;
}

RadixTree::RadixTree(const Allocation& allocation, Values values)
    : allocation_(&allocation), values_(values), bytes_(allocation.size(tree_head)) {
  root_ = make_leaf();
}

RadixTree::RadixTree(RadixTree&&) noexcept = default;
RadixTree& RadixTree::operator=(RadixTree&&) noexcept = default;
RadixTree::~RadixTree() = default;

// Cuts a chain before its letter `at` (rax.c, raxGenericInsert, algorithms 1 and 2). Where a key
// ends there, the rest of the chain hangs on a node of its own; else the letter gets a node that
// others can join. Returns that node.
RadixTree::Node* RadixTree::split(std::unique_ptr<Node>& link, std::size_t at, bool ends_there) {
  Node& whole = *link;
  const std::string letters = whole.letters;
  std::unique_ptr<Node> below = std::move(whole.children.front());
  const auto make = [&](std::string_view text, std::unique_ptr<Node> child) {
    auto node = std::make_unique<Node>();
    node->letters = text;
    node->chain = text.size() > 1;
    node->children.push_back(std::move(child));
    return node;
  };
  std::unique_ptr<Node> cut;
  if (ends_there) {
    cut = make(std::string_view(letters).substr(at), std::move(below));
  } else {
    if (at + 1 < letters.size()) {
      below = make(std::string_view(letters).substr(at + 1), std::move(below));
      weigh(*below);
    }
    cut = make(std::string_view(letters).substr(at, 1), std::move(below));
  }
  Node* const result = cut.get();
  const bool was_key = whole.is_key;
  drop(link);
  if (at > 0) {
    link = make(std::string_view(letters).substr(0, at), std::move(cut));
    weigh(*result);
  } else {
    link = std::move(cut);
  }
  link->is_key = was_key;
  weigh(*link);
  return result;
}

bool RadixTree::insert(std::string_view key) {
  std::unique_ptr<Node>* link = &root_;
  std::size_t done = 0;
  for (;;) {
    Node* node = link->get();
    if (node->chain) {
      const auto end = std::mismatch(node->letters.begin(), node->letters.end(),
                                     key.begin() + static_cast<std::ptrdiff_t>(done), key.end());
      const auto same = static_cast<std::size_t>(end.first - node->letters.begin());
      done += same;
      if (same == node->letters.size()) {
        link = &node->children.front();
        continue;
      }
      node = split(*link, same, done == key.size());
      if (same > 0) link = &link->get()->children.front();
    }
    if (done == key.size()) {
      if (node->is_key) return false;
      node->is_key = true;
      if (values_ == Values::pointers || node->bytes == 0) weigh(*node);
      ++size_;
      return true;
    }
    const auto place = std::lower_bound(
        node->letters.begin(), node->letters.end(), key[done], [](char one, char other) {
          return static_cast<unsigned char>(one) < static_cast<unsigned char>(other);
        });
    auto child = node->children.begin() + (place - node->letters.begin());
    if (place != node->letters.end() && *place == key[done]) {
      ++done;
      link = &*child;
      continue;
    }
    if (node->letters.empty() && key.size() - done > 1) {
      node->letters = key.substr(done);
      node->chain = true;
      node->children.push_back(make_leaf());
      done = key.size();
      link = &node->children.front();
    } else {
      child = node->children.insert(child, make_leaf());
      node->letters.insert(place, key[done]);
      ++done;
      link = &*child;
    }
    weigh(*node);
  }
}

// Joins what follows each other without a choice or a key into one chain (rax.c, raxRemove).
void RadixTree::join(std::unique_ptr<Node>& link) {
  std::unique_ptr<Node> at = std::move(link);
  auto joined = std::make_unique<Node>();
  joined->chain = true;
  do {
    joined->letters += at->letters;
    std::unique_ptr<Node> next = std::move(at->children.front());
    drop(at);
    at = std::move(next);
  } while (at->passage());
  joined->children.push_back(std::move(at));
  weigh(*joined);
  link = std::move(joined);
}

bool RadixTree::erase(std::string_view key) {
  std::vector<std::unique_ptr<Node>*> way{&root_};
  for (std::size_t done = 0; done < key.size();) {
    Node& node = **way.back();
    if (node.chain) {
      if (key.substr(done, node.letters.size()) != node.letters) return false;
      done += node.letters.size();
      way.push_back(&node.children.front());
      continue;
    }
    const std::size_t place = node.letters.find(key[done]);
    if (place == std::string::npos) return false;
    ++done;
    way.push_back(&node.children[place]);
  }
  if (!(*way.back())->is_key) return false;
  (*way.back())->is_key = false;
  --size_;

  // Only next to a node of one letter (rax.c: h->size == 1).
  bool may_join = (*way.back())->letters.size() == 1;
  if ((*way.back())->letters.empty() && way.size() > 1) {
    // Up to the first node that is a key or has another child.
    const std::unique_ptr<Node>* gone = nullptr;
    std::size_t top = way.size() - 1;
    while (top > 0) {
      gone = way[top];
      --top;
      const Node& node = **way[top];
      if (node.is_key || (!node.chain && node.letters.size() != 1)) break;
    }
    for (std::size_t i = way.size() - 1; i > top; --i) bytes_ -= (*way[i])->bytes;
    Node& left = **way[top];
    const auto place =
        std::find_if(left.children.begin(), left.children.end(),
                     [&](const std::unique_ptr<Node>& child) { return &child == gone; });
    if (left.chain) {
      // Turned into a leaf in the block it has (raxRemoveChild).
      left.letters.clear();
      left.chain = false;
      left.children.clear();
    } else {
      left.letters.erase(left.letters.begin() + (place - left.children.begin()));
      left.children.erase(place);
      weigh(left);
    }
    way.resize(top + 1);
    may_join = left.letters.size() == 1 && !left.is_key;
  }
  if (!may_join) return true;
  std::size_t start = way.size() - 1;
  while (start > 0 && (*way[start - 1])->passage()) --start;
  const Node& first = **way[start];
  if (first.children.front()->passage()) join(*way[start]);
  return true;
}

}  // namespace outlive
