#include "support/state_store_contract.hpp"
#include "adapters/sql/postgres_state.hpp"
#include "adapters/sql/sqlite_state.hpp"
#include "support/guard_memory_contract.hpp"
#include "support/job_store_contract.hpp"
#include "support/performance_store_contract.hpp"
#include "support/postgres_server.hpp"
#include "support/probe_ledger_contract.hpp"
#include "support/scratch_folder.hpp"

// Whichever program keeps the tables, the store is the same.

namespace spotvane::support {
namespace {

std::shared_ptr<StateStore> make_sqlite() {
  struct Place {
    ScratchFolder home;
    std::unique_ptr<StateStore> store = adapters::open_sqlite_state(home / "state.db").value();
  };
  const auto place = std::make_shared<Place>();
  return {place, place->store.get()};
}

std::shared_ptr<StateStore> make_postgres() {
  auto* const server = PostgresServer::shared();
  return server == nullptr
             ? nullptr
             : adapters::open_postgres_state(server->new_database(), adapters::PostgresUse::Shared)
                   .value();
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StateStoreContract,
                         testing::Values(StateStoreFactory{&make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Postgres, StateStoreContract,
                         testing::Values(StateStoreFactory{&make_postgres}));
INSTANTIATE_TEST_SUITE_P(Sqlite, ProbeLedgerContract,
                         testing::Values(StateStoreFactory{&make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Postgres, ProbeLedgerContract,
                         testing::Values(StateStoreFactory{&make_postgres}));
INSTANTIATE_TEST_SUITE_P(Sqlite, GuardMemoryContract,
                         testing::Values(StateStoreFactory{&make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Postgres, GuardMemoryContract,
                         testing::Values(StateStoreFactory{&make_postgres}));
INSTANTIATE_TEST_SUITE_P(Sqlite, JobStoreContract,
                         testing::Values(StateStoreFactory{&make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Postgres, JobStoreContract,
                         testing::Values(StateStoreFactory{&make_postgres}));
INSTANTIATE_TEST_SUITE_P(Sqlite, PerformanceStoreContract,
                         testing::Values(StateStoreFactory{&make_sqlite}));
INSTANTIATE_TEST_SUITE_P(Postgres, PerformanceStoreContract,
                         testing::Values(StateStoreFactory{&make_postgres}));

}  // namespace
}  // namespace spotvane::support
