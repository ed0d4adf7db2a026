#pragma once

#include "base/money.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spotvane::wire {

/// An on-demand price of the price list.
struct PriceListItem {
  std::string type;  ///< of instance; "gp3-storage" and the like of what is none
  std::string region;
  Money price_per_hour;  ///< or per other unit, of what is no instance
  std::map<std::string, std::string> attributes = {};  ///< further ones, to be written; never read
  std::string family = "Compute Instance";             ///< others are written, but never read
  std::string unit = "Hrs";                            ///< "GB-Mo"

  friend bool operator==(const PriceListItem&, const PriceListItem&) = default;
};

/// One answer of GetProducts.
struct PriceListPage {
  std::vector<PriceListItem> items = {};
  std::size_t bad_items = 0;    ///< left out because they made no sense
  std::string next_token = {};  ///< empty on the last page
};

/// What GetProducts is asked.
struct PriceListRequest {
  std::string service_code = "AmazonEC2";
  std::map<std::string, std::string> filters = {};  ///< TERM_MATCH field and value
  int max_results = 100;
  std::string next_token = {};
};

/// The body of a GetProducts call.
std::string write_price_list_request(const PriceListRequest& request);
/// Fails with `InvalidInput`.
Result<PriceListRequest> read_price_list_request(std::string_view body);

/// The body of an answer.
std::string write_price_list_page(const PriceListPage& page);
/// Zero prices, AWS's way to say that there is no such offer, are left out. Fails with `Corrupt`
/// where the whole is no such answer.
Result<PriceListPage> read_price_list_page(std::string_view body);

}  // namespace spotvane::wire
