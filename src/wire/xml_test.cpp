#include "wire/xml.hpp"

#include <gmock/gmock.h>

namespace spotvane::wire {

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Xml, IsReadByLocalNamesWhateverTheNamespace) {
  const auto document = XmlDocument::parse(
      "<?xml version=\"1.0\"?>\n<e:Answer xmlns:e=\"urn:x\"><!-- no --><e:set>\n"
      "<item><name>a&amp;b</name></item><item/></e:set></e:Answer>");

  ASSERT_TRUE(document) << document.error().message;
  const auto root = document->root();
  EXPECT_EQ(root.name(), "Answer");
  EXPECT_THAT(root.child("set").children(), SizeIs(2));
  EXPECT_EQ(root.child("set").children().front().child_text("name"), "a&b");
}

TEST(Xml, AnswersEmptyWhereThereIsNoSuchElement) {
  const auto document = XmlDocument::parse("<a><b/></a>");

  ASSERT_TRUE(document);
  EXPECT_FALSE(document->root().child("c"));
  EXPECT_TRUE(document->root().child("b"));
  EXPECT_EQ(document->root().child("c").child("d").child_text("e"), "");
  EXPECT_THAT(document->root().child("c").children(), IsEmpty());
}

TEST(Xml, IsCorruptWhereItIsCutShort) {
  const std::string whole = "<answer><set><item><name>a</name></item></set></answer>";

  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto document = XmlDocument::parse(whole.substr(0, size));
    ASSERT_FALSE(document) << whole.substr(0, size);
    EXPECT_EQ(document.error().kind, ErrorKind::Corrupt);
  }
}

TEST(Xml, ReadsBackWhatIsWrittenWhateverTheText) {
  const std::string text = "<&\"'>]]> \r\n\xC3\xA9";
  XmlWriter xml;
  xml.open("Answer", "urn:a&b").leaf("text", text).empty("set").open("more").close().close();

  const auto document = XmlDocument::parse(std::move(xml).take());

  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->root().child_text("text"), text);
}

TEST(Xml, WritesNoCharacterThatXmlForbids) {
  XmlWriter xml;
  xml.leaf("text", std::string_view{"a\0\x01z", 4});

  EXPECT_THAT(std::move(xml).take(), HasSubstr("<text>a\xEF\xBF\xBD\xEF\xBF\xBDz</text>"));
}

}  // namespace

}  // namespace spotvane::wire
