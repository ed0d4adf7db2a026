#include "lab/ec2_tags.hpp"

#include "lab/filter.hpp"
#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"

#include <optional>

namespace spotvane::lab {

namespace {

constexpr std::size_t kMostResources = 1000;
constexpr PageSizes kTagPages{.least = 5, .most = 1000, .ordinary = 1000};

struct TagRow {
  std::string resource;
  std::string_view type;
  std::string key;
  std::string value;
};

template <typename Things>
void append(std::vector<TagRow>& rows, std::string_view type, const Things& things) {
  for (const auto* thing : things) {
    for (const auto& [key, value] : thing->tags) {
      rows.push_back({thing->id, type, key, value});
    }
  }
}

std::vector<TagRow> rows_of(const World& world, const sim::Owner& owner, TimePoint as_of) {
  const auto& market = world.instances();
  std::vector<TagRow> rows;
  append(rows, "instance", market.instances(owner, as_of));
  append(rows, "spot-instances-request", market.spot_requests(owner, as_of));
  append(rows, "fleet", market.fleets(owner, as_of));
  append(rows, "launch-template", market.templates().list(owner, as_of));
  return rows;
}

bool knows_tag_filter(std::string_view filter) {
  return filter == "key" || filter == "value" || filter == "resource-id" ||
         filter == "resource-type" || filter.starts_with("tag:");
}

std::vector<std::string> filter_values(std::string_view filter, const TagRow& row) {
  if (filter == "key") {
    return {row.key};
  }
  if (filter == "value") {
    return {row.value};
  }
  if (filter == "resource-id") {
    return {row.resource};
  }
  if (filter == "resource-type") {
    return {std::string{row.type}};
  }
  return tag_values(filter, {{row.key, row.value}});
}

Answered<std::vector<std::string>> resources(const Call& call) {
  auto ids = call.form.list("ResourceId");
  if (ids.empty()) {
    return refuse_missing("ResourceId");
  }
  if (ids.size() > kMostResources) {
    return refuse(400, "InvalidParameterValue",
                  "The maximum number of resources that can be specified is {}", kMostResources);
  }
  return ids;
}

std::string done(const Call& call) {
  return xml_answer(call, [](wire::XmlWriter& xml) { xml.leaf("return", "true"); });
}

}  // namespace

Answered<std::string> create_tags(World& world, const Call& call) {
  const auto ids = resources(call);
  const auto tags = read_tags(call, "");
  if (!ids || !tags) {
    return tl::unexpected(!ids ? ids.error() : tags.error());
  }
  if (tags->empty()) {
    return refuse_missing("Tag");
  }
  const auto tagged = world.instances().tag(owner_of(call), *ids, *tags);
  if (!tagged) {
    return refuse(tagged.error());
  }
  for (const auto& id : *ids) {
    if (const auto* instance = world.instances().find_any(id); instance && !world.hosting()) {
      world.workloads().look_at(*instance);
    }
  }
  return done(call);
}

Answered<std::string> delete_tags(World& world, const Call& call) {
  const auto ids = resources(call);
  if (!ids) {
    return tl::unexpected(ids.error());
  }
  std::map<std::string, std::optional<std::string>> tags;
  for (int i = 1;; ++i) {
    const auto* key = call.form.find(fmt::format("Tag.{}.Key", i));
    if (key == nullptr) {
      break;
    }
    const auto* value = call.form.find(fmt::format("Tag.{}.Value", i));
    tags[*key] = value != nullptr ? std::optional{*value} : std::nullopt;
  }
  const auto untagged = world.instances().untag(owner_of(call), *ids, tags);
  return untagged ? Answered<std::string>{done(call)} : refuse(untagged.error());
}

Answered<std::string> describe_tags(World& world, const Call& call) {
  const auto filters = Filters::read(call, knows_tag_filter);
  const auto page = page_parameter(call, world.seed(), kTagPages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  auto rows = rows_of(world, owner_of(call), page->as_of);
  std::erase_if(rows, [&](const TagRow& row) {
    return !filters->let_through(
        [&](std::string_view filter) { return filter_values(filter, row); });
  });
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("tagSet");
    for (auto i = page->first; i < page->end(rows.size()); ++i) {
      xml.open("item").leaf("resourceId", rows[i].resource).leaf("resourceType", rows[i].type);
      xml.leaf("key", rows[i].key).leaf("value", rows[i].value).close();
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, rows.size()));
  });
}

}  // namespace spotvane::lab
