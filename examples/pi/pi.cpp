// A SPITS module that computes pi: the integral of 4 / (1 + x^2) from 0 to 1 by the midpoint rule,
// a stretch of it for each task. Whoever computes which task, and in which order results arrive,
// the sum is the same to the last bit: so a run through interruptions can be checked.
//
//   pi.so [TASKS [STEPS_PER_TASK [RESULT_FILE]]]
//
// The functions are what PY-PITS asks a module for. Version 2 passes its factories one argument
// more than the release on PyPI does, a store of metrics; this module keeps none, and so is both's.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

constexpr long long kTasks = 100;
constexpr long long kStepsPerTask = 1'000'000;

struct Shape {
  long long tasks;
  long long steps_per_task;
  std::string result_file;  // empty: none; a copy, for the runtime's texts do not last
};

Shape shape_of(int argc, const char* argv[]) {
  const auto number = [&](int place, long long otherwise) {
    const long long given = argc > place ? std::atoll(argv[place]) : 0;
    return given > 0 ? given : otherwise;
  };
  return {number(1, kTasks), number(2, kStepsPerTask), argc > 3 ? argv[3] : ""};
}

struct Task {
  std::int64_t number;
  std::int64_t first;  // step
  std::int64_t count;
  std::int64_t all;  // steps there are
};

struct PartialSum {
  std::int64_t task;
  double sum;
};

double sum_of(const Task& task) {
  const double width = 1.0 / static_cast<double>(task.all);
  double sum = 0.0;
  for (std::int64_t step = task.first; step < task.first + task.count; ++step) {
    const double x = (static_cast<double>(step) + 0.5) * width;
    sum += 4.0 / (1.0 + x * x);
  }
  return sum * width;
}

struct TaskMaker {
  Shape shape;
  std::int64_t next = 0;
};

struct Committer {
  Shape shape;
  std::vector<double> sums;  // by task
};

}  // namespace

extern "C" {

using Push = void (*)(const void*, long long, const void*);
using Run = int (*)(int, const char**, const void*, long long, const void**, long long*);

int spits_main(int argc, const char* argv[], Run run) {
  const void* result = nullptr;
  long long size = 0;
  return run(argc, argv, nullptr, 0, &result, &size);
}

// Tasks.

void* spits_job_manager_new(int argc, const char* argv[], const void*, long long) {
  return new TaskMaker{shape_of(argc, argv)};
}

int spits_job_manager_next_task(void* state, Push push, const void* context) {
  auto& maker = *static_cast<TaskMaker*>(state);
  if (maker.next == maker.shape.tasks) {
    return 0;
  }
  const auto steps = maker.shape.steps_per_task;
  const Task task{maker.next, maker.next * steps, steps, maker.shape.tasks * steps};
  ++maker.next;
  push(&task, sizeof task, context);
  return 1;
}

void spits_job_manager_finalize(void* state) {
  delete static_cast<TaskMaker*>(state);
}

// Workers: they need to know nothing but the task.

void* spits_worker_new(int, const char*[]) {
  return nullptr;
}

int spits_worker_run(void*, const void* bytes, long long size, Push push, const void* context) {
  Task task{};
  if (size != sizeof task) {
    return 1;
  }
  std::memcpy(&task, bytes, sizeof task);
  const PartialSum result{task.number, sum_of(task)};
  push(&result, sizeof result, context);
  return 0;
}

void spits_worker_finalize(void*) {}

// Results.

void* spits_committer_new(int argc, const char* argv[], const void*, long long) {
  const auto shape = shape_of(argc, argv);
  return new Committer{shape, std::vector<double>(static_cast<std::size_t>(shape.tasks))};
}

int spits_committer_commit_pit(void* state, const void* bytes, long long size) {
  auto& committer = *static_cast<Committer*>(state);
  PartialSum result{};
  if (size != sizeof result) {
    return 1;
  }
  std::memcpy(&result, bytes, sizeof result);
  if (result.task < 0 || result.task >= committer.shape.tasks) {
    return 1;
  }
  committer.sums[static_cast<std::size_t>(result.task)] = result.sum;
  return 0;
}

int spits_committer_commit_job(void* state, Push push, const void* context) {
  const auto& committer = *static_cast<Committer*>(state);
  double pi = 0.0;
  for (const double sum : committer.sums) {
    pi += sum;
  }
  std::printf("pi = %.17g\n", pi);
  std::fflush(stdout);
  if (!committer.shape.result_file.empty()) {
    if (auto* file = std::fopen(committer.shape.result_file.c_str(), "w")) {
      std::fprintf(file, "%.17g\n", pi);
      std::fclose(file);
    }
  }
  push(&pi, sizeof pi, context);
  return 0;
}

void spits_committer_finalize(void* state) {
  delete static_cast<Committer*>(state);
}

// Metrics, which version 2 insists on: there are none. It asks for some of them by names that its
// own header has otherwise; both are here.

void* spits_metrics_new(int) {
  return std::calloc(1, sizeof(std::uint64_t));
}
void spits_metrics_delete(void* metrics) {
  std::free(metrics);
}
void spits_metrics_reset(void*) {}
void spits_metrics_debug_dump(void*) {}
void spits_set_metric_int(void*, const char*, int) {}
void spits_set_metric_float(void*, const char*, float) {}
void spits_set_metric_double(void*, const char*, double) {}
void spits_set_metric_string(void*, const char*, const char*) {}
void spits_set_metric_bytes(void*, const char*, const unsigned char*, int) {}
int spits_get_num_buffers(void*) {
  return 0;
}
/// A count of none, and nothing after it; whoever asks frees it.
void* spits_get_metrics_list(void*) {
  return std::calloc(1, sizeof(std::uint64_t));
}
void* spits_get_metrics_last_values(void*, const char**) {
  return std::calloc(1, sizeof(std::uint64_t));
}
void* spits_get_metrics_history(void*, const char**, int*) {
  return std::calloc(1, sizeof(std::uint64_t));
}
void spits_free_ptr(void* pointer) {
  std::free(pointer);
}
void* spits_metric_new(int buffers) {
  return spits_metrics_new(buffers);
}
void spits_metric_delete(void* metrics) {
  spits_metrics_delete(metrics);
}
void spits_metric_reset(void*) {}

}  // extern "C"
