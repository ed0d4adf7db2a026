#pragma once

#include "model/probe_row.hpp"
#include "ports/probe_archive.hpp"
#include "ports/probe_ledger.hpp"
#include "probe/probe_statistics.hpp"

#include <cstddef>
#include <vector>

namespace spotvane::probe {

/// All that is known of a probe as the archive's rows, by time.
std::vector<model::ProbeRow> probe_rows(const ProbeHistory& probe);

/// Puts every probe that is cleared into the archive, once: staged, committed, published. Begins
/// with what a crash left of that: shows the files that count and removes what does not. Returns
/// how many probes it put there.
Result<std::size_t> archive_probes(ProbeLedger& ledger, ProbeArchive& archive);

/// What the ledger has of these records' probes.
Result<std::vector<ProbeHistory>> read_histories(ProbeLedger& ledger,
                                                 const std::vector<model::ProbeRecord>& records);

}  // namespace spotvane::probe
