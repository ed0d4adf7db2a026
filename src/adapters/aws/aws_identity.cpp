#include "adapters/aws/aws_identity.hpp"

#include "wire/form.hpp"
#include "wire/xml.hpp"

#include <utility>

namespace spotvane::adapters {

namespace {

Result<CallerIdentity> read_identity(const std::string& body) {
  const auto document = wire::XmlDocument::parse(body);
  if (!document) {
    return tl::unexpected(Error{document.error()}.during("GetCallerIdentity"));
  }
  const auto result = document->root().child("GetCallerIdentityResult");
  CallerIdentity identity{std::string{result.child_text("Account")},
                          std::string{result.child_text("Arn")}};
  if (identity.account.empty()) {
    return fail(ErrorKind::Corrupt, "GetCallerIdentity: the answer names no account");
  }
  return identity;
}

}  // namespace

AwsIdentity::AwsIdentity(AwsClient& client, std::string region)
    : client_{client}, region_{std::move(region)} {}

void AwsIdentity::get_caller_identity(On<CallerIdentity> on_identity) {
  client_.call({wire::kSts, region_, "GetCallerIdentity",
                wire::Form::call("GetCallerIdentity", wire::kSts.version).encode()},
               [on_identity = std::move(on_identity)](Result<std::string> body) {
                 on_identity(body
                                 ? read_identity(*body)
                                 : Result<CallerIdentity>{tl::unexpected(std::move(body).error())});
               });
}

}  // namespace spotvane::adapters
