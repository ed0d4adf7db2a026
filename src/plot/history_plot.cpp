#include "plot/history_plot.hpp"

#include "base/assert.hpp"
#include "model/advisor.hpp"
#include "model/placement_score.hpp"
#include "plot/scale.hpp"
#include "plot/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>

namespace spotvane::plot {

namespace {

constexpr double kWidth = 960;
constexpr double kLeft = 84;
constexpr double kRight = kWidth - 28;
constexpr double kGap = 44;    // between panels, with the lower one's heading
constexpr double kLetter = 7;  // of a label, about
constexpr std::size_t kTimeTicks = 9;

using Value = std::optional<double>;
using ValueOf = std::function<Value(const model::MarketState&)>;

/// From `at` on, until the next one.
struct Step {
  TimePoint at;
  Value value;

  friend bool operator==(const Step&, const Step&) = default;
};
using Steps = std::vector<Step>;

struct Line {
  Steps steps;
  std::string style;
  std::string label;
  double shift = 0.0;  // down, so that equal lines lie side by side
};

struct Panel {
  std::string heading;
  double height = 0.0;
  std::vector<NumberTick> ticks = {};  // the first and the last are its bottom and top
  std::vector<Line> lines = {};
};

double price(const Money& money) {
  return money.dollars();
}

/// What `value_of` says of the track within the plot's time; a step only where it changes.
Steps steps_of(const HistoryPlot& plot, const PoolTrack& track, const ValueOf& value_of) {
  Steps steps;
  for (const auto& change : track.changes) {
    if (change.at > plot.to) {
      break;
    }
    const Step step{std::max(change.at, plot.from),
                    change.has_ceased ? std::nullopt : value_of(change.state)};
    if (!steps.empty() && steps.back().at == step.at) {
      steps.pop_back();
    }
    if (steps.empty() || steps.back().value != step.value) {
      steps.push_back(step);
    }
  }
  return steps;
}

bool has_value(const Steps& steps) {
  return std::any_of(steps.begin(), steps.end(),
                     [](const Step& step) { return step.value.has_value(); });
}

std::vector<Line> track_lines(const HistoryPlot& plot, const ValueOf& value_of) {
  std::vector<Line> lines;
  for (std::size_t i = 0; i < plot.tracks.size(); ++i) {
    lines.push_back({.steps = steps_of(plot, plot.tracks[i], value_of),
                     .style = colour_of(i),
                     .label = plot.tracks[i].label});
  }
  return lines;
}

/// What zones have in common, such as all that a region is told of them, needs one line.
std::vector<Line> shared_lines(const HistoryPlot& plot, const ValueOf& value_of,
                               const std::string& label, const std::string& style) {
  std::vector<Line> lines;
  for (auto& line : track_lines(plot, value_of)) {
    const bool is_known = std::any_of(lines.begin(), lines.end(),
                                      [&](const Line& other) { return other.steps == line.steps; });
    if (has_value(line.steps) && !is_known) {
      lines.push_back(std::move(line));
    }
  }
  if (lines.size() == 1) {
    lines.front().style = style;
    lines.front().label = label;
  }
  return lines;
}

void lay_side_by_side(std::vector<Line>& lines) {
  constexpr double kApart = 2.4;
  const double middle = (static_cast<double>(lines.size()) - 1) / 2;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    lines[i].shift = (static_cast<double>(i) - middle) * kApart;
  }
}

std::vector<NumberTick> price_ticks(const std::vector<Line>& lines) {
  Value low;
  Value high;
  for (const auto& line : lines) {
    for (const auto& step : line.steps) {
      if (step.value) {
        low = std::min(low.value_or(*step.value), *step.value);
        high = std::max(high.value_or(*step.value), *step.value);
      }
    }
  }
  if (!high || *high <= 0) {
    return number_ticks(0, 1, 4);
  }
  // Heights compare as the prices do, unless that would leave nothing to see of their changes.
  const double spread = *high - *low;
  const double bottom = *low < *high / 2 || spread == 0 ? 0 : *low - spread / 10;
  return number_ticks(bottom, *high + (*high - bottom) / 20, 5);
}

std::vector<Line> spot_lines(const HistoryPlot& plot) {
  return track_lines(plot, [](const model::MarketState& state) {
    return state.spot_price ? Value{price(*state.spot_price)} : std::nullopt;
  });
}

Panel price_panel(const HistoryPlot& plot) {
  const auto on_demand = [](const model::MarketState& state) {
    return state.on_demand_price ? Value{price(*state.on_demand_price)} : std::nullopt;
  };
  Panel panel{.heading = "price, USD an hour", .height = 170};
  panel.lines = shared_lines(plot, on_demand, "on-demand", "ondemand");
  for (auto& line : panel.lines) {
    line.style = "ondemand";
    line.label = line.label == "on-demand" ? line.label : line.label + ", on-demand";
  }
  auto spot = spot_lines(plot);
  std::move(spot.begin(), spot.end(), std::back_inserter(panel.lines));
  panel.ticks = price_ticks(panel.lines);
  return panel;
}

/// Beside on-demand, what spot prices do is mostly too small to see.
Panel spot_panel(const HistoryPlot& plot) {
  Panel panel{.heading = "spot price alone", .height = 170, .lines = spot_lines(plot)};
  panel.ticks = price_ticks(panel.lines);
  return panel;
}

Panel score_panel(const HistoryPlot& plot) {
  Panel panel{.heading = "placement score (SPS)", .height = 150};
  panel.lines = track_lines(plot, [](const model::MarketState& state) {
    return state.sps ? Value{*state.sps} : Value{};
  });
  std::erase_if(panel.lines, [](const Line& line) { return !has_value(line.steps); });
  lay_side_by_side(panel.lines);
  panel.ticks = number_ticks(0, model::kBestScore, 5);
  return panel;
}

Panel band_panel(const HistoryPlot& plot) {
  Panel panel{.heading = "interruption band, of instances in a month", .height = 110};
  panel.lines = shared_lines(
      plot,
      [](const model::MarketState& state) { return state.band ? Value{*state.band} : Value{}; },
      "all zones", "plain");
  lay_side_by_side(panel.lines);
  for (std::size_t band = 0; band < model::kBandTexts.size(); ++band) {
    panel.ticks.push_back({static_cast<double>(band), std::string{model::kBandTexts[band]}});
  }
  return panel;
}

/// Turns values into places, and writes elements.
class Drawing {
 public:
  explicit Drawing(const HistoryPlot& plot) : plot_{plot} {}

  double x(TimePoint at) const {
    const auto share = static_cast<double>((at - plot_.from).count()) /
                       static_cast<double>((plot_.to - plot_.from).count());
    return kLeft + share * (kRight - kLeft);
  }

  void text(std::string_view style, double x, double y, std::string_view anchor,
            std::string_view words) {
    out_ += words_at(style, x, y, anchor, words);
  }

  void rule(std::string_view style, double x1, double y1, double x2, double y2) {
    out_ += stroke(style, x1, y1, x2, y2);
  }

  void legend(double y, const std::vector<Line>& lines) {
    constexpr double kSwatch = 26;
    double x = kLeft;
    for (const auto& line : lines) {
      rule("line " + line.style, x, y - 4, x + kSwatch - 6, y - 4);
      text("note", x + kSwatch, y, "start", line.label);
      x += kSwatch + 18 + kLetter * static_cast<double>(line.label.size());
    }
  }

  void panel(const Panel& panel, double top) {
    const double bottom = top + panel.height;
    const double least = panel.ticks.front().value;
    const double most = panel.ticks.back().value;
    const auto y = [&](double value) {
      return bottom - (value - least) / (most - least) * panel.height;
    };
    text("head", kLeft, top - 12, "start", panel.heading);
    for (const auto& tick : panel.ticks) {
      rule("grid", kLeft, y(tick.value), kRight, y(tick.value));
      text("note", kLeft - 10, y(tick.value) + 4, "end", tick.label);
    }
    for (const auto& tick : time_ticks(plot_.from, plot_.to, kTimeTicks)) {
      rule("grid", x(tick.at), top, x(tick.at), bottom);
    }
    rule("axis", kLeft, bottom, kRight, bottom);
    bool is_empty = true;
    for (const auto& line : panel.lines) {
      is_empty = is_empty && !has_value(line.steps);
      steps(line, [&](double value) { return y(value) + line.shift; });
    }
    if (is_empty) {
      text("note", (kLeft + kRight) / 2, (top + bottom) / 2, "middle", "nothing is known of it");
    }
  }

  void time_axis(double y) {
    for (const auto& tick : time_ticks(plot_.from, plot_.to, kTimeTicks)) {
      rule("axis", x(tick.at), y, x(tick.at), y + 5);
      text("note", x(tick.at), y + 20, "middle", tick.label);
      if (!tick.context.empty()) {
        text("note", x(tick.at), y + 36, "middle", tick.context);
      }
    }
    text("note", kRight, y + 54, "end", "time, UTC");
  }

  std::string take() { return std::move(out_); }

 private:
  template <typename Height>
  void steps(const Line& line, Height height) {
    std::string path;
    bool is_drawing = false;
    for (const auto& [at, value] : line.steps) {
      if (is_drawing) {
        path += fmt::format("H{}", length(x(at)));
      }
      if (value) {
        path += is_drawing ? fmt::format("V{}", length(height(*value)))
                           : fmt::format("M{} {}", length(x(at)), length(height(*value)));
      }
      is_drawing = value.has_value();
    }
    if (is_drawing) {
      path += fmt::format("H{}", length(kRight));
    }
    if (!path.empty()) {
      out_ += titled_path("line " + line.style, path, line.label);
    }
  }

  const HistoryPlot& plot_;
  std::string out_;
};

/// Rows of at most the picture's width.
std::vector<std::vector<Line>> legend_rows(const HistoryPlot& plot, const Panel& prices) {
  std::vector<Line> all;
  for (std::size_t i = 0; i < plot.tracks.size(); ++i) {
    all.push_back({.steps = {}, .style = colour_of(i), .label = plot.tracks[i].label});
  }
  if (std::any_of(prices.lines.begin(), prices.lines.end(),
                  [](const Line& line) { return line.style == "ondemand"; })) {
    all.push_back({.steps = {}, .style = "ondemand", .label = "on-demand"});
  }
  std::vector<std::vector<Line>> rows;
  double width = 0;
  for (auto& line : all) {
    const double more = 44 + kLetter * static_cast<double>(line.label.size());
    if (rows.empty() || width + more > kRight - kLeft) {
      rows.emplace_back();
      width = 0;
    }
    width += more;
    rows.back().push_back(std::move(line));
  }
  return rows;
}

}  // namespace

std::string history_svg(const HistoryPlot& plot) {
  SPOTVANE_ASSERT(plot.from < plot.to);
  const std::vector<Panel> panels{price_panel(plot), spot_panel(plot), score_panel(plot),
                                  band_panel(plot)};
  Drawing drawing{plot};
  const auto when = fmt::format("{} to {}", to_iso8601(plot.from), to_iso8601(plot.to));
  double y = 34;
  drawing.text("title", kLeft, y, "start", plot.title);
  y += 20;
  drawing.text("note", kLeft, y, "start", when);
  for (const auto& row : legend_rows(plot, panels.front())) {
    y += 22;
    drawing.legend(y, row);
  }
  for (const auto& panel : panels) {
    y += kGap;
    drawing.panel(panel, y);
    y += panel.height;
  }
  drawing.time_axis(y);
  const double height = y + 70;
  return picture(
      kWidth, height, plot.title,
      fmt::format("Spot and on-demand prices, placement scores and interruption bands, {}", when),
      drawing.take());
}

}  // namespace spotvane::plot
