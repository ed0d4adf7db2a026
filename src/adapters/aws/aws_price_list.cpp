#include "adapters/aws/aws_price_list.hpp"

#include "adapters/aws/pages.hpp"
#include "wire/price_list.hpp"

#include <memory>
#include <utility>

namespace spotvane::adapters {

namespace {

struct PriceListReading {
  std::vector<model::OnDemandPrice> prices;
  std::size_t bad_items = 0;
};

AwsCall call_of(const model::Region& region, const std::string& token) {
  const wire::PriceListRequest request{.filters = {{"regionCode", region.text()},
                                                   {"operatingSystem", "Linux"},
                                                   {"preInstalledSw", "NA"},
                                                   {"capacitystatus", "Used"},
                                                   {"tenancy", "Shared"},
                                                   {"marketoption", "OnDemand"}},
                                       .next_token = token};
  return {wire::kPricing, std::string{kPricingRegion}, "GetProducts",
          wire::write_price_list_request(request)};
}

Result<std::string> read_page(const std::string& body, const model::Region& region,
                              PriceListReading& reading) {
  auto page = wire::read_price_list_page(body);
  if (!page) {
    return tl::unexpected(std::move(page).error());
  }
  for (auto& item : page->items) {
    if (item.region.empty() || item.region == region.text()) {
      reading.prices.push_back(
          {model::InstanceType{std::move(item.type)}, region, item.price_per_hour});
    }
  }
  reading.bad_items += page->bad_items;
  return std::move(page->next_token);
}

}  // namespace

void AwsPriceList::on_demand_prices(model::Region region,
                                    On<std::vector<model::OnDemandPrice>> on_prices) {
  const auto reading = std::make_shared<PriceListReading>();
  Pages pages{.call = [region](const std::string& token) { return call_of(region, token); },
              .read = [region, reading](
                          const std::string& body) { return read_page(body, region, *reading); }};
  read_pages(client_, std::move(pages),
             [this, reading, on_prices = std::move(on_prices)](Result<void> end) {
               if (!end) {
                 return on_prices(tl::unexpected(std::move(end).error()));
               }
               client_.report_bad_rows("GetProducts", reading->bad_items);
               on_prices(std::move(reading->prices));
             });
}

}  // namespace spotvane::adapters
