#include "lab/metadata.hpp"

#include "base/number.hpp"
#include "lab/ecs_rows.hpp"
#include "lab/instance_papers.hpp"
#include "lab/service_refusals.hpp"
#include "lab/value.hpp"
#include "sim/value_noise.hpp"
#include "wire/url.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

namespace spotvane::lab {

namespace {

constexpr std::string_view kLatest = "latest/";
constexpr std::string_view kTokenPath = "latest/api/token";
constexpr std::string_view kTtlHeader = "X-aws-ec2-metadata-token-ttl-seconds";
constexpr std::string_view kTokenHeader = "X-aws-ec2-metadata-token";
constexpr std::int64_t kLongestTtl = 21'600;
constexpr auto kEcsAgentVersion = "Amazon ECS Agent - v1.89.0 (02ff320c)";
constexpr std::string_view kUnregistered =
    R"({"Cluster":"","ContainerInstanceArn":null,"Version":""})";

HttpResponse metadata_text(std::string body) {
  return {.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(body)};
}

HttpResponse metadata_refusal(int status) {
  const auto* words = status == 400   ? "Bad Request"
                      : status == 401 ? "Unauthorized"
                      : status == 403 ? "Forbidden"
                      : status == 404 ? "Not Found"
                      : status == 405 ? "Method Not Allowed"
                      : status == 429 ? "Too Many Requests"
                      : status == 503 ? "Service Unavailable"
                                      : "Internal Server Error";
  return {.status = status,
          .headers = {{"Content-Type", "text/html"}},
          .body = fmt::format("<html><head><title>{0} - {1}</title></head><body><h1>{0} - {1}</h1>"
                              "</body></html>\n",
                              status, words)};
}

/// Its end and a seal: whoever has seen none cannot make one up by accident.
std::string token_until(const World& world, const sim::Instance& instance, TimePoint end) {
  const auto moment = static_cast<std::uint64_t>(end.time_since_epoch().count());
  const auto seal =
      sim::derive(sim::derive(sim::derive(world.seed(), "metadata"), instance.id), moment);
  return fmt::format("AQAE{:016x}{:016x}==", moment, seal);
}

bool is_good_token(const World& world, const sim::Instance& instance, std::string_view token,
                   TimePoint now) {
  constexpr std::size_t kDigits = 16;
  std::uint64_t moment = 0;
  for (const char digit : token.substr(std::min<std::size_t>(token.size(), 4), kDigits)) {
    const auto value = std::string_view{"0123456789abcdef"}.find(digit);
    moment = moment << 4U | (value == std::string_view::npos ? 0U : value);
  }
  const TimePoint end{Duration{static_cast<std::int64_t>(moment)}};
  return token == token_until(world, instance, end) && now < end;
}

HttpResponse give_token(const HttpRequest& request, const World& world,
                        const sim::Instance& instance, TimePoint now) {
  if (find_header(request.headers, "X-Forwarded-For") != nullptr) {
    return metadata_refusal(403);
  }
  const auto* header = find_header(request.headers, kTtlHeader);
  const auto seconds = header != nullptr ? parse_integer(*header) : Result<std::int64_t>{0};
  if (!seconds || *seconds < 1 || *seconds > kLongestTtl) {
    return metadata_refusal(400);
  }
  auto answer = metadata_text(token_until(world, instance, now + std::chrono::seconds{*seconds}));
  answer.headers.push_back({std::string{kTtlHeader}, *header});
  return answer;
}

/// What is directly below a folder, one a line; folders with a slash at the end.
std::string listing(const std::map<std::string, std::string>& papers, const std::string& folder) {
  std::set<std::string> names;
  for (auto one = papers.lower_bound(folder); one != papers.end() && one->first.starts_with(folder);
       ++one) {
    const auto rest = std::string_view{one->first}.substr(folder.size());
    const auto slash = rest.find('/');
    names.emplace(slash == std::string_view::npos ? rest : rest.substr(0, slash + 1));
  }
  std::string text;
  for (const auto& name : names) {
    text += (text.empty() ? "" : "\n") + name;
  }
  return text;
}

HttpResponse give_paper(const HttpRequest& request, std::string path, World& world,
                        const sim::Instance& instance, const MetadataMoment& moment) {
  const auto* token = find_header(request.headers, kTokenHeader);
  if (token == nullptr || !is_good_token(world, instance, *token, moment.now)) {
    return metadata_refusal(401);
  }
  const auto papers = instance_papers(world, instance, moment.as_of);
  // Some SDKs ask for "placement/availability-zone/".
  const auto leaf = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  if (const auto found = papers.find(leaf); found != papers.end()) {
    return metadata_text(is_role_keys(leaf) ? role_keys(world, instance, moment.wall_now)
                                            : found->second);
  }
  path += path.ends_with('/') ? "" : "/";
  auto names = listing(papers, path);
  return names.empty() ? metadata_refusal(404) : metadata_text(std::move(names));
}

}  // namespace

HttpReply ecs_agent(const HttpRequest& request, std::string_view path, World& world,
                    TimePoint as_of) {
  const auto slash = path.find('/');
  const auto id = std::string{path.substr(0, slash)};
  const auto* instance = world.instances().find_any(id);
  // It starts with the system, and joins a cluster when user data names one.
  if (instance == nullptr || instance->spec.user_data.find("ECS_CLUSTER=") == std::string::npos ||
      sim::state(*instance, as_of) != sim::InstanceState::Running) {
    return {.response = {}, .manner = HttpReply::Manner::Reset};
  }
  if (request.method != "GET" || slash == std::string_view::npos ||
      path.substr(slash) != "/v1/metadata") {
    return {.response = metadata_refusal(404)};
  }
  const auto* host = world.clusters().host_of(id);
  const bool is_registered = host != nullptr && host->status != sim::HostStatus::Inactive;
  HttpResponse response{.status = 200,
                        .headers = {{"Content-Type", "application/json"}},
                        .body = !is_registered
                                    ? std::string{kUnregistered}
                                    : Value::object({{"Cluster", host->cluster},
                                                     {"ContainerInstanceArn", host_arn(*host)},
                                                     {"Version", kEcsAgentVersion}})
                                          .to_json()};
  return {.response = std::move(response)};
}

HttpReply metadata_reply(const HttpRequest& request, std::string_view path, World& world,
                         TimePoint now, TimePoint wall_now, const std::optional<FaultRule>& fault) {
  const auto status = fault ? metadata_status(fault->kind, request.method == "PUT") : std::nullopt;
  if (status) {
    return {.response = metadata_refusal(*status)};
  }
  const bool is_stale = fault && fault->kind == FaultKind::Stale;
  auto given =
      metadata(request, path, world,
               {.now = now, .as_of = is_stale ? now - fault->delay : now, .wall_now = wall_now});
  HttpReply reply;
  if (!given) {
    reply.manner = HttpReply::Manner::Reset;  // as where no host is
    return reply;
  }
  reply.response = *std::move(given);
  if (fault) {
    spoil(reply, *fault);
  }
  return reply;
}

std::optional<HttpResponse> metadata(const HttpRequest& request, std::string_view path,
                                     World& world, const MetadataMoment& moment) {
  const auto slash = path.find('/');
  const auto* instance = world.instances().find_any(std::string{path.substr(0, slash)});
  const auto state =
      instance != nullptr ? sim::state(*instance, moment.now) : sim::InstanceState::Terminated;
  if (state != sim::InstanceState::Running && state != sim::InstanceState::ShuttingDown) {
    return std::nullopt;
  }
  const auto wanted = slash == std::string_view::npos ? "" : path.substr(slash + 1);
  if (request.method == "PUT") {
    return wanted == kTokenPath ? give_token(request, world, *instance, moment.now)
                                : metadata_refusal(wanted.ends_with("api/token") ? 403 : 404);
  }
  if (request.method != "GET") {
    return metadata_refusal(405);
  }
  if (!wanted.starts_with(kLatest)) {
    return metadata_refusal(404);
  }
  return give_paper(request, std::string{wanted.substr(kLatest.size())}, world, *instance, moment);
}

}  // namespace spotvane::lab
