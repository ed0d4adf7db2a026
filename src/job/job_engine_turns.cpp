// When a running job asks its engine.

#include "job/job_run.hpp"

namespace spotvane::job {

void JobRun::start_engine() {
  ports_.engine->start(alive([](JobRun& self, const Result<void>& ready) {
    self.is_engine_ready_ = ready.has_value();
    if (ready) {
      return self.begin();
    }
    if (is_passing(ready.error().kind)) {
      self.trouble(ready.error(), "start the engine");
      return self.after(self.book_.spec().look, &JobRun::begin);
    }
    const auto& error = ready.error();
    self.book_.wind_up(
        model::JobState::Failed,
        error.hint.empty() ? error.message : fmt::format("{} ({})", error.message, error.hint),
        self.now());
    self.begin();
  }));
}

void JobRun::ask_engine(TimePoint asked) {
  if (ports_.engine == nullptr || !is_engine_ready_) {
    return settle(asked);
  }
  ports_.engine->look(book_, alive([asked](JobRun& self, const Result<EngineReport>& report) {
                        if (report) {
                          self.book_.heard(*report, self.now());
                        } else {
                          self.trouble(report.error(), "ask the engine");
                        }
                        self.settle(asked);
                      }));
}

void JobRun::end_engine() {
  ports_.engine->end(is_pausing_ ? Engine::End::Paused : Engine::End::Over,
                     alive([](JobRun& self, const Result<void>& ended) {
                       if (!ended) {
                         self.trouble(ended.error(), "end the engine");
                         return self.after(self.book_.spec().look, &JobRun::end_look);
                       }
                       self.is_engine_ended_ = true;
                       self.end_look();
                     }));
}

}  // namespace spotvane::job
