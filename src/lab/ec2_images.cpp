#include "lab/ec2_images.hpp"

#include "lab/filter.hpp"
#include "lab/images.hpp"
#include "lab/launch_form.hpp"
#include "lab/parameter.hpp"
#include "lab/resource_rows.hpp"
#include "lab/xml_answer.hpp"
#include "wire/timestamp.hpp"

#include <algorithm>
#include <array>

namespace spotvane::lab {

namespace {

constexpr PageSizes kImagePages{.least = 1, .most = 1000, .ordinary = 1000};
/// What all of the lab's images have in common, by the name of the filter.
constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kAlike{{
    {"image-type", "machine"},
    {"is-public", "true"},
    {"owner-alias", "amazon"},
    {"owner-id", kImageOwner},
    {"platform-details", "Linux/UNIX"},
    {"root-device-type", "ebs"},
    {"state", "available"},
    {"virtualization-type", "hvm"},
    {"hypervisor", "xen"},
}};

std::vector<std::string> filter_values(std::string_view filter, const Image& image) {
  if (filter == "name") {
    return {image.name};
  }
  if (filter == "architecture") {
    return {image.architecture};
  }
  if (filter == "image-id") {
    return {image.id};
  }
  if (filter == "creation-date") {
    return {wire::to_timestamp(image.created)};
  }
  if (is_tag_filter(filter)) {
    return {};
  }
  const auto* alike = std::find_if(kAlike.begin(), kAlike.end(),
                                   [filter](const auto& one) { return one.first == filter; });
  return {std::string{alike->second}};
}

bool knows_image_filter(std::string_view filter) {
  constexpr std::array<std::string_view, 4> kOwn{"architecture", "creation-date", "image-id",
                                                 "name"};
  return is_tag_filter(filter) || std::find(kOwn.begin(), kOwn.end(), filter) != kOwn.end() ||
         std::any_of(kAlike.begin(), kAlike.end(),
                     [filter](const auto& one) { return one.first == filter; });
}

void write_image(wire::XmlWriter& xml, const Image& image) {
  xml.open("item").leaf("imageId", image.id).leaf("imageLocation", "amazon/" + image.name);
  xml.leaf("imageState", "available").leaf("imageOwnerId", kImageOwner).leaf("isPublic", "true");
  xml.leaf("architecture", image.architecture).leaf("imageType", "machine");
  xml.leaf("imageOwnerAlias", "amazon").leaf("name", image.name);
  xml.leaf("rootDeviceType", "ebs").leaf("rootDeviceName", "/dev/xvda");
  xml.open("blockDeviceMapping").open("item").leaf("deviceName", "/dev/xvda").open("ebs");
  xml.leaf("volumeSize", "8").leaf("deleteOnTermination", "true").leaf("volumeType", "gp3");
  xml.close().close().close();
  xml.leaf("virtualizationType", "hvm").leaf("hypervisor", "xen");
  xml.leaf("creationDate", wire::to_timestamp(image.created));
  xml.leaf("platformDetails", "Linux/UNIX").close();
}

}  // namespace

Answered<std::string> describe_images(World& world, const Call& call) {
  const auto filters = Filters::read(call, knows_image_filter);
  const auto page = page_parameter(call, world.seed(), kImagePages);
  if (!filters || !page) {
    return tl::unexpected(!filters ? filters.error() : page.error());
  }
  std::vector<Image> found;
  const auto ids = call.form.list("ImageId");
  for (const auto& id : ids) {
    if (!is_id(id, "ami-")) {
      return refuse(400, "InvalidAMIID.Malformed", R"(Invalid id: "{}" (expecting "ami-..."))", id);
    }
    auto image = find_image(call.region, id, page->as_of);
    if (!image) {
      return refuse(400, "InvalidAMIID.NotFound", "The image id '[{}]' does not exist", id);
    }
    found.push_back(std::move(*image));
  }
  if (ids.empty()) {
    found = images(call.region, page->as_of);
  }
  const auto owners = call.form.list("Owner");
  const bool is_amazon_meant =
      owners.empty() || std::any_of(owners.begin(), owners.end(), [](const std::string& owner) {
        return owner == "amazon" || owner == kImageOwner;
      });
  std::erase_if(found, [&](const Image& image) {
    return !is_amazon_meant || !filters->let_through([&](std::string_view filter) {
      return filter_values(filter, image);
    });
  });
  return xml_answer(call, [&](wire::XmlWriter& xml) {
    xml.open("imagesSet");
    for (auto i = page->first; i < page->end(found.size()); ++i) {
      write_image(xml, found[i]);
    }
    xml.close();
    write_next_token(xml, next_token(call, world.seed(), *page, found.size()));
  });
}

}  // namespace spotvane::lab
