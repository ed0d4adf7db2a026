#include "sim/cloud.hpp"

#include <algorithm>

namespace spotvane::sim {

void Cloud::pass() const {
  if (world_.crash != nullptr) {
    world_.crash->pass();
  }
}

/// Answers after a while with what `answer` finds then, or with a fault.
template <typename T, typename Answer>
void Cloud::reply(const On<T>& on_answer, const Answer& answer, bool is_signed) {
  pass();
  const auto spread = static_cast<std::uint64_t>(faults_.latency_max.count()) + 1;
  const Duration latency{static_cast<Duration::rep>(random_.below(spread))};
  const bool is_throttled = random_.chance(faults_.throttle);
  const bool is_broken = random_.chance(faults_.server_error);
  const bool is_lost = random_.chance(faults_.lose_reply);
  world_.timers.after(latency, [=, this] {
    Result<T> found = is_throttled ? fail(ErrorKind::Throttled, "request limit exceeded")
                      : is_broken  ? fail(ErrorKind::Unavailable, "internal error")
                      : is_signed && is_denied_ ? fail(ErrorKind::Denied, "the keys have expired")
                                                : answer();
    if (!is_lost) {
      pass();
      on_answer(std::move(found));
      return;
    }
    world_.timers.after(faults_.reply_timeout, [=, this] {
      pass();
      on_answer(fail(ErrorKind::Unavailable, "no answer in time"));
    });
  });
}

Result<void> Cloud::check_enabled(const model::Region& region) const {
  for (const auto& known : world_.market.catalog().regions) {
    if (known.region == region) {
      return known.is_enabled ? Result<void>{}
                              : fail(ErrorKind::NotEnabled, "region '{}' is not enabled", region);
    }
  }
  return fail(ErrorKind::InvalidInput, "no region '{}'", region);
}

/// What the account calls the zone: as the catalog does, or as that calls the next one.
model::ZoneName Cloud::name_of(const model::Zone& zone) const {
  if (!faults_.shifts_zone_names) {
    return zone.name;
  }
  std::vector<const model::Zone*> zones;
  for (const auto& one : world_.market.catalog().zones) {
    if (one.region == zone.region) {
      zones.push_back(&one);
    }
  }
  const auto place =
      std::find_if(zones.begin(), zones.end(), [&](const auto* one) { return one->id == zone.id; });
  return std::next(place) == zones.end() ? zones.front()->name : (*std::next(place))->name;
}

void Cloud::describe_regions(On<std::vector<model::RegionStatus>> on_regions) {
  using Answer = std::vector<model::RegionStatus>;
  reply(on_regions, [this]() -> Result<Answer> { return world_.market.catalog().regions; });
}

void Cloud::describe_availability_zones(model::Region region,
                                        On<std::vector<model::Zone>> on_zones) {
  using Answer = std::vector<model::Zone>;
  reply(on_zones, [this, region = std::move(region)]() -> Result<Answer> {
    return check_enabled(region).map([&] {
      Answer zones = world_.market.catalog().zones;
      std::erase_if(zones, [&](const model::Zone& zone) { return zone.region != region; });
      for (auto& zone : zones) {
        zone.name = name_of(zone);
      }
      return zones;
    });
  });
}

void Cloud::describe_instance_types(model::Region region,
                                    On<std::vector<model::InstanceTypeFacts>> on_types) {
  using Answer = std::vector<model::InstanceTypeFacts>;
  reply(on_types, [this, region = std::move(region)]() -> Result<Answer> {
    return check_enabled(region).map([&] { return world_.market.catalog().types; });
  });
}

void Cloud::describe_instance_type_offerings(model::Region region,
                                             On<std::vector<model::Offering>> on_offerings) {
  using Answer = std::vector<model::Offering>;
  reply(on_offerings, [this, region = std::move(region)]() -> Result<Answer> {
    return check_enabled(region).map([&] {
      const auto& catalog = world_.market.catalog();
      Answer offerings;
      for (const auto& offering : catalog.offerings) {
        const auto zone =
            std::find_if(catalog.zones.begin(), catalog.zones.end(),
                         [&](const model::Zone& one) { return one.id == offering.zone; });
        if (zone != catalog.zones.end() && zone->region == region) {
          offerings.push_back(offering);
        }
      }
      return offerings;
    });
  });
}

void Cloud::get_spot_placement_scores(model::ScoreQuery query,
                                      On<std::vector<model::PlacementScore>> on_scores) {
  using Answer = std::vector<model::PlacementScore>;
  reply(on_scores, [this, query = std::move(query)]() -> Result<Answer> {
    for (const auto& region : query.regions) {
      if (auto enabled = check_enabled(region); !enabled) {
        return tl::unexpected(std::move(enabled.error()));
      }
    }
    const auto now = world_.clock.now();
    if (!world_.quota.allow(account_, configuration_key(query), now)) {
      ++refusals_;
      return fail(ErrorKind::QuotaExceeded, "too many configurations");
    }
    return world_.market.placement_scores(query, now);
  });
}

void Cloud::describe_spot_price_history(SpotPriceQuery query,
                                        On<std::vector<model::SpotPrice>> on_prices) {
  using Answer = std::vector<model::SpotPrice>;
  reply(on_prices, [this, query = std::move(query)]() -> Result<Answer> {
    return check_enabled(query.region).map([&] {
      auto prices = world_.market.price_changes(query.region, query.from, query.to, query.types);
      for (auto& price : prices) {
        price.zone_name = name_of({query.region, price.zone_id, price.zone_name});
        price.zone_id = faults_.omits_zone_ids ? model::ZoneId{} : price.zone_id;
      }
      return prices;
    });
  });
}

void Cloud::fetch(const AdvisorFeed& known, On<AdvisorFeed> on_feed) {
  reply(
      on_feed,
      [this, etag = known.etag]() -> Result<AdvisorFeed> {
        const auto now = world_.clock.now();
        AdvisorFeed feed{.is_unchanged = false,
                         .etag = to_iso8601(world_.market.advisor_published(now)),
                         .last_modified = {},
                         .entries = {}};
        feed.is_unchanged = feed.etag == etag;
        if (!feed.is_unchanged) {
          feed.entries = world_.market.advisor(now);
          constexpr double kMibPerGib = 1024;
          for (const auto& fact : world_.market.catalog().types) {
            feed.types.push_back({.type = fact.type,
                                  .vcpus = fact.vcpus,
                                  .memory_gib = static_cast<double>(fact.memory_mib) / kMibPerGib});
          }
        }
        return feed;
      },
      false);
}

void Cloud::get_caller_identity(On<CallerIdentity> on_identity) {
  reply(on_identity, [this]() -> Result<CallerIdentity> {
    return CallerIdentity{account_, "arn:aws:iam::" + account_ + ":user/collector"};
  });
}

void Cloud::on_demand_prices(model::Region region,
                             On<std::vector<model::OnDemandPrice>> on_prices) {
  using Answer = std::vector<model::OnDemandPrice>;
  reply(on_prices, [this, region = std::move(region)]() -> Result<Answer> {
    Answer prices = world_.market.catalog().on_demand_prices;
    std::erase_if(prices, [&](const auto& price) { return price.region != region; });
    return prices;
  });
}

}  // namespace spotvane::sim
