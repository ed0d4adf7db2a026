#include "sim/memory_lake.hpp"
#include "sim/memory_state_store.hpp"
#include "support/guard_memory_contract.hpp"
#include "support/job_store_contract.hpp"
#include "support/lake_contract.hpp"
#include "support/performance_store_contract.hpp"
#include "support/probe_ledger_contract.hpp"
#include "support/state_store_contract.hpp"

// What the simulation keeps its state in must behave as the real stores do.

namespace spotvane::support {
INSTANTIATE_TEST_SUITE_P(MemoryStateStore, StateStoreContract,
                         testing::Values(StateStoreFactory{
                             [] { return std::make_shared<sim::MemoryStateStore>(); }}));
INSTANTIATE_TEST_SUITE_P(MemoryProbeLedger, ProbeLedgerContract,
                         testing::Values(StateStoreFactory{
                             [] { return std::make_shared<sim::MemoryStateStore>(); }}));
INSTANTIATE_TEST_SUITE_P(MemoryGuardMemory, GuardMemoryContract,
                         testing::Values(StateStoreFactory{
                             [] { return std::make_shared<sim::MemoryStateStore>(); }}));
INSTANTIATE_TEST_SUITE_P(MemoryJobStore, JobStoreContract, testing::Values(StateStoreFactory{[] {
                           return std::make_shared<sim::MemoryStateStore>();
                         }}));
INSTANTIATE_TEST_SUITE_P(MemoryPerformanceStore, PerformanceStoreContract,
                         testing::Values(StateStoreFactory{
                             [] { return std::make_shared<sim::MemoryStateStore>(); }}));
INSTANTIATE_TEST_SUITE_P(MemoryLake, LakeContract, testing::Values(LakeFactory{[] {
                           return std::make_shared<sim::MemoryLake>();
                         }}));
}  // namespace spotvane::support
