#include "lab/ec2_launch_templates.hpp"

#include "lab/filter.hpp"
#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr PageSizes kTemplatePages{.least = 1, .most = 200, .ordinary = 200};
constexpr std::size_t kShortestName = 3;
constexpr std::size_t kLongestName = 128;
constexpr std::string_view kData = "LaunchTemplateData.";
constexpr std::array<std::string_view, 1> kTaggableTemplates{"launch-template"};

bool knows_template_filter(std::string_view filter) {
  return is_tag_filter(filter) || filter == "launch-template-name" || filter == "create-time" ||
         filter == "launch-template-id";
}

std::vector<std::string> filter_values(std::string_view filter, const sim::LaunchTemplate& one) {
  if (filter == "launch-template-name") {
    return {one.name};
  }
  if (filter == "launch-template-id") {
    return {one.id};
  }
  return filter == "create-time" ? std::vector{wire::to_timestamp(one.created_at)}
                                 : tag_values(filter, one.tags);
}

void write_members(wire::XmlWriter& xml, const sim::LaunchTemplate& one) {
  xml.leaf("launchTemplateId", one.id).leaf("launchTemplateName", one.name);
  xml.leaf("createTime", wire::to_timestamp(one.created_at)).leaf("createdBy", one.created_by);
  xml.leaf("defaultVersionNumber", "1").leaf("latestVersionNumber", "1");
  write_tags(xml, one.tags);
}

/// The members that a launch is made of; the rest is stored, but not read back.
void write_data(wire::XmlWriter& xml, const sim::LaunchTemplate& one) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kMembers{{
      {"ImageId", "imageId"},
      {"InstanceType", "instanceType"},
      {"KeyName", "keyName"},
      {"InstanceInitiatedShutdownBehavior", "instanceInitiatedShutdownBehavior"},
  }};
  xml.open("launchTemplateData");
  for (const auto& [parameter, element] : kMembers) {
    for (const auto& [name, value] : one.parameters) {
      if (name == parameter) {
        xml.leaf(element, value);
      }
    }
  }
  xml.close();
}

Answered<const sim::LaunchTemplate*> find(const World& world, const Call& call,
                                          const std::string& id, const std::string& name,
                                          TimePoint as_of) {
  const auto* found = world.instances().templates().find(owner_of(call), id, name, as_of);
  if (found == nullptr) {
    return id.empty()
               ? refuse(400, "InvalidLaunchTemplateName.NotFoundException",
                        "At least one of the launch templates specified in the request does not "
                        "exist: {}",
                        name)
               : refuse(400, "InvalidLaunchTemplateId.NotFound",
                        "The specified launch template, with template ID {}, does not exist.", id);
  }
  return found;
}

}  // namespace

Answered<std::string> create_launch_template(World& world, const Call& call) {
  const auto name = text_parameter(call, "LaunchTemplateName");
  if (!name) {
    return refuse_missing("LaunchTemplateName");
  }
  constexpr std::string_view kLetters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789()./_-";
  if (name->size() < kShortestName || name->size() > kLongestName ||
      name->find_first_not_of(kLetters) != std::string::npos) {
    return refuse(400, "InvalidLaunchTemplateName.MalformedException",
                  "Launch template name '{}' must have {} to {} characters of a-z, A-Z, 0-9 and "
                  "()./_-",
                  *name, kShortestName, kLongestName);
  }
  auto tags = read_tag_specifications(call, kTaggableTemplates);
  if (!tags) {
    return tl::unexpected(std::move(tags.error()));
  }
  const auto token = read_token(call);
  if (!token) {
    return tl::unexpected(token.error());
  }
  sim::LaunchTemplate wanted{
      .id = {},
      .name = *name,
      .owner = owner_of(call),
      .created_by = fmt::format("arn:aws:iam::{}:user/{}", call.account.id, call.account.user),
      .tags = std::move((*tags)[std::string{kTaggableTemplates.front()}])};
  for (const auto& parameter : call.form.parameters()) {
    if (parameter.name.starts_with(kData)) {
      wanted.parameters.emplace_back(parameter.name.substr(kData.size()), parameter.value);
    }
  }
  if (wanted.parameters.empty()) {
    return refuse_missing("LaunchTemplateData");
  }
  const auto made = world.instances().templates().create(std::move(wanted), *token, call.now);
  if (!made) {
    return refuse(made.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("launchTemplate");
    write_members(xml, **made);
    xml.close();
  });
}

Answered<std::string> describe_launch_templates(World& world, const Call& call) {
  const auto filters = Filters::read(call, knows_template_filter);
  const auto page = page_parameter(call, world.seed(), kTemplatePages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  const auto ids = call.form.list("LaunchTemplateId");
  const auto names = call.form.list("LaunchTemplateName");
  std::vector<const sim::LaunchTemplate*> found;
  for (const auto& id : ids) {
    const auto one = find(world, call, id, {}, page->as_of);
    if (!one) {
      return tl::unexpected(one.error());
    }
    found.push_back(*one);
  }
  for (const auto& name : names) {
    const auto one = find(world, call, {}, name, page->as_of);
    if (!one) {
      return tl::unexpected(one.error());
    }
    found.push_back(*one);
  }
  if (ids.empty() && names.empty()) {
    found = world.instances().templates().list(owner_of(call), page->as_of);
  }
  std::erase_if(found, [&](const sim::LaunchTemplate* one) {
    return !filters->let_through(
        [&](std::string_view filter) { return filter_values(filter, *one); });
  });
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("launchTemplates");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      xml.open("item");
      write_members(xml, *found[i]);
      xml.close();
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

Answered<std::string> describe_launch_template_versions(World& world, const Call& call) {
  const auto id = text_parameter(call, "LaunchTemplateId");
  const auto name = text_parameter(call, "LaunchTemplateName");
  if (!id && !name) {
    return refuse_missing("LaunchTemplateId");
  }
  const auto one = find(world, call, id.value_or(""), name.value_or(""), call.as_of);
  if (!one) {
    return tl::unexpected(one.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("launchTemplateVersionSet").open("item");
    xml.leaf("launchTemplateId", (*one)->id).leaf("launchTemplateName", (*one)->name);
    xml.leaf("versionNumber", "1").leaf("defaultVersion", "true");
    xml.leaf("createTime", wire::to_timestamp((*one)->created_at));
    xml.leaf("createdBy", (*one)->created_by);
    write_data(xml, **one);
    xml.close().close();
  });
}

Answered<std::string> delete_launch_template(World& world, const Call& call) {
  const auto id = text_parameter(call, "LaunchTemplateId");
  const auto name = text_parameter(call, "LaunchTemplateName");
  if (!id && !name) {
    return refuse_missing("LaunchTemplateId");
  }
  const auto gone = world.instances().templates().remove(owner_of(call), id.value_or(""),
                                                         name.value_or(""), call.now);
  if (!gone) {
    return refuse(gone.error());
  }
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("launchTemplate");
    write_members(xml, **gone);
    xml.close();
  });
}

}  // namespace spotvane::lab
