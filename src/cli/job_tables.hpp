#pragma once

#include "cli/document.hpp"
#include "job/job_book.hpp"

namespace spotvane::cli {

/// What became of a job: its facts, its pools as asked for and as had, and what was decided.
Document job_report(const job::JobBook& book, const job::Bill& bill,
                    const std::vector<model::JobDecision>& decisions);

/// A job as it is kept, without asking AWS what it costs by now: what is over is in its cost.
Document job_status(const model::JobRecord& record, const std::vector<model::JobWorker>& workers,
                    const std::vector<model::JobDecision>& decisions);

Table jobs_table(const std::vector<model::JobRecord>& jobs);

}  // namespace spotvane::cli
