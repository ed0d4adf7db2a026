#include "cli/job_file.hpp"

#include "base/spelling.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace spotvane::cli {

namespace {

constexpr double kMost = 1e12;

Result<double> number_of(const toml::node& node, double least, double most) {
  const auto number = node.value<double>();
  if (!number || !node.is_number() || !(*number >= least && *number <= most)) {
    return fail(ErrorKind::InvalidInput, "must be a number from {} to {}", least, most);
  }
  return *number;
}

Result<void> assign(double& target, const toml::node& node, double least, double most) {
  return number_of(node, least, most).map([&](double number) { target = number; });
}

Result<void> assign(std::optional<double>& target, const toml::node& node, double least,
                    double most) {
  return number_of(node, least, most).map([&](double number) { target = number; });
}

Result<void> assign(int& target, const toml::node& node, int least, int most) {
  return number_of(node, least, most).and_then([&](double number) -> Result<void> {
    if (number != std::floor(number)) {
      return fail(ErrorKind::InvalidInput, "must be a whole number");
    }
    target = static_cast<int>(number);
    return {};
  });
}

Result<void> assign(std::optional<Duration>& target, const toml::node& node) {
  const auto text = node.value<std::string>();
  if (!text) {
    return fail(ErrorKind::InvalidInput, "must be a time in quotes, such as \"90s\" or \"8h\"");
  }
  return parse_duration(*text).map([&](Duration time) { target = time; });
}

std::string text_of(const toml::node& node) {
  if (const auto text = node.value<std::string>(); text && node.is_string()) {
    return *text;
  }
  const auto number = node.value<double>();
  return number && node.is_number() ? fmt::format("{}", *number) : std::string{};
}

Result<void> assign(std::vector<std::string>& target, const toml::node& node) {
  target.clear();
  if (const auto* list = node.as_array()) {
    for (const auto& one : *list) {
      target.push_back(text_of(one));
    }
  } else {
    target.push_back(text_of(node));
  }
  if (target.empty() || std::find(target.begin(), target.end(), "") != target.end()) {
    return fail(ErrorKind::InvalidInput, "must be a value, or a list of them");
  }
  return {};
}

Result<void> assign(std::string& target, const toml::node& node) {
  const auto text = node.value<std::string>();
  if (!text || !node.is_string()) {
    return fail(ErrorKind::InvalidInput, "must be a text in quotes");
  }
  target = *text;
  return {};
}

Result<void> assign(bool& target, const toml::node& node) {
  const auto flag = node.value<bool>();
  if (!flag || !node.is_boolean()) {
    return fail(ErrorKind::InvalidInput, "must be true or false");
  }
  target = *flag;
  return {};
}

/// As it is so far; else as images of Amazon Linux bring it.
model::RootVolume& volume_in(model::HostSetup& setup) {
  if (!setup.volume) {
    setup.volume = model::RootVolume{8, "gp3"};
  }
  return *setup.volume;
}

Result<void> assign_name(JobFile& job, const toml::node& node) {
  auto good = assign(job.name, node);
  return good ? check_job_name(job.name) : good;
}

Result<void> assign_parameters(JobFile& job, const toml::node& node) {
  const auto* all = node.as_table();
  if (all == nullptr) {
    return fail(ErrorKind::InvalidInput, "must be a table of names and values");
  }
  for (const auto& [name, value] : *all) {
    job.parameters[std::string{name.str()}] = text_of(value);
  }
  return {};
}

Result<void> assign_subnets(JobFile& job, const toml::node& node) {
  const auto* zones = node.as_table();
  if (zones == nullptr || zones->empty()) {
    return fail(ErrorKind::InvalidInput, "must be a table of zones and their subnets");
  }
  for (const auto& [zone, value] : *zones) {
    std::string subnet;
    auto good = assign(subnet, value);
    if (good && !subnet.starts_with("subnet-")) {
      good = fail(ErrorKind::InvalidInput, "must be a subnet's ID, such as \"subnet-0123abcd\"");
    }
    if (!good) {
      return tl::unexpected(std::move(good.error()).during(fmt::format("'{}'", zone.str())));
    }
    job.subnets[std::string{zone.str()}] = subnet;
  }
  return {};
}

Result<void> assign_performance(JobFile& job, const toml::node& node) {
  const auto* types = node.as_table();
  if (types == nullptr) {
    return fail(ErrorKind::InvalidInput, "must be a table of types");
  }
  for (const auto& [type, value] : *types) {
    policy::Throughput rate;
    const auto* pair = value.as_array();
    const auto good = pair == nullptr ? assign(rate.mean, value, 0, kMost)
                      : pair->size() != 2
                          ? Result<void>{fail(ErrorKind::InvalidInput, "must be [mean, deviation]")}
                          : assign(rate.mean, *pair->get(0), 0, kMost).and_then([&] {
                              return assign(rate.deviation, *pair->get(1), 0, kMost);
                            });
    if (!good) {
      return tl::unexpected(Error{good.error()}.during(fmt::format("'{}'", type.str())));
    }
    job.performance[std::string{type.str()}] = rate;
  }
  return {};
}

Result<void> assign_on_demand(JobFile& job, const toml::node& node) {
  const auto* types = node.as_table();
  if (types == nullptr) {
    return fail(ErrorKind::InvalidInput, "must be a table of types");
  }
  for (const auto& [type, value] : *types) {
    const auto price = number_of(value, 0, 1e6);
    if (!price) {
      return tl::unexpected(Error{price.error()}.during(fmt::format("'{}'", type.str())));
    }
    job.on_demand[std::string{type.str()}] = Money::from_dollars(*price);
  }
  return {};
}

/// A member, with the least and the most that a number may be.
template <auto Member, int... Bounds>
Result<void> set(JobFile& job, const toml::node& node) {
  return assign(job.*Member, node, Bounds...);
}

template <auto Member, int... Bounds>
Result<void> set_pits(JobFile& job, const toml::node& node) {
  return assign(job.pits.*Member, node, Bounds...);
}

/// Of the workers' setup, or the manager's.
template <auto Setup, auto Member>
Result<void> set_host(JobFile& job, const toml::node& node) {
  return assign((job.*Setup).*Member, node);
}

template <auto Setup, auto Member, int... Bounds>
Result<void> set_volume(JobFile& job, const toml::node& node) {
  return assign(volume_in(job.*Setup).*Member, node, Bounds...);
}

struct JobKey {
  std::string_view name;
  Result<void> (*assign)(JobFile&, const toml::node&);
};

constexpr std::array kJobKeys{
    JobKey{"tasks", [](JobFile& job,
                       const toml::node& node) { return assign(job.tasks, node, 1e-9, kMost); }},
    JobKey{"nodes", set<&JobFile::nodes, 1, 100'000>},
    JobKey{"budget_usd", set<&JobFile::budgets>},
    JobKey{"deadline", set<&JobFile::deadline>},
    JobKey{"interval", set<&JobFile::interval>},
    JobKey{"startup", set<&JobFile::startup>},
    JobKey{"policy", set<&JobFile::policies>},
    JobKey{"caution", set<&JobFile::caution, 0, 10>},
    JobKey{"patience", set<&JobFile::patience, 1, 1000>},
    JobKey{"scaling_penalty", set<&JobFile::scaling_penalty, 0, 1>},
    JobKey{"on_infeasible",
           [](JobFile& job, const toml::node& node) -> Result<void> {
             job.on_infeasible = node.value<std::string>().value_or("");
             if (job.on_infeasible != "say" && job.on_infeasible != "fail" &&
                 job.on_infeasible != "raise") {
               return fail(ErrorKind::InvalidInput, "must be \"fail\" or \"raise\"");
             }
             return {};
           }},
    JobKey{
        "raise_by",
        [](JobFile& job, const toml::node& node) { return assign(job.raise_by, node, 0.001, 10); }},
    JobKey{"raise_to_usd", set<&JobFile::raise_to, 0, 1'000'000>},
    JobKey{"manager.price_usd", set<&JobFile::manager_price, 0, 1'000'000>},
    JobKey{"manager.volume_usd", set<&JobFile::manager_volume, 0, 1'000'000>},
    JobKey{"manager.rate",
           [](JobFile& job, const toml::node& node) {
             return assign(job.manager_rate, node, 0, kMost);
           }},
    JobKey{"worker.volume_usd", set<&JobFile::worker_volume, 0, 1'000'000>},
    JobKey{"worker.bid", set<&JobFile::bid, 1, 1000>},
    JobKey{"name", [](JobFile& job, const toml::node& node) { return assign_name(job, node); }},
    JobKey{"engine",
           [](JobFile& job, const toml::node& node) -> Result<void> {
             job.engine = node.value<std::string>().value_or("");
             return job.engine == "command" || job.engine == "ecs" || job.engine == "pypits"
                        ? Result<void>{}
                        : fail(ErrorKind::InvalidInput,
                               "must be \"command\", \"pypits\" or \"ecs\"");
           }},
    JobKey{"region", set<&JobFile::region>},
    JobKey{"types", set<&JobFile::types>},
    JobKey{"user_data", set<&JobFile::user_data>},
    JobKey{"dataset", set<&JobFile::dataset>},
    JobKey{"parameters", assign_parameters},
    JobKey{"calibrate", set<&JobFile::calibrate>},
    JobKey{"calibrate_usd", set<&JobFile::calibrate_usd, 0, 1'000'000>},
    JobKey{"look", set<&JobFile::look>},
    JobKey{"grace", set<&JobFile::grace>},
    JobKey{"reports.cloudwatch", set<&JobFile::cloudwatch>},
    JobKey{"reports.port", set<&JobFile::report_port, 0, 65'535>},
    JobKey{"reports.listen", set<&JobFile::report_listen>},
    JobKey{"reports.url", set<&JobFile::report_url>},
    JobKey{"worker.on_demand", set<&JobFile::uses_on_demand>},
    JobKey{"worker.volume_gb", set_volume<&JobFile::setup, &model::RootVolume::gb, 1, 65'536>},
    JobKey{"worker.volume_type", set_volume<&JobFile::setup, &model::RootVolume::type>},
    JobKey{"worker.volume_iops",
           set_volume<&JobFile::setup, &model::RootVolume::iops, 0, 1'000'000>},
    JobKey{"worker.subnets", assign_subnets},
    JobKey{"worker.image", set<&JobFile::image>},
    JobKey{"worker.key_name", set_host<&JobFile::setup, &model::HostSetup::key_name>},
    JobKey{"worker.security_groups", set_host<&JobFile::setup, &model::HostSetup::security_groups>},
    JobKey{"worker.instance_profile",
           set_host<&JobFile::setup, &model::HostSetup::instance_profile>},
    JobKey{"manager.volume_gb",
           set_volume<&JobFile::manager_setup, &model::RootVolume::gb, 1, 65'536>},
    JobKey{"manager.volume_type", set_volume<&JobFile::manager_setup, &model::RootVolume::type>},
    JobKey{"manager.volume_iops",
           set_volume<&JobFile::manager_setup, &model::RootVolume::iops, 0, 1'000'000>},
    JobKey{"manager.type", set<&JobFile::manager_type>},
    JobKey{"manager.image", set<&JobFile::manager_image>},
    JobKey{"manager.prelude", set<&JobFile::manager_prelude>},
    JobKey{"manager.key_name", set_host<&JobFile::manager_setup, &model::HostSetup::key_name>},
    JobKey{"manager.subnet", set_host<&JobFile::manager_setup, &model::HostSetup::subnet>},
    JobKey{"manager.security_groups",
           set_host<&JobFile::manager_setup, &model::HostSetup::security_groups>},
    JobKey{"manager.instance_profile",
           set_host<&JobFile::manager_setup, &model::HostSetup::instance_profile>},
    JobKey{"ecs.cluster", set<&JobFile::ecs_cluster>},
    JobKey{"ecs.service", set<&JobFile::ecs_service>},
    JobKey{"pits.module", set_pits<&job::PitsOptions::module>},
    JobKey{"pits.worker_module", set_pits<&job::PitsOptions::worker_module>},
    JobKey{"pits.arguments", set_pits<&job::PitsOptions::arguments>},
    JobKey{"pits.home", set_pits<&job::PitsOptions::home>},
    JobKey{"pits.worker_home", set_pits<&job::PitsOptions::worker_home>},
    JobKey{"pits.result", set_pits<&job::PitsOptions::result>},
    JobKey{"pits.workers", set_pits<&job::PitsOptions::workers, 0, 4096>},
    JobKey{"pits.overfill", set_pits<&job::PitsOptions::overfill, 0, 1'000'000>},
    JobKey{"pits.port", set_pits<&job::PitsOptions::port, 0, 65'535>},
    JobKey{"pits.backoff", set_pits<&job::PitsOptions::backoff, 0, 3600>},
    JobKey{"pits.beat", set_pits<&job::PitsOptions::beat, 0, 3600>},
    JobKey{"performance", assign_performance},
    JobKey{"on_demand", assign_on_demand},
};

Error at_line(Error error, std::string_view name, const toml::node& node) {
  return std::move(error).during(
      fmt::format("line {}: '{}'", static_cast<int>(node.source().begin.line), name));
}

Result<void> apply_table(const toml::table& table, const std::string& prefix, JobFile& job) {
  for (const auto& [key, node] : table) {
    const auto name = prefix + std::string{key.str()};
    const auto* known = std::find_if(kJobKeys.begin(), kJobKeys.end(),
                                     [&](const JobKey& one) { return one.name == name; });
    if (known != kJobKeys.end()) {
      if (auto good = known->assign(job, node); !good) {
        return tl::unexpected(at_line(std::move(good.error()), name, node));
      }
    } else if (const auto* inner = node.as_table(); inner != nullptr && prefix.empty()) {
      if (auto good = apply_table(*inner, name + ".", job); !good) {
        return good;
      }
    } else {
      std::vector<std::string> names;
      for (const auto& one : kJobKeys) {
        names.emplace_back(one.name);
      }
      const auto near = nearest(name, names);
      return tl::unexpected(
          at_line(Error{ErrorKind::InvalidInput, "there is no such key in a job's file",
                        near ? fmt::format("did you mean '{}'?", *near)
                             : fmt::format("there are {}", fmt::join(names, ", "))},
                  name, node));
    }
  }
  return {};
}

Result<toml::table> parse(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(ErrorKind::InvalidInput, "line {}: {}", static_cast<int>(error.source().begin.line),
                error.description());
  }
}

/// A budget that raises itself must end somewhere.
Result<void> check_raise(const toml::table& table, const JobFile& job) {
  const auto* said = table.get("on_infeasible");
  if (said == nullptr || job.on_infeasible != "raise" || job.raise_to) {
    return {};
  }
  return tl::unexpected(
      at_line(Error{ErrorKind::InvalidInput, "to raise the budget, 'raise_to_usd' is missing",
                    "write the most that the budget may be raised to: raise_to_usd = 20"},
              "on_infeasible", *said));
}

}  // namespace

Result<void> apply_job_file(std::string_view text, JobFile& job) {
  const auto table = parse(text);
  if (!table) {
    return tl::unexpected(table.error());
  }
  return apply_table(*table, "", job).and_then([&] { return check_raise(*table, job); });
}

Result<void> apply_begun_job_file(std::string_view text, JobFile& job) {
  const auto table = parse(text);
  return table ? apply_table(*table, "", job) : tl::unexpected(table.error());
}

Result<void> check_job_name(std::string_view name) {
  constexpr std::size_t kLongest = 40;
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
  };
  if (name.empty() || name.size() > kLongest || !std::all_of(name.begin(), name.end(), is_plain)) {
    return fail(ErrorKind::InvalidInput,
                "must be of letters, digits, '-' and '_', at most {} of them", kLongest);
  }
  return {};
}

}  // namespace spotvane::cli
