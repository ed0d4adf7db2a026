#include "lab/audit_report.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace spotvane::lab {

namespace {

using nlohmann::json;

std::string dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

json when(TimePoint time) {
  return time == sim::kNever ? json{} : json(to_iso8601(time));
}

json to_json(const sim::InstanceAudit::Count& count) {
  return {{"instances", count.instances}, {"vcpus", count.vcpus}};
}

json to_json(const sim::InstanceAudit::Peak& peak) {
  auto document = to_json(peak.most);
  document["instances_at"] = when(peak.instances_at);
  document["vcpus_at"] = when(peak.vcpus_at);
  return document;
}

struct Spending {
  Money total;
  double volumes_usd = 0.0;
  std::map<std::string, Money> by_day;
};

void add_cost(Spending& spending, const sim::InstanceMarket& market,
              const sim::Instance& instance) {
  for (const auto& [day, cost] : market.cost_by_day(instance, market.now())) {
    auto& spent = spending.by_day[to_iso8601(day)];
    spent = spent + cost;
    spending.total = spending.total + cost;
  }
  spending.volumes_usd += sim::volumes_usd(instance, market.now());
}

json volume_rows(const sim::Instance& instance) {
  json rows = json::array();
  for (const auto& volume : instance.spec.volumes) {
    rows.push_back({{"kind", volume.kind}, {"gb", volume.gb}, {"iops", volume.iops}});
  }
  return rows;
}

/// From when to when it is billed, at which prices; null where it has not run.
json bill_of(const sim::InstanceMarket& market, const sim::Instance& instance) {
  const auto now = market.now();
  const auto billed = sim::billed_time(instance, now);
  if (!billed) {
    return {};
  }
  json prices = json::array();
  std::optional<Money> before;
  for (const auto& [from, price] : market.billed_prices(instance, now)) {
    if (price != before) {
      prices.push_back({{"from", when(from)}, {"usd_per_hour", price.dollars()}});
      before = price;
    }
  }
  const auto instance_usd = market.cost(instance, now).dollars();
  const auto volumes_usd = sim::volumes_usd(instance, now);
  return {{"from", when(billed->from)},
          {"to", when(billed->to)},
          {"seconds", std::chrono::duration<double>(billed->to - billed->from).count()},
          {"prices", prices},
          {"instance_usd", instance_usd},
          {"volumes_usd", volumes_usd},
          {"usd", instance_usd + volumes_usd}};
}

struct Left {
  std::vector<std::string> instances;
  std::vector<std::string> spot_requests;
  std::vector<std::string> fleets;
  std::vector<std::string> launch_templates;
};

/// Whether it may yet bring an instance, or has one.
bool is_left(const sim::SpotRequest& request, TimePoint now) {
  const auto state = sim::status(request, now).state;
  return state == sim::RequestState::Open || state == sim::RequestState::Active ||
         request.holds_capacity;
}

/// What still costs money, may come to cost it, or lies about.
Left left_of(const World& world, const std::string& account) {
  const auto& market = world.instances();
  const auto now = market.now();
  Left left;
  for (const auto& one : market.every_instance()) {
    if (one.owner.account == account && sim::state(one, now) <= sim::InstanceState::Running) {
      left.instances.push_back(one.id);
    }
  }
  for (const auto& one : market.every_request()) {
    if (one.owner.account == account && is_left(one, now)) {
      left.spot_requests.push_back(one.id);
    }
  }
  for (const auto& one : market.every_fleet()) {
    if (one.order.owner.account == account && one.deleted_at == sim::kNever) {
      left.fleets.push_back(one.id);
    }
  }
  for (const auto& one : world.spot_fleets().fleets()) {
    if (one.order.owner.account == account && one.cancelled_at == sim::kNever) {
      left.fleets.push_back(one.id);
    }
  }
  for (const auto& one : market.templates().ever()) {
    if (one.owner.account == account && one.deleted_at == sim::kNever) {
      left.launch_templates.push_back(one.id);
    }
  }
  return left;
}

}  // namespace

std::string audit_summary(const World& world) {
  const auto& market = world.instances();
  std::map<std::string, Spending> spending;
  for (const auto& instance : market.every_instance()) {
    add_cost(spending[instance.owner.account], market, instance);
  }
  auto counted = market.audit().accounts();
  counted[std::string{kDefaultAccount}];  // it is asked for before it has done anything
  json accounts = json::object();
  for (const auto& [account, counts] : counted) {
    const auto left = left_of(world, account);
    const auto& spent = spending[account];
    json by_day = json::object();
    for (const auto& [day, money] : spent.by_day) {
      by_day[day] = money.dollars();
    }
    accounts[account] = {
        {"live", to_json(counts.live)},
        {"claimed", to_json(counts.claimed)},
        {"most_live", to_json(counts.most_live)},
        {"most_claimed", to_json(counts.most_claimed)},
        {"ever", {{"instances", counts.instances_ever}, {"spot_requests", counts.requests_ever}}},
        {"left",
         {{"instances", left.instances},
          {"spot_requests", left.spot_requests},
          {"fleets", left.fleets},
          {"launch_templates", left.launch_templates}}},
        {"spent_usd", spent.total.dollars()},
        {"volumes_usd", spent.volumes_usd},
        {"bill_usd", spent.total.dollars() + spent.volumes_usd},
        {"spent_usd_by_day", by_day}};
  }
  return dump({{"time", to_iso8601(market.now())}, {"accounts", accounts}});
}

std::string audit_jobs(const World& world) {
  struct Sums {
    int instances = 0;
    int interrupted = 0;
    std::vector<std::string> left = {};
    Spending spending = {};
  };
  const auto& market = world.instances();
  std::map<std::pair<std::string, std::string>, Sums> jobs;  // by account and job
  const auto sums_of = [&](const std::string& account, const auto& tags) {
    const auto tag = tags.find(std::string{sim::kJobTag});
    return tag == tags.end() ? nullptr : &jobs[{account, tag->second}];
  };
  for (const auto& one : market.every_instance()) {
    if (auto* sums = sums_of(one.owner.account, one.tags)) {
      ++sums->instances;
      sums->interrupted += one.notice_at <= market.now() ? 1 : 0;
      add_cost(sums->spending, market, one);
      if (sim::state(one, market.now()) <= sim::InstanceState::Running) {
        sums->left.push_back(one.id);
      }
    }
  }
  for (const auto& one : market.every_request()) {
    auto* sums = is_left(one, market.now()) ? sums_of(one.owner.account, one.tags) : nullptr;
    if (sums != nullptr) {
      sums->left.push_back(one.id);
    }
  }
  json rows = json::array();
  for (const auto& [key, sums] : jobs) {
    const auto spent = sums.spending.total.dollars();
    rows.push_back({{"account", key.first},
                    {"job", key.second},
                    {"instances", sums.instances},
                    {"interrupted", sums.interrupted},
                    {"left", sums.left},
                    {"spent_usd", spent},
                    {"volumes_usd", sums.spending.volumes_usd},
                    {"bill_usd", spent + sums.spending.volumes_usd}});
  }
  return dump(rows);
}

std::string audit_instances(const World& world) {
  const auto& market = world.instances();
  json all = json::array();
  for (const auto& one : market.every_instance()) {
    const auto if_reached = [&one](TimePoint time) {
      return time < one.shutdown_at ? when(time) : json{};
    };
    all.push_back({{"id", one.id},
                   {"account", one.owner.account},
                   {"region", one.owner.region.text()},
                   {"zone", one.spec.zone.text()},
                   {"type", one.spec.type.text()},
                   {"vcpus", one.vcpus},
                   {"spot", one.is_spot},
                   {"spot_request", one.spot_request_id},
                   {"fleet", one.fleet_id},
                   {"tags", one.tags},
                   {"state", sim::to_text(sim::state(one, market.now()))},
                   {"reason", one.reason.code},
                   {"cost_usd", market.cost(one, market.now()).dollars()},
                   {"volumes", volume_rows(one)},
                   {"bill", bill_of(market, one)},
                   {"launched", when(one.launched_at)},
                   {"visible", when(one.visible_at)},
                   {"running", if_reached(one.running_at)},
                   {"system_ok", if_reached(one.system_ok_at)},
                   {"instance_ok", if_reached(one.instance_ok_at)},
                   {"ebs_ok", one.ebs_ok_at ? if_reached(*one.ebs_ok_at) : json{}},
                   {"ready", when(sim::ready_at(one))},
                   {"rebalance", when(one.rebalance_at)},
                   {"notice", when(one.notice_at)},
                   {"shutdown", when(one.shutdown_at)},
                   {"terminated", when(one.terminated_at)}});
  }
  return dump(all);
}

std::string audit_requests(const World& world) {
  json all = json::array();
  for (const auto& one : world.instances().every_request()) {
    json history = json::array();
    for (const auto& status : one.history) {
      history.push_back(
          {{"at", when(status.at)}, {"state", sim::to_text(status.state)}, {"code", status.code}});
    }
    all.push_back({{"id", one.id},
                   {"account", one.owner.account},
                   {"region", one.owner.region.text()},
                   {"type", one.spec.type.text()},
                   {"zone", one.spec.zone.text()},
                   {"tags", one.tags},
                   {"instance", one.instance_id},
                   {"created", when(one.created_at)},
                   {"visible", when(one.visible_at)},
                   {"fulfilled", when(one.fulfilled_at)},
                   {"valid_until", when(one.valid_until)},
                   {"history", history}});
  }
  return dump(all);
}

}  // namespace spotvane::lab
