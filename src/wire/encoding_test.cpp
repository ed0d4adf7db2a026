#include "wire/digest.hpp"

#include "support/moments.hpp"
#include "wire/base64.hpp"
#include "wire/form.hpp"
#include "wire/percent.hpp"
#include "wire/timestamp.hpp"
#include "wire/url.hpp"

#include <gmock/gmock.h>

#include <array>

namespace spotvane::wire {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Percent, LeavesOnlyTheUnreservedCharactersAlone) {
  EXPECT_EQ(percent_encode("AZaz09-_.~"), "AZaz09-_.~");
  EXPECT_EQ(percent_encode("a b*/+\xE1"), "a%20b%2A%2F%2B%E1");
  EXPECT_EQ(percent_encode_path("/a b/c"), "/a%20b/c");
}

TEST(Percent, DecodesWhatIsEncodedAndKeepsWhatIsNot) {
  EXPECT_EQ(percent_decode("a%20b+c%2a", Plus::Space), "a b c*");
  EXPECT_EQ(percent_decode("a+b", Plus::Literal), "a+b");
  EXPECT_EQ(percent_decode("100%", Plus::Space), "100%");
  EXPECT_EQ(percent_decode("%2", Plus::Space), "%2");
  EXPECT_EQ(percent_decode("%zz%41", Plus::Space), "%zzA");
}

TEST(Base64, ReadsWhatItWritesAndTheLettersOfUrls) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(from_base64("Zm9v\nYg=="), "foob");
  EXPECT_EQ(from_base64("Zg"), "f");
  EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
  EXPECT_EQ(from_base64(to_base64("\xff\x00\xfe"
                                  "a")),
            "\xff\x00\xfe"
            "a");
  EXPECT_EQ(from_base64("Zm9 v"), std::nullopt);
}

TEST(Form, ReadsBothSpellingsOfASpaceAndParametersWithoutValue) {
  const auto form = Form::parse("Name=a+b&Other=a%20b&&Empty=&Bare&Odd==x");

  EXPECT_THAT(form.parameters(),
              ElementsAre(Form::Parameter{"Name", "a b"}, Form::Parameter{"Other", "a b"},
                          Form::Parameter{"Empty", ""}, Form::Parameter{"Bare", ""},
                          Form::Parameter{"Odd", "=x"}));
  EXPECT_EQ(form.find("Absent"), nullptr);
}

TEST(Form, WritesAListAndFiltersTheWayEc2ReadsThem) {
  auto form = Form::call("DescribeThings", "2016-11-15");
  form.add_list("InstanceType", std::array<std::string, 2>{"m5.large", "c5.large"});
  form.add_filter("state", std::array<std::string, 1>{"open"});
  form.add_filter("product", std::array<std::string, 2>{"Linux/UNIX", "Windows"});

  EXPECT_EQ(form.encode(),
            "Action=DescribeThings&Version=2016-11-15&InstanceType.1=m5.large&"
            "InstanceType.2=c5.large&Filter.1.Name=state&Filter.1.Value.1=open&"
            "Filter.2.Name=product&Filter.2.Value.1=Linux%2FUNIX&Filter.2.Value.2=Windows");
}

TEST(Form, ReadsListsByNumberWhateverTheirOrder) {
  const auto form =
      Form::parse("Type.10=j&Type.2=b&Type.1=a&Type.x=no&Type.1.Name=no&TypeName.1=no&Type=no");

  EXPECT_THAT(form.list("Type"), ElementsAre("a", "b", "j"));
  EXPECT_THAT(form.list("Absent"), IsEmpty());
}

TEST(Form, ReadsBackItsFilters) {
  Form form;
  form.add_filter("state", std::array<std::string, 2>{"open", "closed"});
  form.add_filter("zone", std::array<std::string, 1>{"a"});

  EXPECT_THAT(Form::parse(form.encode()).filters(),
              ElementsAre(Form::Filter{"state", {"open", "closed"}}, Form::Filter{"zone", {"a"}}));
}

TEST(Digest, AgreesWithThePublishedVectors) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, case 2.
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Timestamp, IsWrittenTheWayEachProtocolWantsIt) {
  EXPECT_EQ(to_timestamp(kNoon + 7ms), "2026-08-01T12:00:00.007Z");
  EXPECT_EQ(to_amz_date(kNoon), "20260801T120000Z");
  EXPECT_EQ(to_http_date(kNoon), "Sat, 01 Aug 2026 12:00:00 GMT");
}

TEST(Timestamp, IsReadBackAndNothingElseIs) {
  EXPECT_EQ(parse_amz_date("20260801T120000Z"), kNoon);
  EXPECT_EQ(parse_http_date("Sat, 01 Aug 2026 12:00:00 GMT"), kNoon);
  EXPECT_FALSE(parse_amz_date("20260801T1200000"));
  EXPECT_FALSE(parse_amz_date("2026-08-01T12:00"));
  EXPECT_FALSE(parse_http_date("Sat, 01 Ogg 2026 12:00:00 GMT"));
  EXPECT_FALSE(parse_http_date("1785585600"));
}

TEST(Url, IsCutIntoItsParts) {
  const auto url = split_url("https://localhost:4566/a/b?c=d?e#f");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.authority, "localhost:4566");
  EXPECT_EQ(url.path, "/a/b");
  EXPECT_EQ(url.query, "c=d?e");

  EXPECT_EQ(split_url("http://host").path, "/");
  EXPECT_EQ(split_url("http://host?x=1").query, "x=1");
  EXPECT_EQ(split_url("/only/path?next=http://other").path, "/only/path");
  EXPECT_EQ(split_url("").path, "/");
}

TEST(Url, NamesThePortInTheHostHeaderOnlyWhereItIsNotTheSchemesOwn) {
  EXPECT_EQ(host_header(split_url("https://a.example:443/")), "a.example");
  EXPECT_EQ(host_header(split_url("http://a.example:80/")), "a.example");
  EXPECT_EQ(host_header(split_url("http://a.example:443/")), "a.example:443");
}

}  // namespace

}  // namespace spotvane::wire
