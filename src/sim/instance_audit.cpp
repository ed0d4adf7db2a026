#include "sim/instance_audit.hpp"

namespace spotvane::sim {

namespace {

void add(InstanceAudit::Count& count, int sign, int vcpus) {
  count.instances += sign;
  count.vcpus += sign * vcpus;
}

void note(InstanceAudit::Peak& peak, const InstanceAudit::Count& count, TimePoint now) {
  if (count.instances > peak.most.instances) {
    peak.most.instances = count.instances;
    peak.instances_at = now;
  }
  if (count.vcpus > peak.most.vcpus) {
    peak.most.vcpus = count.vcpus;
    peak.vcpus_at = now;
  }
}

}  // namespace

void InstanceAudit::asked(const SpotRequest& request, TimePoint now) {
  auto& account = accounts_[request.owner.account];
  ++account.requests_ever;
  add(account.claimed, 1, request.vcpus);
  note(account.most_claimed, account.claimed, now);
}

void InstanceAudit::unasked(const SpotRequest& request, TimePoint /*now*/) {
  add(accounts_[request.owner.account].claimed, -1, request.vcpus);
}

void InstanceAudit::launched(const Instance& instance, TimePoint now) {
  auto& account = accounts_[instance.owner.account];
  ++account.instances_ever;
  add(account.live, 1, instance.vcpus);
  add(account.claimed, 1, instance.vcpus);
  note(account.most_live, account.live, now);
  note(account.most_claimed, account.claimed, now);
}

void InstanceAudit::shutting_down(const Instance& instance, TimePoint /*now*/) {
  add(accounts_[instance.owner.account].live, -1, instance.vcpus);
}

void InstanceAudit::gone(const Instance& instance, TimePoint /*now*/) {
  add(accounts_[instance.owner.account].claimed, -1, instance.vcpus);
}

}  // namespace spotvane::sim
