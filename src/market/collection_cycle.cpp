#include "market/collection_cycle.hpp"

#include "market/known_facts.hpp"

#include <algorithm>

namespace spotvane::market {

CollectionCycle::CollectionCycle(const CollectorOptions& options, const CollectorPorts& ports,
                                 CollectorMemory& memory, OnProgress on_progress,
                                 On<CycleSummary> on_done)
    : options_{options},
      ports_{ports},
      memory_{memory},
      on_progress_{std::move(on_progress)},
      on_done_{std::move(on_done)} {}

void CollectionCycle::note_outcome(std::string source, std::string asked, model::Outcome outcome,
                                   std::string note) {
  summary_.record.outcomes.push_back(
      {summary_.record.cycle, std::move(source), std::move(asked), outcome, std::move(note)});
}

void CollectionCycle::note_progress() {
  ++progress_.done;
  if (on_progress_) {
    on_progress_(progress_);
  }
}

void CollectionCycle::add_task(WorkQueue::Task task) {
  ++progress_.total;
  queue_->add(std::move(task));
}

/// An answer's way back: does nothing once the cycle is gone; records how the request ended; hands
/// what it brought to `use`, which returns a note.
template <typename T, typename Use>
On<T> CollectionCycle::when_answered(std::string source, std::string asked, WorkQueue::Done done,
                                     Use use) {
  return [weak = weak_from_this(), source = std::move(source), asked = std::move(asked),
          done = std::move(done), use = std::move(use)](Result<T> answer) {
    const auto self = weak.lock();
    if (!self || self->is_over_) {
      return;
    }
    if (answer) {
      self->note_outcome(source, asked, model::Outcome::Ok, use(*answer));
    } else {
      self->note_outcome(source, asked, outcome_of(answer.error()), answer.error().message);
    }
    self->note_progress();
    done();
  };
}

void CollectionCycle::start() {
  if (memory_.is_doubtful) {
    if (auto settled = start_anew(); !settled) {
      end(std::move(settled));
      return;
    }
  }
  auto& cycle = summary_.record.cycle;
  cycle = std::max(ports_.clock.now(), memory_.latest_cycle + Duration{1});
  memory_.picture.begin_cycle();
  if (ports_.accounts.size() > 1) {
    try_credentials();
  } else {
    find_regions();
  }
}

void CollectionCycle::find_regions() {
  if (memory_.regions_read == day()) {
    read_sources();
  } else {
    read_regions();
  }
}

/// A store that failed may have stored the cycle all the same, or somebody else may have collected
/// since: what the stores say counts, as after a restart.
Result<void> CollectionCycle::start_anew() {
  CollectorMemory anew;
  return recover_archive(ports_.state, ports_.lake)
      .and_then([&](const ArchiveRecovery& /*recovery*/) {
        return remember(ports_.state, ports_.lake, anew);
      })
      .map([&] { memory_ = std::move(anew); });
}

void CollectionCycle::read_regions() {
  ++progress_.total;
  reader().ec2.describe_regions(when_answered<std::vector<model::RegionStatus>>(
      "regions", "",
      [this] {
        if (memory_.regions_read != day() && !options_.regions.empty()) {
          memory_.regions = {options_.regions.begin(), options_.regions.end()};
        }
        read_sources();
      },
      [this](const std::vector<model::RegionStatus>& regions) {
        memory_.regions_read = day();
        choose_regions(regions);
        return std::string{};
      }));
}

void CollectionCycle::choose_regions(const std::vector<model::RegionStatus>& known) {
  memory_.regions.clear();
  if (options_.regions.empty()) {
    for (const auto& status : known) {
      if (status.is_enabled) {
        memory_.regions.insert(status.region);
      }
    }
    return;
  }
  for (const auto& region : options_.regions) {
    const auto status = std::find_if(known.begin(), known.end(),
                                     [&](const auto& one) { return one.region == region; });
    if (status == known.end()) {
      note_outcome("regions", region.text(), model::Outcome::Error, "there is no such region");
    } else if (!status->is_enabled) {
      note_outcome("regions", region.text(), model::Outcome::RegionNotEnabled,
                   "the account has not enabled the region");
    } else {
      memory_.regions.insert(region);
    }
  }
}

void CollectionCycle::read_sources() {
  memory_.picture.set_regions(memory_.regions);
  queue_ = std::make_unique<WorkQueue>(options_.concurrency, [this] { find_plan(); });
  add_task([this](WorkQueue::Done done) { read_advisor(std::move(done)); });
  for (const auto& region : memory_.regions) {
    add_task(
        [this, region](WorkQueue::Done done) { read_zones_and_prices(region, std::move(done)); });
    const auto read = memory_.on_demand_read.find(region);
    if (read == memory_.on_demand_read.end() || read->second != day()) {
      add_task([this, region](WorkQueue::Done done) { read_on_demand(region, std::move(done)); });
    }
  }
  queue_->start();
}

void CollectionCycle::read_advisor(WorkQueue::Done done) {
  const bool fits = memory_.advisor_regions == memory_.regions;
  ports_.advisor.fetch(
      fits ? memory_.advisor : AdvisorFeed{},
      when_answered<AdvisorFeed>("advisor", "", std::move(done), [this](AdvisorFeed& feed) {
        if (feed.is_unchanged) {
          return std::string{};
        }
        memory_.picture.apply_advisor(feed.entries);
        memory_.advisor.etag = feed.etag;
        memory_.advisor.last_modified = feed.last_modified;
        memory_.advisor_regions = memory_.regions;
        sources_read_.has_new_advice = true;
        sources_read_.advised_types = std::move(feed.types);
        return feed.bad_rows == 0 ? std::string{}
                                  : fmt::format("{} entries made no sense", feed.bad_rows);
      }));
}

void CollectionCycle::read_zones_and_prices(const model::Region& region, WorkQueue::Done done) {
  const auto read = memory_.zones_read.find(region);
  if (read != memory_.zones_read.end() && read->second == day()) {
    read_prices(region, std::move(done));
    return;
  }
  ++progress_.total;
  reader().ec2.describe_availability_zones(
      region, when_answered<std::vector<model::Zone>>(
                  "zones", region.text(),
                  [this, region, done = std::move(done)] { read_prices(region, done); },
                  [this, region](const std::vector<model::Zone>& zones) {
                    memory_.picture.set_zones(region, zones);
                    memory_.zones_read[region] = day();
                    sources_read_.zones[region] = zones;
                    return std::string{};
                  }));
}

void CollectionCycle::read_prices(const model::Region& region, WorkQueue::Done done) {
  const auto now = ports_.clock.now();
  const auto read = memory_.prices_read.find(region);
  reader().ec2.describe_spot_price_history(
      {.region = region,
       .from = read == memory_.prices_read.end() ? now : read->second,
       .to = now,
       .types = {},
       .products = {"Linux/UNIX"}},
      when_answered<std::vector<model::SpotPrice>>(
          "spot_price", region.text(), std::move(done),
          [this, region, now](const std::vector<model::SpotPrice>& prices) {
            memory_.prices_read[region] = now;
            const auto unknown = memory_.picture.apply_prices(region, prices);
            return unknown == 0 ? std::string{}
                                : fmt::format("{} prices of unknown zones left out", unknown);
          }));
}

void CollectionCycle::read_on_demand(const model::Region& region, WorkQueue::Done done) {
  reader().prices.on_demand_prices(
      region, when_answered<std::vector<model::OnDemandPrice>>(
                  "on_demand_price", region.text(), std::move(done),
                  [this, region](const std::vector<model::OnDemandPrice>& prices) {
                    memory_.picture.apply_on_demand(region, prices);
                    memory_.on_demand_read[region] = day();
                    sources_read_.on_demand.push_back(region);
                    return std::string{};
                  }));
}

void CollectionCycle::find_plan() {
  auto plan = ports_.state.plan(day());
  auto known = options_.plan.types == TypeGrouping::Pool
                   ? known_facts(ports_.state)
                   : Result<std::vector<model::InstanceTypeFacts>>{};
  if (!plan || !known) {
    end(tl::unexpected(!plan ? std::move(plan.error()) : std::move(known.error())));
    return;
  }
  has_plan_ = plan->has_value();
  if (has_plan_) {
    plan_ = std::move(**plan);
  }
  // Facts are read afresh for each plan; also for the next, where `spotvane plan` makes it.
  if (options_.plan.types == TypeGrouping::Pool && (!has_plan_ || known->empty())) {
    read_facts();
  } else {
    go_by_plan();
  }
}

void CollectionCycle::go_by_plan() {
  if (has_plan_) {
    ask_scores();
  } else {
    make_plan();
  }
}

void CollectionCycle::read_facts() {
  queue_ = std::make_unique<WorkQueue>(options_.concurrency, [this] { keep_facts(); });
  for (const auto& region : memory_.regions) {
    add_task([this, region](WorkQueue::Done done) {
      reader().ec2.describe_instance_types(
          region, when_answered<std::vector<model::InstanceTypeFacts>>(
                      "instance_types", region.text(), std::move(done),
                      [this](const std::vector<model::InstanceTypeFacts>& facts) {
                        for (const auto& fact : facts) {
                          facts_.emplace(fact.type, fact);
                        }
                        return std::string{};
                      }));
    });
  }
  queue_->start();
}

void CollectionCycle::keep_facts() {
  std::vector<model::InstanceTypeFacts> facts;
  for (const auto& [type, fact] : facts_) {
    facts.push_back(fact);
  }
  // Where no region answered, what was known before must do.
  auto kept = facts.empty() ? known_facts(ports_.state)
                            : save_facts(ports_.state, facts).map([&] { return facts; });
  if (!kept) {
    end(tl::unexpected(std::move(kept.error())));
    return;
  }
  for (auto& fact : *kept) {
    facts_.emplace(fact.type, std::move(fact));
  }
  go_by_plan();
}

void CollectionCycle::store() {
  const auto changes = memory_.picture.changes(summary_.record.cycle);
  summary_.record.pools = memory_.picture.pool_count();
  auto stored = store_cycle(ports_.state, ports_.lake, std::move(summary_.record), changes);
  summary_.record = std::move(stored.record);
  if (stored.is_stored) {
    memory_.picture.accept();
    memory_.latest_cycle = summary_.record.cycle;
    if (summary_.capacity) {
      memory_.sweep_turn = SweepPlace{plan_.day, *summary_.capacity};
    }
  }
  if (stored.result) {
    stored.result = save_notes(ports_.state, memory_, sources_read_);
  }
  end(std::move(stored.result));
}

void CollectionCycle::cancel() {
  if (!is_over_) {
    round_.reset();
    end(fail(ErrorKind::Cancelled, "stopped before the cycle was done"));
  }
}

void CollectionCycle::end(Result<void> result) {
  is_over_ = true;
  if (!result) {
    memory_.is_doubtful = memory_.is_doubtful || result.error().kind != ErrorKind::Cancelled;
    on_done_(tl::unexpected(std::move(result.error()).during("collect")));
    return;
  }
  summary_.finished = ports_.clock.now();
  on_done_(std::move(summary_));
}

}  // namespace spotvane::market
