#pragma once

#include "lab/world.hpp"
#include "wire/price_list.hpp"

#include <vector>

namespace spotvane::lab {

/// What the price list has of EBS volumes that every filter of the request lets through: storage of
/// gp2, gp3 and io1 by the GB and month, IOPS of gp3 and io1 by the month, in every region.
std::vector<wire::PriceListItem> volume_offers(const World& world,
                                               const wire::PriceListRequest& request);

}  // namespace spotvane::lab
