// What Valkey's radix tree (rax.c of 8.1) takes for the keys that it holds. It keeps the nodes as
// Valkey would, without values: for whoever must know what such a tree weighs.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "memory/allocation.hpp"

namespace outlive {

class RadixTree {
 public:
  // Keys come with a pointer that is not null, which takes room in their node, or without.
  enum class Values : bool { none, pointers };

  RadixTree(const Allocation& allocation, Values values);
  RadixTree(RadixTree&&) noexcept;
  RadixTree& operator=(RadixTree&&) noexcept;
  ~RadixTree();

  // True if the key is new.
  bool insert(std::string_view key);
  // True if it was there.
  bool erase(std::string_view key);

  std::size_t size() const { return size_; }
  // Bytes of used_memory, the tree's own head among them.
  std::size_t bytes() const { return bytes_; }

 private:
  struct Node;

  std::size_t weight_of(const Node& node) const;
  void weigh(Node& node);
  void drop(std::unique_ptr<Node>& node);
  std::unique_ptr<Node> make_leaf();
  Node* split(std::unique_ptr<Node>& link, std::size_t at, bool ends_there);
  void join(std::unique_ptr<Node>& link);

  const Allocation* allocation_;
  Values values_;
  std::size_t bytes_;
  std::size_t size_ = 0;
  std::unique_ptr<Node> root_;
};

}  // namespace outlive
