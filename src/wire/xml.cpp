#include "wire/xml.hpp"

#include "base/assert.hpp"

#include <pugixml.hpp>

#include <utility>

namespace spotvane::wire {

namespace {

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_element(const pugi::xml_node& node) {
  return node.type() == pugi::node_element;
}

/// What XML 1.0 has no way to say becomes U+FFFD.
void append_escaped(std::string& text, std::string_view raw) {
  for (const char letter : raw) {
    switch (letter) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\r':
        text += "&#xD;";
        break;
      default: {
        const bool is_forbidden =
            static_cast<unsigned char>(letter) < 0x20 && letter != '\t' && letter != '\n';
        is_forbidden ? text += "\xEF\xBF\xBD" : text += letter;
      }
    }
  }
}

}  // namespace

struct XmlDocument::Tree {
  pugi::xml_document document;
};

std::string_view XmlNode::name() const {
  return local_name(pugi::xml_node{node_});
}

std::string_view XmlNode::text() const {
  return pugi::xml_node{node_}.text().get();
}

XmlNode XmlNode::child(std::string_view name) const {
  for (const auto& node : pugi::xml_node{node_}.children()) {
    if (is_element(node) && local_name(node) == name) {
      return XmlNode{node.internal_object()};
    }
  }
  return XmlNode{};
}

void XmlNode::each(const std::function<void(XmlNode)>& visit) const {
  for (const auto& node : pugi::xml_node{node_}.children()) {
    if (is_element(node)) {
      visit(XmlNode{node.internal_object()});
    }
  }
}

std::vector<XmlNode> XmlNode::children() const {
  std::vector<XmlNode> nodes;
  each([&](XmlNode node) { nodes.push_back(node); });
  return nodes;
}

Result<XmlDocument> XmlDocument::parse(std::string_view text) {
  auto tree = std::make_unique<Tree>();
  const auto parsed = tree->document.load_buffer(text.data(), text.size());
  if (!parsed) {
    return fail(ErrorKind::Corrupt, "read XML: {} at byte {} of {}", parsed.description(),
                parsed.offset, text.size());
  }
  return XmlDocument{std::move(tree)};
}

XmlDocument::XmlDocument(std::unique_ptr<Tree> tree) : tree_{std::move(tree)} {}
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;
XmlDocument::~XmlDocument() = default;

XmlNode XmlDocument::root() const {
  return XmlNode{tree_->document.document_element().internal_object()};
}

XmlWriter::XmlWriter() : text_{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"} {}

XmlWriter& XmlWriter::open(std::string_view name) {
  text_ += '<';
  text_ += name;
  text_ += '>';
  open_names_.emplace_back(name);
  return *this;
}

XmlWriter& XmlWriter::open(std::string_view name, std::string_view xml_namespace) {
  text_ += '<';
  text_ += name;
  text_ += " xmlns=\"";
  append_escaped(text_, xml_namespace);
  text_ += "\">";
  open_names_.emplace_back(name);
  return *this;
}

XmlWriter& XmlWriter::close() {
  SPOTVANE_ASSERT(!open_names_.empty());
  text_ += "</";
  text_ += open_names_.back();
  text_ += '>';
  open_names_.pop_back();
  return *this;
}

XmlWriter& XmlWriter::leaf(std::string_view name, std::string_view text) {
  text_ += '<';
  text_ += name;
  text_ += '>';
  append_escaped(text_, text);
  text_ += "</";
  text_ += name;
  text_ += '>';
  return *this;
}

XmlWriter& XmlWriter::empty(std::string_view name) {
  text_ += '<';
  text_ += name;
  text_ += "/>";
  return *this;
}

std::string XmlWriter::take() && {
  SPOTVANE_ASSERT(open_names_.empty());
  return std::move(text_);
}

}  // namespace spotvane::wire
