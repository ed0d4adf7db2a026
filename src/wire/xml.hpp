#pragma once

#include "base/result.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pugi {
struct xml_node_struct;
}

namespace spotvane::wire {

/// An element of an `XmlDocument`, which must outlive it; or none. Names are local: a namespace
/// prefix is ignored.
class XmlNode {
 public:
  XmlNode() = default;
  explicit XmlNode(pugi::xml_node_struct* node) : node_{node} {}

  explicit operator bool() const { return node_ != nullptr; }

  std::string_view name() const;
  std::string_view text() const;  ///< the element's own text; empty for none

  /// The first child element of that name, or none. Asking none gives none.
  XmlNode child(std::string_view name) const;
  /// The child's text; empty where the child is absent or empty.
  std::string_view child_text(std::string_view name) const { return child(name).text(); }

  /// Every child element, in order; of EC2's sets the <item>s, of others the <member>s.
  void each(const std::function<void(XmlNode)>& visit) const;
  std::vector<XmlNode> children() const;

 private:
  pugi::xml_node_struct* node_ = nullptr;
};

/// A document read whole.
class XmlDocument {
 public:
  /// Fails with `Corrupt`, saying what is wrong at which byte.
  static Result<XmlDocument> parse(std::string_view text);

  XmlDocument(XmlDocument&&) noexcept;
  XmlDocument& operator=(XmlDocument&&) noexcept;
  ~XmlDocument();

  XmlNode root() const;

 private:
  struct Tree;
  explicit XmlDocument(std::unique_ptr<Tree> tree);

  std::unique_ptr<Tree> tree_;
};

/// Writes XML front to back into a string. Names are trusted, texts are escaped.
class XmlWriter {
 public:
  /// Begins with the XML declaration.
  XmlWriter();

  XmlWriter& open(std::string_view name);
  XmlWriter& open(std::string_view name, std::string_view xml_namespace);
  XmlWriter& close();  ///< the innermost element that is open
  XmlWriter& leaf(std::string_view name, std::string_view text);
  XmlWriter& empty(std::string_view name);  ///< "<name/>"

  /// Everything written. Every element must have been closed.
  std::string take() &&;

 private:
  std::string text_;
  std::vector<std::string> open_names_;
};

}  // namespace spotvane::wire
