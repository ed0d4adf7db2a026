#pragma once

#include "adapters/aws/aws_client.hpp"
#include "adapters/aws/ec2_rows.hpp"
#include "adapters/aws/pages.hpp"
#include "ports/cloud.hpp"
#include "wire/form.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spotvane::adapters {

/// A call of an action of EC2, without parameters.
inline wire::Form ec2_call(std::string_view action) {
  return wire::Form::call(action, wire::kEc2.version);
}

/// Names as a list among a call's parameters has them.
template <typename Name>
std::vector<std::string> texts(const std::vector<Name>& names) {
  std::vector<std::string> all;
  all.reserve(names.size());
  for (const auto& name : names) {
    all.push_back(name.text());
  }
  return all;
}

/// Calls an action of EC2 that answers a list, the children of element `set`, and reads all of its
/// pages. The client must outlive the call.
template <typename T>
void list_rows(AwsClient& client, std::string region, wire::Form form, std::string set,
               On<std::vector<T>> on_rows) {
  const auto action = *form.find("Action");
  const auto rows = std::make_shared<Rows<T>>();
  Pages pages{
      .call =
          [region = std::move(region), form = std::move(form), action](const std::string& token) {
            auto page = form;
            if (!token.empty()) {
              page.add("NextToken", token);
            }
            return AwsCall{wire::kEc2, region, action, page.encode()};
          },
      .read = [action, set = std::move(set),
               rows](const std::string& body) { return read_page(body, action, set, *rows); }};
  read_pages(client, std::move(pages),
             [&client, action, rows, on_rows = std::move(on_rows)](Result<void> end) {
               if (!end) {
                 return on_rows(tl::unexpected(std::move(end).error()));
               }
               if (rows->good.empty() && rows->bad > 0) {
                 return on_rows(fail(ErrorKind::Corrupt, "{}: none of {} rows makes sense", action,
                                     rows->bad));
               }
               client.report_bad_rows(action, rows->bad);
               on_rows(std::move(rows->good));
             });
}

}  // namespace spotvane::adapters
