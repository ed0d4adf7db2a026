#include "wire/price_list.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <utility>

namespace spotvane::wire {

namespace {

using nlohmann::json;

/// The member, where `object` is an object that has it and it is of the right kind; else null.
const json* member(const json* object, const char* name, json::value_t kind) {
  if (object == nullptr || !object->is_object()) {
    return nullptr;
  }
  const auto found = object->find(name);
  return found != object->end() && found->type() == kind ? &*found : nullptr;
}

const json* object_in(const json* object, const char* name) {
  return member(object, name, json::value_t::object);
}

std::string text_in(const json* object, const char* name) {
  const auto* text = member(object, name, json::value_t::string);
  return text != nullptr ? text->get<std::string>() : std::string{};
}

/// The only entry of an object whose key is a number nobody knows.
const json* first_of(const json* object) {
  return object != nullptr && !object->empty() ? &*object->begin() : nullptr;
}

std::optional<PriceListItem> read_item(const json& element) {
  if (!element.is_string()) {
    return std::nullopt;
  }
  const auto product = json::parse(element.get_ref<const std::string&>(), nullptr, false);
  const auto* attributes = object_in(object_in(&product, "product"), "attributes");
  const auto* term = first_of(object_in(object_in(&product, "terms"), "OnDemand"));
  const auto* dimension = first_of(object_in(term, "priceDimensions"));
  const auto price = Money::parse(text_in(object_in(dimension, "pricePerUnit"), "USD"));
  auto type = text_in(attributes, "instanceType");
  if (!price || price->micros() < 0 || type.empty()) {
    return std::nullopt;
  }
  return PriceListItem{std::move(type), text_in(attributes, "regionCode"), *price};
}

/// AWS's key of an offer: its number, unknown to us, made up from what it offers.
json product_of(const PriceListItem& item) {
  const auto sku = fmt::format("SKU-{}-{}", item.region, item.type);
  const auto offer = sku + ".JRTCKXETXF";
  const auto dimension = offer + ".6YS6EN2CT7";
  const json price{{"unit", item.unit},
                   {"pricePerUnit", {{"USD", to_text_six_places(item.price_per_hour) + "0000"}}}};
  json attributes = item.attributes;
  attributes["regionCode"] = item.region;
  if (item.family == PriceListItem{}.family) {
    attributes["instanceType"] = item.type;
    attributes["operatingSystem"] = "Linux";
  }
  return {{"product", {{"productFamily", item.family}, {"attributes", attributes}, {"sku", sku}}},
          {"serviceCode", "AmazonEC2"},
          {"terms",
           {{"OnDemand",
             {{offer,
               {{"offerTermCode", "JRTCKXETXF"}, {"priceDimensions", {{dimension, price}}}}}}}}}};
}

}  // namespace

std::string write_price_list_request(const PriceListRequest& request) {
  json body{{"ServiceCode", request.service_code},
            {"FormatVersion", "aws_v1"},
            {"MaxResults", request.max_results},
            {"Filters", json::array()}};
  for (const auto& [field, value] : request.filters) {
    body["Filters"].push_back({{"Type", "TERM_MATCH"}, {"Field", field}, {"Value", value}});
  }
  if (!request.next_token.empty()) {
    body["NextToken"] = request.next_token;
  }
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<PriceListRequest> read_price_list_request(std::string_view text) {
  const auto body = json::parse(text, nullptr, false);
  if (!body.is_object()) {
    return fail(ErrorKind::InvalidInput, "read GetProducts: expected a JSON object");
  }
  PriceListRequest request{.service_code = text_in(&body, "ServiceCode"),
                           .next_token = text_in(&body, "NextToken")};
  const auto most = body.find("MaxResults");
  if (most != body.end() && most->is_number_integer()) {
    const auto count = most->get<std::int64_t>();
    if (count < 1 || count > 100) {
      return fail(ErrorKind::InvalidInput,
                  "read GetProducts: 'MaxResults' must be 1 to 100, got {}", count);
    }
    request.max_results = static_cast<int>(count);
  }
  if (const auto* filters = member(&body, "Filters", json::value_t::array)) {
    for (const auto& filter : *filters) {
      if (const auto kind = text_in(&filter, "Type"); kind != "TERM_MATCH" && kind != "EQUALS") {
        return fail(ErrorKind::InvalidInput,
                    "read GetProducts: expected filters of type 'TERM_MATCH', got '{}'", kind);
      }
      request.filters[text_in(&filter, "Field")] = text_in(&filter, "Value");
    }
  }
  return request;
}

std::string write_price_list_page(const PriceListPage& page) {
  const auto write = [](const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  json body{{"FormatVersion", "aws_v1"}, {"PriceList", json::array()}};
  for (const auto& item : page.items) {
    body["PriceList"].push_back(write(product_of(item)));
  }
  if (!page.next_token.empty()) {
    body["NextToken"] = page.next_token;
  }
  return write(body);
}

Result<PriceListPage> read_price_list_page(std::string_view text) {
  const auto body = json::parse(text, nullptr, false);
  const auto* list = member(&body, "PriceList", json::value_t::array);
  if (list == nullptr) {
    return fail(ErrorKind::Corrupt, "read price list: expected a JSON object with 'PriceList'");
  }
  PriceListPage page{.next_token = text_in(&body, "NextToken")};
  for (const auto& element : *list) {
    auto item = read_item(element);
    if (!item) {
      ++page.bad_items;
    } else if (item->price_per_hour.micros() > 0) {
      page.items.push_back(std::move(*item));
    }
  }
  return page;
}

}  // namespace spotvane::wire
