#include "lab/ec2_prices.hpp"

#include "lab/filter.hpp"
#include "lab/parameter.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace spotvane::lab {

namespace {

/// Callers may ask for more than a page holds.
constexpr std::size_t kPage = 1000;
constexpr PageSizes kPricePages{
    .least = 1, .most = 1'000'000'000, .ordinary = static_cast<std::int64_t>(kPage)};

constexpr std::array<std::string_view, 6> kPriceFilters{"availability-zone", "availability-zone-id",
                                                        "instance-type",     "product-description",
                                                        "spot-price",        "timestamp"};

/// What a call asks of the market, and what it then leaves out.
struct PriceQuestion {
  TimePoint from;
  TimePoint to;
  std::vector<model::InstanceType> types;
  std::vector<std::string> products;
  std::optional<std::string> zone_name;
  std::optional<std::string> zone_id;
  Filters filters;
};

std::vector<std::string> values_of(std::string_view filter, const model::SpotPrice& price) {
  if (filter == "availability-zone") {
    return {price.zone_name.text()};
  }
  if (filter == "availability-zone-id") {
    return {price.zone_id.text()};
  }
  if (filter == "instance-type") {
    return {price.type.text()};
  }
  if (filter == "product-description") {
    return {price.product};
  }
  if (filter == "spot-price") {
    return {to_text_six_places(price.price_per_hour), to_text(price.price_per_hour)};
  }
  return {wire::to_timestamp(price.at), to_iso8601(price.at)};
}

bool is_asked_for(const PriceQuestion& question, const model::SpotPrice& price) {
  const auto& products = question.products;
  return (products.empty() ||
          std::find(products.begin(), products.end(), price.product) != products.end()) &&
         question.zone_name.value_or(price.zone_name.text()) == price.zone_name.text() &&
         question.zone_id.value_or(price.zone_id.text()) == price.zone_id.text() &&
         question.filters.let_through(
             [&price](std::string_view filter) { return values_of(filter, price); });
}

/// Filters with wildcards that name types spare the market the others.
std::vector<model::InstanceType> types_asked_for(const World& world, const Call& call) {
  std::vector<model::InstanceType> types;
  for (auto& name : call.form.list("InstanceType")) {
    types.emplace_back(std::move(name));
  }
  if (!types.empty()) {
    return types;
  }
  for (const auto& filter : call.form.filters()) {
    if (filter.name != "instance-type") {
      continue;
    }
    for (const auto& facts : world.catalog().types) {
      if (std::any_of(filter.values.begin(), filter.values.end(),
                      [&facts](const auto& pattern) { return fits(pattern, facts.type.text()); })) {
        types.push_back(facts.type);
      }
    }
    if (types.empty()) {
      types.emplace_back("");  // of no pool
    }
    return types;
  }
  return types;
}

Answered<void> check_zone(const World& world, const Call& call, const PriceQuestion& question) {
  if (question.zone_name && question.zone_id) {
    return refuse(400, "InvalidParameterCombination",
                  "AvailabilityZone and AvailabilityZoneId cannot be used together");
  }
  const auto zones = world.zones(call.region, call.account);
  const auto is_asked_for = [&question](const model::Zone& zone) {
    return question.zone_name.value_or(zone.name.text()) == zone.name.text() &&
           question.zone_id.value_or(zone.id.text()) == zone.id.text();
  };
  if (std::none_of(zones.begin(), zones.end(), is_asked_for)) {
    return refuse(400, "InvalidParameterValue", "Invalid availability zone: [{}]",
                  question.zone_name.value_or(question.zone_id.value_or("")));
  }
  return {};
}

Answered<PriceQuestion> read_question(const World& world, const Call& call, TimePoint as_of) {
  const auto filters = Filters::read(call, [](std::string_view name) {
    return std::find(kPriceFilters.begin(), kPriceFilters.end(), name) != kPriceFilters.end();
  });
  const auto start = time_parameter(call, "StartTime");
  const auto end = time_parameter(call, "EndTime");
  if (!filters) {
    return tl::unexpected(filters.error());
  }
  if (!start || !end) {
    return tl::unexpected(!start ? start.error() : end.error());
  }
  const auto oldest = as_of - sim::SpotMarket::kPriceHistory;
  const auto to = std::min(end->value_or(as_of), as_of);
  PriceQuestion question{.from = std::clamp(start->value_or(oldest), oldest, as_of),
                         .to = to,
                         .types = types_asked_for(world, call),
                         .products = call.form.list("ProductDescription"),
                         .zone_name = text_parameter(call, "AvailabilityZone"),
                         .zone_id = text_parameter(call, "AvailabilityZoneId"),
                         .filters = *filters};
  if (const auto checked = check_zone(world, call, question); !checked) {
    return tl::unexpected(checked.error());
  }
  return question;
}

std::vector<model::SpotPrice> prices(const World& world, const Call& call,
                                     const PriceQuestion& question) {
  std::map<model::ZoneId, model::ZoneName> names;
  for (const auto& zone : world.zones(call.region, call.account)) {
    names[zone.id] = zone.name;
  }
  auto found =
      world.market().price_changes(call.region, question.from, question.to, question.types);
  for (auto& price : found) {
    price.zone_name = names[price.zone_id];
  }
  std::erase_if(found, [&](const auto& price) { return !is_asked_for(question, price); });
  return found;
}

void write_price(wire::XmlWriter& xml, const model::SpotPrice& price) {
  xml.open("item").leaf("instanceType", price.type.text());
  xml.leaf("productDescription", price.product);
  xml.leaf("spotPrice", to_text_six_places(price.price_per_hour));
  xml.leaf("timestamp", wire::to_timestamp(price.at));
  xml.leaf("availabilityZone", price.zone_name.text());
  xml.leaf("availabilityZoneId", price.zone_id.text()).close();
}

}  // namespace

Answered<std::string> describe_spot_price_history(World& world, const Call& call) {
  auto page = page_parameter(call, world.seed(), kPricePages);
  if (!page) {
    return tl::unexpected(page.error());
  }
  page->count = std::min(page->count, kPage);
  const auto question = read_question(world, call, page->as_of);
  if (!question) {
    return tl::unexpected(question.error());
  }
  const auto found = prices(world, call, *question);
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("spotPriceHistorySet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      write_price(xml, found[i]);
    }
    xml.close();
    // AWS ends with an empty token.
    const auto token = next_token(call, world.seed(), *page, found.size());
    token.empty() ? xml.empty("nextToken") : xml.leaf("nextToken", token);
  });
}

}  // namespace spotvane::lab
