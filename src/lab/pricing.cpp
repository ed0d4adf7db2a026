#include "lab/pricing.hpp"

#include "lab/parameter.hpp"
#include "lab/volume_offers.hpp"
#include "wire/price_list.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <span>
#include <utility>

namespace spotvane::lab {

namespace {

using Fields = std::span<const std::pair<std::string_view, std::string_view>>;

/// What all of the lab's offers have in common: Linux, on demand, nothing installed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kAttributes{{
    {"servicecode", "AmazonEC2"},
    {"servicename", "Amazon Elastic Compute Cloud"},
    {"operatingSystem", "Linux"},
    {"operation", "RunInstances"},
    {"preInstalledSw", "NA"},
    {"capacitystatus", "Used"},
    {"tenancy", "Shared"},
    {"marketoption", "OnDemand"},
    {"licenseModel", "No License required"},
    {"locationType", "AWS Region"},
}};

/// Can be asked for, though they are no attributes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kOtherFields{{
    {"ServiceCode", "AmazonEC2"},
    {"productFamily", "Compute Instance"},
    {"termType", "OnDemand"},
}};

constexpr std::array<std::string_view, 3> kTypeAttributes{"vcpu", "memory", "currentGeneration"};

/// Of `kTypeAttributes`; none where the catalog does not know the type.
std::optional<std::string> type_attribute(const World& world, const model::InstanceType& type,
                                          std::string_view name) {
  const auto& facts = world.types().facts();
  const auto found =
      std::lower_bound(facts.begin(), facts.end(), type,
                       [](const auto& fact, const auto& wanted) { return fact.type < wanted; });
  if (found == facts.end() || found->type != type) {
    return std::nullopt;
  }
  if (name == "vcpu") {
    return fmt::format("{}", found->vcpus);
  }
  if (name == "memory") {
    return fmt::format("{} GiB", static_cast<double>(found->memory_mib) / 1024);
  }
  return found->is_current_generation ? "Yes" : "No";
}

std::map<std::string, std::string> attributes_of(const World& world,
                                                 const model::InstanceType& type) {
  std::map<std::string, std::string> attributes{kAttributes.begin(), kAttributes.end()};
  for (const auto name : kTypeAttributes) {
    if (auto value = type_attribute(world, type, name)) {
      attributes.emplace(name, *std::move(value));
    }
  }
  return attributes;
}

bool is_asked_for(const World& world, const wire::PriceListRequest& request,
                  const model::OnDemandPrice& offer) {
  const auto has = [](Fields fields, const auto& filter) {
    return std::any_of(fields.begin(), fields.end(), [&](const auto& field) {
      return field.first == filter.first && field.second == filter.second;
    });
  };
  return std::all_of(request.filters.begin(), request.filters.end(), [&](const auto& filter) {
    const std::string& field = filter.first;
    if (field == "regionCode") {
      return filter.second == offer.region.text();
    }
    if (field == "instanceType") {
      return filter.second == offer.type.text();
    }
    if (std::find(kTypeAttributes.begin(), kTypeAttributes.end(), field) != kTypeAttributes.end()) {
      return type_attribute(world, offer.type, field) == filter.second;
    }
    return has(kAttributes, filter) || has(kOtherFields, filter);
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
      if (is_asked_for(world, *request, offer)) {
        found.push_back(&offer);
      }
    }
  }
  const auto volumes = request->service_code == "AmazonEC2" ? volume_offers(world, *request)
                                                            : std::vector<wire::PriceListItem>{};
  const auto all = found.size() + volumes.size();
  wire::PriceListPage answer;
  for (auto i = page.first; i < page.end(all); ++i) {
    if (i < found.size()) {
      answer.items.push_back({found[i]->type.text(), found[i]->region.text(),
                              found[i]->price_per_hour, attributes_of(world, found[i]->type)});
    } else {
      answer.items.push_back(volumes[i - found.size()]);
    }
  }
  if (const auto end = page.end(all); end < all) {
    answer.next_token = token_text(world.seed(), question, page.as_of, end);
  }
  return wire::write_price_list_page(answer);
}

}  // namespace spotvane::lab
