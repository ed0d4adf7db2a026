#include "adapters/aws/aws_images.hpp"

#include "adapters/aws/ec2_list.hpp"
#include "adapters/aws/launch_rows.hpp"
#include "wire/parameters.hpp"

#include <map>
#include <memory>
#include <utility>

namespace spotvane::adapters {

namespace {

constexpr std::string_view kPath = "/aws/service/ami-amazon-linux-latest";
constexpr std::string_view kName =
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-";

using FoundImages = std::vector<model::Image>;

FoundImages newest(const FoundImages& images) {
  std::map<std::string, model::Image> best;
  for (const auto& image : images) {
    const auto [known, is_new] = best.emplace(image.architecture, image);
    if (!is_new && image.created > known->second.created) {
      known->second = image;
    }
  }
  FoundImages found;
  for (auto& [architecture, image] : best) {
    found.push_back(std::move(image));
  }
  return found;
}

}  // namespace

void AwsImages::latest_amazon_linux(model::Region region, On<FoundImages> on_images) {
  const auto found = std::make_shared<FoundImages>();
  Pages pages{.call =
                  [region](const std::string& token) {
                    return AwsCall{wire::kSsm, region.text(), "GetParametersByPath",
                                   wire::write_parameters_request(kPath, token)};
                  },
              .read = [found](const std::string& body) -> Result<std::string> {
                auto page = wire::read_parameter_page(body);
                if (!page) {
                  return tl::unexpected(std::move(page).error());
                }
                for (const auto& [name, value] : page->values) {
                  if (name.starts_with(kName)) {
                    found->push_back(
                        {.id = model::ImageId{value}, .architecture = name.substr(kName.size())});
                  }
                }
                return std::move(page->next_token);
              }};
  read_pages(client_, std::move(pages), [this, region, found, on_images](const Result<void>& end) {
    if (end && !found->empty()) {
      return on_images(std::move(*found));
    }
    ask_ec2(region, on_images);
  });
}

void AwsImages::ask_ec2(const model::Region& region, On<FoundImages> on_images) {
  auto form = wire::Form::call("DescribeImages", wire::kEc2.version);
  form.add("Owner.1", "amazon");
  // Not "al2023-ami-*": the minimal ones and those for containers are called so, too.
  form.add_filter("name", std::vector<std::string>{"al2023-ami-2023.*"});
  form.add_filter("state", std::vector<std::string>{"available"});
  form.add_filter("is-public", std::vector<std::string>{"true"});
  list_rows<model::Image>(client_, region.text(), std::move(form), "imagesSet",
                          [on_images = std::move(on_images)](Result<FoundImages> images) {
                            on_images(std::move(images).map(newest));
                          });
}

}  // namespace spotvane::adapters
