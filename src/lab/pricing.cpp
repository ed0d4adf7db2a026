#include "lab/pricing.hpp"

#include "lab/parameter.hpp"
#include "wire/price_list.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace spotvane::lab {

namespace {

/// What all of the lab's offers have in common: Linux, on demand, nothing installed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kAttributes{{
    {"ServiceCode", "AmazonEC2"},
    {"servicecode", "AmazonEC2"},
    {"productFamily", "Compute Instance"},
    {"operatingSystem", "Linux"},
    {"preInstalledSw", "NA"},
    {"capacitystatus", "Used"},
    {"tenancy", "Shared"},
    {"marketoption", "OnDemand"},
    {"licenseModel", "No License required"},
    {"locationType", "AWS Region"},
    {"termType", "OnDemand"},
}};

bool is_asked_for(const wire::PriceListRequest& request, const model::OnDemandPrice& offer) {
  return std::all_of(request.filters.begin(), request.filters.end(), [&offer](const auto& filter) {
    const std::string& field = filter.first;
    const std::string& value = filter.second;
    if (field == "regionCode") {
      return value == offer.region.text();
    }
    if (field == "instanceType") {
      return value == offer.type.text();
    }
    return std::any_of(kAttributes.begin(), kAttributes.end(), [&](const auto& attribute) {
      return attribute.first == field && attribute.second == value;
    });
  });
}

std::string question_of(const wire::PriceListRequest& request) {
  auto question = request.service_code;
  for (const auto& [field, value] : request.filters) {
    question += fmt::format("\n{}={}", field, value);
  }
  return question;
}

}  // namespace

Answered<std::string> get_products(World& world, const Call& call) {
  const auto request = wire::read_price_list_request(call.body);
  if (!request) {
    return refuse(400, "InvalidParameterException", "{}", request.error().message);
  }
  if (request->service_code.empty()) {
    return refuse(400, "InvalidParameterException", "ServiceCode is required");
  }
  const auto question = question_of(*request);
  Page page{.as_of = call.now};
  if (!request->next_token.empty()) {
    const auto read = read_token(world.seed(), question, request->next_token);
    if (!read) {
      return refuse(400, "InvalidNextTokenException", "The pagination token is invalid.");
    }
    page = *read;
  }
  page.count = static_cast<std::size_t>(request->max_results);

  std::vector<const model::OnDemandPrice*> found;
  if (request->service_code == "AmazonEC2") {
    for (const auto& offer : world.catalog().on_demand_prices) {
      if (is_asked_for(*request, offer)) {
        found.push_back(&offer);
      }
    }
  }
  wire::PriceListPage answer;
  for (auto i = page.first; i < page.end(found.size()); ++i) {
    answer.items.push_back(
        {found[i]->type.text(), found[i]->region.text(), found[i]->price_per_hour});
  }
  if (const auto end = page.end(found.size()); end < found.size()) {
    answer.next_token = token_text(world.seed(), question, page.as_of, end);
  }
  return wire::write_price_list_page(answer);
}

}  // namespace spotvane::lab
